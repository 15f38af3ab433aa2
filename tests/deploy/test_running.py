"""What the running PBXs are told and asked, by consoles that are made up."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.deploy import session as sessions
from pbxgen.deploy.asterisk import RunningAsterisk
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.freeswitch import RunningFreeSwitch
from pbxgen.deploy.running import Scope
from pbxgen.deploy.session import LogMark, session_at
from pbxgen.deploy.shell import shell_at
from pbxgen.targets.base import Part
from tests.deploy.places import target

_DIALPLAN = """\
[ Context 'office.phones' created by 'pbx_config' ]
  '101' =>          1. Dial(PJSIP/101)                      [extensions.conf:1]

[ Context 'office.settings' created by 'pbx_config' ]
  'build' =>        1. Return(0123456789ab)                 [extensions.conf:1]
"""
_EXTENSIONS = {
    "extensions.conf": "[office.phones]\nexten => 101,1,Dial(PJSIP/101)\n"
    "[office.settings]\nexten => build,1,Return(0123456789ab)\n"
}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("", []),
        ("[ Context 'mine' created by 'pbx_config' ]\n  '9' =>            1. NoOp()      [pbx_config]\n", []),
        (
            "[ Context 'office.evil' created by 'pbx_config' ]\n  '9' =>            1. NoOp()      [pbx_config]\n",
            ["context office.evil is of no release"],
        ),
        (
            "[ Context 'office.phones' created by 'pbx_config' ]\n  '_X.' =>          1. NoOp()      [pbx_config]\n"
            "  Include =>        'mine'      [pbx_config]\n",
            [
                "_X.@office.phones has a priority 1 that is of no release",
                "context office.phones includes mine, which is of no release",
            ],
        ),
        (
            "[ Context 'shop.phones' created by 'pbx_config' ]\n  '9' =>            1. NoOp()      [pbx_config]\n",
            ["context shop.phones is still there"],
        ),
    ],
)
def test_what_asterisk_has_beyond_the_plan_is_a_difference(more: str, said: list[str]) -> None:
    before = {"extensions.conf": "[shop.phones]\nexten => 9,1,NoOp()\n[office.phones]\n"}
    running = RunningAsterisk(lambda text: f"{_DIALPLAN}\n{more}")
    assert running.differences(_EXTENSIONS, Scope(frozenset({Part.DIALPLAN}), before=before)) == said


def test_what_asterisks_console_leaves_out_once_is_no_difference() -> None:
    """With calls going on it loses a line now and then."""
    whole = _DIALPLAN
    lines = whole.splitlines(keepends=True)
    short = "".join(lines[:-1])
    scope = Scope(frozenset({Part.DIALPLAN}), before={})
    for told in ((short, whole, whole), (short, short, whole)):
        answers = iter(told)
        assert RunningAsterisk(lambda text, answers=answers: next(answers)).differences(_EXTENSIONS, scope) == []
    assert RunningAsterisk(lambda text: short).differences(_EXTENSIONS, scope)


_SERVICES = {"extensions.conf": _EXTENSIONS["extensions.conf"] + "exten => services,1,Return(queue&menu)\n"}
_BY_HAND = "[ Context 'office.service.{}' created by 'pbx_config' ]\n  's' =>            1. NoOp()      [pbx_config]\n"
_SHOWN = f"{_DIALPLAN}  'services' =>     1. Return(queue&menu)     [pbx_config]\n"


def test_services_that_nobody_has_written_are_missed_on_asterisk() -> None:
    running = RunningAsterisk(lambda text: f"{_SHOWN}\n{_BY_HAND.format('queue')}")
    assert running.differences(_SERVICES, Scope(frozenset({Part.DIALPLAN}), before={})) == [
        "service menu is not there: extensions_local.conf has no extension s in a context office.service.menu"
    ]
    running = RunningAsterisk(lambda text: f"{_SHOWN}\n{_BY_HAND.format('queue')}\n{_BY_HAND.format('menu')}")
    assert running.differences(_SERVICES, Scope(frozenset({Part.DIALPLAN}), before={})) == []


def test_services_that_nobody_has_written_are_missed_on_freeswitch() -> None:
    named = '<X-PRE-PROCESS cmd="set" data="pbxgen_services_office=queue,menu"/>'
    files = {"dialplan/pbxgen.xml": f"<include>\n{named}\n</include>\n"}
    dialplan = '<section name="dialplan"><context name="office.service.queue"></context></section>'
    said = {"global_getvar": "pbxgen_services_shop=old\n", "xml_locate dialplan": dialplan}
    running = RunningFreeSwitch(lambda text: said.get(text, ""))
    assert running.differences(files, Scope(frozenset({Part.DIALPLAN}), before={})) == [
        "service menu is not there: no file in dialplan/local/ has a context office.service.menu"
    ]


_OTHERS = """\
[ Context 'night' created by 'pbx_ael' ]
  's' =>            1. Hangup()                             [pbx_ael]
