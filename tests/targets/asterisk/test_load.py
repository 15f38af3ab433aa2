"""A real Asterisk loads what is generated over the package's configuration, and reads what was written."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.lab.asterisk import Asterisk
from pbxgen.lab.pbx import PbxSetup
from pbxgen.targets.asterisk.raw_settings import TRUNKS as KNOWN
from pbxgen.targets.base import GeneratedFile, Part
from tests.support.asterisk import HOSTILE_NAMES, HOSTILE_PASSWORDS, hostile_users, rendered
from tests.support.office import HEAD, plan_of

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("asterisk_program")]

OTHER = HEAD.replace("acme", "bolt").replace("+390212345000", "+390298765000").replace("192.0.2.1", "192.0.2.2")
REST = """
schedules:
  office: {weekly: {mon-fri: "08:30-18:00", sat: "22:00-06:00"}, holidays: IT, open: ["2026-12-27 09:00-12:00"]}
contacts: {vip: ["+393331112222", "+4420*"]}
operators: {reception: {number: "9", members: ["200"], overflow: voicemail:200}}
inbound: {"+390212345000": {to: operator, when: office, from: vip, else: "200"}}
"""
DIALLED = (
    "9",
    "101",
    "*97",
    "+39",
    "+390212345101",
    "0390",
    "00",
    "0039021",
    "0+39021",
    "0033140",
    "333 1",
    "",
    "12a",
    "#31#",
)


async def asked(files: tuple[GeneratedFile, ...], folder: Path, questions: list[str]) -> tuple[list[str], list[str]]:
    """What an Asterisk with these files answers, and what it complains of."""
    pbx = Asterisk(PbxSetup(folder, files, {}))
    try:
        await pbx.start()
        answers = [await pbx.command(question) for question in questions]
        return answers, [complaint.line for complaint in pbx.log.complaints()]
    finally:
        pbx.stop()


def ask(files: dict[str, GeneratedFile], folder: Path, questions: list[str]) -> list[str]:
    answers, problems = asyncio.run(asked(tuple(files.values()), folder, questions))
    assert problems == []
    return answers


def extensions_written(files: dict[str, GeneratedFile]) -> dict[str, set[str]]:
    """Contexts and their extensions, as the generated files have them."""
    extensions: dict[str, set[str]] = {}
    for path, file in files.items():
        if path.endswith(("extensions.conf", "library.conf")):
            for context, extension in re.findall(
                r"^\[([^\]]+)\]|^exten => ([^,]+),(?:1|hint)", file.text, re.MULTILINE
            ):
                if context:
                    members = extensions.setdefault(context, set())
                else:
                    members.add(extension)
    del extensions["general"], extensions["globals"]
    return extensions


def extensions_loaded(shown: str) -> dict[str, set[str]]:
    """The same, as `dialplan show` has them."""
    extensions: dict[str, set[str]] = {}
    for context, extension in re.findall(r"^\[ Context '([^']+)'|^  '([^']+)' =>", shown, re.MULTILINE):
        if context:
            members = extensions.setdefault(context, set())
        else:
            members.add(extension)
    return extensions


def test_hostile_names_and_passwords_load_without_a_warning_and_are_read_as_typed(tmp_path: Path) -> None:
    acme, bolt = plan_of(hostile_users() + REST), plan_of('users: {"101": {name: Bo, password: y}}', head=OTHER)
    files = rendered(acme, bolt)
    extensions = [str(number) for number in range(201, 201 + len(HOSTILE_NAMES))]
    questions = ["dialplan show", "dialplan show globals", "voicemail show users"]
    questions += [f"pjsip show endpoint {extension}@pbx.acme.example" for extension in extensions]
    questions += [f"pjsip show auth {extension}@pbx.acme.example" for extension in extensions]
    shown, builds, mailboxes, *told = ask(files, tmp_path, questions)
    loaded = extensions_loaded(shown)
    assert {context: loaded.get(context) for context in extensions_written(files)} == extensions_written(files)
    assert f"PBXGEN_BUILD_acme={acme.digest}" in builds
    assert f"PBXGEN_BUILD_bolt={bolt.digest}" in builds
    assert f"{len(extensions) + 1} voicemail users configured" in mailboxes
    for name, extension, endpoint in zip(HOSTILE_NAMES, extensions, told, strict=False):
        written = name.replace("\\", "\\\\").replace('"', '\\"')
        assert f': "{written}" <{extension}>' in endpoint
    for password, auth in zip(HOSTILE_PASSWORDS, told[len(extensions) :], strict=True):
        assert f": {password}\n" in re.sub(r" +\n", "\n", auth)


@pytest.mark.parametrize("part", list(Part))
def test_each_part_loads_by_itself(part: Part, tmp_path: Path) -> None:
    plan = plan_of(hostile_users() + REST)
    ask(rendered(plan, parts=frozenset({part})), tmp_path, [])


@pytest.mark.parametrize(
    ("section", "module"),
    [("endpoint", "res_pjsip"), ("aor", "res_pjsip"), ("registration", "res_pjsip_outbound_registration")],
)
def test_of_every_setting_of_the_running_asterisk_is_known_what_it_decides(
    section: str, module: str, tmp_path: Path
) -> None:
    """An unknown one is refused; a newer Asterisk may have more."""
    files = tuple(rendered(plan_of(hostile_users())).values())
    (told,), _ = asyncio.run(asked(files, tmp_path, [f"config show help {module} {section}"]))
    names = re.findall(r"(?m)^([a-z0-9_]+) +-- ", re.sub(r"\x1b\[[0-9;]*m", "", told))
    assert len(names) > 10
    known = KNOWN[section]
    assert known.harmless is not None
    undecided = [
        n for n in names if n not in known.harmless.split() and not any(re.fullmatch(r, n) for r in known.refused)
    ]
    assert undecided == []


def _probe(plan: Plan) -> str:
    """Contexts that ask [pbxgen-numbering] each question and log its answer."""
    lines = ["", "[probe]"]
    trunk = next(iter(plan.trunks.values()))
    for number, dialled in enumerate(DIALLED):
        lines += [
            f"exten => {number},1,Set(PBX_TENANT={plan.name})",
            f" same => n,Gosub({plan.name}.settings,s,1)",
            f" same => n,Gosub(pbxgen-numbering,dialled,1({dialled}))",
            f" same => n,Log(NOTICE,probe {number} dialled=${{GOSUB_RETVAL}}=)",
            f" same => n,Gosub(pbxgen-numbering,called,1({dialled}))",
            f" same => n,Log(NOTICE,probe {number} called=${{GOSUB_RETVAL}}=)",
            f" same => n,Gosub(pbxgen-numbering,caller,1({dialled}))",
            f" same => n,Log(NOTICE,probe {number} caller=${{GOSUB_RETVAL}}=)",
            f" same => n,Gosub(pbxgen-numbering,format,1({dialled},{trunk.number_format}))",
            f" same => n,Log(NOTICE,probe {number} sent=${{GOSUB_RETVAL}}=)",
        ]
    return "\n".join(lines) + "\n"


def _expected(plan: Plan) -> list[str]:
    numbering = plan.numbering
    form = next(iter(plan.trunks.values())).number_format
    answers = []
    for number, dialled in enumerate(DIALLED):
        answers += [
            f"probe {number} dialled={numbering.dialled(dialled) or ''}=",
            f"probe {number} called={','.join(numbering.called_by_trunk(dialled))}=",
            f"probe {number} caller={numbering.caller_of_trunk(dialled) or ''}=",
            f"probe {number} sent={numbering.as_sent(dialled, form)}=",
        ]
    return answers


async def _probed(files: dict[str, GeneratedFile], folder: Path) -> list[str]:
    pbx = Asterisk(PbxSetup(folder, tuple(files.values()), {}))
    try:
        await pbx.start()
        for number in range(len(DIALLED)):
            await pbx.command(f"channel originate Local/{number}@probe application Wait 0.1")
        deadline = asyncio.get_running_loop().time() + 60
        while len(_answers(pbx)) < 4 * len(DIALLED) and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.1)
        return _answers(pbx)
    finally:
        pbx.stop()


def _answers(pbx: Asterisk) -> list[str]:
    """What the probes have logged so far."""
    said = [line for line in pbx.log.lines() if "NOTICE[" in line]
    return [match[0] for line in said if (match := re.search(r"probe \d+ \w+=.*=", line))]


@pytest.mark.parametrize(
    ("country", "outside_line", "number_format"),
    [("IT", "null", "national"), ("IT", '"0"', "e164_bare"), ("DE", '"0"', "national"), ("US", '"9"', "international")],
)
def test_the_library_reads_numbers_as_the_model_does(
    country: str, outside_line: str, number_format: str, tmp_path: Path
) -> None:
    head = HEAD.replace("country: IT", f"country: {country}, outside_line: {outside_line}")
    head = head.replace("host: 192.0.2.1,", f"host: 192.0.2.1, number_format: {number_format},")
    plan = plan_of("", head=head)
    files = rendered(plan, parts=frozenset({Part.DIALPLAN}))
    top = files["extensions.conf"]
    files["extensions.conf"] = GeneratedFile(top.path, top.text + _probe(plan))
    assert sorted(asyncio.run(_probed(files, tmp_path))) == sorted(_expected(plan))
