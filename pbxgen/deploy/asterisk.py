"""Deployment to a running Asterisk."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.running import Ask, AskEach, Files, ReloadError, Scope, StoredTexts, TopFile, changed
from pbxgen.interpret.asterisk import config
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.targets.base import Part

_MAIN = {"extensions.conf": Part.DIALPLAN, "pjsip.conf": Part.ENDPOINTS, "voicemail.conf": Part.VOICEMAIL}
_ABOUT = """\
; Written once by pbxgen deploy; it is yours from now on, as long as the line below stays.
#include "pbxgen/{name}"
"""
_MODULES = """\
; Written once by pbxgen deploy, as there was none; it is yours from now on.
#include "pbxgen/modules.conf"
"""
_RELOADS = (
    ("voicemail.conf", "voicemail reload", "Reloading voicemail configuration"),
    ("pjsip.conf", "module reload res_pjsip.so", "reloaded successfully"),
    ("extensions.conf", "dialplan reload", "Dialplan reloaded"),
)
"""The kinds of files, the command that reads them anew, and what Asterisk answers where it did.

The dialplan last, so that the phones and mailboxes it speaks of are there.
"""
_NO_VOICEMAIL = (
    "the application VoiceMail is not there, so that no mailbox takes a call: in Debian's package add "
    "`noload = app_voicemail_odbc.so` below [modules] in modules.conf and restart Asterisk"
)
_BUSY = "previous reload command didn't finish yet"
_PATIENCE_SECONDS = 60.0
_ASKED_AGAIN = 2
"""How often Asterisk is asked again: a busy one loses lines of long answers that its console does not take in time."""
_PHONES = ".phones"
"""What the context of a tenant's phones ends with."""
_SHOWN = 900
"""Characters of an application and its data that `dialplan show` prints for certain."""
_SHOWN_PATH = 35
_NAME_WIDTH = 50
_NAME_BEGINS = 12
_CONTEXT = re.compile(r"\[ Context '(.*)' created by '([^']*)' \]")
_MADE_BY = {
    "pbx_ael": "extensions.ael",
    "pbx_lua": "extensions.lua",
    "pbx_config": "a database (extconfig.conf), users.conf or the console",
}
"""The modules that create contexts from files or databases, and which; other modules create one for themselves."""
_EXTENSION = re.compile(r"  '(.*?)' => +(?:(\d+)\.|hint:) (.*)")
_HINT = -1
"""The priority of a hint (PRIORITY_HINT), which an extension has beside others or alone."""
_OF_AEL_ITSELF = "ael-builtin-"
_PRIORITY = re.compile(r" {5}(?:\[.*?\]| ) *(\d+)\. (.*)")
_INCLUDE = re.compile(r"  Include => +'(.*)' +\[")
_REGISTRAR = re.compile(r"\s*\[[^\[\]]*\]$")
_BUILD = re.compile(r"Return\(([0-9a-f]{12})\)")
_SERVICES = re.compile(r"Return\(([\w&-]+)\)")
_UDP = re.compile(r"^Transport: +\S+ +udp .*?([\d.]+|\[[0-9a-f:]*\]):(\d+) *$", re.MULTILINE)
_CONTACT = re.compile(r"^ +Contact: +([^/\s<]+)/sip", re.MULTILINE)
_LOG_CHANNEL = re.compile(r"(/\S+) +File +\S+ +Enabled +-? *(.*)")
_LOG_LINE = re.compile(r"\[[^]]*\] (?P<level>[A-Z]+)\[\d+\](?P<call>\[C-\w+\])? [^:]*: (?P<message>.*)")
_FAMILY = "pbxgen"
_QUERY = "database query \"SELECT hex(key) AS k, hex(value) AS v FROM astdb WHERE key LIKE '{}%'\""
"""Keys and texts are printed in hexadecimal digits: anybody may have written them, and they may hold line breaks."""
_DATABASE = _QUERY.format(f"/{_FAMILY}/")
_LAMPS = "/CustomDeviceState/"
"""Where Asterisk keeps the states of devices that a dialplan sets."""
_DATABASE_HELP = "see that `command` of deploy.yaml answers `database show pbxgen`"
_ROW = re.compile(r"^k *: ((?:[0-9A-F]{2})*) *\nv *: ((?:[0-9A-F]{2})*) *$", re.MULTILINE)
_PARTS = 4
_EXTENSION_SET = re.compile(r"[0-9]{2,8}", re.ASCII)
_SWITCH_SET = re.compile(r"switch\.([A-Za-z0-9_-]+)", re.ASCII)
_REGISTRATION = re.compile(r"^ *([^/\s<]+)/\S+ .*?(\w+)(?: +\(exp.*\))? *$", re.MULTILINE)
_UNREACHED = re.compile(
    r"Error \d+ '[^']*' sending \w+ request to endpoint (?P<endpoint>\S+)"
    r"|Unable to send request to qualify contact \S+ on AOR (?P<aor>\S+)"
    r"|Identify '(?P<identify>[^']*)' provided address '[^']*' did not resolve to any address"
    r"|.* received from '(?P<server>[^']*)' on registration attempt to '(?P<client>[^']*)', (?:retrying|stopping) .*"
)
"""Messages that somebody cannot be reached, or refuses a registration; the groups say who."""
_HARMLESS = re.compile(
    r"users\.conf is deprecated .*"  # a file of the package
    r"|No music on hold classes configured, disabling music on hold\."  # music is a package of its own
    r"|Taskprocessor '.*' queue reached \d+ scheduled tasks.*"  # how busy it is
)


