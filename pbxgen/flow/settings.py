"""What users have set from their phones: whether the running plan permits it, and the plan with it applied.

A setting replaces the source's rules of one key by ``off``, or by one rule without conditions to one place. It counts
only as long as the plan permits it. :func:`applied` gives the plan with the settings, so that one machine serves calls
with and without them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from pbxgen.flow import LONGEST_RING, SHORTEST_RING
from pbxgen.flow.plan import Deviations, Place, PlaceKind, Plan, Rule, User
from pbxgen.flow.self_service import Profile

DEVIATIONS = tuple(Deviations.__slots__)
STATES = ("dnd", "follow_me")
"""Keys whose settings are on or off."""
KEYS = (*DEVIATIONS, *STATES)
AFTER = frozenset({"no_answer", "return_no_answer"})
"""Keys whose rules may say how long the phone rings first."""
LONGEST = 255
"""Characters of one user's text that both PBXs read back; FreeSWITCH cuts a longer one."""
LONGEST_NUMBER = 21
"""Characters of an outside number: + and 20 digits."""

_ENTRY = re.compile(
    rf"({'|'.join(KEYS)}):(off|on|v|m|[xpg]\*?[0-9]{{1,8}}|n\+[0-9]{{1,20}}):([0-9]{{1,3}}):([0-9]{{1,12}}):([0-9]{{1,12}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting of one key. ``to``: off, on, v (own mailbox), m (mobile), x102, p9 (position), g600 (group), n+39…
    (outside)."""

    to: str
    after: int | None = None
    since: int = 0
    """When it was set, in seconds since 1970."""
    expires: int = 0
    """When it ends; 0: never."""


Settings = Mapping[str, Setting]
"""By key."""


@dataclass(frozen=True, slots=True)
class State:
    """What has been set on one PBX."""

    users: Mapping[str, Settings] = field(default_factory=dict)
    """By extension."""
    switches: Mapping[str, bool] = field(default_factory=dict)
    """By name; those that nobody has set are left out."""

    def with_user(self, extension: str, settings: Settings) -> State:
        users = {**self.users, extension: settings}
        return replace(self, users={e: s for e, s in users.items() if s})

    def with_switch(self, name: str, on: bool) -> State:
        return replace(self, switches={**self.switches, name: on})


NOTHING_SET = State()


def written(settings: Settings) -> str:
    """The text that a PBX keeps of one user's settings."""
    return "|".join(f"{key}:{one.to}:{one.after or 0}:{one.since}:{one.expires}" for key, one in settings.items())


def read(text: str) -> Settings:
    """The settings in a text that a PBX has stored; none if it is not exactly what :func:`written` writes."""
    if len(text) > LONGEST:
        return {}
    settings: dict[str, Setting] = {}
    for part in text.split("|"):
        match = _ENTRY.fullmatch(part)
        if match is None:
            return {}
        key, to, after, since, expires = match.groups()
        settings[key] = Setting(to, int(after) or None, int(since), int(expires))
    return settings if written(settings) == text else {}  # a key twice, or zeros in front


def expiry(profile: Profile, moment: dt.datetime, timezone: str) -> int:
    """When what is set at ``moment`` (local time of the PBX) ends, in seconds since 1970; 0: never."""
    if profile.expires is None:
        return 0
    now = moment.replace(tzinfo=ZoneInfo(timezone))
    if profile.expires.endswith("h"):
        return int(now.timestamp()) + 3600 * int(profile.expires[:-1])
    hour, minute = map(int, profile.expires.split(":"))
    end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return int((end if end > now else end + dt.timedelta(days=1)).timestamp())


def is_costly(plan: Plan, number: str) -> bool:
    """Is an E.164 number one that no setting may lead to, whatever the class allows?"""
    costly = () if plan.self_service is None else plan.self_service.costly
    return any(re.fullmatch(rf"\+{code}(?:{pattern})", number, re.ASCII) is not None for code, pattern in costly)


def emergency_spellings(plan: Plan) -> tuple[str, ...]:
    """E.164 numbers that a trunk may send as an emergency number: +112, or +39112, whose national form is 112.

    No setting leads there: every caller of the user would be sent to the emergency services.
    """
    numbering = plan.numbering
    every = (
        f"+{spelt}"
        for number in plan.emergency
        for spelt in (
            number,
            *(f"{numbering.country_code}{rest}" for rest in (number, *numbering.behind_prefixes(number))),
        )
    )
    return tuple(dict.fromkeys(every))


def place_of(plan: Plan, user: User, to: str) -> Place | None:
    """Where a setting leads; None where the plan has no such place, or ``user`` may not set it."""
    allowed = frozenset[str]() if user.self_service is None else user.self_service.to
    kind, target = to[:1], to[1:]
    match kind:
        case "v" if "voicemail" in allowed and user.mailbox is not None:
            return Place(PlaceKind.MAILBOX, user.extension, user.mailbox.location)
        case "m" if "mobile" in allowed:
            return user.own_mobile
        case "x" if "extensions" in allowed and target in plan.users and target != user.extension:
            return Place(PlaceKind.USER, target, plan.users[target].location)
        case "p" | "g":
            wanted, name = (PlaceKind.OPERATOR, "operators") if kind == "p" else (PlaceKind.GROUP, "groups")
            for place, group in plan.positions():
                if group.number == target and place.kind is wanted and name in allowed:
                    return place
        case "n" if "outside" in allowed:
            return _outside(plan, user, target)
    return None


def named(plan: Plan, place: Place) -> str:
    """A user, an operator position or a group as a setting names it."""
    if place.kind is PlaceKind.USER:
        return f"x{place.target}"
    return f"{'p' if place.kind is PlaceKind.OPERATOR else 'g'}{plan.group_at(place.key).number}"


def _outside(plan: Plan, user: User, number: str) -> Place | None:
    if plan.reached_by(number) is not None or plan.in_range(number) is not None or number in emergency_spellings(plan):
        return None
    route = plan.route_of(number)
    if route is None or route.name not in (user.routes or ()) or is_costly(plan, number):
        return None
    first, *backups = route.with_trunks(user.trunks).trunks
    return Place(PlaceKind.OUTSIDE, number, user.location, trunk=first, backups=tuple(backups))


def is_permitted(plan: Plan, user: User, key: str, setting: Setting, epoch: int) -> bool:
    """May the setting count, by the plan as it is and at this time (seconds since 1970)?"""
    profile = user.self_service
    if profile is None or key not in profile.may or (setting.expires and epoch >= setting.expires):
        return False
    if key in STATES:
        return setting.to in ("on", "off") and (key != "follow_me" or bool(user.follow_me))
    if setting.to == "off":
        return True
    if setting.after is not None and (key not in AFTER or not SHORTEST_RING <= setting.after <= LONGEST_RING):
        return False
    return setting.to != "on" and place_of(plan, user, setting.to) is not None


def permitted(plan: Plan, user: User, settings: Settings, epoch: int) -> Iterator[tuple[str, Setting]]:
    yield from ((key, one) for key, one in settings.items() if is_permitted(plan, user, key, one, epoch))


def applied(plan: Plan, state: State, moment: dt.datetime) -> Plan:
    """The plan with what has been set and is permitted at ``moment`` (local time of the PBX)."""
    if not state.users and not state.switches:
        return plan
    epoch = int(moment.replace(tzinfo=ZoneInfo(plan.timezone)).timestamp())
    users = dict(plan.users)
    for extension, settings in state.users.items():
        user = users.get(extension)
        if user is not None and user.self_service is not None and len(written(settings)) <= LONGEST:
            users[extension] = _with(plan, user, dict(permitted(plan, user, settings, epoch)))
    switches = {name: replace(switch, on=state.switches.get(name, switch.on)) for name, switch in plan.switches.items()}
    return replace(plan, users=users, switches=switches)


def resolved(plan: Plan, switches: Mapping[str, bool] | None = None) -> Plan:
    """The plan without switches: rules that ask for one lose that condition if it holds, and are left out if not.

    ``switches``: by name, those that do not have their default position.
    """
    if not plan.switches:
        return plan
    given = switches or {}
    on = {name: given.get(name, switch.on) for name, switch in plan.switches.items()}
    known: dict[int, tuple[Rule, ...]] = {}

    def standing(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        if id(rules) not in known:
            left = (r for r in rules if all(on[switch] is not off for switch, off in r.condition.switches))
            bare = (replace(r, condition=replace(r.condition, switches=())) for r in left)
            known[id(rules)] = tuple(bare) if any(r.condition.switches for r in rules) else rules
        return known[id(rules)]

    users = {
        extension: replace(
            user, deviations=replace(user.deviations, **{k: standing(r) for k, r in user.deviations.lists() if r})
        )
        for extension, user in plan.users.items()
    }
    inbound = {number: replace(one, rules=standing(one.rules)) for number, one in plan.inbound.items()}
    return replace(plan, users=users, inbound=inbound, switches={})


def _with(plan: Plan, user: User, settings: Settings) -> User:
    rules = {}
    for key, setting in settings.items():
        if key in DEVIATIONS:
            place = None if setting.to == "off" else place_of(plan, user, setting.to)
            rules[key] = () if place is None else (Rule((place,), place.location, after=setting.after),)
    dnd = settings["dnd"].to == "on" if "dnd" in settings else user.dnd
    follows = "follow_me" not in settings or settings["follow_me"].to == "on"
    return replace(
        user,
        deviations=replace(user.deviations, **rules),
        dnd=dnd,
        follow_me=user.follow_me if follows else (),
    )
