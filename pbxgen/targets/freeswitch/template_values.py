"""What the templates print: every decision is made here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import Srtp
from pbxgen.flow.numbering import NumberFormat
from pbxgen.flow.plan import ANONYMOUS, Callers, Contacts, Inbound, Plan, User
from pbxgen.flow.schedule import Schedule
from pbxgen.flow.trunk import CalledNumber, FromUser, Route, Trunk
from pbxgen.targets.base import Options, Part
from pbxgen.targets.freeswitch import call_data, failover, media, self_service
from pbxgen.targets.freeswitch.addresses import access_lists
from pbxgen.targets.freeswitch.clock import opening
from pbxgen.targets.freeswitch.endpoints import Naming
from pbxgen.targets.freeswitch.escape import shown_name
from pbxgen.targets.freeswitch.numbering import expressions
from pbxgen.targets.networks import by_address, contact_user, host_and_port, proxy_uri, tried, uri_user
from pbxgen.targets.raw_settings import settings_of

View: TypeAlias = dict[str, object]
"""Values by the names that a template has for them."""

_CALLED_BY: dict[CalledNumber, dict[str, str]] = {
    CalledNumber.TO: {"variable": "sip_to_user", "expression": r"^(\+?\d{1,20})\z"},
    CalledNumber.P_CALLED_PARTY_ID: {
        "variable": "sip_h_P-Called-Party-ID",
        "expression": r"^(?:[^<]*<)?(?:sips?|tel):(\+?\d{1,20})(?:[@;>]|\z)",
    },
}
"""Where FreeSWITCH keeps what names the number that a call of a trunk is for, and how the number is found in it."""
_SMALL, _LARGE = 1_000, 100_000
_PATTERNS_PER_EXPRESSION = 50
_HIDDEN = r"^external \z"


def bucket_digits(plan: Plan) -> int:
    """By how many last digits call data are spread over domains, so that each holds some hundred entries."""
    entries = len(plan.users) + len(plan.dids) + len(plan.inbound)
    if entries <= _SMALL:
        return 0
    return 2 if entries <= _LARGE else 3


def inbound_trunks(plan: Plan) -> Iterator[View]:
    for trunk in plan.trunks.values():
        lists = access_lists(trunk)
        if lists:
            where = _comment(trunk.name, trunk.location)
            called_by = _CALLED_BY.get(trunk.called_number)
            yield {
                "tenant": plan.name,
                "name": trunk.name,
                "where": where,
                "lists": lists,
                "called_by": called_by,
                "counted": "" if trunk.max_calls is None else call_data.gateway_name(trunk, plan),
                "media": media.incoming(trunk),
                "encrypted": trunk.srtp is Srtp.REQUIRED,
            }


def tenant(plan: Plan, naming: Naming) -> View:
    before, after = naming.dial(plan)
    short = any(route.as_dialled for route in plan.routes.values())
    return {
        "name": plan.name,
        "digest": plan.digest,
        "services": ",".join(plan.services),
        "domain": plan.domain,
        "timezone": plan.timezone,
        "language": plan.language,
        "numbering": plan.numbering,
        "numbers": expressions(plan.numbering),
        "nationally": any(trunk.number_format is NumberFormat.NATIONAL for trunk in plan.trunks.values()),
        "max_diversions": plan.max_diversions,
        "outside_timeout": plan.outside_timeout,
        "sip_480": plan.sip_480.value,
        "recall": plan.recall,
        "bucket": bucket_digits(plan),
        "phone_before": before,
        "phone_after": after,
        "phone_expression": naming.expression(plan),
        "emergency": list(_emergency(plan)),
        "routes": [_route(plan, r, without_number=short) for r in plan.routes.values() if not r.emergency],
        "ranges": [_range(at, inbound) for at, inbound in enumerate(plan.ranges)],
        "short": short,
        "encrypted": any(user.phone.srtp is Srtp.REQUIRED and not user.phone.webrtc for user in plan.users.values()),
        "untils": [{"date": day, "digits": day.replace("-", "")} for day in _untils(plan)],
        "contacts": list(_callers(plan)),
        "schedules": [_schedule(s) for s in plan.schedules.values()],
        "feature_codes": "".join(f"{what}:{code}," for what, code in _features(plan) if code is not None),
        "pickup_of": None if plan.features.pickup_of is None else re.escape(plan.features.pickup_of),
        **self_service.view(plan),
    }


def _features(plan: Plan) -> Iterator[tuple[str, str | None]]:
    yield "own", plan.features.own_mailbox
    yield "any", plan.features.any_mailbox
    yield "pickup", plan.features.pickup


def _emergency(plan: Plan) -> Iterator[View]:
    by_trunks: dict[tuple[str, ...], list[str]] = {}
    for number, trunks in plan.emergency.items():
        by_trunks.setdefault(trunks, []).append(number)
    line = plan.numbering.outside_line
    optional = f"(?:{line})?" if line else ""
    for trunks, numbers in by_trunks.items():
        yield {
            "trunk": failover.over(plan, trunks),
            "several": "each" if len(tried(plan, trunks)) > 1 else "one",
            "expression": rf"^{optional}({'|'.join(map(re.escape, numbers))})\z",
        }


def _route(plan: Plan, route: Route, *, without_number: bool) -> View:
    """``without_number``: may it be asked for what is no number in E.164 (``none``)?"""
    other = r"(?!none\z)" if without_number and not route.as_dialled else ""
    return {
        "name": route.name,
        "trunk": failover.over(plan, route.trunks),
        "short": route.as_dialled,
        "field": "${pbx_rest}" if route.as_dialled else "destination_number",
        "expression": rf"^{other}(?:{'|'.join(p.regex for p in route.patterns)})\z",
        "patterns": ", ".join(map(str, route.patterns)),
        "where": _comment(route.name, route.location),
    }


def _range_name(at: int) -> str:
    """What stands for an inbound range where numbers stand: the narrowest is the first."""
    return f"range{at:03d}"


def _range(at: int, inbound: Inbound) -> View:
    assert inbound.pattern is not None
    digits = inbound.pattern.regex.replace(".+", r"\d+").replace(".*", r"\d*").replace("[+]", r"\+")
    return {"name": _range_name(at), "expression": digits, "where": _comment(inbound.number, inbound.location)}


def _callers(plan: Plan) -> Iterator[View]:
    """Contacts sets, and who shows no number where a rule asks for it. ``excepted``: does a rule ask for all others?"""
    asked = {callers for _, _, rules in plan.rules() for rule in rules for callers in rule.condition.callers}
    for contacts in plan.contacts.values():
        excepted = Callers(contacts.name, but=True) in asked
        where = _comment(contacts.name, contacts.location)
        yield {"name": contacts.name, "expressions": _among(contacts), "excepted": excepted, "where": where}
    if {Callers(ANONYMOUS), Callers(ANONYMOUS, but=True)} & asked:
        excepted = Callers(ANONYMOUS, but=True) in asked
        yield {"name": ANONYMOUS, "expressions": [_HIDDEN], "excepted": excepted, "where": "who shows no number"}


def _among(contacts: Contacts) -> list[str]:
    """What ``pbx_origin`` and ``pbx_me`` of those callers are."""
    numbers = [p.regex for p in contacts.patterns]
    expressions = [rf"^external outside:(?:{'|'.join(chunk)})\z" for chunk in _chunks(numbers)]
    expressions += [rf"^internal user:(?:{'|'.join(chunk)})\z" for chunk in _chunks(sorted(contacts.extensions))]
    return [*expressions, *([_HIDDEN] if contacts.anonymous else [])]


def _chunks(written: Sequence[str]) -> list[Sequence[str]]:
    return [written[i : i + _PATTERNS_PER_EXPRESSION] for i in range(0, len(written), _PATTERNS_PER_EXPRESSION)]


def _untils(plan: Plan) -> list[str]:
    conditions = (rule.condition for _, _, rules in plan.rules() for rule in rules)
    return sorted({c.until.isoformat() for c in conditions if c.until is not None})


def _schedule(schedule: Schedule) -> View:
    where = _comment(schedule.name, schedule.location)
    return {"name": schedule.name, "parts": opening(schedule), "where": where}


def calls(plan: Plan) -> View:
    digits = bucket_digits(plan)
    ending = re.compile(rf"[0-9]{{0,{digits}}}$")
    about = "by how many last digits users and numbers are spread"
    named = [{"id": "bucket", "record": str(digits), "comment": about}]
    spread: dict[str, list[dict[str, str]]] = {}
    for entry in _numbered(plan):
        last_digits = ending.search(entry["id"])
        spread.setdefault(last_digits.group() if last_digits else "", []).append(entry)
    for place, group in plan.positions():
        name = f"{place.kind}:{group.name}"
        named.append(_entry(name, call_data.group(group, plan), f"{place.kind} {group.name}", group.location))
    for trunk in (one for several in plan.trunks.values() for one in by_address(several)):
        record = call_data.trunk(trunk, plan)
        named.append(_entry(f"trunk:{trunk.name}", record, f"trunk {trunk.name}", trunk.location))
    domains: list[View] = [{"name": f"calls:{plan.name}", "entries": [*named, *spread.pop("", [])]}]
    domains += [{"name": f"calls{key}:{plan.name}", "entries": entries} for key, entries in sorted(spread.items())]
    return {"name": plan.name, "digest": plan.digest, "domains": domains}


def _numbered(plan: Plan) -> Iterator[dict[str, str]]:
    in_groups: dict[str, list[str]] = {}
    for user in plan.users.values():
        for name in user.pickup:
            in_groups.setdefault(name, []).append(user.extension)
    for user in plan.users.values():
        picked = dict.fromkeys(extension for name in user.pickup for extension in in_groups[name])
        yield _entry(user.extension, call_data.user(user, plan, picked), f"{user.extension} {user.name}", user.location)
    for number, extension in plan.dids.items():
        owner = plan.users[extension]
        yield _entry(number, f"to=user:{extension}", f"{number}: {owner.name}", owner.location)
    ranges = {inbound.number: _range_name(at) for at, inbound in enumerate(plan.ranges)}
    for inbound in plan.inbound.values():
        id = ranges.get(inbound.number, inbound.number)
        yield _entry(id, call_data.inbound(inbound, plan), inbound.number, inbound.location)
    for place, group in plan.positions():
        what = f"{group.number}: {place.kind} {group.name}"
        yield _entry(group.number, f"to={place.kind}:{group.name}", what, group.location)
    for service in plan.services.values():
        if service.number is not None:
            record = f"to={call_data.place(plan.service_at(service.name), plan)}"
            yield _entry(service.number, record, f"{service.number}: service {service.name}", service.location)


def _entry(id: str, record: str, what: str, location: Location) -> dict[str, str]:
    return {"id": id, "record": record, "comment": _comment(what, location)}


def _comment(what: str, location: Location) -> str:
    return f"{what} ({location.short})"


def phones(plan: Plan, options: Options, naming: Naming) -> View:
    """The directory of phones. FreeSWITCH may keep users once found where it serves one tenant.

    It keeps them under their name and domain in one word (``switch_xml_user_cache``), and where phones may name their
    domain, 101 at pbx.example could call itself 10 at 1pbx.example and be taken for that.
    """
    every = (_phone(user, plan, options, naming) for user in plan.users.values())
    entries = [phone for phone in every if phone is not None]
    return {
        "name": plan.name,
        "digest": plan.digest,
        "domain": plan.domain,
        "timezone": plan.timezone,
        "kept": not naming.fleet,
        "of_tenant": naming.of_tenant(plan),
        "groups": [entries[first : first + _SMALL] for first in range(0, len(entries), _SMALL)],
    }


def _phone(user: User, plan: Plan, options: Options, naming: Naming) -> View | None:
    """The directory entry; None for who has neither a phone nor a mailbox of ours."""
    endpoint = user.password is not None and Part.ENDPOINTS in options.parts
    mailbox = user.mailbox is not None and Part.VOICEMAIL in options.parts
    if not endpoint and not mailbox:
        return None
    params = {}
    if endpoint and user.password is not None:
        params["password"] = options.secrets[user.password]
        if user.phone.max_contacts is not None:
            params["max-registrations-per-extension"] = str(user.phone.max_contacts)
        if naming.tells_tenant:
            params["sip-force-user"] = naming.registered(plan, user.extension)
            params["mwi-account"] = f"{user.extension}@{plan.domain}"
    else:
        params["sip-forbid-register"] = "true"
    if user.mailbox is not None and mailbox:
        if user.mailbox.pin is not None:
            params["vm-password"] = options.secrets[user.mailbox.pin]
        if user.mailbox.email is not None:
            params["vm-mailto"] = user.mailbox.email
            params["vm-email-all-messages"] = "true"
    else:
        params["vm-enabled"] = "false"
    name = naming.user(plan, user.extension)
    return {
        "id": name,
        "alias": user.extension if name != user.extension else "",
        "comment": _comment(f"{user.extension} {user.name}", user.location),
        "shown_name": shown_name(user.name),
        "params": params,
        "media": media.of_phone(user.phone) if endpoint else {},
        "options": {
            part: settings_of(user.options if endpoint else (), "freeswitch", part) for part in ("params", "variables")
        },
    }


def gateways(plan: Plan, options: Options) -> View:
    addresses = (one for trunk in plan.trunks.values() for one in by_address(trunk))
    gateways_of_plan = [_gateway(trunk, plan, options) for trunk in addresses]
    return {"name": plan.name, "digest": plan.digest, "gateways": gateways_of_plan}


def _gateway(trunk: Trunk, plan: Plan, options: Options) -> View:
    params = {"proxy": host_and_port(trunk.host, trunk.port), "register": "true" if trunk.register else "false"}
    if trunk.username is not None:
        # The user of the contact that is registered; FreeSWITCH would have its own plan called as gw+NAME.
        params["username"] = contact_user(trunk, plan)
        params["extension-in-contact"] = "true"
        params["auth-username"] = trunk.auth_username or trunk.username
        params["from-user"] = uri_user(trunk.username)
    if trunk.password is not None:
        params["password"] = options.secrets[trunk.password]
    elif trunk.register:
        params["password"] = "none"  # FreeSWITCH takes no gateway that registers without one
    params["register-transport"] = trunk.transport
    if trunk.keepalive:
        params["ping"] = str(trunk.keepalive)
    if trunk.register:
        # Asked again for ever: after the first refusal in 30 seconds, after each further one 30 seconds later.
        params["expire-seconds"] = str(trunk.expires)
        params["retry-seconds"] = "30"
    if trunk.outbound_proxy is not None:
        params["outbound-proxy"] = params["register-proxy"] = proxy_uri(trunk)
    from_domain = trunk.from_domain or (host_and_port(trunk.host, None) if trunk.username else None)
    if from_domain is not None:
        params["from-domain"] = from_domain
    # What From shows of the caller is the trunk's caller_id; or it is the account.
    params["caller-id-in-from"] = "true" if trunk.from_user is FromUser.CALLER else "false"
    return {
        "name": call_data.gateway_name(trunk, plan),
        "where": _comment(trunk.name, trunk.location),
        "params": params,
        "options": {part: settings_of(trunk.options, "freeswitch", part) for part in ("gateway", "variables")},
        "variables": media.outgoing(trunk),
    }
