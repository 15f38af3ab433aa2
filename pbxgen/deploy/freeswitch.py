"""Deployment to a running FreeSWITCH."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.running import Ask, AskEach, Files, ReloadError, Scope, StoredTexts, TopFile, changed
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.elements import XmlElement, parsed
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchPreprocessor
from pbxgen.targets.base import Part
from pbxgen.targets.templates import templates_folder

_ABOUT = """\
<!-- Written once by pbxgen deploy; it is yours from now on, as long as the line that includes pbxgen/ stays. -->
<include>
  <X-PRE-PROCESS cmd="include" data="../pbxgen/{path}"/>
</include>
"""
_NO_USERS = """\
<!-- Written once by pbxgen deploy, in place of the users of the demonstration, whose password is published; it is yours
from now on. -->
<include>
</include>
"""
_BUILD = re.compile(r"\bpbxgen_build=([0-9a-f]{12})\b")
_LOG_LINE = re.compile(
    r"(?P<call>[0-9a-f]{8}-[0-9a-f-]{27} )?\d{4}-\d\d-\d\d \S+ (?:[\d.]+% )?\[(?P<level>[A-Z]+)\] \S+ (?P<message>.*)"
)
_LEVELS = frozenset({"WARNING", "ERR", "CRIT", "ALERT"})
_HARMLESS = re.compile(
    r"STUN Failed! \[.*\]|stun-set failed\."  # the stock vars.xml asks a server far away for the address
    r"|Error including \S+/lang/\w+/\S+"  # a language that is not installed, which the stock file names
    r"|SQLite is BUSY, sane=[1-9]\d* \[.*"  # it is asked again
    r"|SIP auth challenge .*|SIP auth failure .*"  # phones that log in
    r"|Ignoring duplicate gateway '[\w.-]+'"  # a rescan names every gateway that is there already
    r"|Ping succeeded [\w.-]+ with code .*"  # a trunk answers, which is a warning to FreeSWITCH
)
_UNREACHED = re.compile(
    r"Timeout Registering (\S+)"
    r"|(\S+) Failed Registration (?:\[|with status ).*"
    r"|Ping failed (\S+) with code .*"
    r"|Unregister (\S+)"
)
"""Messages that a trunk cannot be reached, or refuses a registration; the groups say which."""
_SERVICES = "pbxgen_services_"
"""How the variable of a tenant begins that names its services."""
_KEY = re.compile(r"[\w.-]+", re.ASCII)
"""Keys that a console command can name: the console interprets other characters."""
_PHONES = ".phones.xml"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r'<(/?)([\w:.-]+)((?:\s+[\w:.-]+="[^"]*")*)\s*(/?)>')
_ATTRIBUTE = re.compile(r'([\w:.-]+)="([^"]*)"')
_OK = "[Success]"
_TOO_YOUNG = "must be up for at least"
"""FreeSWITCH restarts a profile 10 s after its start at the earliest."""
_CALLS = re.compile(r"(\d+) total")
_GATEWAY = re.compile(r"^\s*external::(\S+)\s+(?:gateway\s+)?(\S+)\s+(\w+)", re.MULTILINE)
_BOUND = re.compile(r"^BIND-URL\s+sip:[^@\s]*@([\d.]+|\[[0-9a-f:]*\]):(\d+)", re.MULTILINE)
_REGISTERED = re.compile(r"^User:\s+(\S+)", re.MULTILINE)
_PATIENCE_SECONDS = 40.0
_TO_END_SECONDS = 5.0
_PROFILES = ("internal", "external")


def load() -> FreeSwitch:
    return FreeSwitch()


def _leads_to(path: str) -> Callable[[str], bool]:
    return lambda text: f"pbxgen/{path}" in text


class FreeSwitch:
    """A release's folder is laid out as the configuration folder is, also beside another plan."""

    command = ("fs_cli", "-x")
    top = (
        *(
            TopFile(part, path, _ABOUT.format(path=included), _leads_to(included))
            for part, path, included in (
                (Part.DIALPLAN, "dialplan/pbxgen.xml", "dialplan/*.xml"),
                (Part.DIALPLAN, "directory/pbxgen.xml", "directory/*.xml"),
                (Part.ENDPOINTS, "sip_profiles/internal.xml", "sip_profiles/internal.xml"),
                (Part.ENDPOINTS, "sip_profiles/external.xml", "sip_profiles/external.xml"),
                (Part.VOICEMAIL, "autoload_configs/voicemail.conf.xml", "autoload_configs/voicemail.conf.xml"),
            )
        ),
        TopFile(Part.ENDPOINTS, "directory/default.xml", _NO_USERS, lambda text: "X-PRE-PROCESS" not in text),
        TopFile(
            Part.ENDPOINTS,
            "freeswitch.xml",
            (templates_folder() / "freeswitch/freeswitch.xml").read_text(encoding="utf-8"),
            lambda text: '<section name="channels">' in text,
        ),
    )

    def in_release(self, path: str) -> str:
        return path.removeprefix("pbxgen/")

    def generated(self, path: str) -> str:
        return path

    def meaning(self, text: str) -> str:
        return _meaning(text)

    def unverified(self, parts: Collection[Part]) -> list[str]:
        if Part.ENDPOINTS not in parts:
            return []
        return ["settings of the SIP profiles, and passwords of gateways: FreeSWITCH does not tell which it uses"]

    def users_gone(self, before: Files, after: Files) -> list[str]:
        return sorted(_users(before) - _users(after))

    def passwords(self, files: Files) -> dict[tuple[str, str], str]:
        passwords: dict[tuple[str, str], str] = {}
        for path in files:
            try:
                domains = parsed(FreeSwitchPreprocessor(files, {}).included(path)) if path.endswith(_PHONES) else ()
            except NotUnderstoodError:
                continue
            for domain in domains:
                context = _named(domain, "variable", "user_context")
                for user in _all(domain, "user"):
                    if password := _named(user, "param", "password"):
                        passwords[context.removesuffix(".phones"), user.get("id")] = password
        return passwords

    def running(self, ask: Ask, ask_each: AskEach) -> RunningFreeSwitch:
        return RunningFreeSwitch(ask, ask_each)


