"""What digits mean on a phone, in the order in which they are asked."""

from __future__ import annotations

import pytest

from pbxgen.flow.entry import DialOut, MailboxAccess, Refusal, ToPlace, WayIn, Why, from_phone, from_trunk
from pbxgen.flow.plan import Origin, PlaceKind
from pbxgen.flow.simulate import Call, caller_of
from tests.support.office import HEAD, plan_of

_HEAD = HEAD.replace("language: it}", 'language: it, outside_line: "0"}')
OFFICE = plan_of(
    """
operators: {po: {number: "9", members: ["101"]}}
groups: {sales: {number: "600", members: ["101"]}}
inbound: {"+390212345000": operator}
users:
  "101": {name: A, did: "+390212345101", class: national, voicemail: true}
  "102": {name: B}
""",
    head=_HEAD,
)


def _said(entry: WayIn) -> str:
    match entry:
        case ToPlace(place):
            return f"{place.kind.value} {place.target}"
        case DialOut(number, route):
            return f"{number} by {route.trunk}{', an emergency' if route.emergency else ''}"
        case MailboxAccess(extension):
            return f"mailbox {extension or 'of any'}"
        case Refusal(status, why):
            return f"{status} {why.value}"


@pytest.mark.parametrize(
    ("dialled", "means"),
    [
        ("112", "112 by carrier, an emergency"),
        ("0112", "112 by carrier, an emergency"),
        ("9112", f"404 {Why.NO_SUCH_NUMBER.value}"),
        ("00112", f"404 {Why.NO_SUCH_NUMBER.value}"),
        ("00112345", "+390112345 by carrier"),
        ("102", "user 102"),
        ("9", "operator po"),
        ("600", "group sales"),
        ("*97", "mailbox 101"),
        ("*98", "mailbox of any"),
        ("00212345999", "+390212345999 by carrier"),
        ("+390212345999", "+390212345999 by carrier"),
        ("+390212345101", "user 101"),
        ("00212345000", "inbound +390212345000"),
        ("00049301234567", f"403 {Why.CLASS_FORBIDS.value}"),
        ("00033123456789", f"404 {Why.NO_ROUTE.value}"),
        ("3331234567", f"404 {Why.NO_SUCH_NUMBER.value}"),
        ("0*43", f"404 {Why.NO_SUCH_NUMBER.value}"),
    ],
)
def test_what_a_phone_dials_where_outside_numbers_need_a_line(dialled: str, means: str) -> None:
    assert _said(from_phone(OFFICE, "101", dialled)) == means


def test_what_a_phone_without_mailbox_and_class_may_not() -> None:
    assert _said(from_phone(OFFICE, "102", "*97")) == f"404 {Why.NO_MAILBOX.value}"
    assert _said(from_phone(OFFICE, "102", "00212345999")) == f"403 {Why.CLASS_FORBIDS.value}"


def test_a_trunk_needs_no_outside_line() -> None:
    assert _said(from_trunk(OFFICE, "0212345101")) == "user 101"
    assert _said(from_trunk(OFFICE, "0212345000")) == "inbound +390212345000"
    assert _said(from_trunk(OFFICE, "00212345101")) == f"404 {Why.NOT_INBOUND.value}"


def test_each_place_is_told_with_where_it_was_written() -> None:
    for dialled, kind, line in (
        ("102", PlaceKind.USER, 15),
        ("9", PlaceKind.OPERATOR, 10),
        ("600", PlaceKind.GROUP, 11),
    ):
        entry = from_phone(OFFICE, "101", dialled)
        assert isinstance(entry, ToPlace)
        assert (entry.place.kind, entry.place.location.line) == (kind, line)


def test_who_calls_is_read_as_the_trunk_writes_numbers() -> None:
    bare = plan_of('users: {"101": {name: A}}', head=HEAD.replace("{host:", "{number_format: e164_bare, host:"))
    assert caller_of(bare, Call("493471112222", "101")).number == "+493471112222"
    assert caller_of(OFFICE, Call("3471112222", "101")).number == "+393471112222"


def test_a_pbx_without_trunks_is_called_from_outside_in_vain() -> None:
    plan = plan_of('users: {"101": {name: A}}', head="".join(HEAD.splitlines(keepends=True)[:2]))
    assert caller_of(plan, Call("+393471112222", "101")).origin is Origin.EXTERNAL
    assert _said(from_trunk(plan, "101")) == f"404 {Why.NOT_INBOUND.value}"
