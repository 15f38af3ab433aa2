"""A scenario file's text -> scenarios, or problems with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.text import SourceFile
from pbxgen.flow.environment import Environment
from pbxgen.flow.machine import Ending, EndKind
from pbxgen.flow.plan import Plan, Reason
from pbxgen.flow.settings import AFTER
from pbxgen.flow.simulate import Call, Diverted, Transfer
from pbxgen.language.file_errors import described
from pbxgen.language.positions import at
from pbxgen.language.to_values import plain
from pbxgen.scenario.model import EndsModel, ScenarioFileModel, ScenarioModel
from pbxgen.scenario.state import how_to_write, setting_of
from pbxgen.scenario.values import (
    AS_CALLED,
    DialledBefore,
    Expectation,
    Scenario,
    ScenarioFile,
    Sip,
    WrittenSetting,
    asks_for_privacy,
)
from pbxgen.source import tree
from pbxgen.source.files import UnreadableError
from pbxgen.source.files import read as read_file
from pbxgen.source.reader import read_bytes

_EXTENSION = re.compile(r"[0-9]{2,5}", re.ASCII)
"""What is too short for an outside caller, and meant as an extension."""
_E164 = re.compile(r"\+[0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class ScenarioReading:
    """``file`` is None where there are problems; ``text`` is for showing them."""

    file: ScenarioFile | None
    text: SourceFile | None
    diagnostics: tuple[Diagnostic, ...]


def read_scenarios(path: Path) -> ScenarioReading:
    """Read and check one scenario file. Never raises for what is on disk."""
    try:
        data = read_file(path)
    except UnreadableError as error:
        return ScenarioReading(None, None, (error.diagnostic,))
    reading = read_bytes(data, str(path))
    if reading.root is None or reading.diagnostics:
        return ScenarioReading(None, reading.file, tuple(_of_a_scenario_file(d) for d in reading.diagnostics))
    try:
        model = ScenarioFileModel.model_validate(plain(reading.root))
    except ValidationError as problems:
        errors = problems.errors(include_url=False)
        complaints = tuple(dict.fromkeys(_diagnostic(e, reading.root) for e in errors))
        return ScenarioReading(None, reading.file, complaints)
    scenarios = tuple(
        _scenario(s, model.tenant, at(reading.root, "scenarios", i).location) for i, s in enumerate(model.scenarios)
    )
    return ScenarioReading(ScenarioFile(path, path.parent / model.source, scenarios), reading.file, ())


def _of_a_scenario_file(problem: Diagnostic) -> Diagnostic:
    """Problems of reading that speak of a source, worded for a scenario file."""
    if problem.code not in ("PBX006", "PBX009"):
        return problem
    message = "a scenario file holds a source and a list of scenarios"
    return make("PBX501", message, problem.location, help="begin with 'source: acme.yaml', and go on with 'scenarios:'")


def wrong_name(scenario: Scenario, message: str, help: str) -> Diagnostic:
    return make("PBX502", f"scenario {scenario.name!r}: {message}", scenario.location, help=help)


def check_names(scenario: Scenario, plan: Plan) -> Iterator[Diagnostic]:
    """Report callers, phones and transfers that are not extensions of ``plan``, and outside numbers not in E.164."""
    transfer, caller = scenario.call.transfer, scenario.call.caller
    named = (*(s.extension for s in scenario.settings), *(b.extension for b in scenario.before))
    for name in (*scenario.environment.phones, *([] if transfer is None else [transfer.by]), *dict.fromkeys(named)):
        if name not in plan.users:
            message = f"{name} is not an extension of {plan.name}"
            yield wrong_name(scenario, message, did_you_mean(name, plan.users))
    if caller not in plan.users and _EXTENSION.fullmatch(caller):
        message = f"the caller {caller} is not an extension of {plan.name}"
        help = did_you_mean(caller, plan.users) or "write an outside number with a plus: +39…"
        yield wrong_name(scenario, message, help)
    for switch in scenario.switches:
        if switch not in plan.switches:
            yield wrong_name(scenario, f"{switch} is not a switch of {plan.name}", did_you_mean(switch, plan.switches))
    for trunk in (*scenario.environment.trunks, *([] if scenario.expect.via is None else [scenario.expect.via])):
        if trunk not in plan.trunks:
            yield wrong_name(scenario, f"{trunk} is not a trunk of {plan.name}", did_you_mean(trunk, plan.trunks))
    expected = scenario.expect.ending
    served = [expected.value] if expected is not None and expected.kind is EndKind.SERVICE else []
    for service in dict.fromkeys((*scenario.environment.services, *served)):
        if service not in plan.services:
            message = f"{service} is not a service of {plan.name}"
            yield wrong_name(scenario, message, did_you_mean(service, plan.services))
        elif scenario.environment.services.get(service) == "return" and not plan.services[service].returns:
            message = f"no call comes back from the service {service}"
            yield wrong_name(scenario, message, "write 'returns: true' at the service, or take here")
    for setting in scenario.settings:
        if setting.extension in plan.users and setting_of(plan, setting) is None:
            message = f"{setting.to} is nothing that {setting.key} can be set to"
            yield wrong_name(scenario, message, how_to_write(plan, setting))
        elif setting.after is not None and (setting.key not in AFTER or setting.to == "off"):
            what = f"{setting.key} off" if setting.to == "off" else setting.key
            help = f"remove after: only {' and '.join(sorted(AFTER))} have seconds, where they lead somewhere"
            yield wrong_name(scenario, f"{what} has no seconds", help)
    for number in scenario.environment.outside:
        if not _E164.fullmatch(number) and not plan.is_short(number):
            help = "write it with a plus and the country code, digits only: +39…"
            yield wrong_name(scenario, f"{number} is not a number in E.164", help)


def _scenario(model: ScenarioModel, tenant: str | None, location: Location) -> Scenario:
    call, transfer, expect = model.call, model.call.transfer, model.expect
    return Scenario(
        model.name,
        model.tenant or tenant,
        Call(
            call.caller,
            call.to,
            None if transfer is None else Transfer(transfer.by, transfer.to, transfer.attended),
            call.diverted,
            withheld=call.sip is not None and asks_for_privacy(call.sip.headers),
        ),
        Environment(
            model.at,
            {extension: tuple(states) for extension, states in model.phones.items()},
            model.outside,
            trunks=model.trunks,
            services=model.services,
        ),
        Expectation(
            None if expect.rings is None else tuple(expect.rings),
            _ending(expect.ends),
            None if expect.diverted is None else tuple(Diverted(d.by, Reason(d.reason)) for d in expect.diverted),
            expect.shown,
            expect.via,
        ),
        location,
        tuple(
            WrittenSetting(extension, key, setting.to, setting.after)
            for extension, settings in model.settings.items()
            for key, setting in settings.items()
        ),
        {name: value == "on" for name, value in model.switches.items()},
        tuple(DialledBefore(one.caller, one.dial, _ending(one.ends)) for one in model.before),
        AS_CALLED if call.sip is None else Sip(call.sip.request, call.sip.sender, call.sip.to, tuple(call.sip.headers)),
    )


def _ending(ends: EndsModel | None) -> Ending | None:
    if ends is None:
        return None
    kind = next(iter(ends.model_fields_set))
    return Ending(EndKind(kind), str(getattr(ends, kind)))


def _unwritten(key: str, node: tree.Scalar) -> tuple[str, str]:
    """What is wrong with a setting that is no text, and how it is written."""
    if isinstance(node.value, bool):
        return f"{key} has a wrong value", f"write {'on' if node.value else 'off'}"
    if isinstance(node.value, int | float):
        return f"the number {node.text} is not quoted", f'write "{node.text}"'
    return f"{key} has a wrong value", 'write what the user would dial ("102"), or off, on, mobile or voicemail'


def _diagnostic(error: Mapping[str, Any], root: tree.Mapping) -> Diagnostic:
    message, location, help = described(ScenarioFileModel, error, root)
    node = at(root, *error["loc"])
    if error["type"] in ("model_type", "string_type") and "settings" in error["loc"] and isinstance(node, tree.Scalar):
        message, help = _unwritten(str(error["loc"][-1]), node)
    return make("PBX501", message, location, help=help)
