"""What a scenario says is set, as a PBX would keep it, and what is set once its codes have been dialled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.flow.codes import target_of
from pbxgen.flow.environment import Environment
from pbxgen.flow.plan import Plan, User
from pbxgen.flow.settings import STATES, Setting, State
from pbxgen.flow.simulate import Call, Story, simulate
from pbxgen.scenario.values import Scenario, WrittenSetting

_WORDS = {"off": "off", "on": "on", "mobile": "m", "voicemail": "v"}


def setting_of(plan: Plan, written: WrittenSetting) -> Setting | None:
    """The setting; None where it is none that the key can have. Whether it is permitted is not asked."""
    if written.key in STATES:
        return Setting(written.to) if written.to in ("on", "off") else None
    user = plan.users[written.extension]
    to = _WORDS.get(written.to) or _named(plan, user, written.to) or target_of(plan, user, written.to.replace(" ", ""))
    if to is None or to in ("on", "n"):
        return None
    return Setting(to, written.after)


def how_to_write(plan: Plan, written: WrittenSetting) -> str:
    """What to write in place of what :func:`setting_of` does not understand."""
    if written.key in STATES:
        return "write on or off"
    kind, _, name = written.to.partition(":")
    known = {"operator": plan.operators, "group": plan.groups}.get(kind, {})
    general = "write what the user would dial, or off, mobile, voicemail, operator:NAME or group:NAME"
    return did_you_mean(name, known, f"did you mean '{kind}:{{}}'?") or general


def _named(plan: Plan, user: User, to: str) -> str | None:
    """A place that is named as a source names it; None where it is not."""
    kind, colon, name = to.partition(":")
    if to == "operator":
        name = plan.default_operator or ""
    if kind == "operator" and name in plan.operators:
        return f"p{plan.operators[name].number}"
    if kind == "group" and name in plan.groups:
        return f"g{plan.groups[name].number}"
    return "v" if kind == "voicemail" and colon and name == user.extension else None


def state_of(plan: Plan, scenario: Scenario) -> State:
    """What is set before anything is dialled."""
    state = State(switches=scenario.switches)
    for written in scenario.settings:
        setting = setting_of(plan, written)
        if setting is not None:
            since = int(scenario.environment.moment.replace(tzinfo=ZoneInfo(plan.timezone)).timestamp())
            before = state.users.get(written.extension, {})
            state = state.with_user(written.extension, {**before, written.key: replace(setting, since=since)})
    return state


def environment_of(plan: Plan, scenario: Scenario) -> Environment:
    """The environment before the codes are dialled."""
    return replace(scenario.environment, state=state_of(plan, scenario))


def after_codes(plan: Plan, scenario: Scenario) -> tuple[Environment, tuple[Story, ...]]:
    """The environment in which the call is placed, and what became of each code dialled before."""
    environment = environment_of(plan, scenario)
    stories = []
    for code in scenario.before:
        story = simulate(plan, Call(code.extension, code.dialled), environment)
        stories.append(story)
        if story.state is not None:
            environment = replace(environment, state=story.state)
    return environment, tuple(stories)


def wrong_codes(scenario: Scenario, stories: tuple[Story, ...]) -> Iterator[tuple[str, str]]:
    """(expected, seen) of each code that did not end as the scenario says."""
    for code, story in zip(scenario.before, stories, strict=True):
        if code.ending is not None and str(code.ending) != str(story.ending):
            yield f"{code.dialled} {code.ending}", f"{code.dialled} {story.ending}"
