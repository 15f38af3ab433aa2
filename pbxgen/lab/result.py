"""What a run of the laboratory found: each call on each PBX, and what the PBXs logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pbxgen.calls.case import Case
from pbxgen.calls.observed import Observed
from pbxgen.lab.wire import SeenMessage


@dataclass(frozen=True, slots=True)
class Result:
    case: Case
    pbx: str
    observed: Observed
    differences: tuple[str, ...]
    """In words; empty where the PBX did what the model and the scenario say."""
    seconds: float
    before: Result | None = None
    """The first attempt, where the call was placed a second time, alone, because it had gone wrong among others."""
    complaints: tuple[str, ...] = ()
    """WARNING and ERROR lines that the PBX wrote in its log about this call (or the first attempt)."""
    trace: tuple[SeenMessage, ...] = ()
    """Every SIP message of the call."""

    @property
    def passed(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class LabReport:
    results: tuple[Result, ...]
    pbxs: tuple[str, ...]
    problems: Mapping[str, tuple[str, ...]]
    """WARNING and ERROR lines of each PBX's log, with the names of the calls that they are about."""
    seconds: float
    strays: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The lines among them that are about no call, or about an unknown one."""
    browsers: tuple[str, ...] = ()
    """Users whose phones come over wss, and were played as phones over UDP."""

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)
