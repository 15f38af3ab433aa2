"""extensions.conf and what it includes: contexts, extensions, priorities (pbx/pbx_config.c, main/pbx.c)."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field

from pbxgen.interpret.asterisk import config, patterns
from pbxgen.interpret.asterisk.text import AsteriskText, parse
from pbxgen.interpret.base import NotUnderstoodError

_HINT = re.compile(r"[*0-9]+,hint,[^&,\s]+(?:&[^&,\s]+)*")
_PRIORITY = re.compile(r"(n|[0-9]+)(?:\(([^)]+)\))?")
_APPLICATION = re.compile(r"(\w+)\((.*)\)", re.DOTALL)
_GENERAL = {"static", "writeprotect"}


@dataclass(frozen=True, slots=True)
class AsteriskLine:
    """One priority of an extension."""

    application: str
    data: AsteriskText
    where: str
    """``file:line``."""


@dataclass(slots=True)
class AsteriskExtension:
    name: str
    lines: dict[int, AsteriskLine] = field(default_factory=dict)
    """By priority, from 1."""
    labels: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class AsteriskContext:
    name: str
    literal: dict[str, AsteriskExtension] = field(default_factory=dict)
    patterns: dict[str, AsteriskExtension] = field(default_factory=dict)
    """In the order in which they are tried."""
    includes: list[str] = field(default_factory=list)


class AsteriskDialplan:
    """The contexts and global variables of extensions.conf."""

    def __init__(self, contexts: Mapping[str, AsteriskContext], variables: Mapping[str, str]) -> None:
        self._contexts = contexts
        self.globals = variables
        self._lines: dict[tuple[str, str, int], AsteriskLine | None] = {}

    def line(self, context: str, extension: str, priority: int) -> AsteriskLine | None:
        """The line that a channel runs there; None: there is none."""
        key = (context, extension, priority)
        if key not in self._lines:
            lines = (e.lines[priority] for e in self._matching(context, extension) if priority in e.lines)
            self._lines[key] = next(lines, None)
        return self._lines[key]

    def label(self, context: str, extension: str, label: str) -> int | None:
        """The priority of a label; None: there is no such label."""
        return next((e.labels[label] for e in self._matching(context, extension) if label in e.labels), None)

    def lines(self) -> Iterator[AsteriskLine]:
        for context in self._contexts.values():
            for extension in (*context.literal.values(), *context.patterns.values()):
                yield from extension.lines.values()

    def _matching(self, name: str, extension: str, seen: tuple[str, ...] = ()) -> Iterator[AsteriskExtension]:
        """Extensions of a context that match, best first: the literal one, patterns, what is included."""
        context = self._contexts.get(name)
        if context is None or name in seen:
            return
        if extension in context.literal:
            yield context.literal[extension]
        for pattern, candidate in context.patterns.items():
            if patterns.regex(pattern).fullmatch(extension):
                yield candidate
        for included in context.includes:
            yield from self._matching(included, extension, (*seen, name))


def read(files: Mapping[str, str], applications: Container[str], functions: Container[str]) -> AsteriskDialplan:
    """The dialplan of generated files.

    Raises NotUnderstoodError for what Asterisk refuses, and for applications and functions that are not in
    ``applications`` and ``functions``.
    """
    contexts: dict[str, AsteriskContext] = {}
    variables: dict[str, str] = {}
    for section in config.read("extensions.conf", files):
        if section.name == "general":
            for setting in section.settings:
                if setting.key not in _GENERAL:
                    raise NotUnderstoodError(f"{setting.where}: the option {setting.key} is not known")
        elif section.name == "globals":
            variables |= {setting.key: setting.value for setting in section.settings}
        else:
            _read_context(contexts.setdefault(section.name, AsteriskContext(section.name)), section)
    for context in contexts.values():
        context.patterns = {name: context.patterns[name] for name in sorted(context.patterns, key=patterns.rank)}
    plan = AsteriskDialplan(contexts, variables)
    for line in plan.lines():
        if line.application not in applications:
            raise NotUnderstoodError(f"{line.where}: the application {line.application} is not known")
        for name in line.data.functions():
            if name not in functions:
                raise NotUnderstoodError(f"{line.where}: the function {name} is not known")
    return plan


def _read_context(context: AsteriskContext, section: config.ConfigSection) -> None:
    extension: AsteriskExtension | None = None
    last = 0
    for setting in section.settings:
        match setting.key:
            case "include":
                context.includes.append(setting.value)
                continue
            case "exten" if _HINT.fullmatch(setting.value) is not None:
                continue  # a lamp, which no call enters
            case "exten":
                name, _, rest = setting.value.partition(",")
                name = name.strip()
                known = context.patterns if name.startswith("_") else context.literal
                extension = known.setdefault(name, AsteriskExtension(name))
            case "same":
                rest = setting.value
            case _:
                raise NotUnderstoodError(f"{setting.where}: {setting.key} is not known in a context")
        if extension is None:
            raise NotUnderstoodError(f"{setting.where}: no extension stands above this line")
        priority, _, application = rest.partition(",")
        last = _add(extension, priority.strip(), application.strip(), last, setting.where)


def _add(extension: AsteriskExtension, written: str, application: str, last: int, where: str) -> int:
    """Add a line to an extension. Returns its priority."""
    match = _PRIORITY.fullmatch(written)
    call = _APPLICATION.fullmatch(application)
    if match is None or call is None:
        raise NotUnderstoodError(f"{where}: this is no priority with an application")
    # Asterisk counts n from whatever stood before, in other extensions too: then it is lost in silence.
    priority = last + 1 if match[1] == "n" else int(match[1])
    if priority in extension.lines or (priority > 1 and priority - 1 not in extension.lines):
        raise NotUnderstoodError(f"{where}: priority {priority} of {extension.name} is there, or cannot be reached")
    extension.lines[priority] = AsteriskLine(call[1], parse(call[2]), where)
    if match[2] is not None:
        if match[2] in extension.labels:
            raise NotUnderstoodError(f"{where}: the label {match[2]} is there already")
        extension.labels[match[2]] = priority
    return priority