class RunningFreeSwitch:
    def __init__(self, ask: Ask, ask_each: AskEach | None = None) -> None:
        self._ask = ask
        self._ask_each = ask_each or (lambda texts: [*map(ask, texts)])

    def folder(self) -> str:
        said = self._ask("global_getvar conf_dir").strip()
        if not said.startswith("/"):
            help = "see that `command` in deploy.yaml asks a running FreeSWITCH"
            raise DeployError("PBX611", "FreeSWITCH does not say which folder it reads", help)
        return said

    def log(self) -> str | None:
        if "mod_logfile" not in self._ask("show modules mod_logfile") or not self._log_folder().startswith("/"):
            return None
        return f"{self._log_folder()}/freeswitch.log"

    def _log_folder(self) -> str:
        return self._ask("global_getvar log_dir").strip()

    def digests(self) -> dict[str, str]:
        digests = {}
        for element in self._section("dialplan"):
            name = element.get("name")
            if element.tag == "context" and name.endswith(".phones"):
                build = next((f for a in _all(element, "action") if (f := _BUILD.search(a.get("data")))), None)
                if build is not None:
                    digests[name.removesuffix(".phones")] = build[1]
        return digests

    def trunks(self) -> dict[str, bool]:
        return {name: state == "REGED" for name, (_, state) in self._gateways().items() if state != "NOREG"}

    def sip(self) -> tuple[str, int] | None:
        address = _BOUND.search(self._ask("sofia status profile internal"))
        return None if address is None else (address[1], int(address[2]))

    def phones(self) -> frozenset[str]:
        return frozenset(_REGISTERED.findall(self._ask("sofia status profile internal reg")))

    def registering(self, files: Files) -> frozenset[str]:
        gateways = _understood(files, self._variables())
        return frozenset(name for name, gateway in gateways.items() if _registers(gateway))

    def reload(self, before: Files, after: Files, *, everything: bool = False, pending: bool = False) -> list[str]:
        every, differ = before.keys() | after.keys(), changed(before, after, _meaning)
        paths = every if everything else differ
        told: list[str] = []
        gateways = any(path.startswith("sip_profiles/external") for path in paths)
        profiles = every if pending else differ
        restarts = [name for name in _PROFILES if f"sip_profiles/{name}.xml" in profiles]
        if restarts and self._calls():
            commands = " and ".join(f"`sofia profile {name} restart`" for name in restarts)
            told.append(
                f"SIP profiles have changed, and calls are up, which a restart of a profile ends: {commands} "
                "when it suits brings the change"
            )
            restarts = []
        if gateways and "external" not in restarts:
            self._end_gateways(before, after, everything)
        # Restart and rescan read the XML, too: two in quick succession load half a dialplan. A restart is waited for.
        for name in restarts:
            self._restart(name)
        if gateways and "external" not in restarts:
            self._told(self._ask("sofia profile external rescan"), "sofia profile external rescan")
        elif paths and not restarts:
            self._told(self._ask("reloadxml"), "reloadxml")
        if any(path.startswith("directory/") for path in paths):
            self._ask("xml_flush_cache")
        return told

    def _told(self, said: str, command: str) -> None:
        if _OK not in said:
            raise ReloadError(f"`{command}` answers: {' '.join(said.split())}")

    def _calls(self) -> int:
        calls = _CALLS.search(self._ask("show channels count"))
        return int(calls[1]) if calls else 0

    def _end_gateways(self, before: Files, after: Files, everything: bool) -> None:
        """A rescan leaves gateways that run as they are: those that change or go are ended first."""
        variables = self._variables()
        old, new = _understood(before, variables), _understood(after, variables)
        ended = sorted(
            name
            for name in (old.keys() | new.keys()) & self._gateways().keys()
            if everything or name not in old or name not in new or not _same(old[name], new[name])
        )
        for name in ended:
            self._ask(f"sofia profile external killgw {name}")
        _wait(lambda: not set(ended) & self._gateways().keys(), _PATIENCE_SECONDS)

    def _restart(self, profile: str) -> None:
        command = f"sofia profile {profile} restart"
        said = self._ask(command)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while _TOO_YOUNG in said and time.monotonic() < deadline:
            time.sleep(1)
            said = self._ask(command)
        self._told(said, command)
        _wait(lambda: profile not in self._running_profiles(), _TO_END_SECONDS)
        if not _wait(lambda: profile in self._running_profiles(), _PATIENCE_SECONDS):
            raise ReloadError(f"the SIP profile {profile} does not start again")

    def _running_profiles(self) -> set[str]:
        listed = self._ask("sofia status").splitlines()
        return {line.split()[0] for line in listed if " profile" in line.replace("\t", " ") and "RUNNING" in line}

    def differences(self, files: Files, scope: Scope) -> list[str]:
        differences: list[str] = []
        variables = self._variables()
        try:
            # Those that run may be of the release before.
            others = {name: value for name, value in variables.items() if not name.startswith(_SERVICES)}
            reader = FreeSwitchPreprocessor(files, others)
            dialplan = parsed(reader.included("dialplan/*.xml"))
            directory = parsed(reader.included("directory/*.xml"))
            if Part.DIALPLAN in scope.parts:
                running = self._section("dialplan")
                differences += _compared(dialplan, running, "context", _names(scope.before, "dialplan", variables))
                differences += _missing_services(reader.variables, running)
            domains = _names(scope.before, "directory", variables)
            if scope.beside or Part.ENDPOINTS not in scope.parts:  # users of that domain may be the administrator's
                directory = [one for one in directory if not _stands_in(one, variables)]
                domains -= {variables.get("domain", "").lower()}
            if any(True for _ in directory):
                differences += _compared(directory, self._section("directory"), "domain", domains)
            if Part.ENDPOINTS in scope.parts:
                differences += self._gateway_differences(files, scope, variables)
            if Part.VOICEMAIL in scope.parts and not scope.beside:
                wanted = parsed(reader.included("autoload_configs/voicemail.conf.xml"))
                running = _document(self._ask("xml_locate configuration configuration name voicemail.conf"))
                differences += _compared(wanted, running, "configuration")
        except NotUnderstoodError as error:
            differences.append(f"its files are not understood: {error}")
        return differences

    def _gateway_differences(self, files: Files, scope: Scope, variables: Mapping[str, str]) -> Iterator[str]:
        wanted, before = _gateways(files, variables), _understood(scope.before, variables)
        _wait(lambda: wanted.keys() <= self._gateways().keys(), _TO_END_SECONDS)
        gateways = self._gateways()
        yield from (f"gateway {name} is not there" for name in sorted(wanted.keys() - gateways.keys()))
        yield from (
            f"gateway {name} is still there" for name in sorted((before.keys() - wanted.keys()) & gateways.keys())
        )
        if not scope.beside:
            running = self._running_profiles()
            yield from (f"the SIP profile {name} does not run" for name in _PROFILES if name not in running)

    def others(self, parts: Collection[Part], top_files: Collection[str]) -> list[str]:
        reasons = []
        if self._ask("module_exists mod_xml_curl").strip() == "true":
            reasons.append("mod_xml_curl is loaded: a server may give other configuration than these files")
        if Part.DIALPLAN in parts and not top_files:
            names = sorted(element.get("name") for element in self._section("dialplan") if element.tag == "context")
            if names:
                told = f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}"
                reasons.append(f"the PBX runs context {told}, which pbxgen did not write and would leave there")
        return reasons

    def complaints(self, lines: Sequence[str], before: Files, after: Files) -> list[str]:
        complaints = []
        unreached: dict[str, str] = {}
        for line in lines:
            said = _LOG_LINE.match(line)
            # A message about a call was caused by that call.
            if said is None or said["level"] not in _LEVELS or said["call"]:
                continue
            message = said["message"].strip()
            if unheard := _UNREACHED.fullmatch(message):
                unreached[line] = next(name for name in unheard.groups() if name)
            if not _HARMLESS.fullmatch(message):
                complaints.append(line)
        same = self._same_gateways(before, after) if unreached else lambda name: False
        return [line for line in complaints if line not in unreached or not same(unreached[line])]

    def _same_gateways(self, before: Files, after: Files) -> Callable[[str], bool]:
        """Trunks that are the same in two releases, or in neither: if one cannot be reached, neither release is the
        cause."""
        variables = self._variables()
        profiles = [_meaning(files.get("sip_profiles/external.xml", "")) for files in (before, after)]
        old, new = _understood(before, variables), _understood(after, variables)

        def same(name: str) -> bool:
            if name in old and name in new:
                return profiles[0] == profiles[1] and _same(old[name], new[name])
            return name not in old and name not in new

        return same

    def stored(self, keys: Mapping[str, Sequence[str]]) -> StoredTexts:
        stored: dict[str, dict[str, str]] = {}
        for tenant, known in keys.items():
            count = self._ask(f"db count/pbxgen.{tenant}").strip()
            if "not found" in count.lower():  # mod_db is not loaded: nothing can be set
                return {name: {} for name in keys}
            listed = [key for key in self._value(self._ask(f"db list/pbxgen.{tenant}")).split(",") if key]
            if not count.isdecimal() or len(listed) < int(count):  # a long list is cut
                listed = [*dict.fromkeys((*listed[:-1], *known))]
            addressed = [key for key in listed if _KEY.fullmatch(key)]
            said = self._ask_each([f"db select/pbxgen.{tenant}/{key}" for key in addressed])
            texts = {key: self._value(text) for key, text in zip(addressed, said, strict=True)}
            stored[tenant] = {key: text for key, text in texts.items() if text}
            stored[tenant] |= {key: "" for key in listed if key not in texts}
        return stored

    @staticmethod
    def _value(said: str) -> str:
        """What the console prints, without the line end that it adds; where there is nothing, it says so."""
        return "" if said.startswith("-ERR no reply") else said.removesuffix("\n")

    def store(self, texts: StoredTexts) -> None:
        commands = [
            f"db insert/pbxgen.{tenant}/{key}/{text}" if text else f"db delete/pbxgen.{tenant}/{key}"
            for tenant, texts_by_key in texts.items()
            for key, text in texts_by_key.items()
        ]
        for command, said in zip(commands, self._ask_each(commands), strict=True):
            if not said.startswith("+OK"):
                message = f"FreeSWITCH does not keep what is to be set: `{command}` answers: {' '.join(said.split())}"
                raise DeployError("PBX611", message, "load mod_db (modules.conf.xml)")

    def light(self, tenants: Collection[str]) -> None:
        """FreeSWITCH has no lamps."""

    def _variables(self) -> dict[str, str]:
        lines = (line.partition("=") for line in self._ask("global_getvar").splitlines())
        return {name: value for name, equals, value in lines if equals}

    def _section(self, name: str) -> list[XmlElement]:
        sections = _document(self._ask(f"xml_locate {name}"))
        return [child for section in sections for child in section.children]

    def _gateways(self) -> dict[str, tuple[str, str]]:
        """By name: where it sends to, and its state."""
        return {name: (to, state) for name, to, state in _GATEWAY.findall(self._ask("sofia status gateway"))}


