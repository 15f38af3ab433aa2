"""A real FreeSWITCH loads what is generated over its stock configuration, and has nothing to complain of."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.lab.freeswitch import FreeSwitch
from pbxgen.lab.pbx import PbxSetup
from pbxgen.targets.base import GeneratedFile
from tests.support.freeswitch import BODY, rendered
from tests.support.office import HEAD, plan_of

pytestmark = pytest.mark.real

OTHER = HEAD.replace("acme", "bolt").replace("+390212345000", "+390298765000").replace("192.0.2.1", "192.0.2.2")


async def asked(files: tuple[GeneratedFile, ...], folder: Path, questions: list[str]) -> tuple[list[str], list[str]]:
    """What a FreeSWITCH with these files answers, and what it complains of."""
    pbx = FreeSwitch(PbxSetup(folder, files, {}))
    try:
        await pbx.start()
        answers = [await pbx.command(question) for question in questions]
        return answers, [complaint.line for complaint in pbx.log.complaints()]
    finally:
        pbx.stop()


def answers_of(plans: tuple[Plan, ...], folder: Path, questions: list[str]) -> list[str]:
    answers, problems = asyncio.run(asked(tuple(rendered(*plans).values()), folder, questions))
    assert problems == []
    return answers


@pytest.mark.usefixtures("freeswitch_program")
def test_a_fleet_with_hostile_names_loads_without_a_warning(tmp_path: Path) -> None:
    acme, bolt = plan_of(BODY), plan_of('users: {"101": {name: Bo}}', head=OTHER)
    contexts = sorted(
        {
            str(context.get("name"))
            for file in rendered(acme, bolt).values()
            for context in ElementTree.fromstring(file.text.encode("utf-8")).iter("context")
        }
    )
    questions = ["global_getvar pbxgen_acme", "global_getvar pbxgen_bolt", "user_data 101@calls:bolt var pbx"]
    questions += [f"xml_locate dialplan context name {name}" for name in contexts]
    answers = answers_of((acme, bolt), tmp_path, questions)
    assert answers[:3] == [acme.digest, bolt.digest, "user ring=20"]
    for name, answer in zip(contexts, answers[3:], strict=True):
        assert f'<context name="{name}">' in answer


@pytest.mark.usefixtures("freeswitch_program")
def test_a_name_arrives_at_the_phone_as_it_was_typed_but_for_what_sip_would_interpret(tmp_path: Path) -> None:
    plan = plan_of(BODY.replace("name: Reception", "name: 'Ada, \"R\" & ${x} $${domain} שלום'"))
    answers = answers_of((plan,), tmp_path, ["user_data 100@pbx.acme.example var effective_caller_id_name"])
    assert answers == ["Ada, 'R' & ＄{x} ＄＄{domain} שלום"]
