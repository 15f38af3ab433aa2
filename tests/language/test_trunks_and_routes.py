"""Trunks, routes, classes and contacts."""

from __future__ import annotations

import pytest

from pbxgen.flow.endpoint import Secret
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.trunk import CallerId, DiversionHeader
from tests.language.sources import clean, only, plan_of


def test_a_trunk_with_everything() -> None:
    trunk = plan_of(
        """\
trunks:
  carrier:
    host: sip.carrier.example:5070
    transport: tls
    username: acme
    password: {env: CARRIER_PASSWORD}
    register: true
    accept_from: ["192.0.2.0/28", 198.51.100.7, "192.0.2.17/28"]
    number: "02 12345000"
    number_format: national
    caller_id: own
    diversion: history_info
users: {"101": {did: "+390212345000"}}
"""
    ).trunks["carrier"]
    assert (trunk.host, trunk.port, trunk.transport, trunk.username, trunk.register) == (
        "sip.carrier.example",
        5070,
        "tls",
        "acme",
        True,
    )
    assert trunk.password == Secret("env", "CARRIER_PASSWORD", trunk.password.location if trunk.password else None)  # type: ignore[arg-type]
    assert trunk.accept_from == ("192.0.2.0/28", "198.51.100.7", "192.0.2.16/28")
    assert trunk.number == "+390212345000"
    assert (trunk.number_format, trunk.caller_id, trunk.diversion) == (
        NumberFormat.NATIONAL,
        CallerId.OWN,
        DiversionHeader.HISTORY_INFO,
    )


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("192.0.2.1", ("192.0.2.1", None)),
        ("192.0.2.1:5080", ("192.0.2.1", 5080)),
        ("sip.example", ("sip.example", None)),
        ('"2001:db8::1"', ("2001:db8::1", None)),
        ('"[2001:db8::1]:5060"', ("2001:db8::1", 5060)),
        ('"[2001:db8::1]"', ("2001:db8::1", None)),
    ],
)
def test_hosts(host: str, expected: tuple[str, int | None]) -> None:
    trunk = plan_of(f"trunks: {{t: {{host: {host}}}}}\n").trunks["t"]
    assert (trunk.host, trunk.port) == expected


@pytest.mark.parametrize(
    "text",
    [
        "host: «sip.example:99999»",
        "host: «sip.example:0»",
        'host: «"sip.example:"»',
        "host: «300.1.2.3»",
        'host: «"[2001:zz]:5060"»',
        'host: «"[2001:db8::1"»',
        "host: «-sip»",
        "host: sip.example, accept_from: [«sip.example»]",
        "host: sip.example, accept_from: [192.0.2.1, «192.0.2.0/40»]",
        "host: sip.example, «register»: true",
    ],
)
def test_trunks_that_cannot_work(text: str) -> None:
    only("PBX132", f"trunks: {{t: {{{text}}}}}\n")


def test_names_of_trunks_and_routes_must_exist() -> None:
    only("PBX110", 'trunks: {carrier: {host: 192.0.2.1}}\nroutes: {r: {match: "+39.", trunk: «carier»}}\n')
    only("PBX110", "classes: {c: [«italy»]}\n")
    only("PBX110", 'users: {"101": {class: «c»}}\n')
    only("PBX110", 'defaults: {class: «c»}\nusers: {"101": {}}\n')


@pytest.mark.parametrize("pattern", ["+39Q.", "+39[3", "+39.X", "39 02", "+39[a]"])
def test_patterns_that_cannot_be_read(pattern: str) -> None:
    trunk = "trunks: {t: {host: 192.0.2.1}}\n"
    only("PBX127", trunk + f'routes: {{r: {{match: ["+33.", «"{pattern}"»], trunk: t}}}}\n')


def test_contacts_that_cannot_be_read() -> None:
    only("PBX127", 'contacts: {vip: ["+4420*", «"+44*20"»]}\n'.replace("+44*20", "+44.20"))