[ Context 'day' created by 'pbx_ael' ]
[ Context 'ael-builtin-h-bubble' created by 'pbx_ael' ]
[ Context 'lab' created by 'pbx_lua' ]
[ Context 'shop' created by 'pbx_config' ]
[ Context 'parkedcalls' created by 'res_parking' ]
"""
_STAYS = "which pbxgen did not write and would leave there"


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (
            ["extensions.conf", "pjsip.conf"],
            [
                f"the PBX runs context day and 1 more of extensions.ael, {_STAYS}",
                f"the PBX runs context lab of extensions.lua, {_STAYS}",
            ],
        ),
        (
            [],
            [
                f"the PBX runs context day and 1 more of extensions.ael, {_STAYS}",
                f"the PBX runs context lab of extensions.lua, {_STAYS}",
                f"the PBX runs context shop of a database (extconfig.conf), users.conf or the console, {_STAYS}",
                f"the PBX runs endpoint 900 of a database (sorcery.conf) or pjsip_wizard.conf, {_STAYS}",
            ],
        ),
    ],
)
def test_plans_of_others_that_would_stay_are_seen_before_the_first_release(there: list[str], said: list[str]) -> None:
    says = {"dialplan show": _OTHERS, "pjsip list endpoints": f" Endpoint:  {'900/900':<50}  Unavailable   0 of inf\n"}
    asterisk = RunningAsterisk(says.__getitem__)
    assert asterisk.others(frozenset(Part), there) == said
    assert asterisk.others({Part.VOICEMAIL}, []) == []


@pytest.mark.parametrize("there", [[], ["sip_profiles/internal.xml"]])
def test_plans_of_others_that_would_stay_are_seen_on_freeswitch(there: list[str]) -> None:
    stock = '<section name="dialplan"><context name="public"></context><context name="default"></context></section>'
    says = {"module_exists mod_xml_curl": "true", "xml_locate dialplan": stock}
    others = RunningFreeSwitch(says.__getitem__).others(frozenset(Part), there)
    curl = "mod_xml_curl is loaded: a server may give other configuration than these files"
    assert others == [curl, *([] if there else [f"the PBX runs context default and 1 more, {_STAYS}"])]


def test_of_asterisks_trunks_those_are_to_be_registered_that_the_files_register() -> None:
    files = {"pjsip.conf": "[carrier]\ntype = endpoint\n[other]\ntype = registration\n[carrier.registration]\nx = y\n"}
    assert RunningAsterisk(lambda text: "").registering(files) == {"other"}


class _FreeSwitch:
    """A console that keeps what it was told, and has the gateways it is given."""

    def __init__(self, *gateways: str, calls: int = 0) -> None:
        self.told: list[str] = []
        self.gateways = list(gateways)
        self.calls = calls

    def __call__(self, text: str) -> str:
        if text == "sofia status gateway":
            return "".join(f"external::{name}\tsip:x@192.0.2.1\tREGED\n" for name in self.gateways)
        if text == "sofia status":
            restarted = self.told and self.told[-1].endswith("internal restart")
            self.told += ["(internal is away)"] if restarted else []
            names = ["external"] if restarted else ["external", "internal"]
            return "".join(f"{name}\tprofile\tsip:x\tRUNNING (0)\n" for name in names)
        if text == "show channels count":
            return f"{self.calls} total.\n"
        if text == "global_getvar":
            return "conf_dir=/etc/freeswitch\n"
        self.told.append(text)
        if "killgw" in text:
            self.gateways.remove(text.split()[-1])
        return "[Success]\n+OK"

    @property
    def commands(self) -> list[str]:
        return [text for text in self.told if not text.startswith("(")]


def _gateway(name: str, *params: tuple[str, str]) -> str:
    inner = "".join(f'<param name="{key}" value="{value}"/>' for key, value in params)
    return f'<include>\n<gateway name="{name}">{inner}</gateway>\n</include>\n'


_INTERNAL, _OFFICE = "sip_profiles/internal.xml", "sip_profiles/external/office.xml"


def test_gateways_that_change_together_with_the_other_profile_come_back() -> None:
    console = _FreeSwitch("office.carrier")
    before = {_INTERNAL: "<profile a='1'/>", _OFFICE: _gateway("office.carrier", ("proxy", "one"))}
    after = {_INTERNAL: "<profile a='2'/>", _OFFICE: _gateway("office.carrier", ("proxy", "two"))}
    RunningFreeSwitch(console).reload(before, after)
    assert console.commands == [
        "sofia profile external killgw office.carrier",
        "sofia profile internal restart",
        "sofia profile external rescan",
    ]


def test_where_it_is_not_known_what_runs_every_gateway_of_the_plan_is_read_anew() -> None:
    console = _FreeSwitch("office.carrier", "mine", calls=1)
    files = {_OFFICE: _gateway("office.carrier", ("proxy", "one"))}
    RunningFreeSwitch(console).reload(files, files)
    assert console.commands == []
    RunningFreeSwitch(console).reload(files, files, everything=True)
    assert console.commands == ["sofia profile external killgw office.carrier", "sofia profile external rescan"]


def test_a_profile_is_restarted_where_its_file_differs_or_that_was_put_off() -> None:
    console = _FreeSwitch()
    files = {_INTERNAL: "<profile a='1'/>", "dialplan/pbxgen/library/end.xml": "<include/>"}
    RunningFreeSwitch(console).reload(files, files, everything=True)
    assert console.commands == ["reloadxml"]
    console.commands.clear()
    RunningFreeSwitch(console).reload(files, files, everything=True, pending=True)
    assert "sofia profile internal restart" in console.commands


def test_gateways_of_files_that_nobody_understands_are_read_anew() -> None:
    console = _FreeSwitch("office.carrier")
    after = {_OFFICE: _gateway("office.carrier", ("proxy", "one"))}
    RunningFreeSwitch(console).reload({_OFFICE: "<include>\n<gateway\n</include>\n"}, after)
    assert console.commands == ["sofia profile external killgw office.carrier", "sofia profile external rescan"]


def test_of_freeswitchs_gateways_those_are_to_be_registered_that_the_files_register() -> None:
    files = {
        "sip_profiles/external/a.xml": _gateway("a", ("register", "true")),
        "sip_profiles/external/b.xml": _gateway("b", ("register", "false")),
    }
    assert RunningFreeSwitch(_FreeSwitch()).registering(files) == {"a"}


def test_contexts_and_domains_of_the_release_before_are_gone_from_freeswitch() -> None:
    context = '<context name="{0}.phones"></context>'
    domain = '<domain name="{0}.example"></domain>'

    def ask(text: str) -> str:
        match text:
            case "global_getvar":
                return ""
            case "xml_locate dialplan":
                return f'<section name="dialplan">{context.format("office")}{context.format("Shop")}</section>'
            case _:
                return f'<section name="directory">{domain.format("office")}{domain.format("shop")}</section>'

    def files(name: str) -> dict[str, str]:
        return {
            f"dialplan/{name}.xml": f"<include>\n{context.format(name)}\n</include>\n",
            f"directory/{name}.xml": f"<include>\n{domain.format(name)}\n</include>\n",
        }

    scope = Scope(frozenset({Part.DIALPLAN}), before=files("shop"))
    assert RunningFreeSwitch(ask).differences(files("office"), scope) == [
        "context shop.phones is still there",
        "domain shop.example is still there",
    ]


# -- the console and the log ------------------------------------------------------------------------------------------


def test_a_password_in_the_command_is_in_no_message(tmp_path: Path) -> None:
    place = target("freeswitch", tmp_path, ("false", "-p", "TOPSECRET", "-x"))
    with session_at(place) as session, pytest.raises(DeployError) as refused:
        session.ask("status")
    assert "TOPSECRET" not in f"{refused.value}{refused.value.diagnostic.help}"
    assert "`status`" in refused.value.diagnostic.help


def test_a_console_that_hangs_is_ended_and_the_shell_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_CONSOLE_SECONDS", 1)
    place = target("asterisk", tmp_path, ("sh", "-c", 'sleep "$0"'))
    with session_at(place) as session:
        with pytest.raises(DeployError) as refused:
            session.ask("300")
        assert "no answer for 1 s" in str(refused.value)
        assert replace(place, command=("echo",)) != place
        assert session.ask("0") == ""


def test_a_log_that_never_ends_is_read_as_far_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_LOG_SECONDS", 0.5)
    log, ended = tmp_path / "full.log", threading.Event()
    log.write_text("before\n")

    def write() -> None:
        while not ended.wait(0.01):
            with log.open("a") as file:
                file.write("[2026-11-23 10:00:00] WARNING[1] pbx_config.c: wrong\n" * 10)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with session_at(target("asterisk", tmp_path, ("true",))) as session:
            complaints = session.complaints_since(LogMark({str(log): 7}), {}, {})
    finally:
        ended.set()
        writer.join()
    assert complaints == ["[2026-11-23 10:00:00] WARNING[1] pbx_config.c: wrong"]


# -- the shell --------------------------------------------------------------------------------------------------------


def test_what_a_script_prints_that_was_not_waited_for_is_of_no_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with shell_at("local") as shell:
        honest = shell._read

        def interrupted(mark: bytes, seconds: float) -> tuple[bytes, bytes]:
            raise KeyboardInterrupt

        monkeypatch.setattr(shell, "_read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            shell.run("echo old; echo older >&2; exit 7")
        monkeypatch.setattr(shell, "_read", honest)
        done = shell.run("echo new")
        assert (done.out, done.err, done.status) == (b"new\n", b"", 0)


def test_a_shell_that_has_half_a_script_is_closed_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    begun = time.monotonic()
    gone = tmp_path / "gone"
    with shell_at("local") as shell:
        shell.run(f"trap 'echo >{gone}' EXIT", in_shell=True)
        stream = shell._process.stdin
        assert stream is not None
        honest = stream.write

        class Interrupted:
            def write(self, data: bytes) -> int:
                honest(data[: len(data) // 2])
                stream.flush()
                raise KeyboardInterrupt

            def __getattr__(self, name: str) -> object:
                return getattr(stream, name)

        monkeypatch.setattr(shell._process, "stdin", Interrupted())
        with pytest.raises(KeyboardInterrupt):
            shell.run(f"cat >/dev/null <<'END'\n{'x' * 10000}\nEND")
        with pytest.raises(DeployError):
            shell.run("true")
    assert gone.exists()
    assert time.monotonic() - begun < 60


def test_of_asterisks_database_only_keys_of_the_family_count_as_it_is_written() -> None:
    rows = {"/PBXGEN/office/101": "busy:x103:0:0:0", "/pbxgen/office/102": "busy:x101:0:0:0"}
    said = "".join(f"k: {key.encode().hex().upper()}\nv: {text.encode().hex().upper()}\n" for key, text in rows.items())
    running = RunningAsterisk(lambda _: said, lambda texts: ["" for _ in texts])
    assert running.stored({"office": ["101", "102"]}) == {"office": {"102": "busy:x101:0:0:0"}}
