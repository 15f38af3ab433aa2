"""What the templates of mailboxes print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pbxgen.flow.plan import Plan, Secret

NO_PIN = "none"
"""Letters, which no telephone dials: a mailbox without PIN never opens with ``*98``."""


@dataclass(frozen=True, slots=True)
class MailboxView:
    extension: str
    title: str
    where: str
    pin: str
    email: str
    options: str


@dataclass(frozen=True, slots=True)
class Zone:
    name: str
    timezone: str


def mailboxes(plan: Plan, secrets: Mapping[Secret, str]) -> tuple[MailboxView, ...]:
    ordered = sorted(plan.users.values(), key=lambda u: (len(u.extension), u.extension))
    return tuple(
        MailboxView(
            extension=user.extension,
            title=user.name,
            where=user.mailbox.location.short,
            pin=NO_PIN if user.mailbox.pin is None else secrets[user.mailbox.pin],
            email=user.mailbox.email or "",
            options=f"tz={zone_name(plan.timezone)}",
        )
        for user in ordered
        if user.mailbox is not None
    )


def zones(plans: Iterable[Plan]) -> tuple[Zone, ...]:
    """Each time zone once, in the order of the plans."""
    return tuple(Zone(zone_name(zone), zone) for zone in dict.fromkeys(plan.timezone for plan in plans))


def zone_name(timezone: str) -> str:
    return timezone.replace("/", "-")