@pytest.mark.parametrize(("code", "text"), [("PBX127", "not x"), ("PBX159", "21*"), ("PBX159", "02 1*")])
def test_a_contact_that_is_none_is_told_as_it_is_written(code: str, text: str) -> None:
    assert only(code, f'contacts: {{vip: «"{text}"»}}\n').message.startswith(repr(text))
    only("PBX105", 'contacts: {«internal»: "+4420*"}\n')


def test_patterns_that_can_never_match() -> None:
    only("PBX159", 'contacts: {vip: «"4420*"»}\n')
    only("PBX159", 'trunks: {t: {host: 192.0.2.1}}\nroutes: {r: {match: «"00X."», trunk: t}}\n')


def test_a_closing_star_means_any_ending() -> None:
    contacts = plan_of('contacts: {vip: ["+4420*", "+39 333 1112222"]}\n').contacts["vip"]
    assert contacts.patterns[0].matches("+442079460958")
    assert contacts.patterns[1].matches("+393331112222")


def test_classes_are_routes_in_the_order_of_the_source() -> None:
    plan = plan_of(
        'trunks: {t: {host: 192.0.2.1}}\nroutes: {a: {match: "+33.", trunk: t}, b: {match: "+39.", trunk: t}}\n'
        'classes: {both: [b, a], one: b}\nusers: {"101": {class: both}, "102": {class: one}, "103": {}}\n'
    )
    assert [u.routes for u in plan.users.values()] == [("a", "b"), ("b",), None]


def test_a_user_may_be_without_the_default_class() -> None:
    plan = plan_of(
        'trunks: {t: {host: 192.0.2.1}}\nroutes: {a: {match: "+33.", trunk: t}}\nclasses: {c: a}\n'
        'defaults: {class: c}\nusers: {"101": {class: null}, "102": {}}\n'
    )
    assert [u.routes for u in plan.users.values()] == [None, ("a",)]


def test_numbers_and_users_defaults() -> None:
    plan = clean(
        "defaults: {ring_timeout: 25, outside_timeout: 40, max_diversions: 3, voicemail: true, call_waiting: false, "
        'sip_480: unreachable}\nusers:\n  "101": {}\n'
        '  "102": {voicemail: false, call_waiting: true, ring_timeout: 10, dnd: true}\n'
    ).plan
    assert plan is not None
    assert (plan.outside_timeout, plan.max_diversions, plan.sip_480.value) == (40, 3, "unreachable")
    first, second = plan.users.values()
    assert (first.ring_timeout, first.call_waiting, first.dnd, first.name) == (25, False, False, "101")
    assert first.mailbox is not None
    assert (second.ring_timeout, second.call_waiting, second.dnd, second.mailbox) == (10, True, True, None)


SHORT = "trunks: {carrier: {host: 192.0.2.1}}\nroutes: {short: {match: %s, trunk: carrier, as_dialled: true}}\n"


def test_the_patterns_of_short_numbers_are_of_digits() -> None:
    route = plan_of(SHORT % '["4XXX", "116117", "892."]').routes["short"]
    assert route.as_dialled
    assert [p.text for p in route.patterns] == ["4XXX", "116117", "892."]


@pytest.mark.parametrize("pattern", ["+39.", ".", "!", "*21", "4X#", "[0-3]*"])
def test_a_short_number_holds_nothing_but_digits(pattern: str) -> None:
    only("PBX127", SHORT % f'«"{pattern}"»')


def test_the_cure_for_a_pattern_of_short_numbers_is_one() -> None:
    assert only("PBX127", SHORT % '«"4(0)"»').help == 'such as "4XXX" or "12XX"'


def test_an_emergency_route_is_as_dialled_anyway() -> None:
    body = 'routes: {e: {match: "112", trunk: carrier, emergency: true, «as_dialled»: true}}\n'
    only("PBX171", "trunks: {carrier: {host: 192.0.2.1}}\n" + body)


def test_calls_are_not_diverted_to_short_numbers() -> None:
    only("PBX110", SHORT % '"4040"' + 'users: {"101": {deviations: {busy: «"4040"»}}}\n')


