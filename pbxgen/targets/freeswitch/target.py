"""The FreeSWITCH target: files to be copied over a stock configuration folder.

``dialplan/pbxgen/library`` is the same for every source; the rest is a thin layer of data that it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.flow.plan import Plan
from pbxgen.targets.base import GeneratedFile, Options, Part
from pbxgen.targets.freeswitch import contacts, escape, failover, limits, media, self_service, template_values
from pbxgen.targets.freeswitch.addresses import inbound_lists
from pbxgen.targets.freeswitch.endpoints import Naming
from pbxgen.targets.templates import FileMaker, templates_folder

_OTHERS = re.compile(r"freeswitch\.xml|directory/default\.xml|autoload_configs/.*|sip_profiles/\w+\.xml")
"""Files that an existing installation has, and keeps."""


class FreeSwitchTarget:
    """FreeSWITCH 1.10 and newer."""

    name = "freeswitch"

    def limits(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return list(limits.limits(plan, options))

    def refused_secrets(self, plan: Plan, options: Options) -> list[Diagnostic]:
        return list(limits.refused_secrets(plan, options))

    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        files = FileMaker(self.name, escape.xml, {"comment": escape.comment})
        naming = Naming(options, fleet=len(plans) > 1)
        made: list[GeneratedFile] = []
        if Part.DIALPLAN in options.parts:
            made += _dialplan(files, plans, naming)
        if options.parts & {Part.DIALPLAN, Part.ENDPOINTS, Part.VOICEMAIL}:
            made.append(files.copied("directory/pbxgen.xml", "directory.xml"))
        if options.parts & {Part.ENDPOINTS, Part.VOICEMAIL}:
            for plan in plans:
                phones = template_values.phones(plan, options, naming)
                path = f"directory/pbxgen/{plan.name}.phones.xml"
                made.append(files.rendered(path, "phones.xml.j2", phones, secret=True))
        if Part.VOICEMAIL in options.parts:
            made.append(files.copied("autoload_configs/voicemail.conf.xml", "voicemail.conf.xml"))
        if Part.ENDPOINTS in options.parts:
            made += _profiles(files, plans, options)
        if options.beside:
            made = [replace(one, path=f"pbxgen/{one.path}") for one in made if not _OTHERS.fullmatch(one.path)]
        return tuple(sorted(made, key=lambda file: file.path))

    def include_lines(self, plans: tuple[Plan, ...], options: Options) -> tuple[str, ...]:
        return tuple(_include_lines(plans, options))

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        if not any(plan.services for plan in plans):
            return ()
        files = FileMaker(self.name, escape.xml, {"comment": escape.comment})
        return (files.rendered("dialplan/local/stubs.xml", "stubs.xml.j2", {"plans": plans}),)


def _transports(plans: tuple[Plan, ...]) -> set[str]:
    """How phones that register here come."""
    return {user.phone.transport for plan in plans for user in plan.users.values() if user.password is not None}


def _include_lines(plans: tuple[Plan, ...], options: Options) -> Iterator[str]:
    if Part.DIALPLAN in options.parts:
        yield from _including("dialplan/pbxgen.xml", "../pbxgen/dialplan/*.xml")
    yield from _including("directory/pbxgen.xml", "../pbxgen/directory/*.xml")
    if Part.ENDPOINTS in options.parts:
        yield "<!-- The profile external sends the calls that it takes to the context pbxgen.trunks. -->"
        yield from _including("sip_profiles/external/pbxgen.xml", "../../pbxgen/sip_profiles/external/*.xml")
        wanted = {"tls": 'param tls="true"', "wss": 'params wss-binding=":7443" and apply-candidate-acl="any_v4.auto"'}
        for way in sorted(_transports(plans) & wanted.keys()):
            yield f"<!-- The profile internal has {wanted[way]}, as phones come over {way}. -->"


def _including(path: str, files: str) -> Iterator[str]:
    """A file of its own. FreeSWITCH drops a line that holds ``<include>``, with whatever else stands in it."""
    yield f"<!-- {path} -->"
    yield "<include>"
    yield f'  <X-PRE-PROCESS cmd="include" data="{files}"/>'
    yield "</include>"


def _dialplan(files: FileMaker, plans: tuple[Plan, ...], naming: Naming) -> Iterator[GeneratedFile]:
    main = {
        "builds": [f"{plan.name} {plan.digest}" for plan in plans],
        "trunks": [trunk for plan in plans for trunk in template_values.inbound_trunks(plan)],
        "contacts": {"passed": contacts.passed(), "wanted": contacts.wanted(), "found": [contacts.FOUND]},
        "carriers": contacts.carriers(plans),
    }
    yield files.rendered("dialplan/pbxgen.xml", "dialplan.xml.j2", main)
    for path in sorted((templates_folder() / FreeSwitchTarget.name / "library").iterdir()):
        place = f"dialplan/pbxgen/library/{path.name.removesuffix('.j2')}"
        if path.suffix == ".j2":
            yield files.rendered(place, f"library/{path.name}", {"looked_up": contacts.LOOKED_UP})
        else:
            yield files.copied(place, f"library/{path.name}")
    if any(map(self_service.is_used, plans)):
        yield files.copied("dialplan/pbxgen/library/self_service.xml", "self_service.xml")
    if any(failover.is_used(plan) or plan.emergency for plan in plans):
        yield files.copied("dialplan/pbxgen/library/failover.xml", "failover.xml")
    for plan in plans:
        tenant = template_values.tenant(plan, naming)
        yield files.rendered(f"dialplan/pbxgen/tenants/{plan.name}.xml", "tenant.xml.j2", tenant)
        yield files.rendered(f"directory/pbxgen/{plan.name}.calls.xml", "calls.xml.j2", template_values.calls(plan))


def _profiles(files: FileMaker, plans: tuple[Plan, ...], options: Options) -> Iterator[GeneratedFile]:
    domains = [plan.domain for plan in plans]
    ways = _transports(plans)
    internal = {
        "domains": domains,
        "single_domain": domains[0] if len(domains) == 1 else "",
        "tls": "tls" in ways,
        "wss": "wss" in ways,
        "codecs": media.of_profile(),
    }
    yield files.rendered("autoload_configs/sofia.conf.xml", "sofia.conf.xml.j2", {"fleet": len(domains) > 1})
    yield files.copied("freeswitch.xml", "freeswitch.xml")
    yield files.copied("directory/default.xml", "default.xml")
    yield files.rendered("sip_profiles/internal.xml", "internal.xml.j2", internal)
    yield files.rendered(
        "sip_profiles/external.xml",
        "external.xml.j2",
        {"acls": inbound_lists(plans), "failover": any(map(failover.is_used, plans)), "blind": limits.is_blind(plans)},
    )
    for plan in plans:
        gateways = template_values.gateways(plan, options)
        yield files.rendered(f"sip_profiles/external/{plan.name}.xml", "gateways.xml.j2", gateways, secret=True)
