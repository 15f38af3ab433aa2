"""What the model says of a call, for people."""

from __future__ import annotations

from pbxgen.calls.case import Case
from pbxgen.flow.explain import Teller
from pbxgen.flow.settings import applied
from pbxgen.flow.simulate import simulate
from pbxgen.phrases import phrases


def model_steps(case: Case, language: str = "en") -> list[str]:
    teller = Teller(applied(case.plan, case.environment.state, case.environment.moment), phrases(language))
    story = simulate(case.plan, case.call, case.environment)
    sentences = teller.tell(story.events, case.call)
    return [f"{s.text}  [{s.location.short}]" if s.location is not None else s.text for s in sentences]
