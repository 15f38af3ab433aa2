"""The book of phrases: what commands and the page say about calls, in English and Italian (``book.toml``)."""

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
        self.texts: Mapping[str, str] = {name: texts[language] for name, texts in book().items()}
        """By their full names, ``section.name``; values stand for ``{placeholders}``."""

    def __call__(self, name: str, /, **values: object) -> str:
        """The phrase filled in. Raises KeyError for a name or a value that is missing."""
        return self.texts[name].format(**values)


@cache
def book() -> Mapping[str, Mapping[str, str]]:
    """Every phrase by its full name, and then by language."""
    return dict(_phrases("", tomllib.loads(resources.files(__name__).joinpath("book.toml").read_text("utf-8"))))


def _phrases(section: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for name, value in table.items():
        if all(isinstance(text, str) for text in value.values()):
            yield section + name, value
        else:
            yield from _phrases(f"{section}{name}.", value)


def base_of(language: str) -> str:
    """``it`` of a language tag such as ``it-IT`` or ``it_CH``."""
    return language.lower().split("-")[0].split("_")[0]


@cache
def phrases(language: str = "en") -> Phrases:
    """The phrases of one of ``LANGUAGES``."""
    return Phrases(language)
