"""Plans become files for Asterisk 22."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.asterisk import dialplan, endpoints, mailboxes, text
from pbxgen.targets.asterisk.limits import limits, refused_secrets
from pbxgen.targets.asterisk.names import endpoint_names, pattern_of
from pbxgen.targets.asterisk.siblings import siblings
from pbxgen.targets.base import GeneratedFile, Options, Part
from pbxgen.targets.templates import environment, templates_folder

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
        files = _Files(plans, options, environment(self.name, text.value, _FILTERS))
        made: list[GeneratedFile] = []
        if Part.DIALPLAN in options.parts:
            made += files.dialplan()
        if Part.ENDPOINTS in options.parts:
            made += files.endpoints()
        if Part.VOICEMAIL in options.parts:
            made += files.voicemail()
        return tuple(made)


class _Files:
    """The files of one rendering."""

    def __init__(self, plans: tuple[Plan, ...], options: Options, templates: Environment) -> None:
        self._plans = plans
        self._secrets = options.secrets
        self._templates = templates
        self._pattern = pattern_of(options.endpoint_name, len(plans))

    def dialplan(self) -> Iterator[GeneratedFile]:
        yield self._file("extensions.conf", "extensions.conf.j2", plans=self._plans)
        library = (templates_folder() / "asterisk" / "library.conf").read_text(encoding="utf-8")
        yield GeneratedFile("pbxgen/library.conf", library)
        rings = siblings(self._plans)
        for plan in self._plans:
            view = dialplan.view(plan, endpoint_names(plan, self._pattern), rings)
            yield self._file(
                f"pbxgen/{plan.name}/extensions.conf",
                "tenant/extensions.conf.j2",
                plan=plan,
                endpoints=view.endpoints,
                trunks=view.trunks,
                emergency=view.emergency,
                routes=view.routes,
                shared=view.shared,
                users=view.users,
                groups=view.groups,
                inbound=view.inbound,
                schedules=view.schedules,
                contacts=view.contacts,
            )

    def endpoints(self) -> Iterator[GeneratedFile]:
        tls = any(trunk.transport == "tls" for plan in self._plans for trunk in plan.trunks.values())
        realm = endpoints.realm(self._plans)
        carriers = endpoints.carriers(self._plans)
        yield self._file("pjsip.conf", "pjsip.conf.j2", plans=self._plans, tls=tls, realm=realm, carriers=carriers)
        for plan in self._plans:
            yield self._file(
                f"pbxgen/{plan.name}/pjsip.conf",
                "tenant/pjsip.conf.j2",
                secret=True,
                plan=plan,
                realm=realm,
                trunks=endpoints.trunks(plan, self._secrets),
                phones=endpoints.phones(plan, endpoint_names(plan, self._pattern), self._secrets),
            )

    def voicemail(self) -> Iterator[GeneratedFile]:
        yield self._file("voicemail.conf", "voicemail.conf.j2", plans=self._plans, zones=mailboxes.zones(self._plans))
        yield self._file("modules.conf", "modules.conf.j2")
        for plan in self._plans:
            yield self._file(
                f"pbxgen/{plan.name}/voicemail.conf",
                "tenant/voicemail.conf.j2",
                secret=True,
                plan=plan,
                mailboxes=mailboxes.mailboxes(plan, self._secrets),
            )

    def _file(self, path: str, template: str, *, secret: bool = False, **data: object) -> GeneratedFile:
        rendered = self._templates.get_template(template).render(**data)
        return GeneratedFile(path, rendered.rstrip("\n") + "\n", secret)
