"""FreeSWITCH's pre-processor (switch_xml.c), which reads files line by line before any XML does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from pbxgen.interpret.base import NotUnderstoodError

_COMMAND = re.compile(r'X-PRE-PROCESS.*?cmd.*?=.*?"([^"]*)".*?data.*?=.*?"([^"]*)"', re.IGNORECASE)
_GLOBAL = re.compile(r"\$\$\{([^}]*)\}")
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class FreeSwitchLine:
    text: str
    path: str
    number: int

    @property
    def where(self) -> str:
        return f"{self.path}:{self.number}"


class FreeSwitchPreprocessor:
    """Files by path, and the global variables that they set and use."""

    def __init__(self, files: Mapping[str, str], variables: Mapping[str, str]) -> None:
        self._files = files
        self.variables = dict(variables)

    def included(self, pattern: str) -> list[FreeSwitchLine]:
        """The lines of all files that match an ``include`` of the main file, as the XML parser gets them."""
        return list(self._glob("", pattern, 0))

    def _lines(self, path: str, depth: int) -> Iterator[FreeSwitchLine]:
        if depth > _DEEPEST:
            raise NotUnderstoodError(f"{path} is included without end")
        for number, line in enumerate(self._files[path].splitlines(keepends=True), 1):
            where = f"{path}:{number}"
            expanded = self._expanded(line, where)
            # These lines are dropped, whatever else stands in them.
            if "<include>" in line or "</include>" in line or "<?" in line:
                continue
            at = expanded.lower().find("x-pre-process")
            if at >= 0:
                # A line that names the command without being one is dropped, too.
                if expanded[at - 1 : at] == "<":
                    yield from self._command(expanded[at:], where, posixpath.dirname(path), depth)
            elif "<!--#" in expanded:
                raise NotUnderstoodError(f"{where}: a pre-processor command of the old form")
            else:
                yield FreeSwitchLine(expanded, path, number)

    def _command(self, text: str, where: str, folder: str, depth: int) -> Iterator[FreeSwitchLine]:
        match = _COMMAND.match(text)
        if match is None:
            raise NotUnderstoodError(f"{where}: an X-PRE-PROCESS without cmd and data")
        command, data = match.group(1).lower(), match.group(2)
        if command == "set":
            name, equals, value = data.partition("=")
            if equals:
                self.variables[name.rstrip(" ")] = value.lstrip(" ")
        elif command == "include":
            yield from self._glob(folder, data, depth + 1)
        else:
            raise NotUnderstoodError(f"{where}: X-PRE-PROCESS {command}")

    def _glob(self, folder: str, pattern: str, depth: int) -> Iterator[FreeSwitchLine]:
        wanted = posixpath.normpath(posixpath.join(folder, pattern))
        wanted = wanted.removeprefix(f"{self.variables.get('conf_dir', '')}/")
        for path in sorted(self._files):
            # A star does not reach over a slash.
            if path.count("/") == wanted.count("/") and fnmatchcase(path, wanted):
                yield from self._lines(path, depth)

    def _expanded(self, line: str, where: str) -> str:
        """The line with its ``$${variables}`` substituted. To FreeSWITCH an unknown one is empty."""

        def value(reference: re.Match[str]) -> str:
            if reference[1] not in self.variables:
                raise NotUnderstoodError(f"{where}: {reference[0]} is no global variable that is known")
            return self.variables[reference[1]]

        return _GLOBAL.sub(value, line)
