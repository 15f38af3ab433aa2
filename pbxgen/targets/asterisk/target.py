"""Plans become files for Asterisk 22."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk import dialplan, endpoints, names, self_service, text
from pbxgen.targets.asterisk.limits import limits, refused_secrets
from pbxgen.targets.asterisk.names import endpoint_names, pattern_of
from pbxgen.targets.asterisk.siblings import siblings
from pbxgen.targets.base import GeneratedFile, Options, Part
from pbxgen.targets.templates import FileMaker

_NO_PIN = "none"
"""Letters, which no telephone dials: a mailbox without PIN never opens with ``*98``."""
_FILTERS = {"comment": text.comment, "caller_name": text.caller_name, "mailbox_field": text.mailbox_field}


class AsteriskTarget:
    """``extensions.conf``, ``pjsip.conf``, ``voicemail.conf`` over those of the package, the rest in ``pbxgen/``.

    ``modules.conf`` comes with the mailboxes: with the package's own, Debian's Asterisk 22 has no VoiceMail.
    """

    name = "asterisk"

    def limits(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return list(limits(plan, options))

    def refused_secrets(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return list(refused_secrets(plan, options))

    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        """Raises ValueError for text that :meth:`limits` would have refused."""
        files = FileMaker(self.name, text.value, _FILTERS)
        made: list[GeneratedFile] = []
        if Part.DIALPLAN in options.parts:
            made += _dialplan(files, plans, options)
        if Part.ENDPOINTS in options.parts:
            made += _endpoints(files, plans, options)
        if Part.VOICEMAIL in options.parts:
            made += _voicemail(files, plans, options)
        return tuple(replace(one, path=_below(one.path)) for one in made) if options.beside else tuple(made)

    def include_lines(self, plans: tuple[Plan, ...], options: Options) -> tuple[str, ...]:
        return tuple(_include_lines(plans, options))

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        if not any(plan.services for plan in plans):
            return ()
        files = FileMaker(self.name, text.value, _FILTERS)
        return (files.rendered("extensions_local.conf", "stubs.conf.j2", {"plans": plans}),)


def _dialplan(files: FileMaker, plans: tuple[Plan, ...], options: Options) -> Iterator[GeneratedFile]:
    settable = any(map(self_service.is_used, plans))
    yield files.rendered(
        "extensions.conf", "extensions.conf.j2", {"plans": plans, "settable": settable, "beside": options.beside}
    )
    yield files.copied("pbxgen/library.conf", "library.conf")
    if settable:
        yield files.copied("pbxgen/self_service.conf", "self_service.conf")
    pattern, rings = pattern_of(options.endpoint_name, len(plans)), siblings(plans)
    for plan in plans:
        view = dialplan.view(
            plan, endpoint_names(plan, pattern), rings, trunks_are_ours=Part.ENDPOINTS in options.parts
        )
        yield files.rendered(f"pbxgen/{plan.name}/extensions.conf", "tenant/extensions.conf.j2", view)


def _endpoints(files: FileMaker, plans: tuple[Plan, ...], options: Options) -> Iterator[GeneratedFile]:
    realm, carriers = endpoints.realm(plans), endpoints.carriers(plans)
    pattern = pattern_of(options.endpoint_name, len(plans))
    common: dict[str, object] = {"plans": plans, "realm": realm, "carriers": carriers, **endpoints.transports(plans)}
    common["beside"] = options.beside
    yield files.rendered("pjsip.conf", "pjsip.conf.j2", common)
    for plan in plans:
        phones = endpoints.phones(plan, endpoint_names(plan, pattern), options.secrets)
        trunks = endpoints.trunks(plan, options.secrets)
        view = {"plan": plan, "realm": realm, "phones": phones, "trunks": trunks}
        yield files.rendered(f"pbxgen/{plan.name}/pjsip.conf", "tenant/pjsip.conf.j2", view, secret=True)


def _voicemail(files: FileMaker, plans: tuple[Plan, ...], options: Options) -> Iterator[GeneratedFile]:
    zones = {_zone_name(plan): plan.timezone for plan in plans}
    yield files.rendered(
        "voicemail.conf", "voicemail.conf.j2", {"plans": plans, "zones": zones, "beside": options.beside}
    )
    if not options.beside:
        yield files.rendered("modules.conf", "modules.conf.j2", {})
    for plan in plans:
        view = {"plan": plan, "mailboxes": _mailboxes(plan, options.secrets)}
        yield files.rendered(f"pbxgen/{plan.name}/voicemail.conf", "tenant/voicemail.conf.j2", view, secret=True)


def _mailboxes(plan: Plan, secrets: Mapping[Secret, str]) -> list[dict[str, str]]:
    return [
        {
            "extension": user.extension,
            "title": user.name,
            "where": user.mailbox.location.short,
            "pin": _NO_PIN if user.mailbox.pin is None else secrets[user.mailbox.pin],
            "email": user.mailbox.email or "",
            "options": f"tz={_zone_name(plan)}",
        }
        for user in names.in_order(plan.users)
        if user.mailbox is not None
    ]


def _below(path: str) -> str:
    """Beside an existing installation."""
    return path if path.startswith("pbxgen/") else f"pbxgen/{path}"


def _include_lines(plans: tuple[Plan, ...], options: Options) -> Iterator[str]:
    if Part.DIALPLAN in options.parts:
        yield "; at the end of extensions.conf"
        yield '#tryinclude "pbxgen/extensions.conf"'
    if Part.ENDPOINTS in options.parts:
        ways = ", ".join(sorted({"udp", "tcp", *endpoints.transports_used(plans)}))
        yield f"; at the end of pjsip.conf, which has transports of the names {ways}, and below [global]"
        yield f"; endpoint_identifier_order = ip,username and default_realm = {endpoints.realm(plans)}"
        yield '#tryinclude "pbxgen/pjsip.conf"'
    if Part.VOICEMAIL in options.parts:
        yield "; at the end of voicemail.conf, and below its [zonemessages]"
        yield from (f"; {_zone_name(p)} = {p.timezone}|'vm-received' q 'digits/at' H N 'hours'" for p in plans)
        yield '#tryinclude "pbxgen/voicemail.conf"'


def _zone_name(plan: Plan) -> str:
    """What the plan's time zone is called in voicemail.conf."""
    return plan.timezone.replace("/", "-")