def load() -> Asterisk:
    return Asterisk()


@dataclass
class _Context:
    lines: dict[tuple[str, int], str] = field(default_factory=dict)
    """By extension and priority."""
    includes: list[str] = field(default_factory=list)


class Asterisk:
    """``pbxgen/`` of the generated files is the release's folder; the files above it go into it, too."""

    command = ("asterisk", "-rx")
    top = (
        *(
            TopFile(part, name, _ABOUT.format(name=name), re.compile(rf'^#include\s+"?pbxgen/{name}', re.M).search)  # type: ignore[arg-type]
            for name, part in _MAIN.items()
        ),
        # An existing file is kept: the administrator decides which modules run.
        TopFile(Part.VOICEMAIL, "modules.conf", _MODULES, lambda text: True),
    )

    def in_release(self, path: str) -> str:
        return path.removeprefix("pbxgen/")

    def generated(self, path: str) -> str:
        return path if path in (*_MAIN, "modules.conf") else f"pbxgen/{path}"

    def meaning(self, text: str) -> str:
        return _meaning(text)

    def unverified(self, parts: Collection[Part]) -> list[str]:
        told = []
        if Part.ENDPOINTS in parts:
            told.append("passwords, and the settings of endpoints: Asterisk is asked for their names only")
        if Part.VOICEMAIL in parts:
            told.append("PINs of mailboxes: Asterisk does not tell them")
        return told

    def users_gone(self, before: Files, after: Files) -> list[str]:
        return sorted(_mailboxes(before) - _mailboxes(after))

    def passwords(self, files: Files) -> dict[tuple[str, str], str]:
        tenants: dict[str, str] = {}
        logins: dict[str, tuple[str, str]] = {}
        try:
            for section in config.read("pjsip.conf", files) if "pjsip.conf" in files else ():
                context = section.get("context")
                if section.get("type") == "endpoint" and context.endswith(_PHONES):
                    tenants[section.name] = context.removesuffix(_PHONES)
                elif section.get("type") == "auth":
                    logins[section.name] = (section.get("username"), section.get("password"))
        except NotUnderstoodError:
            return {}
        return {(tenants[name], user): text for name, (user, text) in logins.items() if name in tenants}

    def running(self, ask: Ask, ask_each: AskEach) -> RunningAsterisk:
        return RunningAsterisk(ask, ask_each)


