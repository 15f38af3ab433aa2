"""Call data: what the static library reads about a user, group, number or trunk, one line of words each.

A record's words are parted by spaces, the rules of a list by ``|``, a rule's conditions, seconds and places by
``/``, ``~`` and ``,``, a place's options by ``;``. Every name in it is a slug or a number, so nothing needs quoting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pbxgen.flow.number_shown import shows_trunk_in_emergencies
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.plan import (
    FROM_INSIDE,
    FROM_OUTSIDE,
    Callers,
    Condition,
    Inbound,
    Leg,
    Place,
    PlaceKind,
    Plan,
    RingGroup,
    Rules,
    User,
)
from pbxgen.flow.self_service import Profile
from pbxgen.flow.settings import KEYS
from pbxgen.flow.trunk import CallerId, Trunk
from pbxgen.targets.freeswitch import media
from pbxgen.targets.freeswitch.failover import over
from pbxgen.targets.identity import tells
from pbxgen.targets.networks import address, proxy_uri


def place(value: Place, plan: Plan) -> str:
    """``outside:+393331234567;trunk=carrier;t=25;c``."""
    return _place(value, over(plan, value.trunks))


def _place(value: Place, trunks: str) -> str:
    options = {
        f"trunk={trunks}": value.trunk is not None,
        f"t={value.timeout}": value.timeout is not None,
        "c": value.confirm,
        "returns": value.returns,
        "own" if value.caller_id is CallerId.OWN else "original": value.caller_id is not None,
    }
    return ";".join([f"{value.kind.value}:{value.target}", *_given(options)])


def _given(words: Mapping[str, object]) -> list[str]:
    """Those that there is something for."""
    return [word for word, given in words.items() if given]


def places(values: tuple[Place, ...], plan: Plan) -> str:
    return ",".join(place(p, plan) for p in values)


def facts(condition: Condition) -> list[list[str]]:
    """What must stand among the call's facts for the condition to hold: for each of its callers one choice."""
    hours = [f"{'!' * one.closed}s.{one.schedule}" for one in condition.hours]
    switches = [f"{'!' * one.off}w.{one.switch}" for one in condition.switches]
    until = [] if condition.until is None else [f"u.{condition.until.isoformat()}"]
    rest = [*hours, *switches, *until]
    return [[*callers, *rest] for callers in map(_callers, condition.callers)] or [rest]


def _callers(callers: Callers) -> list[str]:
    if callers in (FROM_INSIDE, FROM_OUTSIDE):
        return [callers.name]
    return [f"{'!' * callers.but}c.{callers.name}"]


def rules(values: Rules, plan: Plan) -> str:
    """``s.office/25~user:102,mailbox:101|user:103``."""
    written = []
    for rule in values:
        after = "" if rule.after is None else f"{rule.after}~"
        for choice in facts(rule.condition):
            conditions = "".join(f"{fact}/" for fact in choice)
            written.append(f"{conditions}{after}{places(rule.places, plan)}")
    return "|".join(written)


def needed(values: Rules) -> set[str]:
    """Facts that must be found out before the rules can be judged; where the call came in is known anyway."""
    choices = (choice for rule in values for choice in facts(rule.condition))
    return {fact.removeprefix("!") for choice in choices for fact in choice} - {FROM_INSIDE.name, FROM_OUTSIDE.name}


def user(value: User, plan: Plan, picked: Iterable[str] = ()) -> str:
    """``user ring=20 mailbox pin own=+390212345101 routes=italy busy=user:102 pick=101|102``.

    ``picked``: the extensions whose calls the user takes by pickup.
    """
    wanted = set().union(*(needed(of_list) for _, of_list in value.deviations.lists()))
    if value.self_service is not None:
        wanted.add("self")
    words = {
        "mailbox": value.mailbox is not None,
        "pin": value.mailbox is not None and value.mailbox.pin is not None,
        "dnd": value.dnd,
        "nocw": not value.call_waiting,
        f"own={value.own_number}": value.own_number,
        "hidden": value.withheld,
        f"routes={','.join(value.routes or ())}": value.routes,
        f"trunks={over(plan, value.trunks)}": value.trunks,
        **(_settable(value, value.self_service, plan) if value.self_service is not None else {}),
        f"needs={','.join(sorted(wanted))}": wanted,
        **{f"{name}={rules(of_list, plan)}": of_list for name, of_list in value.deviations.lists()},
        f"follow={','.join(_leg(leg, value, plan) for leg in value.follow_me)}": value.follow_me,
        f"pick={'|'.join(picked)}": value.pickup,
        **dict.fromkeys(media.to_phone(value.phone), True),
    }
    return " ".join(["user", f"ring={value.ring_timeout}", *_given(words)])


