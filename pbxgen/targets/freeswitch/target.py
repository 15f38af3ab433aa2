"""The FreeSWITCH target: files to be copied over a stock configuration folder.

``dialplan/pbxgen/library`` is the same for every source; the rest is a thin layer of data that it reads.
"""

from __future__ import annotations

from jinja2 import Environment

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.base import GeneratedFile, Options, Part
from pbxgen.targets.freeswitch import contacts, escape, limits, views
from pbxgen.targets.freeswitch.addresses import inbound_lists
from pbxgen.targets.freeswitch.endpoints import Naming
from pbxgen.targets.templates import environment, templates_folder

_NAME = "freeswitch"


class FreeSwitchTarget:
    """FreeSWITCH 1.10 and newer."""

    name = _NAME

    def limits(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return limits.limits(plan, options)

    def refused_secrets(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return list(limits.refused_secrets(plan, options))

    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        jinja = environment(_NAME, escape.xml, {"comment": escape.comment})
        naming = Naming(options, fleet=len(plans) > 1)
        files: list[GeneratedFile] = []
        if Part.DIALPLAN in options.parts:
            files += _dialplan(jinja, plans, naming)
        if options.parts & {Part.DIALPLAN, Part.ENDPOINTS, Part.VOICEMAIL}:
            files.append(GeneratedFile("directory/pbxgen.xml", _static("directory.xml")))
        if options.parts & {Part.ENDPOINTS, Part.VOICEMAIL}:
            files += _phones(jinja, plans, options, naming)
        if Part.VOICEMAIL in options.parts:
            files.append(GeneratedFile("autoload_configs/voicemail.conf.xml", _static("voicemail.conf.xml")))
        if Part.ENDPOINTS in options.parts:
            files += _profiles(jinja, plans, options)
        return tuple(sorted(files, key=lambda file: file.path))


def _dialplan(jinja: Environment, plans: tuple[Plan, ...], naming: Naming) -> list[GeneratedFile]:
    builds = [f"{plan.name} {plan.digest}" for plan in plans]
    trunks = [trunk for plan in plans for trunk in views.inbound_trunks(plan)]
    main = jinja.get_template("dialplan.xml.j2").render(
        builds=builds,
        trunks=trunks,
        contacts_passed=contacts.passed(),
        contacts_wanted=contacts.wanted(),
        contacts_found=contacts.FOUND,
        carriers=contacts.carriers(plans),
    )
    files = [GeneratedFile("dialplan/pbxgen.xml", main)]
    for path in sorted((templates_folder() / _NAME / "library").glob("*.xml")):
        files.append(GeneratedFile(f"dialplan/pbxgen/library/{path.name}", path.read_text(encoding="utf-8")))
    for plan in plans:
        tenant = jinja.get_template("tenant.xml.j2").render(views.tenant(plan, naming))
        files.append(GeneratedFile(f"dialplan/pbxgen/tenants/{plan.name}.xml", tenant))
        calls = jinja.get_template("calls.xml.j2").render(views.calls(plan))
        files.append(GeneratedFile(f"directory/pbxgen/{plan.name}.calls.xml", calls))
    return files


def _phones(jinja: Environment, plans: tuple[Plan, ...], options: Options, naming: Naming) -> list[GeneratedFile]:
    template = jinja.get_template("phones.xml.j2")
    files = []
    for plan in plans:
        text = template.render(views.phones(plan, options, naming))
        files.append(GeneratedFile(f"directory/pbxgen/{plan.name}.phones.xml", text, secret=True))
    return files


def _profiles(jinja: Environment, plans: tuple[Plan, ...], options: Options) -> list[GeneratedFile]:
    domains = [plan.domain for plan in plans]
    single = domains[0] if len(domains) == 1 else ""
    internal = jinja.get_template("internal.xml.j2").render(domains=domains, single_domain=single)
    external = jinja.get_template("external.xml.j2").render(acls=inbound_lists(plans))
    sofia = jinja.get_template("sofia.conf.xml.j2").render(fleet=not single)
    files = [
        GeneratedFile("autoload_configs/sofia.conf.xml", sofia),
        GeneratedFile("freeswitch.xml", _static("freeswitch.xml")),
        GeneratedFile("directory/default.xml", _static("default.xml")),
        GeneratedFile("sip_profiles/internal.xml", internal),
        GeneratedFile("sip_profiles/external.xml", external),
    ]
    template = jinja.get_template("gateways.xml.j2")
    for plan in plans:
        text = template.render(views.gateways(plan, options))
        files.append(GeneratedFile(f"sip_profiles/external/{plan.name}.xml", text, secret=True))
    return files


def _static(name: str) -> str:
    return (templates_folder() / _NAME / name).read_text(encoding="utf-8")
