"""Routes and users with several trunks (``templates/freeswitch/failover.xml``)."""

from __future__ import annotations

from pbxgen.flow.plan import Plan


def over(trunks: tuple[str, ...]) -> str:
    """The trunks of a route or a place, in the order in which they are tried."""
    return "+".join(trunks)


def is_used(plan: Plan) -> bool:
    """Does a route or a user have several?"""
    over_routes = any(route.backups for route in plan.routes.values())
    return over_routes or any(len(user.trunks) > 1 for user in plan.users.values())
