"""What the models' annotations say of a place in a file: the keys that may stand there, and what a value must be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from pbxgen.language.model_base import Expects
from pbxgen.language.positions import Path

Annotation = Any
"""A type as :mod:`typing` knows it, with what stands beside it in ``Annotated``."""

_EXAMPLES = 2
"""As many examples stand in a message."""
_BY_TYPE: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "a text",
    list: "a list, in [ ] or with - before each item",
}


def _origin(form: Annotation) -> Any:
    return get_origin(form)


def split(annotation: Annotation) -> tuple[Annotation, tuple[Any, ...]]:
    """The type, and what stands beside it: the last counts most."""
    if _origin(annotation) is not Annotated:
        return annotation, ()
    form, *beside = get_args(annotation)
    return form, tuple(part for one in beside for part in (*getattr(one, "metadata", ()), one))


def of_field(field: FieldInfo) -> Annotation:
    """A field's annotation, with what pydantic has taken out of it."""
    return Annotated[field.annotation, *field.metadata, field]


def _forms(annotation: Annotation) -> Iterator[Annotation]:
    """The forms that a value may have. ``None`` is one only where writing null says something."""
    form, beside = split(annotation)
    if _origin(form) in (Union, UnionType):
        for member in get_args(form):
            yield from _forms(member)
    elif form is not NoneType or beside:
        yield annotation


def _at(model: type[BaseModel], path: Path) -> tuple[Annotation, ...]:
    """The annotations of the value at ``path``, one for each form of what it stands in."""
    annotations: tuple[Annotation, ...] = (model,)
    for step in path:
        annotations = tuple(
            inner for outer in annotations for form in _forms(outer) for inner in _inner(split(form)[0], step)
        )
    return annotations


def _inner(form: Annotation, step: str | int) -> Iterator[Annotation]:
    if _origin(form) is (dict if isinstance(step, str) else list):
        yield get_args(form)[-1]
    for name, field in _fields(form):
        if name == step:
            yield of_field(field)


def _fields(form: Annotation) -> Iterator[tuple[str, FieldInfo]]:
    if isinstance(form, type) and issubclass(form, BaseModel):
        for name, field in form.model_fields.items():
            yield field.alias or name, field


def keys_at(model: type[BaseModel], path: Path) -> frozenset[str]:
    """The keys that the mapping at ``path`` may have."""
    return frozenset(
        name for annotation in _at(model, path) for form in _forms(annotation) for name, _ in _fields(split(form)[0])
    )


def key_at(model: type[BaseModel], path: Path) -> Annotation:
    """The annotation of the last key of ``path``, where it is a name or number that the source chooses."""
    forms = (split(form)[0] for annotation in _at(model, path[:-1]) for form in _forms(annotation))
    return next(get_args(form)[0] for form in forms if _origin(form) is dict)


def choices_at(model: type[BaseModel], path: Path) -> list[str]:
    """The words from which the value at ``path`` is one."""
    return [word for annotation in _at(model, path) for word in choices(annotation)]


def choices(annotation: Annotation) -> list[str]:
    """The words from which a value is one."""
    forms = (split(form)[0] for form in _forms(annotation))
    return [str(word) for form in forms if _origin(form) is Literal for word in get_args(form)]


def expected_at(model: type[BaseModel], path: Path) -> str:
    """What the value at ``path`` must be, in words."""
    return next(map(expected, _at(model, path)), "a value")


def expected(annotation: Annotation, examples: list[Any] | None = None) -> str:
    """What a value must be, in words: its limits and ``examples`` (else its own) are among them."""
    form, beside = split(annotation)
    examples = examples or _last(beside, "examples")
    words = next((part.words for part in reversed(beside) if isinstance(part, Expects)), None)
    if words is None and _origin(form) in (Union, UnionType):
        first, *others = (member for member in get_args(form) if member is not NoneType)
        kinds = [split(other)[0] for other in others]
        return (
            expected(first, examples)
            + (", or a list of them" if list in map(_origin, kinds) else "")
            + (", or null" if NoneType in kinds else "")
        )
    if words is None and _origin(form) is Literal:
        words = f"{'one of ' if len(get_args(form)) > 1 else ''}{', '.join(map(str, get_args(form)))}"
    words = words or _BY_TYPE.get(_origin(form) or form, "a mapping, with keys of its own")
    lowest, highest = _last(beside, "ge"), _last(beside, "le")
    limits = "" if lowest is None or highest is None else f" from {lowest} to {highest}"
    return words + limits + (f", such as {' or '.join(map(_sample, examples[:_EXAMPLES]))}" if examples else "")


def _last(beside: tuple[Any, ...], name: str) -> Any:
    return next((value for part in reversed(beside) if (value := getattr(part, name, None)) is not None), None)


def _sample(example: object) -> str:
    """An example as it is written in a source."""
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {json.dumps(value)}" for key, value in example.items()) + "}"
    return example if isinstance(example, str) and example[:1].isalpha() else json.dumps(example)
