"""What the tenants of one PBX may not share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location

Named = tuple[str, Location]


@dataclass(frozen=True, slots=True)
class Identity:
    """What a tenant calls its own, each with its place. Domains in small letters, numbers in E.164."""

    name: Named | None
    domain: Named | None
    numbers: Mapping[str, Location] = field(default_factory=dict)


NOBODY = Identity(None, None)


def conflicts(identities: Sequence[Identity]) -> tuple[tuple[Diagnostic, ...], ...]:
    """For each tenant, the errors of having what an earlier one has."""
    first: dict[tuple[str, str], Location] = {}
    return tuple(tuple(_conflicts_of(identity, first)) for identity in identities)


def _conflicts_of(identity: Identity, first: dict[tuple[str, str], Location]) -> list[Diagnostic]:
    claims = [("pbx.name", identity.name), ("pbx.domain", identity.domain)]
    claims += [("outside number", (number, at)) for number, at in identity.numbers.items()]
    found = []
    for what, claim in claims:
        if claim is None:
            continue
        value, location = claim
        other = first.setdefault((what, value), location)
        if other != location:
            found.append(
                make(
                    "PBX134",
                    f"the {what} {value} is used by two tenants",
                    location,
                    help="on one PBX every tenant has its own",
                    related=[Related("first used here", other)],
                )
            )
    return found
