"""Any valid source compiles on both targets."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings

from pbxgen.pbxs import PBXS
from pbxgen.targets import load_target
from pbxgen.targets.base import Options
from tests.support.office import compiled
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
