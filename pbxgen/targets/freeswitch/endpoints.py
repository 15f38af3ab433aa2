"""How phones are named in the directory: the user part of ``user@domain``, around the extension."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from pbxgen.flow.plan import Plan
from pbxgen.targets.base import Options, Part

DEFAULT = "{extension}"


class Naming:
    """Names of endpoints as ``options.endpoint_name`` wants them; the extension itself by default.

    FreeSWITCH always knows a phone as user@domain, so the default serves one tenant and many.
    """

    def __init__(self, options: Options) -> None:
        self._template = options.endpoint_name or DEFAULT
        # The profile of the phones is ours where we write it; otherwise any may hold the registration.
        self._profile = "internal" if Part.ENDPOINTS in options.parts else "*"

    def user(self, plan: Plan, extension: str) -> str:
        """The directory id, without domain."""
        return self._filled(plan, extension).partition("@")[0]

    def word(self, plan: Plan, extension: str) -> str:
        """Under which FreeSWITCH keeps a user it has found (``switch_xml_user_cache``): name and domain in one."""
        return self.user(plan, extension) + plan.domain

    def ambiguous(self, plans: Sequence[Plan]) -> frozenset[str]:
        """Words of several users: ``10`` at ``11.pbx.example`` and ``101`` at ``1.pbx.example`` have one."""
        words = Counter(self.word(plan, extension) for plan in plans for extension in plan.users)
        return frozenset(word for word, users in words.items() if users > 1)

    def dial(self, plan: Plan) -> tuple[str, str]:
        """What stands before and after the extension where a phone's registrations are looked up."""
        before, _, after = self._filled(plan, "\0").partition("\0")
        if "@" not in after:
            after += f"@{plan.domain}"
        return f"{self._profile}/{before}", after

    def expression(self, plan: Plan) -> str:
        """Finds the extension ($1) in the name a phone has authenticated with."""
        before, _, after = self.user(plan, "\0").partition("\0")
        return f"^{re.escape(before)}(\\d+){re.escape(after)}$"

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
