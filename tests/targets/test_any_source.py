"""Any valid source compiles on both targets."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings

from pbxgen.pbxs import PBXS
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from tests.support.office import compiled, plan_of
from tests.support.sources import sources


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(sources())
def test_any_valid_source_compiles_on_both(text: str) -> None:
    plan = compiled(text, head="").plan
    assert plan is not None
    for name in PBXS:
        target = load_target(name)
        assert target.limits(plan, Options()) == []
        files = target.render((plan,), Options())
        assert files == target.render((plan,), Options())
        assert any(plan.digest in file.text for file in files)
        for file in files:
            if file.path.endswith(".xml"):
                ElementTree.fromstring(file.text.encode())


def test_without_recall_the_dialplans_only_lack_what_a_transfer_needs_for_it() -> None:
    plan = plan_of('users: {"101": {name: Ada}, "102": {name: Bea}}')
    for name in PBXS:
        with_recall, without = (
            {f.path: f.text.splitlines() for f in load_target(name).render((one,), Options())}
            for one in (plan, replace(plan, recall=False))
        )
        changed = {path for path in with_recall if with_recall[path] != without[path]}
        (tenants,) = changed
        gone = [line for line in with_recall[tenants] if line not in without[tenants]]
        assert plan.name in tenants
        assert gone
        assert all("recall" in line for line in gone)
        left = [line.strip() for line in without[tenants] if "recall" in line]
        emptied = '<action application="set" data="pbx_recall=" inline="true"/>'  # what a service left there
        assert set(left) <= {emptied}
