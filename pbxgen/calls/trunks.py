"""The numbers that a PBX sends to a trunk, as the carrier reads them."""

from __future__ import annotations

from pbxgen.flow.plan import NumberFormat, Plan


def number_sent(plan: Plan, trunk: str, digits: str) -> str:
    """E.164 (or the emergency number) of digits sent to a trunk; digits that are no number stay as they are."""
    if digits in plan.emergency:
        return digits
    bare = plan.trunks[trunk].number_format is NumberFormat.E164_BARE
    return plan.numbering.caller_of_trunk(digits, bare=bare) or digits
