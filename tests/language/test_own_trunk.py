"""`trunk` of a user: their calls and diversions leave by it, whatever the route says."""

from __future__ import annotations

import pytest

from pbxgen.flow.plan import Place, PlaceKind, Plan
from tests.language.sources import HEAD, clean, findings, only, plan_of

_TRUNKS = """\
trunks:
  shop: {host: 192.0.2.1, number: "+390212345000"}
  office: {host: 192.0.2.2, number: "+390212345900"}
  spare: {host: 192.0.2.3, number: "+390212345901"}
"""
_ROUTES = """\
routes:
  emergency: {match: ["112"], trunk: shop, emergency: true}
  italy: {match: "+39[03]X.", trunk: [shop, spare]}
classes: {national: [italy]}
inbound: {"+390212345000": busy, "+390212345900": busy, "+390212345901": busy}
"""
_MOBILE = 'class: national, mobile: "+393335550102", did: "+390212345102", voicemail: true'


def _diverts_to(plan: Plan, extension: str) -> Place:
    (rule,) = plan.users[extension].deviations.busy
    (place,) = rule.places
    assert place.kind is PlaceKind.OUTSIDE
    return place


def test_diversions_of_a_user_leave_by_the_user_s_trunks() -> None:
    plan = plan_of(
        _TRUNKS + _ROUTES + f'users: {{"102": {{{_MOBILE}, trunk: [office, spare], deviations: {{busy: mobile}}}}}}\n'
    )
    assert plan.users["102"].trunks == ("office", "spare")
    assert _diverts_to(plan, "102").trunks == ("office", "spare")


def test_a_policy_s_diversions_leave_by_the_trunks_of_each_user_of_it() -> None:
    users = "\n".join(
        f'  "{extension}": {{voicemail: true, class: national, policy: away{trunk}}}'
        for extension, trunk in (
            ("101", ""),
            ("102", ", trunk: office"),
            ("103", ""),
            ("104", ", trunk: [spare, office]"),
        )
    )
    plan = plan_of(_TRUNKS + _ROUTES + 'policies: {away: {busy: "+390612345678"}}\n' + f"users:\n{users}\n")
    assert [_diverts_to(plan, extension).trunks for extension in ("101", "102", "103", "104")] == [
        ("shop", "spare"),
        ("office",),
        ("shop", "spare"),
        ("spare", "office"),
    ]


def test_an_unknown_trunk_of_a_user_is_told_with_the_nearest_name() -> None:
    diagnostic = only("PBX110", _TRUNKS + _ROUTES + f'users: {{"101": {{}}, "102": {{{_MOBILE}, trunk: «ofice»}}}}\n')
    assert diagnostic.message == "there is no trunk 'ofice'"
    assert diagnostic.help == "did you mean 'office'?"


def test_a_trunk_twice_in_a_user_s_list_is_an_error() -> None:
    only("PBX180", _TRUNKS + _ROUTES + f'users: {{"101": {{}}, "102": {{{_MOBILE}, trunk: [office, «office»]}}}}\n')


@pytest.mark.parametrize("written", ["[]", "{name: office}", "7"])
def test_a_user_s_trunk_is_a_name_or_a_list_of_names(written: str) -> None:
    assert findings(HEAD + _TRUNKS + _ROUTES + f'users: {{"101": {{}}, "102": {{{_MOBILE}, trunk: {written}}}}}\n')


def test_a_trunk_that_only_a_user_has_is_used() -> None:
    body = _TRUNKS.replace(', number: "+390212345900"', "") + _ROUTES.replace('"+390212345900": busy, ', "")
    assert "PBX155" not in {
        f.code for f in findings(f'{HEAD}{body}users: {{"102": {{{_MOBILE}, trunk: office}}}}\n', ignoring=())
    }
    only("PBX155", body.replace("office:", "«office»:") + f'users: {{"102": {{{_MOBILE}}}}}\n')


def test_who_calls_by_a_trunk_of_their_own_shows_its_number() -> None:
    trunks = 'trunks: {shop: {host: 192.0.2.1}, office: {host: 192.0.2.2, number: "+390212345900"}}\n'
    routes = (
        _ROUTES.replace("[shop, spare]", "shop")
        .replace('"+390212345000": busy, ', "")
        .replace(', "+390212345901": busy', "")
    )
    user = 'users: {"102": {class: national, voicemail: true}}\n'
    only("PBX174", trunks.replace("shop:", "«shop»:") + routes + user.replace("class", "trunk: shop, class"))
    clean(trunks + routes + user.replace("class", "trunk: office, class"))


def test_a_second_route_for_another_trunk_is_told_of_the_user_s_trunk() -> None:
    routes = _ROUTES.replace("classes: {national: [italy]}", "")
    second = routes.replace("inbound:", '  «other»: {match: "+39[03]X.", trunk: office}\ninbound:')
    diagnostic = only("PBX173", _TRUNKS + second + 'users: {"101": {}, "102": {}}\n')
    assert diagnostic.help is not None
    assert "a user's trunk says by which" in diagnostic.help
