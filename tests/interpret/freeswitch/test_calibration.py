"""The interpreter says what a real FreeSWITCH says, question by question."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.interpret.base import Trace
from pbxgen.interpret.freeswitch.applications import APPLICATIONS
from pbxgen.interpret.freeswitch.call import FreeSwitchCall
from pbxgen.interpret.freeswitch.channel import CallerProfile
from pbxgen.interpret.freeswitch.execution import FreeSwitchCore
from pbxgen.interpret.freeswitch.installation import install
from pbxgen.interpret.freeswitch.text import separated
from pbxgen.lab.freeswitch import FreeSwitch
from pbxgen.lab.pbx import PbxSetup
from pbxgen.targets.base import GeneratedFile
from tests.interpret.freeswitch.probes import context_of, questions
from tests.smoke.offices import call
from tests.support.freeswitch import BODY, rendered
from tests.support.office import plan_of

_MOMENT = dt.datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Rome"))
_ANSWER = re.compile(r"(probe\.\d+) =(.*)=$")
_ROUNDS, _SECONDS = 3, 20
"""A machine under load loses a call now and then; it is placed again."""


def _files(plan: Plan) -> tuple[GeneratedFile, ...]:
    probes = GeneratedFile("dialplan/probes.xml", f"<include>\n{''.join(questions().values())}</include>\n")
    return (*rendered(plan).values(), probes)


def interpreted(plan: Plan) -> dict[str, str]:
    """What the interpreter says, by context."""
    installation = install(_files(plan))
    case = call(plan, "102", "101", phones={"101": "unregistered"}, at=_MOMENT.replace(tzinfo=None))
    answers: dict[str, str] = {}
    for number in range(len(questions())):
        trace: Trace = []
        state = FreeSwitchCall.of(installation, case)
        profile = CallerProfile("go", context_of(number), "probe", "probe", "127.0.0.1", state.uuid())
        FreeSwitchCore(state, APPLICATIONS, trace).run(state.channel(profile, inbound=False, variables={}))
        # FreeSWITCH's log takes quotes and escapes away from what it writes.
        answers |= _answers(separated(ran.text, "\n")[0] for ran in trace)
    return answers


async def _asked(plan: Plan, folder: Path) -> dict[str, str]:
    """What a real FreeSWITCH says, by context."""
    pbx = FreeSwitch(PbxSetup(folder, _files(plan), {}, _MOMENT))
    try:
        await pbx.start()
        contexts = [context_of(number) for number in range(len(questions()))]
        answers: dict[str, str] = {}
        for _ in range(_ROUNDS):
            for context in contexts:
                if context not in answers:
                    await pbx.command(f"bgapi originate loopback/go/{context} &park")
            deadline = asyncio.get_running_loop().time() + _SECONDS
            while len(answers) < len(contexts) and asyncio.get_running_loop().time() < deadline:
                await asyncio.sleep(0.5)
                answers = _answers(pbx.log.lines())
        return answers
    finally:
        pbx.stop()


def _answers(lines: Iterable[str]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for line in lines:
        # The same is logged when an application is run and when it has been.
        if "EXECUTE" not in line and (match := _ANSWER.search(line)):
            answers.setdefault(match[1], match[2])
    return answers


@pytest.mark.real
@pytest.mark.usefixtures("freeswitch_program")
def test_the_interpreter_says_what_freeswitch_says(tmp_path: Path) -> None:
    plan = plan_of(BODY)
    said, real = interpreted(plan), asyncio.run(_asked(plan, tmp_path))
    wrong = {
        question: (real.get(context_of(number)), said.get(context_of(number)))
        for number, question in enumerate(questions())
        if real.get(context_of(number)) != said.get(context_of(number))
    }
    assert not wrong, "\n".join(f"{q}: FreeSWITCH {a!r}, interpreted {b!r}" for q, (a, b) in wrong.items())
    assert len(real) == len(questions())