def _meaning(text: str) -> str:
    return "\n".join(line.strip() for line in _COMMENT.sub("", text).splitlines() if line.strip())


def _wait(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def _document(text: str) -> list[XmlElement]:
    """The outermost elements that the console has printed. Not all of it is XML: `<!-` in a value stays as it is."""
    root = XmlElement("", {}, "")
    open_ = [root]
    for end, tag, attributes, alone in _TAG.findall(text):
        if end:
            if len(open_) > 1:
                open_.pop()
            continue
        element = XmlElement(tag, {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}, "")
        open_[-1].children.append(element)
        if not alone:
            open_.append(element)
    return root.children


def _all(element: XmlElement, tag: str) -> Iterator[XmlElement]:
    for child in element.children:
        if child.tag == tag:
            yield child
        yield from _all(child, tag)


def _gateways(files: Files, variables: Mapping[str, str]) -> dict[str, XmlElement]:
    reader = FreeSwitchPreprocessor(files, variables)
    gateways: dict[str, XmlElement] = {}
    for path in sorted(files):
        if PurePosixPath(path).match("sip_profiles/external/*.xml"):
            gateways |= {gateway.get("name"): gateway for gateway in parsed(reader.included(path))}
    return gateways


def _understood(files: Files, variables: Mapping[str, str]) -> dict[str, XmlElement]:
    """The gateways of files that may have been changed by hand; none if the files cannot be read."""
    try:
        return _gateways(files, variables)
    except NotUnderstoodError:
        return {}


def _named(element: XmlElement, tag: str, name: str) -> str:
    """The value of the first element below that has this name; nothing where there is none."""
    return next((one.get("value") for one in _all(element, tag) if one.get("name") == name), "")


def _registers(gateway: XmlElement) -> bool:
    """FreeSWITCH registers a gateway unless it is told not to."""
    return _named(gateway, "param", "register") in ("true", "")


def _users(files: Files) -> set[str]:
    """Users of the directory who may have a mailbox, with their domains."""
    users = set()
    for path in files:
        if path.endswith(_PHONES):
            for domain in parsed(FreeSwitchPreprocessor(files, {}).included(path)):
                users |= {f"{domain.get('name')}/{user.get('id')}" for user in _all(domain, "user")}
    return users


def _stands_in(domain: XmlElement, variables: Mapping[str, str]) -> bool:
    """Is the domain generated only so that the stock files find one of that name? Any other domain of the name serves
    as well."""
    names = {one.get("name") for one in _all(domain, "param")}
    return domain.get("name") == variables.get("domain") and names == {"sip-forbid-register"}


def _same(one: XmlElement, other: XmlElement) -> bool:
    return _difference(one, other) is None


def _difference(wanted: XmlElement, shown: XmlElement) -> XmlElement | None:
    """The first element that is not the same; its text and comments mean nothing to FreeSWITCH here."""
    if wanted.tag != shown.tag or wanted.attributes != shown.attributes or len(wanted.children) != len(shown.children):
        return wanted
    pairs = zip(wanted.children, shown.children, strict=True)
    return next((difference for one, other in pairs if (difference := _difference(one, other)) is not None), None)


def _names(files: Files, folder: str, variables: Mapping[str, str]) -> frozenset[str]:
    """The names of the outermost elements in the files of a folder, in small letters; none if the files cannot be
    read."""
    try:
        elements = parsed(FreeSwitchPreprocessor(files, variables).included(f"{folder}/*.xml"))
        return frozenset(element.get("name").lower() for element in elements)
    except NotUnderstoodError:
        return frozenset()


def _missing_services(variables: Mapping[str, str], running: Sequence[XmlElement]) -> Iterator[str]:
    """Services that are missing: parts written by hand, which a variable of each tenant names."""
    contexts = {element.get("name").lower() for element in running if element.tag == "context"}
    for variable, services in variables.items():
        tenant = variable.removeprefix(_SERVICES)
        if tenant == variable:
            continue
        for service in services.split(","):
            written = f"{tenant}.service.{service}"
            if written.lower() not in contexts:
                yield f"service {service} is not there: no file in dialplan/local/ has a context {written}"


def _compared(
    wanted: Sequence[XmlElement], running: Sequence[XmlElement], tag: str, before: Collection[str] = ()
) -> Iterator[str]:
    """Of several elements of one name FreeSWITCH sees the first, on both sides. ``before``: of the release before."""
    shown: dict[str, XmlElement] = {}
    for element in running:
        if element.tag == tag:
            shown.setdefault(element.get("name").lower(), element)
    asked: set[str] = set()
    for element in wanted:
        name = element.get("name")
        if element.tag != tag:
            continue
        if name.lower() in asked:
            yield f"{tag} {name} is written twice, and the second is not seen"
        asked.add(name.lower())
        if name.lower() not in shown:
            yield f"{tag} {name} is not there"
        elif (difference := _difference(element, shown[name.lower()])) is not None:
            place = f" ({difference.where})" if difference.where else ""
            yield f"{tag} {name} is not as deployed: <{difference.tag}>{place}"
    for name in sorted((shown.keys() - asked) & set(before)):
        yield f"{tag} {name} is still there"
