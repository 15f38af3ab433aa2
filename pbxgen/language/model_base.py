"""What all models of the language share: strictness, and the small types that occur everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
    Tag,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from pbxgen.flow import LONGEST_RING, SHORTEST_RING

T = TypeVar("T")


class Model(BaseModel):
    """A mapping of the language: unknown keys and wrong types are errors, nothing is converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, protected_namespaces=())


@dataclass(frozen=True, slots=True)
class Expects:
    """What a value must be, in the words of messages; limits and examples are added from the other annotations."""

    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """What one entry of a section is called in messages, and in findings that an ``accept`` in the entry may cover."""

    singular: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class KeyForm:
    """The form of a section's keys, checked apart from pydantic; in ``noun`` the section's own noun replaces ``{}``."""

    pattern: str
    noun: str = "a name of a {}"

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": self.pattern}


SLUG = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
NUMBER = r"^\+?\(?[0-9][0-9 .()/-]{0,30}$"
EXTENSION = r"^[0-9]{2,8}$"
CODE = r"^PBX[0-9]{3}$"
RING_RANGE = f"{SHORTEST_RING}-{LONGEST_RING}"
_AN_EXTENSION = Expects("an extension: 2 to 8 digits in quotes")
_A_NUMBER = Expects("a number in quotes")
_NUMBERS = ["+390212345101", "02 1234 5101"]

Slug = Annotated[str, StringConstraints(pattern=SLUG)]
"""A name that targets use in contexts and file names."""
SlugKey = Annotated[str, KeyForm(SLUG), Expects("a name of letters, digits, - and _ (40 at most)")]
Extension = Annotated[str, StringConstraints(pattern=EXTENSION), _AN_EXTENSION, Field(examples=["101"])]
ExtensionKey = Annotated[str, KeyForm(EXTENSION, "an extension"), _AN_EXTENSION, Field(examples=["101"])]
Dialable = Annotated[str, StringConstraints(pattern=r"^\*?[0-9]{1,8}$"), Expects("digits in quotes")]
"""The number of an operator position or group."""
OutsideNumber = Annotated[str, StringConstraints(pattern=NUMBER), _A_NUMBER, Field(examples=_NUMBERS)]
"""E.164, or national as ``pbx.country`` writes it; spaces, dots, dashes, slashes and parentheses do not count."""
RANGE = r"^\+?\(?[0-9][0-9 .()/XZN!\[\]-]{0,40}$"
NumberKey = Annotated[
    str,
    KeyForm(RANGE, "an outside number"),
    Expects("a number in quotes, or a range"),
    Field(examples=["+390212345101", "+3902123452XX"]),
]
Text = Annotated[str, StringConstraints(min_length=1)]
Seconds = Annotated[int, Field(ge=SHORTEST_RING, le=LONGEST_RING), Expects("whole seconds")]
Date = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    Expects("a date"),
    Field(examples=["2026-12-31"], json_schema_extra={"format": "date"}),
]
Null = Annotated[None, WithJsonSchema({"const": None})]
"""Where writing null says something; a bare ``None`` in an annotation stands for a key that is not written."""


def _not_null(value: object) -> object:
    if value is None:
        raise PydanticCustomError("null_type", "nothing is written")
    return value


NOT_NULL = BeforeValidator(_not_null)
"""Where a key without a value is an error, though the key need not be written."""


def shape(value: object) -> str:
    """The tag of the form that is meant by a value, so that only that form's errors are reported."""
    if isinstance(value, list | tuple):
        return "<list>"
    if isinstance(value, dict | BaseModel):
        return "<map>"
    return "<null>" if value is None or isinstance(value, bool) else "<text>"


BY_SHAPE = Discriminator(shape)
"""A text, a mapping or a list; a number is taken for a text without its quotes."""

OneOrMany = Annotated[Annotated[T, Tag("<text>")] | Annotated[list[T], Tag("<list>")], BY_SHAPE]
"""One value, or a list of them."""
OneOrSome = Annotated[
    Annotated[T, Tag("<text>")] | Annotated[list[T], Tag("<list>"), Field(min_length=1)],
    BY_SHAPE,
]
"""The same where an empty list would say something else than nothing at all."""


def many(value: T | list[T]) -> tuple[T, ...]:
    """A :data:`OneOrMany` as a tuple."""
    return tuple(value) if isinstance(value, list) else (value,)


class FromEnvironment(Model):
    """A secret kept in an environment variable."""

    env: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$"), Expects("the name of an environment variable")
    ] = Field(
        description="Name of the environment variable, read when files are generated.", examples=["CARRIER_PASSWORD"]
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
    Expects("{env: NAME}, {file: path}, or a text in quotes"),
]
"""``{env: NAME}``, ``{file: path}``, or the secret itself (a warning)."""

Accept = Annotated[
    dict[
        Annotated[
            str, StringConstraints(pattern=CODE), KeyForm(CODE, "a code"), Expects("a code"), Field(examples=["PBX210"])
        ],
        Annotated[Text, Expects("the reason, a text in quotes")],
    ],
    Expects("codes with reasons"),
]
ACCEPT = 'Findings accepted here, each code with its reason: {PBX210: "night calls end here"}.'

CallerIdChoice = Literal["original", "own"]
