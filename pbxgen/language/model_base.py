"""What all models of the language share: strictness, and the small types that occur everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, WithJsonSchema

T = TypeVar("T")


class Model(BaseModel):
    """A mapping of the language: unknown keys and wrong types are errors, nothing is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, protected_namespaces=())


@dataclass(frozen=True, slots=True)
class Noun:
    """What one entry of a section is called in messages; stands in the annotation of the section."""

    singular: str


SLUG = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
NUMBER = r"^\+?\(?[0-9][0-9 .()/-]{0,30}$"
EXTENSION = r"^[0-9]{2,8}$"
CODE = r"^PBX[0-9]{3}$"

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""A name that targets use in contexts and file names."""
Extension = Annotated[str, StringConstraints(pattern=EXTENSION)]
Dialable = Annotated[str, StringConstraints(pattern=r"^\*?[0-9]{1,8}$")]
"""The number of an operator position or group."""
OutsideNumber = Annotated[str, StringConstraints(pattern=NUMBER), Field(examples=["+390212345101", "02 1234 5101"])]
"""E.164, or national as ``pbx.country`` writes it; spaces, dots, dashes, slashes and parentheses do not count."""
Text = Annotated[str, StringConstraints(min_length=1)]


def _key(pattern: str) -> object:
    """A key of some form, checked beside the models: what stands under a wrong one is validated all the same."""
    return Annotated[str, WithJsonSchema({"type": "string", "pattern": pattern})]


if TYPE_CHECKING:
    SlugKey = str
    ExtensionKey = str
    NumberKey = str
else:
    SlugKey = _key(SLUG)
    ExtensionKey = _key(EXTENSION)
    NumberKey = _key(NUMBER)
SHORTEST_RING, LONGEST_RING = 5, 180
RING_RANGE = f"{SHORTEST_RING}-{LONGEST_RING}"
Seconds = Annotated[int, Field(ge=SHORTEST_RING, le=LONGEST_RING)]
Date = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    Field(examples=["2026-12-31"], json_schema_extra={"format": "date"}),
]


def shape(value: object) -> str:
    """Which form of a value is meant, so that only that form's errors are reported."""
    if isinstance(value, list | tuple):
        return "<list>"
    if isinstance(value, dict | BaseModel):
        return "<map>"
    if isinstance(value, bool):
        return "<bool>"
    if value is None:
        return "<null>"
    return "<text>"


def text_or_list(value: object) -> str:
    """The forms of one value or a list of them."""
    return "<list>" if isinstance(value, list | tuple) else "<text>"


OneOrMany = Annotated[
    Annotated[T, Tag("<text>")] | Annotated[list[T], Tag("<list>")],
    Discriminator(text_or_list),
]
"""One value, or a list of them."""


def many(value: T | list[T]) -> tuple[T, ...]:
    """A :data:`OneOrMany` as a tuple."""
    return tuple(value) if isinstance(value, list) else (value,)


class FromEnvironment(Model):
    """A secret kept in an environment variable."""

    env: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] = Field(
        description="Name of the environment variable, read when files are generated."
    )


class FromFile(Model):
    """A secret kept in a file."""

    file: Text = Field(description="Path of the file, relative to the source file; its first line is the secret.")


def _secret_form(value: object) -> str:
    if isinstance(value, dict):
        return "<file>" if "file" in value and "env" not in value else "<env>"
    return "<text>"


SecretValue = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[FromEnvironment, Tag("<env>")] | Annotated[FromFile, Tag("<file>")],
    Discriminator(_secret_form),
]
"""``{env: NAME}``, ``{file: path}``, or the secret itself (a warning)."""

Accept = dict[
    Annotated[str, StringConstraints(pattern=CODE)],
    Text,
]
ACCEPT = 'Findings accepted here, each code with its reason: {PBX210: "night calls end here"}.'

CallerIdChoice = Literal["original", "own"]

TAGS = frozenset({"<list>", "<map>", "<text>", "<bool>", "<null>", "<env>", "<file>", "<off>", "<rule>"})
"""What pydantic puts into an error's path for the chosen form of a value; no key of the source."""
