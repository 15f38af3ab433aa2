"""How phones are named in the directory: the user part of ``user@domain``, around the extension."""

from __future__ import annotations

import re

from pbxgen.flow.plan import Plan
from pbxgen.targets.base import Options, Part

DEFAULT = "{extension}"


class Naming:
    """Names of endpoints as ``options.endpoint_name`` wants them; the extension itself by default.

    FreeSWITCH always knows a phone as user@domain, so the default serves one tenant and many. But it looks for the
    password in the domain that a phone authenticates for, and notes the registration in the one that it names in To:
    in a fleet of ours registrations are kept under names that tell the tenant.
    """

    def __init__(self, options: Options, *, fleet: bool) -> None:
        self._template = options.endpoint_name or DEFAULT
        self.fleet = fleet
        self.tells_tenant = fleet and Part.ENDPOINTS in options.parts

    def user(self, plan: Plan, extension: str) -> str:
        """The directory id, without domain."""
        return self._filled(plan, extension).partition("@")[0]

    def registered(self, plan: Plan, extension: str) -> str:
        """The user part that a phone's registrations are kept under."""
        return self.user(plan, extension) + self.of_tenant(plan)

    def of_tenant(self, plan: Plan) -> str:
        """What such a name has behind the directory id."""
        return f".{plan.name}" if self.tells_tenant else ""

    def dial(self, plan: Plan) -> tuple[str, str]:
        """What stands before and after the extension where a phone's registrations are looked up."""
        domain = self._filled(plan, "\0").partition("@")[2] or plan.domain
        before, _, after = self.registered(plan, "\0").partition("\0")
        return before, f"{after}@{domain}"

    def expression(self, plan: Plan) -> str:
        """Finds the extension ($1) in the name a phone has authenticated with."""
        before, _, after = self.user(plan, "\0").partition("\0")
        return f"^{re.escape(before)}(\\d+){re.escape(after)}\\z"

    def _filled(self, plan: Plan, extension: str) -> str:
        return self._template.format(extension=extension, tenant=plan.name, domain=plan.domain)


def problem(template: str) -> str | None:
    """What is wrong with an ``endpoint_name`` here; None if nothing."""
    try:
        filled = template.format(extension="\0", tenant="t", domain="d.example")
    except (KeyError, IndexError, ValueError):
        return "its placeholders are {extension}, {tenant} and {domain}"
    user = filled.partition("@")[0]
    if user.count("\0") != 1 or "\0" in filled.partition("@")[2]:
        return "it must hold {extension} once, before any @"
    if not re.fullmatch(r"[A-Za-z0-9_.@\0-]+", filled):
        return "letters, digits, dots, dashes and underscores can stand around the placeholders"
    return None
