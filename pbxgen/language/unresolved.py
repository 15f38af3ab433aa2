"""A destination as it is written, with its options."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from pbxgen.diagnostics.location import Location
from pbxgen.flow.plan import CallerId, Place, PlaceKind
from pbxgen.language.findings import Findings
from pbxgen.language.model_deviations import WrittenOptions
from pbxgen.source.tree import Mapping, Node


class Form(Enum):
    PLACE = auto()
    """The same place for everybody."""
    OWN_MAILBOX = auto()
    OWN_MOBILE = auto()


@dataclass(frozen=True, slots=True)
class Options:
    """What a rule or a destination says beside its target; None: nothing."""

    timeout: int | None = None
    confirm: bool | None = None
    caller_id: CallerId | None = None
    allow_premium: bool | None = None

    def over(self, general: Options) -> Options:
        """These options, and the general ones where these say nothing."""
        if self is NONE or general is NONE:
            return general if self is NONE else self
        return Options(
            general.timeout if self.timeout is None else self.timeout,
            general.confirm if self.confirm is None else self.confirm,
            general.caller_id if self.caller_id is None else self.caller_id,
            general.allow_premium if self.allow_premium is None else self.allow_premium,
        )


NONE = Options()


@dataclass(frozen=True, slots=True)
class Written:
    """One destination. ``place`` is given for Form.PLACE; ``route`` names the route that carries an outside one."""

    form: Form
    text: str
    location: Location
    options: Options
    place: Place | None = None
    route: str | None = None


def options_of(model: WrittenOptions) -> Options:
    caller_id = model.caller_id
    if model.timeout is None and model.confirm is None and caller_id is None and model.allow_premium is None:
        return NONE
    return Options(
        model.timeout, model.confirm, CallerId(caller_id) if caller_id is not None else None, model.allow_premium
    )


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong that is reported by whoever knows the place and the user."""

    code: str
    message: str
    help: str


RINGS = frozenset({PlaceKind.USER, PlaceKind.OPERATOR, PlaceKind.GROUP, PlaceKind.OUTSIDE})


def report_meaningless(options: Options, node: Node, written: Sequence[Written], findings: Findings) -> None:
    """Warn of options that none of the destinations they stand beside can follow."""
    if options is NONE or not written or not isinstance(node, Mapping):
        return
    kinds = {PlaceKind.OUTSIDE if w.form is Form.OWN_MOBILE else PlaceKind.MAILBOX if w.place is None else w.place.kind
             for w in written}  # fmt: skip
    rings, outside = bool(kinds & RINGS), PlaceKind.OUTSIDE in kinds
    for key, given, useful, why in (
        ("timeout", options.timeout is not None, rings, "nothing rings there"),
        ("confirm", options.confirm is True, rings, "nobody could press 1 there"),
        ("caller_id", options.caller_id is not None, outside, "the call does not go outside"),
    ):
        if given and not useful and key in node.entries:
            findings.add(
                "PBX156",
                f"{key} has no meaning for {', '.join(w.text for w in written)}: {why}",
                node.entries[key].key.location,
                help=f"remove {key}",
            )


def place_of(kind: PlaceKind, target: str, location: Location, options: Options) -> Place:
    rings = kind in RINGS
    return Place(
        kind, target, location, timeout=options.timeout if rings else None, confirm=bool(options.confirm) and rings
    )
