"""Settings on real PBXs: what the database may not do, and what outlives a restart, a reload and a changed plan."""

from __future__ import annotations

import asyncio
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from pbxgen.calls.case import Case
from pbxgen.flow.environment import DEFAULT_MOMENT, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, simulate
from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import Pbx, laboratory_of
from pbxgen.lab.result import Result
from pbxgen.lab.tenants import Tenant
from pbxgen.pipeline import compile_path
from pbxgen.targets import load_target
from tests.support.hostile_settings import TEXTS
from tests.support.sessions import LongSession

pytestmark = [pytest.mark.real, pytest.mark.slow]

OFFICE = Path(__file__).parent / "suites/self_service/office.yaml"
HERE = Environment(DEFAULT_MOMENT)


def plan_of_office() -> Plan:
    return compile_path(OFFICE).plans[0]


class _Left(LongSession):
    """Nothing is put into the database past the phones."""

    async def _set(self, tenant: Tenant) -> None:
        pass


async def _restarted(pbx: Pbx) -> None:
    """Once more where the port is not free yet."""
    for last in (False, False, True):
        await asyncio.to_thread(pbx.stop)
        try:
            return await pbx.start()
        except LabError:
            if last:
                raise
            await asyncio.sleep(2)
    return None


class _Hostile(LongSession):
    """Somebody else has written into the database: for each tenant another text, for every user and switch."""

    canary: Path

    async def _set(self, tenant: Tenant) -> None:
        text = tenant.case.name.replace("CANARY", str(self.canary))
        for key in (*tenant.plan.users, "switch.night"):
            await self.pbx.store(tenant.plan, key, text)


def test_what_the_database_holds_is_never_executed_and_never_called(pbx_name: str, tmp_path: Path) -> None:
    plan = plan_of_office()
    called = ("102", "600", "101")
    cases = [Case(text, plan, Call("104", called[n % 3]), HERE) for n, text in enumerate(TEXTS)]

    async def play(cases: list[Case], folder: Path) -> tuple[list[Result], list[str]]:
        session = _Hostile(laboratory_of(pbx_name).make, load_target(pbx_name), cases, folder)
        session.canary = tmp_path / "canary"
        async with session:
            results = await session.play(lambda result: None, asyncio.Semaphore(8))
            return results, [line for _, line in session.complaints()]

    results, complaints = asyncio.run(play(cases, tmp_path / "lab"))
    failed = [result.case for result in results if result.differences]
    if failed:  # phones that did not answer in time on a busy machine; what is believed once is believed again
        results, again = asyncio.run(play(failed, tmp_path / "again"))
        complaints += again
    assert {result.case.name: result.differences for result in results if result.differences} == {}
    assert not [line for line in complaints if "is no setting: it is passed over" not in line]
    assert not (tmp_path / "canary").exists()


def test_a_setting_outlives_a_restart_and_a_reload_but_not_the_right_to_it(pbx_name: str, tmp_path: Path) -> None:
    plan = plan_of_office()
    environment = HERE
    codes = []
    for extension, dialled in (("102", "*21*103#"), ("105", "*21*102#"), ("100", "*28#")):
        code = Case(dialled, plan, Call(extension, dialled), environment)
        story = simulate(plan, code.call, environment)
        assert story.state is not None
        codes.append(code)
        environment = replace(environment, state=story.state)
    calls = [Call("104", "102"), Call("104", "105"), Call("+393471112222", "+390212345000")]
    without = replace(plan, users={e: replace(u, self_service=None) for e, u in plan.users.items()})

    async def play() -> list[Result]:
        first = Case("set", plan, calls[0], environment, codes=tuple(codes))
        session = _Left(laboratory_of(pbx_name).make, load_target(pbx_name), [first], tmp_path / "lab")
        results = []
        async with session:
            (tenant,) = session.tenants
            results.append(await session.place(tenant))

            async def again(name: str, by: Plan) -> None:
                for call in calls:
                    one = replace(session.tenants[0], case=Case(f"{name}: {call.called}", by, call, environment))
                    await session.furnish(one)
                    results.append(await session.place(one))

            await again("set", plan)
            await _restarted(session.pbx)
            await session.registrar.register(login for c in session.calls.values() for login in c.logins())
            await again("after a restart", plan)
            renewed = session.renewed([Case("without", without, calls[0], environment)])
            await session.reload(renewed)
            await again("after the right was taken away", without)
        return results

    results = asyncio.run(play())
    assert {result.case.name: result.differences for result in results if result.differences} == {}
    assert len(results) == 10


def test_a_setting_ends_at_its_time_whether_or_not_the_pbx_ran_meanwhile(pbx_name: str, tmp_path: Path) -> None:
    plan = plan_of_office()
    set_at = dt.datetime(2026, 11, 23, 10, 0)
    code = Case("*21*102#", plan, Call("105", "*21*102#"), Environment(set_at))
    story = simulate(plan, code.call, code.environment)
    assert story.state is not None
    call = Call("104", "105")
    environments = [Environment(set_at.replace(hour=hour, minute=50), state=story.state) for hour in (10, 17)]
    environments.append(Environment(set_at.replace(hour=18, minute=0), state=story.state))
    environments.append(Environment(set_at + dt.timedelta(days=1), state=story.state))
    endings = [str(simulate(plan, call, environment).ending) for environment in environments]
    assert endings == ["answered 102", "answered 102", "answered 105", "answered 105"]

    async def play() -> list[Result]:
        cases = [Case(environment.moment.isoformat(), plan, call, environment) for environment in environments]
        first = replace(cases[0], codes=(code,))
        make = laboratory_of(pbx_name).make
        session = _Left(make, load_target(pbx_name), [first], tmp_path / "lab", moment=code.moment)
        results = []
        async with session:
            (tenant,) = session.tenants
            results.append(await session.place(tenant))
            for case in cases[1:]:
                session.pbx._setup = replace(session.pbx._setup, moment=case.moment)
                await _restarted(session.pbx)
                await session.registrar.register(login for c in session.calls.values() for login in c.logins())
                one = replace(session.tenants[0], case=case)
                await session.furnish(one)
                results.append(await session.place(one))
        return results

    results = asyncio.run(play())
    assert {result.case.name: result.differences for result in results if result.differences} == {}
    assert len(results) == 4
