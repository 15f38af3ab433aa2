"""Answers of a console for a folder of Asterisk's: quick, and what it runs outlives the process that asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pbxgen.deploy import asterisk
from pbxgen.deploy import plan as plans
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.session import Session
from pbxgen.diff.result import Made, Result
from pbxgen.interpret.base import NotUnderstoodError
from tests.deploy.places import OFFICE, Place, target

Answers = dict[str, Any]


class FakeAsterisk:
    """Reads what the real one reads when it is told to, and says what it has read then."""

    def __init__(self, etc: Path, home: Path) -> None:
        self.etc = etc
        self.home = home
        self.down = False
        self.reads = str(etc)
        self.says: dict[str, str] = {}
        """Answers that are not its own, by command."""
        self.database: dict[tuple[str, str], str] = {}
        """By tenant and key."""
        self.lit: set[str] = set()
        """Devices that the dialplan has set."""
        self.called: list[str] = []
        """What the console has called: that makes lamps follow."""
        (home / "full.log").touch()
        (home / "memory.json").write_text("{}")

    def answer(self, text: str) -> str:
        if self.down:
            raise DeployError("PBX611", "Asterisk does not answer", "start it")
        if text in self.says:
            return self.says[text]
        if text.startswith("database "):
            return self._database(text)
        if text.startswith("channel originate "):
            self.called.append(text.split()[2])
            return ""
        memory: Answers = json.loads((self.home / "memory.json").read_text())
        pjsip = memory.get("pjsip", {"endpoint": [], "transport": []})
        match text:
            case "core show settings":
                return f"  Configuration directory:     {self.reads}\n  Log directory:               {self.home}\n"
            case "logger show channels":
                return f"{self.home}/full.log   File     default    Enabled    - WARNING ERROR \n"
            case "dialplan reload":
                self._load(memory, "dialplan", _dialplan)
                return "Dialplan reloaded.\n"
            case "module reload res_pjsip.so":
                self._load(
                    memory, "pjsip", lambda f: {k: [*asterisk._objects(f, k)] for k in ("endpoint", "transport")}
                )
                return "Module 'res_pjsip.so' reloaded successfully.\n"
            case "voicemail reload":
                self._load(memory, "voicemail", lambda files: sorted(asterisk._mailboxes(files)))
                return "Reloading voicemail configuration...\n"
            case "core show applications like VoiceMail":
                return "           VoiceMail: Leave a Voicemail message.\n"
            case "dialplan show":
                return _shown(memory.get("dialplan", {}))
            case _ if text.startswith("dialplan show "):
                name = text.removeprefix("dialplan show ")
                return _shown({known: one for known, one in memory.get("dialplan", {}).items() if known == name})
            case "pjsip list endpoints":
                return "".join(f" Endpoint:  {name:<50}  Unavailable   0 of inf\n" for name in pjsip["endpoint"])
            case "pjsip list transports":
                return "".join(f"Transport:  {name}  udp\n" for name in pjsip["transport"])
            case "pjsip list registrations":
                return "No objects found.\n"
            case "voicemail show users":
                boxes = (box.split("/") for box in memory.get("voicemail", ()))
                return "Context    Mbox  User\n" + "".join(f"{c:<10} {m:<5} User Rome 0\n" for c, m in boxes)
        raise AssertionError(text)

    def _database(self, text: str) -> str:
        put = re.fullmatch(r'database put pbxgen/(\S+) (\S+) "([^"]*)"', text)
        gone = re.fullmatch(r"database del pbxgen/(\S+) (\S+)", text)
        if put is not None:
            self.database[put[1], put[2]] = put[3]
            return "Updated database successfully\n"
        if gone is not None:
            known = self.database.pop((gone[1], gone[2]), None)
            return f"Database entry {'could not be ' if known is None else ''}removed.\n"
        rows = [(f"/pbxgen/{tenant}/{key}", value) for (tenant, key), value in self.database.items()]
        if "CustomDeviceState" in text:
            rows = [(f"/CustomDeviceState/{name}", "INUSE") for name in self.lit]
        return "".join(f"k    : {_hexed(key):<50}\nv    : {_hexed(value):<50}\n\n" for key, value in rows)

    def complain(self, line: str) -> None:
        with (self.home / "full.log").open("a") as log:
            log.write(f"[2026-11-23 10:00:00] WARNING[1] pbx_config.c: {line}\n")

    def complain_at_reload(self, line: str, when: Callable[[], bool]) -> None:
        """From now on it complains each time that it reads the dialplan, where ``when`` is true."""
        honest = self.answer

        def answer(text: str) -> str:
            if text == "dialplan reload" and when():
                self.complain(line)
            return honest(text)

        self.answer = answer  # type: ignore[method-assign]

    def _load(self, memory: Answers, what: str, read: Any) -> None:
        link = self.etc / "pbxgen"
        paths = [*self.etc.glob("*.conf"), *(link.rglob("*.conf") if link.is_dir() else ())]
        try:
            memory[what] = read({str(path.relative_to(self.etc)): path.read_text() for path in paths if path.is_file()})
        except NotUnderstoodError as error:
            self.complain(str(error))
            return
        new = self.home / "new.json"
        new.write_text(json.dumps(memory))
        new.replace(self.home / "memory.json")


def _hexed(text: str) -> str:
    return text.encode().hex().upper()


def _dialplan(files: dict[str, str]) -> Answers:
    if "extensions.conf" not in files:
        return {}
    return {
        name: {"lines": [[e, p, text] for (e, p), text in context.lines.items()], "includes": context.includes}
        for name, context in asterisk._expected(files).items()
    }


def _shown(contexts: Answers) -> str:
    lines = []
    for name, context in contexts.items():
        lines.append(f"[ Context '{name}' created by 'pbx_config' ]")
        begun = None
        for extension, priority, text in context["lines"]:
            head = "" if extension == begun else f"  '{extension}' =>"
            shown = "hint:" if priority < 0 else f"{priority}."
            lines.append(f"{head:<19} {shown} {text:<40} [extensions.conf:1]")
            begun = extension
        lines += [f"  Include =>        '{included}'      [pbx_config]" for included in context["includes"]]
    return "\n".join(lines)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAsterisk:
    etc, home = tmp_path / "etc", tmp_path / "home"
    etc.mkdir()
    home.mkdir()
    asked = FakeAsterisk(etc, home)
    monkeypatch.setattr(Session, "ask", lambda self, text: asked.answer(text))
    monkeypatch.setattr(Session, "ask_each", lambda self, texts: [asked.answer(text) for text in texts])
    return asked


@pytest.fixture
def place(fake: FakeAsterisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """What changes for callers is not looked for, which would take longest."""
    nothing = Result("what runs", "", True, (), (Made((), {}, None, ""),))
    monkeypatch.setattr(plans, "_callers", lambda *_: nothing)
    made_place = Place(target("asterisk", fake.etc, ("asterisk", "-rx")), tmp_path / "source")
    made_place.write(OFFICE.replace("TRUNK", "192.0.2.1"))
    return made_place
