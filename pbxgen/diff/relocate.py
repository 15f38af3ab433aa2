"""Findings about a source that was unpacked, told with places that their reader can find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pbxgen.diagnostics.diagnostic import Diagnostic, Example, Related, Step
from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.text import SourceFile
from pbxgen.pipeline import Compilation

Shown = Callable[[str], str]


def relocated(compilation: Compilation, shown: Shown) -> Compilation:
    """``shown`` turns the text that holds a path into that which holds another."""
    tenants = (
        replace(
            tenant,
            diagnostics=tuple(_diagnostic(d, shown) for d in tenant.diagnostics),
            files=tuple(_file(f, shown) for f in tenant.files),
        )
        for tenant in compilation.tenants
    )
    return replace(
        compilation,
        tenants=tuple(tenants),
        own=tuple(_diagnostic(d, shown) for d in compilation.own),
        own_files=tuple(_file(f, shown) for f in compilation.own_files),
    )


def _diagnostic(found: Diagnostic, shown: Shown) -> Diagnostic:
    return replace(
        found,
        message=shown(found.message),
        help=shown(found.help),
        location=_location(found.location, shown),
        related=tuple(
            Related(shown(r.message), replace(r.location, file=shown(r.location.file))) for r in found.related
        ),
        example=None if found.example is None else _example(found.example, shown),
    )


def _example(example: Example, shown: Shown) -> Example:
    return Example(example.headline, tuple(Step(s.text, _location(s.location, shown)) for s in example.steps))


def _location(location: Location | None, shown: Shown) -> Location | None:
    return None if location is None else replace(location, file=shown(location.file))


def _file(file: SourceFile, shown: Shown) -> SourceFile:
    return replace(file, name=shown(file.name))
