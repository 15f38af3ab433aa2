"""A PBX of the laboratory on which calls are placed one after the other, and whose plans change meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pbxgen.calls.case import Case
from pbxgen.lab.call import LabCall
from pbxgen.lab.session import PbxSession
from pbxgen.lab.tenants import Tenant, prepare
from pbxgen.targets.base import GeneratedFile


@dataclass(frozen=True, slots=True)
class RenewedTenants:
    """Changed plans of a session's tenants, and their files."""

    tenants: tuple[Tenant, ...]
    files: tuple[GeneratedFile, ...]


class LongSession(PbxSession):
    """A session that goes on when its first calls are over."""

    def call_of(self, tenant: Tenant) -> LabCall:
        """The latest call of a tenant."""
        return self.calls[tenant.plan.name]

    async def follow_up(self, tenants: Sequence[Tenant]) -> None:
        """Other calls of the same plans: tenants with other cases, when the first calls are over."""
        self.tenants = tuple(tenants)
        for tenant in self.tenants:
            await self.furnish(tenant)

    def renewed(self, cases: Sequence[Case]) -> RenewedTenants:
        """Changed plans, a case for each tenant in order, compiled but not yet in place."""
        made, secrets = prepare(cases)
        tenants = tuple(_with_trunks_of(before, after) for before, after in zip(self.tenants, made, strict=True))
        return RenewedTenants(tenants, self.rendered(tenants, secrets))

    async def reload(self, renewed: RenewedTenants) -> None:
        """Load changed plans. Calls that are up go on; calls placed from now on use the new plans."""
        await self.pbx.reload(renewed.files)
        before = {login.contact for call in self.calls.values() for login in call.logins()}
        self.tenants = renewed.tenants
        for tenant in self.tenants:
            if not self.call_of(tenant).trace:
                await self.furnish(tenant)
        logins = (login for call in self.calls.values() for login in call.logins())
        await self.registrar.register(login for login in logins if login.contact not in before)


def _with_trunks_of(before: Tenant, after: Tenant) -> Tenant:
    """Trunks that were there before keep their addresses."""
    ends = {name: before.trunks.get(name, address) for name, address in after.trunks.items()}
    trunks = {name: replace(t, host=ends[name][0], port=ends[name][1]) for name, t in after.plan.trunks.items()}
    return replace(after, plan=replace(after.plan, trunks=trunks), trunks=ends)
