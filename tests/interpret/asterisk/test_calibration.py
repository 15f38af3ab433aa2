"""The interpreter says what a real Asterisk says, question by question."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from pbxgen.interpret.asterisk.channel import AsteriskChannel, AsteriskSwitch
from pbxgen.interpret.asterisk.interpreter import install
from pbxgen.interpret.base import Trace
from pbxgen.lab.asterisk import Asterisk
from pbxgen.lab.pbx import PbxSetup
from pbxgen.targets.base import GeneratedFile
from tests.interpret.asterisk.probes import probes
from tests.smoke.offices import call
from tests.support.asterisk import rendered
from tests.support.office import plan_of

_TOLD = re.compile(r"probe (\d+) (=.*=)")


def _files() -> dict[str, GeneratedFile]:
    files = rendered(plan_of('users: {"101": {password: x}}'))
    top = files["extensions.conf"]
    files["extensions.conf"] = GeneratedFile(top.path, top.text + probes()[0])
    return files


def _interpreted() -> dict[int, str]:
    """What the interpreter says to each question."""
    installation = install(list(_files().values()))
    case = call(plan_of('users: {"101": {}}'), "101", "101")
    answers = {}
    for number in range(probes()[1]):
        trace: Trace = []
        switch = AsteriskSwitch(installation, case, trace)
        channel = AsteriskChannel(switch, "Local/x@probe-00000000;2")
        channel.place = ("probe", str(number), 1)
        switch.start(channel)
        switch.clock.run(lambda channel=channel: channel.gone)
        told = [match for ran in trace if ran.text.startswith("Log") and (match := _TOLD.search(ran.text))]
        answers[number] = told[0][2] if told else "nothing"
    return answers


async def _asked(folder: Path) -> dict[int, str]:
    """What a real Asterisk says."""
    count = probes()[1]
    pbx = Asterisk(PbxSetup(folder, tuple(_files().values()), {}))
    try:
        await pbx.start()
        for number in range(count):
            await pbx.command(f"channel originate Local/{number}@probe application Wait 0.1")
        deadline = asyncio.get_running_loop().time() + 90
        while len(_answers(pbx)) < count and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.2)
        return _answers(pbx)
    finally:
        pbx.stop()


def _answers(pbx: Asterisk) -> dict[int, str]:
    answers: dict[int, str] = {}
    for line in pbx.log.lines():
        if match := _TOLD.search(line):
            answers.setdefault(int(match[1]), match[2])
    return answers


@pytest.mark.real
@pytest.mark.usefixtures("asterisk_program")
def test_the_interpreter_answers_every_question_as_a_real_asterisk_does(tmp_path: Path) -> None:
    real, ours = asyncio.run(_asked(tmp_path)), _interpreted()
    assert len(real) == probes()[1]
    different = {n: (real[n], ours[n]) for n in real if real[n] != ours[n]}
    assert not different, "\n".join(f"{n}: Asterisk {a}, interpreter {b}" for n, (a, b) in different.items())
