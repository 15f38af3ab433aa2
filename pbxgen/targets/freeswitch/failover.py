"""Routes with several trunks (``templates/freeswitch/failover.xml``)."""

from __future__ import annotations

from pbxgen.flow.plan import Plan


def over(trunks: tuple[str, ...]) -> str:
    """The trunks of a route or a place, in the order in which they are tried."""
    return "+".join(trunks)


def is_used(plan: Plan) -> bool:
    return any(route.backups for route in plan.routes.values())