def _settable(value: User, profile: Profile, plan: Plan) -> dict[str, object]:
    """``may=busy,dnd to=extensions,mobile mobile=outside:+39… expires=43200``; ``expires=@1080``: at 18:00."""
    keys = [key for key in KEYS if key in profile.may and (key != "follow_me" or value.follow_me)]
    return {
        f"may={','.join(keys)}": True,
        f"to={','.join(sorted(profile.to))}": True,
        f"mobile={'no' if value.own_mobile is None else place(value.own_mobile, plan)}": value.mobile,
        f"expires={_expires(profile.expires or '')}": profile.expires,
    }


def _expires(text: str) -> str:
    """Seconds, or the minute of the day behind an @."""
    hours, _, minutes = text.removesuffix("h").partition(":")
    return f"@{60 * int(hours) + int(minutes)}" if minutes else str(3600 * int(hours or 0))


def _leg(value: Leg, owner: User, plan: Plan) -> str:
    written = _place(value.place, value.place.trunk or "")
    if value.delay:
        written += f";d={value.delay}"
    if value.place.kind is not PlaceKind.USER:
        return written
    member = plan.users[value.place.target]
    if not member.call_waiting:
        written += ";count"
    if member.extension == owner.extension:  # whether the owner is busy was judged before any leg
        return written + "".join(f";{word}" for word in media.to_phone(member.phone))
    return written + _member_flags(member)


def _member_flags(member: User) -> str:
    settable = member.self_service is not None and "dnd" in member.self_service.may
    flags = (";dnd" if member.dnd else "") + ("" if member.call_waiting else ";nocw") + (";self" if settable else "")
    return flags + "".join(f";{word}" for word in media.to_phone(member.phone))


def group(value: RingGroup, plan: Plan) -> str:
    """``group strategy=all ring=30 members=100,110;dnd overflow=mailbox:100``."""
    members = ",".join(m + _member_flags(plan.users[m]) for m in value.members)
    words = ["group", f"strategy={value.strategy.value}", f"ring={value.ring_timeout}", f"members={members}"]
    if value.overflow:
        words.append(f"overflow={places(value.overflow, plan)}")
    return " ".join(words)


def inbound(value: Inbound, plan: Plan) -> str:
    """``inbound needs=s.office rules=s.office/operator:reception|announce:closed``."""
    wanted = needed(value.rules)
    needs = _given({f"needs={','.join(sorted(wanted))}": wanted})
    return " ".join(["inbound", *needs, f"rules={rules(value.rules, plan)}"])


def trunk(value: Trunk, plan: Plan) -> str:
    """``trunk gateway=acme.carrier at=192.0.2.1 proxy=sip:192.0.2.9;lr number=+390212345000 cid=original …``."""
    form = "national" if value.number_format is NumberFormat.NATIONAL else "other"
    abroad = {NumberFormat.E164: "+", NumberFormat.E164_BARE: ""}.get(
        value.number_format, plan.numbering.international_prefix
    )
    words = ["trunk", f"gateway={gateway_name(value, plan)}", f"at={address(value)}"]
    if value.outbound_proxy is not None:
        words.append(f"proxy={proxy_uri(value)}")
    if value.number is not None:
        words.append(f"number={value.number}")
    if value.number is not None and shows_trunk_in_emergencies(plan):
        words.append("emergency=trunk")
    if tells(value):
        words += [f"tells={tells(value)}", f"domain={value.from_domain or plan.domain}"]
    words += [f"cid={value.caller_id.value}", f"header={value.diversion.value}", f"form={form}", f"abroad={abroad}"]
    if value.max_calls is not None:
        words.append(f"max={value.max_calls}")
    return " ".join(words)


def gateway_name(value: Trunk, plan: Plan) -> str:
    """Names hold no dot, so no two trunks of a fleet share one."""
    return f"{plan.name}.{value.name}"
