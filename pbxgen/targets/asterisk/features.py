"""Codes that every phone can dial, and whose calls each takes by pickup."""

from __future__ import annotations

from collections.abc import Iterator

from pbxgen.flow.plan import Plan, User
from pbxgen.targets.asterisk import names

BUILT_IN = "*8"
"""What Asterisk itself takes for pickup (features.conf), before the dialplan is asked."""


def view(plan: Plan) -> dict[str, object]:
    """What the template of a tenant's dialplan prints of them."""
    pickups = [
        {"extension": user.extension, "groups": ",".join(_groups(plan, user))}
        for user in names.in_order(plan.users)
        if user.pickup
    ]
    return {"features": list(_features(plan)), "pickups": pickups}


def call_groups(plan: Plan, user: User) -> str:
    """In which groups calls for a user's phones ring: the pickup groups, and the user's own for ``pickup_of``."""
    own = () if plan.features.pickup_of is None else (f"{plan.name}.user.{user.extension}",)
    return ",".join((*_groups(plan, user), *own))


def pickup_groups(plan: Plan, user: User) -> str:
    """Of what groups Asterisk's own code takes a call, where it is the plan's too."""
    return ",".join(_groups(plan, user)) if plan.features.pickup == BUILT_IN else ""


def _groups(plan: Plan, user: User) -> Iterator[str]:
    """Groups of one tenant are none of another's."""
    return (f"{plan.name}.pickup.{name}" for name in user.pickup)


def _features(plan: Plan) -> Iterator[tuple[str, str]]:
    codes = plan.features
    for number, what in ((codes.own_mailbox, "own"), (codes.any_mailbox, "any")):
        if number is not None:
            yield number, f"Gosub(pbxgen-mailbox,{what},1)"
    if codes.pickup is not None:
        yield codes.pickup, "Gosub(pbxgen-pickup,any,1)"
    if codes.pickup_of is not None:
        yield f"_{codes.pickup_of}X!", f"Gosub(pbxgen-pickup,of,1(${{EXTEN:{len(codes.pickup_of)}}}))"
