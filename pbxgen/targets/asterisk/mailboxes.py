"""What the templates of mailboxes print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pbxgen.flow.plan import Plan, Secret
from pbxgen.targets.asterisk import names

NO_PIN = "none"
"""Letters, which no telephone dials: a mailbox without PIN never opens with ``*98``."""


def mailboxes(plan: Plan, secrets: Mapping[Secret, str]) -> list[dict[str, str]]:
    return [
        {
            "extension": user.extension,
            "title": user.name,
            "where": user.mailbox.location.short,
            "pin": NO_PIN if user.mailbox.pin is None else secrets[user.mailbox.pin],
            "email": user.mailbox.email or "",
            "options": f"tz={zone_name(plan.timezone)}",
        }
        for user in names.in_order(plan.users)
        if user.mailbox is not None
    ]


def zones(plans: Iterable[Plan]) -> dict[str, str]:
    """The time zones by the names that they have here."""
    return {zone_name(plan.timezone): plan.timezone for plan in plans}


def zone_name(timezone: str) -> str:
    return timezone.replace("/", "-")
