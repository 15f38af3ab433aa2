"""How a trunk's carrier is told who calls, as the data of every target say it."""

from __future__ import annotations

from pbxgen.flow.trunk import FromUser, IdentityHeader, Trunk


def tells(trunk: Trunk) -> str:
    """``pai``, ``rpid``, or one of ``account``, ``account_pai``, ``account_rpid`` where From is the account.

    Empty where From alone tells who calls.
    """
    parts = ["account"] if trunk.from_user is FromUser.ACCOUNT else []
    return "_".join([*parts, trunk.identity.value] if trunk.identity is not IdentityHeader.NONE else parts)