NUMBERED = 'trunks: {carrier: {host: 192.0.2.1, number: "+390212345000"}}\n'


@pytest.mark.parametrize(
    "routes",
    [
        'world: {match: "+.", trunk: carrier}, «italy»: {match: "+39[03]X.", trunk: carrier}',
        'italy: {match: "+39[03]X.", trunk: carrier}, «again»: {match: ["+390X.", "+3935X!"], trunk: carrier}',
        'a: {match: "+39[0-4]XX", trunk: carrier}, b: {match: "+39[5-9]XX", trunk: carrier}, '
        '«c»: {match: "+39XXX", trunk: carrier}',
        'e: {match: ["112", "118"], trunk: carrier, emergency: true}, '
        '«f»: {match: "112", trunk: carrier, emergency: true}',
        's: {match: "4XXX", trunk: carrier, as_dialled: true}, «t»: {match: "4040", trunk: carrier, as_dialled: true}',
        '«s»: {match: "112", trunk: carrier, as_dialled: true}, e: {match: "112", trunk: carrier, emergency: true}',
        'world: {match: "!", trunk: carrier}, «short»: {match: "800123XXX", trunk: carrier, as_dialled: true}',
    ],
)
def test_a_route_that_can_carry_no_call(routes: str) -> None:
    only("PBX173", NUMBERED + f'routes: {{{routes}}}\ninbound: {{"+390212345000": busy}}\n')


@pytest.mark.parametrize("range_", ["+39.", "+39!", "+3[0-9].", "+39[03]X!"])
def test_a_route_whose_numbers_an_inbound_range_has_can_carry_no_call(range_: str) -> None:
    route = 'routes: {world: {match: "+.", trunk: carrier}}'
    for written in ('"+39[03]X."', '["+390X.", "+393X."]'):
        italy = route.replace("{world", f"{{«italy»: {{match: {written}, trunk: carrier}}, world")
        diagnostic = only("PBX173", NUMBERED + f'{italy}\ninbound: {{"{range_}": busy}}\n')
        assert diagnostic.related[0].message == "the range"


@pytest.mark.parametrize("range_", ["+39021234XXXX", "+3902123452X."])
def test_a_route_of_which_an_inbound_range_has_some_numbers_carries_the_others(range_: str) -> None:
    routes = 'routes: {italy: {match: ["+39[03]X.", "+3902123452X."], trunk: carrier}}'
    clean(NUMBERED + f'{routes}\ninbound: {{"+390212345000": busy, "{range_}": busy}}\n')


@pytest.mark.parametrize(
    "routes",
    [
        'italy: {match: "+39[03]X.", trunk: carrier}, world: {match: "+.", trunk: carrier}',
        'a: {match: "+39[0-4]XX", trunk: carrier}, c: {match: "+39XXX", trunk: carrier}',
        'a: {match: "+39X.", trunk: carrier}, c: {match: "+39X", trunk: carrier}',
        'short: {match: "4XX", trunk: carrier, as_dialled: true}, world: {match: "!", trunk: carrier}',
        'world: {match: "!", trunk: carrier}, short: {match: "4XX", trunk: carrier, as_dialled: true}',
        'world: {match: "+4.", trunk: carrier}, short: {match: "4XX", trunk: carrier, as_dialled: true}',
        'a: {match: "+39XXX", trunk: carrier}, c: {match: "+39X.", trunk: carrier}',
    ],
)
def test_a_route_that_can_carry_some_call(routes: str) -> None:
    clean(NUMBERED + f'routes: {{{routes}}}\ninbound: {{"+390212345000": busy}}\n')


def test_calls_that_have_no_number_to_show() -> None:
    body = (
        "trunks: {«carrier»: {host: 192.0.2.1}}\nroutes: {world: {match: '+.', trunk: carrier}}\n"
        'classes: {all: [world]}\nusers: {"101": {class: all}, "102": {class: all, did: "+390212345102"}, "103": {}}\n'
    )
    diagnostic = only("PBX174", body)
    assert diagnostic.message.startswith("calls of 101 over trunk carrier show no number")
    assert diagnostic.subjects == (("user", "101"),)
    clean(body.replace("«", "").replace("»", "").replace("192.0.2.1", '192.0.2.1, number: "+390212345102"'))


