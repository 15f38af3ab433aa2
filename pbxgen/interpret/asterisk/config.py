"""Asterisk's configuration files as main/config.c reads them: sections, lines, comments, includes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from pbxgen.interpret.base import NotUnderstoodError

_SECTION = re.compile(r"\[([^\]]+)\](?:\(([^)]*)\))?")
_COMMENT = re.compile(r"(?<!\\);")
_LINE_LIMIT = 8190


@dataclass(frozen=True, slots=True)
class ConfigSetting:
    """``key = value`` or ``key => value``."""

    key: str
    value: str
    where: str
    """``file:line``."""


@dataclass(slots=True)
class ConfigSection:
    """``[name](templates)`` and what stands below it."""

    name: str
    where: str
    template: bool = False
    """``(!)``: only a template for other sections."""
    settings: list[ConfigSetting] = field(default_factory=list)

    def get(self, key: str, default: str = "") -> str:
        """The last value of a key."""
        return next((s.value for s in reversed(self.settings) if s.key == key), default)

    def all(self, key: str) -> tuple[str, ...]:
        return tuple(s.value for s in self.settings if s.key == key)


def read(path: str, files: Mapping[str, str]) -> list[ConfigSection]:
    """Sections of a file and of its includes, in order, with the settings of their templates.

    Raises NotUnderstoodError for what Asterisk would refuse or what the templates have no use for.
    """
    sections: list[ConfigSection] = []
    templates: dict[str, ConfigSection] = {}
    for where, text in _lines(path, files):
        if text.startswith("["):
            match = _SECTION.fullmatch(text)
            if match is None:
                raise NotUnderstoodError(f"{where}: {text!r} begins no section")
            section = ConfigSection(match[1], where)
            for option in filter(None, (o.strip() for o in (match[2] or "").split(","))):
                if option == "!":
                    section.template = True
                elif option in templates:
                    section.settings += templates[option].settings
                else:
                    raise NotUnderstoodError(f"{where}: there is no template {option}")
            if section.template:
                templates[section.name] = section
            sections.append(section)
            continue
        key, equals, value = text.partition("=")
        if not equals or not sections:
            raise NotUnderstoodError(f"{where}: {text!r} is no setting of a section")
        sections[-1].settings.append(ConfigSetting(key.strip(), value.removeprefix(">").strip(), where))
    return sections


def _lines(path: str, files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for number, text in _stripped(files[path]):
        where = f"{path}:{number}"
        if not text.startswith("#"):
            yield where, text
            continue
        directive, _, named = text.partition(" ")
        included = named.strip().strip('"')
        if directive not in ("#include", "#tryinclude"):
            raise NotUnderstoodError(f"{where}: {directive} is not known")
        if included in files:
            yield from _lines(included, files)
        elif directive == "#include":
            raise NotUnderstoodError(f"{where}: there is no file {included}")


@lru_cache(maxsize=64)
def _stripped(text: str) -> tuple[tuple[int, str], ...]:
    """Lines that are not empty, with their numbers."""
    numbered = ((number, _without_comment(line, number)) for number, line in enumerate(text.split("\n"), 1))
    return tuple((number, line) for number, line in numbered if line)


def _without_comment(line: str, number: int) -> str:
    r"""Up to the first ``;`` that has no backslash before it; ``\;`` becomes ``;``."""
    if len(line.encode()) > _LINE_LIMIT:
        raise NotUnderstoodError(f"line {number} is longer than {_LINE_LIMIT} bytes")
    comment = _COMMENT.search(line)
    if comment is None:
        return line.replace("\\;", ";").strip()
    if line.startswith(";--", comment.start()) and line[comment.start() + 3 : comment.start() + 4] != "-":
        raise NotUnderstoodError(f"line {number}: ;-- begins a comment of several lines")
    return line[: comment.start()].replace("\\;", ";").strip()