class RunningAsterisk:
    def __init__(self, ask: Ask, ask_each: AskEach | None = None) -> None:
        self._ask = ask
        self._ask_each = ask_each or (lambda texts: [*map(ask, texts)])

    def folder(self) -> str:
        folder = self._directory("Configuration")
        if not folder:
            raise DeployError(
                "PBX611",
                "Asterisk does not say which folder it reads",
                "see that `command` in deploy.yaml asks a running Asterisk",
            )
        return folder

    def _directory(self, name: str) -> str:
        line = re.search(rf"{name} directory: +(\S+)", self._ask("core show settings"))
        return "" if line is None else line[1]

    def log(self) -> str | None:
        for shown, levels in _LOG_CHANNEL.findall(self._ask("logger show channels")):
            if {"WARNING", "ERROR"} <= set(levels.split()):
                return self._unshortened(str(shown))
        return None

    def _unshortened(self, shown: str) -> str:
        """The beginning of a path of which 35 characters are shown at most."""
        folder = f"{self._directory('Log')}/"
        return folder if len(shown) >= _SHOWN_PATH and folder.startswith(shown) else shown

    def digests(self) -> dict[str, str]:
        digests = {}
        for name, context in self._contexts().items():
            build = _BUILD.fullmatch(context.lines.get(("build", 1), ""))
            if build is not None and name.endswith(".settings"):
                digests[name.removesuffix(".settings")] = build[1]
        return digests

    def trunks(self) -> dict[str, bool]:
        listed = _REGISTRATION.findall(self._ask("pjsip list registrations"))
        return {name: state == "Registered" for name, state in listed}

    def sip(self) -> tuple[str, int] | None:
        address = _UDP.search(self._ask("pjsip list transports"))
        return None if address is None else (address[1], int(address[2]))

    def phones(self) -> frozenset[str]:
        return frozenset(_CONTACT.findall(self._ask("pjsip list contacts")))

    def registering(self, files: Files) -> frozenset[str]:
        try:
            return frozenset(_objects(files, "registration"))
        except NotUnderstoodError:
            return frozenset()

    def reload(self, before: Files, after: Files, *, everything: bool = False, pending: bool = False) -> list[str]:
        paths = before.keys() | after.keys() if everything else changed(before, after, _meaning)
        kinds = set(map(_kind, paths))
        for name, command, answer in _RELOADS:
            if name in kinds:
                self._reload(command, answer)
        return []

    def _reload(self, command: str, answer: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            said = self._ask(command)
            if answer in said:
                return
            if _BUSY not in said or time.monotonic() > deadline:
                raise ReloadError(f"`{command}` answers: {' '.join(said.split())}")
            time.sleep(0.2)  # somebody else's reload

    def differences(self, files: Files, scope: Scope) -> list[str]:
        differences = self._differences(files, scope)
        for _ in range(_ASKED_AGAIN):
            if differences:
                still_different = set(self._differences(files, scope))
                differences = [line for line in differences if line in still_different]
        return differences

    def _differences(self, files: Files, scope: Scope) -> list[str]:
        differences: list[str] = []
        before = _understood(scope.before)
        try:
            if Part.DIALPLAN in scope.parts:
                wanted, gone = _expected(files), _contexts_of(before)
                differences += _dialplan_differences(wanted, self._contexts(), gone)
            if Part.ENDPOINTS in scope.parts:
                differences += self._endpoint_differences(files, before, scope.beside)
            if Part.VOICEMAIL in scope.parts:
                listed = self._ask("voicemail show users").splitlines()
                mailboxes = {"/".join(line.split()[:2]) for line in listed[1:] if len(line.split()) > 2}
                differences += _named("mailbox", _mailboxes(files), mailboxes, _mailboxes(before))
                if _mailboxes(files) and "VoiceMail:" not in self._ask("core show applications like VoiceMail"):
                    differences.append(_NO_VOICEMAIL)
        except NotUnderstoodError as error:
            differences.append(f"its files are not understood: {error}")
        return differences

    def others(self, parts: Collection[Part], top_files: Collection[str]) -> list[str]:
        reasons: list[str] = []
        if Part.DIALPLAN in parts:
            made: dict[str, list[str]] = {}
            for line in self._ask("dialplan show").splitlines():
                if (begins := _CONTEXT.match(line)) and not begins[1].startswith(_OF_AEL_ITSELF):
                    made.setdefault(begins[2], []).append(begins[1])
            if "extensions.conf" in top_files:
                made.pop("pbx_config", None)
            reasons += (_somebody_elses("context", made[by], of) for by, of in _MADE_BY.items() if by in made)
        if Part.ENDPOINTS in parts and "pjsip.conf" not in top_files and (names := self._endpoints()):
            reasons.append(_somebody_elses("endpoint", names, "a database (sorcery.conf) or pjsip_wizard.conf"))
        return reasons

    def complaints(self, lines: Sequence[str], before: Files, after: Files) -> list[str]:
        complaints = []
        same = _SameEndpoints(before, after)
        for line in lines:
            said = _LOG_LINE.match(line)
            # A message about a call was caused by that call.
            if said is None or said["level"] not in ("WARNING", "ERROR") or said["call"]:
                continue
            message = said["message"].strip()
            if not _HARMLESS.fullmatch(message) and not same.cannot_be_reached(message):
                complaints.append(line)
        return complaints

    def stored(self, keys: Mapping[str, Sequence[str]]) -> StoredTexts:
        said = self._ask(_DATABASE)
        if said.strip() and not _ROW.search(said):
            raise DeployError("PBX611", f"Asterisk does not tell what is set: {' '.join(said.split())}", _DATABASE_HELP)
        texts: dict[str, dict[str, str]] = {tenant: {} for tenant in keys}
        for path, text in _ROW.findall(said):
            parts = _unhexed(path).split("/", 3)  # "", the family, the tenant, the key
            if len(parts) == _PARTS and parts[1] == _FAMILY and parts[2] in texts:  # LIKE sees no capitals
                texts[parts[2]][parts[3]] = _unhexed(text)
        return texts

    def store(self, texts: StoredTexts) -> None:
        commands = [
            f'database put pbxgen/{tenant} {key} "{text}"' if text else f"database del pbxgen/{tenant} {key}"
            for tenant, texts_by_key in texts.items()
            for key, text in texts_by_key.items()
        ]
        for command, said in zip(commands, self._ask_each(commands), strict=True):
            if not said.startswith(("Updated database", "Database entry")):
                message = f"Asterisk does not keep what is to be set: `{command}` answers: {' '.join(said.split())}"
                raise DeployError("PBX611", message, _DATABASE_HELP)
        self._light({tenant: texts_by_key.keys() for tenant, texts_by_key in texts.items()})

    def light(self, tenants: Collection[str]) -> None:
        shown = self._ask_each([f"dialplan show {tenant}.switches" for tenant in tenants])
        switches = {
            tenant: {f"switch.{name}" for name, _ in context.lines}
            for tenant, said in zip(tenants, shown, strict=True)
            for name, context in _contexts_shown(said).items()
            if name == f"{tenant}.switches"
        }
        if not switches:
            return  # nothing can be set from phones
        users = {tenant: set(texts) for tenant, texts in self.stored(dict.fromkeys(switches, ())).items()}
        for path, state in _ROW.findall(self._ask(_QUERY.format(_LAMPS))):
            tenant, *name = _unhexed(path).removeprefix(_LAMPS).split(".")
            if _unhexed(state) == "INUSE" and tenant in users and len(name) > 1:
                users[tenant].add(name[0])
        self._light({tenant: switches[tenant] | {key for key in users[tenant] if "." not in key} for tenant in users})

    def _light(self, keys: Mapping[str, Collection[str]]) -> None:
        """Set the lamps of these keys as the keys are set now, by a call to a context of the dialplan."""
        commands = []
        for tenant, some in keys.items():
            for key in sorted(some):
                switch = _SWITCH_SET.fullmatch(key)
                if switch is not None or _EXTENSION_SET.fullmatch(key):
                    lamp = key if switch is None else f"*{switch[1]}"
                    commands.append(f"channel originate Local/{lamp}@{tenant}.lamps application Hangup")
        if commands:
            self._ask_each(commands)

    def _contexts(self) -> dict[str, _Context]:
        return _contexts_shown(self._ask("dialplan show"))

    def _endpoint_differences(self, files: Files, before: Files, beside: bool) -> Iterator[str]:
        running = self._endpoints()
        wanted, gone = ({name[:_NAME_WIDTH] for name in _objects(some, "endpoint")} for some in (files, before))
        yield from _named("endpoint", wanted, running, gone)
        if not beside:
            listed = self._ask("pjsip list transports").splitlines()
            transports = {line.split()[1] for line in listed if line.startswith("Transport:") and "<" not in line}
            yield from _named("transport", set(_objects(files, "transport")), transports, set())

    def _endpoints(self) -> set[str]:
        return {
            line[_NAME_BEGINS : _NAME_BEGINS + _NAME_WIDTH].rstrip().partition("/")[0]
            for line in self._ask("pjsip list endpoints").splitlines()
            if line.startswith(" Endpoint:  ") and "<" not in line
        }


def _contexts_shown(said: str) -> dict[str, _Context]:
    """Read the output of `dialplan show`."""
    contexts: dict[str, _Context] = {}
    context, extension = _Context(), ""
    for line in said.splitlines():
        if begins := _CONTEXT.match(line):
            context = contexts.setdefault(begins[1], _Context())
        elif included := _INCLUDE.match(line):
            context.includes.append(included[1])
        elif first := _EXTENSION.match(line):
            extension = first[1]
            context.lines[extension, int(first[2] or _HINT)] = _REGISTRAR.sub("", first[3])
        elif more := _PRIORITY.match(line):
            context.lines[extension, int(more[1])] = _REGISTRAR.sub("", more[2])
    return contexts


def _somebody_elses(what: str, names: Collection[str], of: str) -> str:
    first, *more = sorted(names)
    others = f" and {len(more)} more" if more else ""
    return f"the PBX runs {what} {first}{others} of {of}, which pbxgen did not write and would leave there"


def _unhexed(digits: str) -> str:
    return bytes.fromhex(digits).decode("utf-8", "replace")


def _meaning(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(";"))


def _kind(path: str) -> str:
    name = path.rpartition("/")[2]
    return "extensions.conf" if name == "library.conf" else name


def _named(what: str, wanted: set[str], running: set[str], before: set[str]) -> Iterator[str]:
    for name in sorted(wanted - running):
        yield f"{what} {name} is not there"
    for name in sorted((before - wanted) & running):
        yield f"{what} {name} is still there"


def _objects(files: Files, kind: str) -> Iterator[str]:
    if "pjsip.conf" in files:
        for section in config.read("pjsip.conf", files):
            if not section.template and section.get("type") == kind:
                yield section.name


@dataclass
class _SameEndpoints:
    """Phones and trunks that are the same in two releases: if one cannot be reached, neither release is the cause."""

    before: Files
    after: Files
    _sections: list[dict[str, list[_Section]]] = field(default_factory=list)

    def cannot_be_reached(self, message: str) -> bool:
        """Does a message say that one of them cannot be reached, or somebody who is in neither release?"""
        said = _UNREACHED.fullmatch(message)
        if said is None:
            return False
        try:
            self._sections = self._sections or [_by_name(self.before), _by_name(self.after)]
        except NotUnderstoodError:
            return False
        named = [said["endpoint"] or said["aor"] or said["identify"]]
        if said["server"] is not None:
            named = [name for each in self._sections for name in each if _registers_at(each[name], said)]
        return all(self._is_same(name) for name in ("", *named))

    def _is_same(self, name: str) -> bool:
        before, after = (each.get(name) for each in self._sections)
        return before == after


_Section = tuple[tuple[str, str], ...]
"""Keys and values, those of its templates first."""


def _by_name(files: Files) -> dict[str, list[_Section]]:
    """The sections of pjsip.conf by name; the transports and the global section under the empty name."""
    sections: dict[str, list[_Section]] = {}
    for section in config.read("pjsip.conf", files) if "pjsip.conf" in files else ():
        if not section.template:
            name = "" if section.get("type") in ("transport", "global") else section.name
            sections.setdefault(name, []).append(tuple((setting.key, setting.value) for setting in section.settings))
    return sections


def _registers_at(sections: Sequence[_Section], said: re.Match[str]) -> bool:
    at = {("server_uri", said["server"]), ("client_uri", said["client"])}
    return any(at <= set(section) for section in sections)


def _mailboxes(files: Files) -> set[str]:
    if "voicemail.conf" not in files:
        return set()
    sections = [s for s in config.read("voicemail.conf", files) if s.name not in ("general", "zonemessages")]
    return {f"{section.name}/{setting.key}" for section in sections for setting in section.settings}


def _expected(files: Files) -> dict[str, _Context]:
    """The dialplan that Asterisk should have (pbx_config.c). Lines that Asterisk drops are expected, too, and so
    reported as missing."""
    contexts: dict[str, _Context] = {}
    if "extensions.conf" not in files:
        return contexts
    for section in config.read("extensions.conf", files):
        if section.name in ("general", "globals"):
            continue
        context = contexts.setdefault(section.name, _Context())
        extension, last = "", 0
        for setting in section.settings:
            if setting.key == "include":
                context.includes.append(setting.value)
                continue
            rest = setting.value
            if setting.key == "exten":
                extension, _, rest = (part.strip() for part in rest.partition(","))
                last = 0
            written, _, application = rest.partition(",")
            number = written.partition("(")[0].strip()
            if number == "hint":
                context.lines[extension, _HINT] = application.strip()
                continue
            last = int(number) if number.isdigit() else last + 1
            context.lines[extension, last] = application.strip()
    return contexts


def _contexts_of(files: Files) -> Collection[str]:
    return _expected(files).keys() if "extensions.conf" in files else ()


def _understood(files: Files) -> Files:
    """None if the files were changed by hand so that they cannot be read."""
    try:
        _contexts_of(files)
        _mailboxes(files)
        list(_objects(files, "endpoint"))
    except NotUnderstoodError:
        return {}
    return files


def _dialplan_differences(
    wanted: dict[str, _Context], running: dict[str, _Context], before: Collection[str]
) -> Iterator[str]:
    """``before``: the names of the contexts of the release before. A tenant's contexts are the plan's alone."""
    for name, context in wanted.items():
        if name not in running:
            yield f"context {name} is not there"
            continue
        shown = running[name]
        for (extension, priority), text in context.lines.items():
            says = shown.lines.get((extension, priority))
            if says is None:
                yield f"{extension}@{name} has no priority {priority}"
            elif says[:_SHOWN].strip() != text[:_SHOWN].strip():
                yield f"{extension}@{name} runs {_short(says)} at priority {priority}, not {_short(text)}"
        for extension, priority in sorted(shown.lines.keys() - context.lines.keys()):
            yield f"{extension}@{name} has a priority {priority} that is of no release"
        for included in context.includes:
            if included not in shown.includes:
                yield f"context {name} does not include {included}"
        for included in shown.includes:
            if included not in context.includes:
                yield f"context {name} includes {included}, which is of no release"
    yield from _missing_services(wanted, running)
    tenants = tuple(name.removesuffix("settings") for name in wanted if name.endswith(".settings"))
    by_hand = tuple(f"{tenant}service." for tenant in tenants)
    for name in sorted(running.keys() - wanted.keys()):
        if name in before:
            yield f"context {name} is still there"
        elif name.startswith(tenants) and not name.startswith(by_hand):
            yield f"context {name} is of no release"


def _missing_services(wanted: dict[str, _Context], running: dict[str, _Context]) -> Iterator[str]:
    """Services that are missing: parts written by hand, which the settings of a tenant name."""
    for name, context in wanted.items():
        named = _SERVICES.fullmatch(context.lines.get(("services", 1), "")) if name.endswith(".settings") else None
        for service in named[1].split("&") if named else ():
            written = f"{name.removesuffix('settings')}service.{service}"
            if written not in running or ("s", 1) not in running[written].lines:
                yield f"service {service} is not there: extensions_local.conf has no extension s in a context {written}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
