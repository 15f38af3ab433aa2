"""The book of phrases: everything that commands and the page say about calls, in English and Italian.

``en.toml`` and ``it.toml`` have the same names and placeholders. A new language is a file and its tag in ``LANGUAGES``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("en", "it")


class Phrases:
    """The phrases of one language: ``say("event.transferred", name="Ada", target="102")``."""

    def __init__(self, language: str) -> None:
        self.language = language
        text = resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
        self.texts: Mapping[str, str] = dict(_flat("", tomllib.loads(text)))
        """By their full names, ``section.name``; values stand for ``{placeholders}``."""

    def __call__(self, name: str, /, **values: object) -> str:
        """The phrase filled in. Raises KeyError for a name or a value that is missing."""
        return self.texts[name].format(**values)


def _flat(section: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield section + name, value
        else:
            yield from _flat(f"{section}{name}.", value)


def base_of(language: str) -> str:
    """``it`` of a language tag such as ``it-IT`` or ``it_CH``."""
    return language.lower().split("-")[0].split("_")[0]


@cache
def phrases(language: str = "en") -> Phrases:
    """The phrases of one of ``LANGUAGES``."""
    return Phrases(language)
