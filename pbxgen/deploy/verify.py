"""The calls of `verify` in deploy.yaml: scenarios, placed on the running PBX by phones that sign in for them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from pbxgen.calls.case import Case, case_of
from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.read import DeployTarget
from pbxgen.deploy.session import Session
from pbxgen.flow.endpoint import Secret, Srtp
from pbxgen.flow.machine import EndKind
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Story, simulate
from pbxgen.lab import sipp
from pbxgen.lab.errors import LabError
from pbxgen.lab.running_pbx import CaseWithPasswords, place_calls
from pbxgen.scenario.run import prepare
from pbxgen.scenario.values import Scenario, differences

_SENDABLE = re.compile(r"[!#-Z^-~]+", re.ASCII)
"""Passwords that SIPp can send: no blanks, quotes, brackets or backslashes."""
_ANY = ("0.0.0.0", "[::]", "::")


@dataclass(frozen=True, slots=True)
class VerifyCalls:
    """``left_out``: scenarios that cannot be placed, each with the reason."""

    cases: tuple[CaseWithPasswords, ...] = ()
    left_out: tuple[str, ...] = ()


def verify_calls(
    target: DeployTarget, plans: Mapping[str, Plan], secrets: Mapping[Secret, str], now: dt.datetime
) -> VerifyCalls:
    """The calls that can be placed at the moment ``now`` (with a time zone). Raises DeployError for a file's errors."""
    cases: list[CaseWithPasswords] = []
    left_out: list[str] = []
    for path in target.verify:
        prepared = prepare(path)
        if prepared.diagnostics:
            raise _refused(
                target, f"{path}: {prepared.diagnostics[0].message}", "correct the file: `pbxgen test` shows it"
            )
        for scenario, plan in prepared.scenarios:
            if plan.name not in plans or plans[plan.name].digest != plan.digest:
                raise _refused(
                    target, f"{path} calls another source", "name scenario files of the source that is deployed"
                )
            case, why = _placeable(scenario, plan, secrets, now)
            if case is None:
                left_out.append(f"the call {scenario.name!r}: {why}")
            else:
                cases.append(case)
    return VerifyCalls(tuple(cases), tuple(left_out))


def _refused(target: DeployTarget, message: str, help: str) -> DeployError:
    return DeployError("PBX617", f"{target.name}: verify: {message}", help)


def _placeable(
    scenario: Scenario, plan: Plan, secrets: Mapping[Secret, str], now: dt.datetime
) -> tuple[CaseWithPasswords | None, str]:
    """The call as it is placed now, or why it is not."""
    case = case_of(scenario, plan)
    moment = now.astimezone(ZoneInfo(plan.timezone)).replace(tzinfo=None)
    case = replace(case, environment=replace(case.environment, moment=moment))
    story = simulate(plan, case.call, case.environment)
    why = _not_among_phones(case, story)
    if not why and differences(scenario.expect, story):
        why = "it expects another time of the day or the year than now"
    if why:
        return None, why
    parties = {case.call.caller, *case.environment.phones, *_dialled(story)}
    passwords = {}
    for extension in sorted(parties):
        phone = plan.users[extension].phone
        if phone.webrtc or phone.srtp is Srtp.REQUIRED:
            return None, f"{extension} has phones whose sound must be encrypted"
        password = secrets.get(secret) if (secret := plan.users[extension].password) is not None else None
        if password is None or not _SENDABLE.fullmatch(password):
            return None, f"{extension} has no password that can be sent from here"
        passwords[extension] = password
    return CaseWithPasswords(case, passwords), ""


def _not_among_phones(case: Case, story: Story) -> str:
    """Why a call would reach others than the phones that sign in for it."""
    if case.call.caller not in case.plan.users:
        return "it comes from outside"
    if case.call.transfer is not None:
        return "it is transferred"
    if any(event.sent is not None for event in story.events) or not _dialled(story) <= case.plan.users.keys():
        return "it dials an outside number"
    if case.call.caller in _dialled(story):
        return "it rings the phones of its caller"
    if story.ending.kind not in (EndKind.ANSWERED, EndKind.RELEASED):
        return "it ends at a mailbox or an announcement"
    if any("in_call" in states for states in case.environment.phones.values()):
        return "a phone is in another call"
    return ""


def _dialled(story: Story) -> set[str]:
    return {number for event in story.events for entry in event.dialled for number in entry}


def ready(session: Session, calls: VerifyCalls) -> VerifyCalls:
    """The calls that can be placed on the running PBX as it is: nobody's own phone is rung. Raises DeployError."""
    if not calls.cases:
        return calls
    try:
        sipp.find()
    except LabError as error:
        raise _refused(
            session.target, str(error), "install SIPp where `pbxgen deploy` runs, or leave `verify` out"
        ) from None
    taken = session.running.phones()
    cases: list[CaseWithPasswords] = []
    left_out = list(calls.left_out)
    for one in calls.cases:
        plan, caller = one.case.plan, one.case.call.caller
        own = [
            extension
            for extension in one.passwords
            if extension != caller and not taken.isdisjoint((extension, f"{extension}@{plan.domain}"))
        ]
        if own:
            left_out.append(f"the call {one.case.name!r}: a phone of {own[0]} is registered, and would ring")
        else:
            cases.append(one)
    return VerifyCalls(tuple(cases), tuple(left_out))


def place(session: Session, cases: Sequence[CaseWithPasswords]) -> list[str]:
    """Place the calls; what did not go as expected, in sentences."""
    bound = session.running.sip()
    if bound is None:
        return ["the calls of verify cannot be placed: it takes no SIP over UDP"]
    address = (session.host() if bound[0] in _ANY else bound[0], bound[1])
    try:
        results = place_calls(session.target.pbx, address, cases, session.language)
    except LabError as error:
        return [f"the calls of verify cannot be placed at {address[0]}:{address[1]}: {error}"]
    return [f"the call {result.case.name!r}: {result.differences[0]}" for result in results if not result.passed]
