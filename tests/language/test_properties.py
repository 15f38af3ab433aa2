"""Whatever stands in a source: a plan, or diagnostics; never an exception."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxgen.diagnostics.diagnostic import Severity
from pbxgen.diagnostics.location import Location
from pbxgen.language.annotations import keys_at
from pbxgen.language.compile import Compiled, compile_source
from pbxgen.language.model import SECTIONS, Source
from pbxgen.source.load import Loaded
from pbxgen.source.tree import Entry, Mapping, Node, Scalar, Sequence
from tests.language.sources import TODAY

_TEXTS = """
101 102 9 600 112 +390212345101 +393331234567 +881612345678 mobile voicemail voicemail:101 operator operator:o group:g
announce:x busy hangup off office internal external vip 2026-12-31 08:00-12:00 mon-fri IT IT-BZ acme udp all +39X. 11X
pbx.acme.example Europe/Rome PBX153 e164 o g p national italy carrier 192.0.2.1 4711 ada@acme.example
"""
_INNER_KEYS = """
to after when from until enabled timeout confirm caller_id allow_premium env file pin email delay else mon-fri tue
101 102 o g p office vip +390212345101 PBX153 <<
"""
_WORDS = st.sampled_from([*_TEXTS.split(), "", "not office", "333 1234567", "all night"])
_MAPPINGS = [section for section in SECTIONS if keys_at(Source, (section, "x"))]
_KEYS = st.sampled_from(
    sorted(
        {
            *Source.model_fields,
            *(key for section in _MAPPINGS for key in keys_at(Source, (section, "x"))),
            *_INNER_KEYS.split(),
        }
    )
)
_HERE = Location("acme.yaml", 1, 1, 1, 2)


def _scalar(value: str | int | float | bool | None) -> Scalar:
    return Scalar(value, str(value), isinstance(value, str), _HERE)


_scalars = st.one_of(
    _WORDS, st.text(max_size=8), st.booleans(), st.none(), st.integers(), st.integers(1, 200), st.floats()
).map(_scalar)


def _mapping(entries: dict[str, Node]) -> Mapping:
    return Mapping({key: Entry(_scalar(key), value) for key, value in entries.items()}, _HERE)


_nodes: st.SearchStrategy[Node] = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Sequence(tuple(items), _HERE)),
        st.dictionaries(st.one_of(_KEYS, _KEYS, _KEYS, st.text(max_size=4)), inner, max_size=4).map(_mapping),
    ),
    max_leaves=12,
)

_PBX = _mapping(
    {
        "name": _scalar("acme"),
        "domain": _scalar("pbx.acme.example"),
        "country": _scalar("IT"),
        "timezone": _scalar("Europe/Rome"),
    }
)


def _compile(root: Mapping) -> Compiled:
    compiled = compile_source(Loaded(Path("acme.yaml"), root, (), "0" * 12, (), True), TODAY)
    failed = any(d.severity is Severity.ERROR for d in compiled.diagnostics)
    assert (compiled.plan is None) == failed
    for diagnostic in compiled.diagnostics:
        assert diagnostic.message
        assert diagnostic.help
        assert diagnostic.location is not None
    return compiled


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.one_of(_KEYS, st.text(max_size=4)), _nodes, max_size=5))
def test_any_tree_gives_a_plan_or_diagnostics(entries: dict[str, Node]) -> None:
    _compile(_mapping(entries))


def _in(section: str) -> st.SearchStrategy[Node]:
    keys = st.sampled_from(sorted(keys_at(Source, (section, "x"))))
    return st.dictionaries(
        st.sampled_from(["101", "102", "o", "g", "p", "office", "vip", "+390212345101"]),
        st.one_of(st.dictionaries(keys, _nodes, max_size=5).map(_mapping), _nodes),
        max_size=3,
    ).map(_mapping)


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({}, optional={section: _in(section) for section in _MAPPINGS}))
def test_any_content_of_the_sections_gives_a_plan_or_diagnostics(sections: dict[str, Node]) -> None:
    _compile(_mapping({"version": _scalar(1), "pbx": _PBX, **sections}))


@pytest.mark.parametrize("section", sorted(Source.model_fields))
@pytest.mark.parametrize("value", ["x", 1, None, True, 1.5])
def test_a_scalar_in_the_place_of_a_section(section: str, value: str | int | None) -> None:
    _compile(_mapping({"version": _scalar(1), "pbx": _PBX, section: _scalar(value)}))
