"""Calls placed on generated text: plans are rendered, read back by an interpreter, and called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pbxgen.calls.case import Case
from pbxgen.calls.observed import Observed
from pbxgen.calls.phone_states import PIN
from pbxgen.calls.verdict import judge
from pbxgen.diagnostics.location import Location
from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.interpret import load_interpreter
from pbxgen.interpret.base import Interpreter, NotUnderstoodError, Trace
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options

_NOWHERE = Location("examination", 1, 1, 1, 1)


@dataclass(frozen=True, slots=True)
class ExaminedCall:
    """One call on the generated text of one PBX."""

    case: Case
    pbx: str
    observed: Observed | None
    """None: the interpreter does not understand the text."""
    differences: tuple[str, ...]
    """In words; empty where the text does what the model and the scenario say."""
    trace: Trace

    @property
    def passed(self) -> bool:
        return not self.differences


def files_of(plans: Sequence[Plan], pbx: str) -> tuple[GeneratedFile, ...]:
    """The files of a PBX for ``plans``, with made-up secrets and stubs: every user has a login, as on a real PBX."""
    ready = tuple(_with_logins(plan) for plan in plans)
    secrets = {secret: value for plan in ready for secret, value in _secrets(plan)}
    target = load_target(pbx)
    return (*target.render(ready, Options(secrets=secrets)), *target.stubs(ready))


def examine(plans: Sequence[Plan], cases: Sequence[Case], pbx: str, language: str = "en") -> list[ExaminedCall]:
    """Place calls on the files of a PBX for ``plans``, and judge them like real ones."""
    try:
        interpreter = load_interpreter(pbx, files_of(plans, pbx))
    except NotUnderstoodError as error:
        return [
            ExaminedCall(case, pbx, None, (f"the generated text is not understood: {error}",), []) for case in cases
        ]
    return [place(interpreter, case, language) for case in cases]


def place(interpreter: Interpreter, case: Case, language: str = "en") -> ExaminedCall:
    trace: Trace = []
    try:
        observed = interpreter.place(case, trace)
    except NotUnderstoodError as error:
        where = f"{trace[-1].where}: " if trace else ""
        return ExaminedCall(case, interpreter.pbx, None, (f"not understood: {where}{error}",), trace)
    return ExaminedCall(case, interpreter.pbx, observed, judge(case, observed, language), trace)


def _with_logins(plan: Plan) -> Plan:
    users = {
        extension: user if user.password is not None else replace(user, password=Secret("inline", extension, _NOWHERE))
        for extension, user in plan.users.items()
    }
    return replace(plan, users=users)


def _secrets(plan: Plan) -> Iterator[tuple[Secret, str]]:
    for trunk in plan.trunks.values():
        if trunk.password is not None:
            yield trunk.password, f"trunk-{trunk.name}"
    for user in plan.users.values():
        if user.password is not None:
            yield user.password, f"phone-{user.extension}"
        if user.mailbox is not None and user.mailbox.pin is not None:
            yield user.mailbox.pin, PIN
