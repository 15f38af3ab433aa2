"""Routes and users with several trunks (``templates/freeswitch/failover.xml``)."""

from __future__ import annotations

from pbxgen.flow.plan import Plan
from pbxgen.targets.networks import tried


def over(plan: Plan, trunks: tuple[str, ...]) -> str:
    """The trunks of a route or a place, each of their addresses, in the order in which they are tried."""
    return "+".join(tried(plan, trunks))


def is_used(plan: Plan) -> bool:
    """Does a route or a user have several, or a trunk several addresses?"""
    over_routes = any(route.backups for route in plan.routes.values())
    over_own = any(len(user.trunks) > 1 for user in plan.users.values())
    return over_routes or over_own or any(trunk.more_hosts for trunk in plan.trunks.values())
