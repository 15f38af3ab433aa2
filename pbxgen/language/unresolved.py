"""A destination with its options, before it is resolved for one user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import Place, PlaceKind
from pbxgen.language.findings import Findings
from pbxgen.language.model_deviations import WrittenOptions
from pbxgen.language.positions import at
from pbxgen.source.tree import Mapping, Node


def over(options: WrittenOptions, general: WrittenOptions) -> WrittenOptions:
    """``options``, and the general ones where those say nothing."""
    if general is NONE:
        return options
    own = ((key, getattr(options, key)) for key in WrittenOptions.model_fields)
    return WrittenOptions(**{key: getattr(general, key) if value is None else value for key, value in own})


NONE = WrittenOptions()


@dataclass(frozen=True, slots=True)
class WrittenDestination:
    """A destination, ``place`` None for the own mailbox or mobile, ``route`` the one that carries an outside number."""

    text: str
    location: Location
    options: WrittenOptions
    place: Place | None = None
    route: str | None = None

    @property
    def is_own_mobile(self) -> bool:
        return self.place is None and self.text == "mobile"

    @property
    def kind(self) -> PlaceKind:
        if self.place is not None:
            return self.place.kind
        return _KINDS.get(self.text, PlaceKind.USER)


_KINDS = {"mobile": PlaceKind.OUTSIDE, "voicemail": PlaceKind.MAILBOX}
"""Of destinations that are only known with the diverting user; what else has no place is the `extension` of a range."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong; the caller adds the place and the user."""

    code: str
    message: str
    help: str


LONG_RING = 60
"""Seconds above which a ring time is warned of: few callers wait longer than a minute."""

RINGS = frozenset({PlaceKind.USER, PlaceKind.OPERATOR, PlaceKind.GROUP, PlaceKind.OUTSIDE})


def report_meaningless(
    options: WrittenOptions, node: Node, written: Sequence[WrittenDestination], findings: Findings
) -> None:
    """Warn of options that none of the destinations they stand beside can follow."""
    if not written or not isinstance(node, Mapping):
        return
    kinds = {w.kind for w in written}
    rings, outside = bool(kinds & RINGS), PlaceKind.OUTSIDE in kinds
    for key, given, useful, why in (
        ("timeout", options.timeout is not None, rings, "nothing rings there"),
        ("confirm", options.confirm is True, rings, "no person there could press 1"),
        ("caller_id", options.caller_id is not None, outside, "the call does not go outside"),
    ):
        if given and not useful and key in node.entries:
            findings.add(
                "PBX156",
                f"{key} has no meaning for {', '.join(w.text for w in written)}: {why}",
                node.entries[key].key.location,
                help=f"remove {key}",
            )


def destination_at(
    kind: PlaceKind,
    target: str,
    text: str,
    location: Location,
    options: WrittenOptions,
    *,
    returns: bool = False,
) -> WrittenDestination:
    """What is the same place for everybody."""
    rings = kind in RINGS
    timeout, confirm = (options.timeout, bool(options.confirm)) if rings else (None, False)
    place = Place(kind, target, location, timeout=timeout, confirm=confirm, returns=returns)
    return WrittenDestination(text, location, options, place)


def long_ring(seconds: int | None, holder: Node, key: str, findings: Findings) -> None:
    """Warn of ``key`` of ``holder`` where it is above :data:`LONG_RING`."""
    if seconds is not None and seconds > LONG_RING:
        findings.add(
            "PBX153",
            f"{seconds} s is a long time to ring: callers hang up before",
            at(holder, key).location,
            help=f"{LONG_RING} s or less",
        )