_TWO = "trunks: {one: {host: 192.0.2.1}, two: {host: 192.0.2.2}}\n"


def test_a_route_may_have_several_trunks() -> None:
    routes = """\
routes:
  emergency: {match: "112", trunk: [two, one], emergency: true}
  italy: {match: "+39[03]X.", trunk: [one, two]}
  europe: {match: "+49.", trunk: one}
classes: {all: [italy, europe]}
users: {"101": {class: all, did: "+390212345101", deviations: {busy: "+393335550101", no_answer: "+49301234567"}}}
"""
    plan = plan_of(_TWO + routes)
    assert plan.emergency == {"112": ("two", "one")}
    assert [route.trunks for route in plan.routes.values()] == [("two", "one"), ("one", "two"), ("one",)]
    deviations = plan.users["101"].deviations
    assert deviations.busy[0].places[0].trunks == ("one", "two")
    assert deviations.no_answer[0].places[0].trunks == ("one",)


def test_a_trunk_stands_once_in_a_list() -> None:
    diagnostic = only("PBX180", _TWO + 'routes: {italy: {match: "+39[03]X.", trunk: [one, two, «one»]}}\n')
    assert "trunk one is in the list twice" in diagnostic.message


def test_every_trunk_of_a_list_must_be_there() -> None:
    only("PBX110", _TWO + 'routes: {italy: {match: "+39[03]X.", trunk: [one, «three»]}}\n')


def test_a_list_of_trunks_has_at_least_one() -> None:
    only("PBX105", _TWO + 'routes: {italy: {match: "+39[03]X.", trunk: «[]»}}\n')


def test_a_trunk_names_the_number_that_a_call_is_for_in_the_request_or_in_a_header() -> None:
    for written, meant in (("", "request"), (", called_number: to", "to")):
        body = f'trunks: {{carrier: {{host: 192.0.2.1{written}}}}}\nusers: {{"101": {{did: "+390212345101"}}}}\n'
        assert plan_of(body).trunks["carrier"].called_number == meant


def test_a_trunk_that_names_its_calls_in_a_header_has_numbers() -> None:
    trunk = "trunks: {carrier: {host: 192.0.2.1, called_number: «to»}}\n"
    only("PBX182", trunk + 'users: {"101": {}}\n')
    clean(trunk.replace("«to»", "to") + 'users: {"101": {did: "+390212345101"}}\n')
    clean(trunk.replace("«to»", "to") + 'users: {"101": {}}\ninbound: {"+390212345000": "101"}\n')


def test_the_account_stands_in_from_and_the_number_in_a_header_of_its_own() -> None:
    told = "from_user: account, from_domain: a.example, identity: pai"
    trunk = f"trunks: {{carrier: {{host: 192.0.2.1, username: acme, {told}}}}}\n"
    carrier = plan_of(trunk + 'users: {"101": {did: "+390212345101"}}\n').trunks["carrier"]
    assert (carrier.from_user, carrier.from_domain, carrier.identity) == ("account", "a.example", "pai")


def test_an_account_in_from_needs_a_username() -> None:
    only("PBX132", "trunks: {carrier: {host: 192.0.2.1, «from_user»: account, identity: pai}}\n")


def test_an_account_in_from_without_a_header_for_the_number_shows_no_caller() -> None:
    only("PBX190", "trunks: {carrier: {host: 192.0.2.1, username: acme, from_user: «account»}}\n")
    clean("trunks: {carrier: {host: 192.0.2.1, username: acme, from_user: account, identity: rpid}}\n")


_NOT_FROM = ["from_user: «phone»", "identity: «ppi»", "from_domain: «a b»", 'from_domain: «"x>;a=b"»']


@pytest.mark.parametrize("key", _NOT_FROM)
def test_what_from_and_its_header_may_not_be(key: str) -> None:
    only("PBX105", f"trunks: {{carrier: {{host: 192.0.2.1, username: acme, {key}}}}}\n")


def test_a_registration_has_a_login_a_time_and_a_proxy() -> None:
    trunk = "auth_username: acme-login, password: {env: P}, expires: 60, outbound_proxy: 192.0.2.9:5080"
    carrier = plan_of(f"trunks: {{carrier: {{host: a.example, username: acme, {trunk}}}}}\n").trunks["carrier"]
    assert (carrier.auth_username, carrier.expires, carrier.outbound_proxy) == ("acme-login", 60, ("192.0.2.9", 5080))


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("PBX104", "expires: «59»"),
        ("PBX104", "expires: «7201»"),
        ("PBX105", 'outbound_proxy: «"192.0.2.9;lr"»'),
        ("PBX132", 'outbound_proxy: «"192.0.2.9:99999"»'),
        ("PBX161", "outbound_proxy: «224.0.0.1»"),
        ("PBX132", "«auth_username»: acme-login"),
    ],
)
def test_what_a_registration_cannot_have(code: str, key: str) -> None:
    only(code, f"trunks: {{carrier: {{host: 192.0.2.1, username: acme, {key}}}}}\n")


def test_what_calls_of_a_trunk_sound_like() -> None:
    keys = "transport: tls, codecs: [g722, alaw, g722], dtmf: inband, srtp: required, t38: true"
    carrier = plan_of(f"trunks: {{carrier: {{host: 192.0.2.1, {keys}}}}}\n").trunks["carrier"]
    assert (carrier.codecs, carrier.dtmf, carrier.srtp, carrier.t38) == (("g722", "alaw"), "inband", "required", True)
    plain = plan_of("trunks: {carrier: {host: 192.0.2.1}}\n").trunks["carrier"]
    assert (plain.codecs, plain.dtmf, plain.srtp, plain.t38) == (("alaw", "ulaw"), "auto", "off", False)
    assert plain.tls_verify


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("PBX105", "codecs: [alaw, «g723»]"),
        ("PBX103", "codecs: «alaw»"),
        ("PBX105", "dtmf: «rfc2833»"),
        ("PBX105", 'srtp: «"yes"»'),
        ("PBX103", "t38: «1»"),
        ("PBX191", "srtp: «optional»"),
        ("PBX192", "transport: tls, tls_verify: «false»"),
    ],
)
def test_what_calls_of_a_trunk_cannot_sound_like(code: str, key: str) -> None:
    only(code, f"trunks: {{carrier: {{host: 192.0.2.1, {key}}}}}\n")


@pytest.mark.parametrize("text", ["333 111 2222", "0039 333 1112222", "+39-333-1112222", "+39 333 1112222"])
def test_a_whole_number_of_contacts_is_read_as_every_number_is(text: str) -> None:
    (pattern,) = plan_of(f'contacts: {{vip: "{text}"}}\n').contacts["vip"].patterns
    assert pattern.text == "+393331112222"


def test_a_number_of_contacts_that_is_none_is_a_pattern_as_it_stands() -> None:
    contacts = plan_of('contacts: {vip: ["+39333", "+44-20*"]}\n').contacts["vip"]
    assert [pattern.text for pattern in contacts.patterns] == ["+39333", "+4420!"]


def test_a_misspelt_anonymous_is_told_with_the_right_word() -> None:
    assert only("PBX127", "contacts: {nuisance: [«Anonymous»]}\n").help == "did you mean 'anonymous'?"


@pytest.mark.parametrize("pattern", ["+39X*", "+39#X.", "++39."])
def test_only_digits_can_match_behind_the_plus(pattern: str) -> None:
    route = f'routes: {{r: {{match: «"{pattern}"», trunk: t}}}}\n'
    assert "digits behind" in only("PBX159", "trunks: {t: {host: 192.0.2.1}}\n" + route).message


def test_a_star_within_a_contact_matches_nothing() -> None:
    only("PBX159", 'contacts: {vip: «"+39*5"»}\n')
