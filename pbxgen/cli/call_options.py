"""The options of ``pbxgen explain`` that describe one call: who calls whom, when, and what the phones do."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

import typer

from pbxgen.cli import console
from pbxgen.cli.numbers import dialled_number, outside_number
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diff.result import GivenOf, nothing_given
from pbxgen.flow import LONGEST_RING, SHORTEST_RING
from pbxgen.flow.cases import Narrowed
from pbxgen.flow.environment import DEFAULT_MOMENT, OUTSIDE_STATES, PHONE_STATES, Environment, is_status, moment_of
from pbxgen.flow.explain import Teller
from pbxgen.flow.machine import EndKind, EventKind
from pbxgen.flow.plan import Plan
from pbxgen.flow.settings import AFTER, KEYS, State, is_permitted
from pbxgen.flow.simulate import Call, Story, Transfer, caller_of
from pbxgen.scenario.state import how_to_write, setting_of
from pbxgen.scenario.values import WrittenSetting

ANONYMOUS = "anonymous"
_SHORT = re.compile(r"[0-9]{1,5}", re.ASCII)
"""Too short for an outside number: it is meant as an extension."""
_SECONDS = re.compile(r"[0-9]{1,3}", re.ASCII)


def call_of(plan: Plan, caller: str, called: str, transfer: str | None) -> Call:
    return Call(_caller(plan, caller), dialled_number(called, "--to"), _transfer(plan, transfer))


def environment_of(plan: Plan, at: str | None, phones: list[str], outside: list[str]) -> Environment:
    phone_states = _states(phones, PHONE_STATES, "--phone")
    for extension in phone_states:
        _extension(plan, extension, "--phone")
    outside_states = {}
    for text, states in _states(outside, OUTSIDE_STATES, "--outside").items():
        if len(states) > 1:
            raise typer.BadParameter(
                f"{text}: an outside number has one state, only phones have several", param_hint="--outside"
            )
        outside_states[outside_number(plan, text, "--outside")] = states[0]
    return Environment(_moment(at), phone_states, outside_states)


_SET = re.compile(r"([0-9]+)\.([a-z_.]+)=(.+?)(?:,after=(.*))?", re.ASCII)


def state_of(plan: Plan, settings: list[str], switches: list[str]) -> State:
    """What users have set (``101.busy=102``, ``101.no_answer=9,after=20``), and how switches stand (``night=on``)."""
    state = State()
    for text in settings:
        match = _SET.fullmatch(text)
        if match is None:
            raise typer.BadParameter(f"write EXT.KEY=TO, not {text!r}", param_hint="--set")
        extension, key = _extension(plan, match[1], "--set"), match[2].replace("operator_return.", "return_")
        if key not in KEYS:
            every = ", ".join(one.replace("return_", "operator_return.") for one in KEYS)
            near = did_you_mean(key, KEYS) or f"the keys are {every}"
            raise typer.BadParameter(f"{match[2]!r} is no key that users set; {near}", param_hint="--set")
        written = WrittenSetting(extension, key, match[3], _after(key, match[3], match[4]))
        setting = setting_of(plan, written)
        if setting is None:
            why = f"{match[2]} cannot be set to {console.printable(match[3])}; {how_to_write(plan, written)}"
            raise typer.BadParameter(why, param_hint="--set")
        if not is_permitted(plan, plan.users[extension], key, setting, 0):
            console.note(f"{extension} may not set {key} to {console.printable(match[3])}: it is passed over")
        state = state.with_user(extension, {**state.users.get(extension, {}), key: setting})
    for text in switches:
        name, equals, value = text.partition("=")
        if not equals or value not in ("on", "off"):
            raise typer.BadParameter(f"write NAME=on or NAME=off, not {text!r}", param_hint="--switch")
        if name not in plan.switches:
            why = f"there is no switch {console.printable(name)}; {did_you_mean(name, plan.switches)}"
            raise typer.BadParameter(why.rstrip("; "), param_hint="--switch")
        state = state.with_switch(name, value == "on")
    return state


def _after(key: str, to: str, written: str | None) -> int | None:
    if written is None:
        return None
    if key not in AFTER or to == "off":
        why = f"{key}={console.printable(to)} has no after: only no_answer to a place has"
        raise typer.BadParameter(why, param_hint="--set")
    seconds = int(written) if _SECONDS.fullmatch(written) else 0
    if not SHORTEST_RING <= seconds <= LONGEST_RING:
        limits = f"{SHORTEST_RING} to {LONGEST_RING}"
        raise typer.BadParameter(f"after is {limits} seconds, not {console.printable(written)}", param_hint="--set")
    return seconds


def given_of_both(after: Mapping[str, Plan], settings: list[str], switches: list[str]) -> GivenOf:
    """What is set on both sides of a comparison with ``after``: what only one of them has is set there alone."""
    if not settings and not switches:
        return nothing_given
    if len(after) > 1:
        names = ", ".join(after)
        raise typer.BadParameter(f"this is a fleet: choose the tenant that is set ({names})", param_hint="--tenant")

    def of(old: Plan, new: Plan) -> tuple[State, State]:
        states = [State(), State()]
        every = [([text], list[str]()) for text in settings] + [(list[str](), [text]) for text in switches]
        for one in every:
            read = [_read(plan, *one) for plan in (old, new)]
            if isinstance(read[0], typer.BadParameter) and isinstance(read[1], typer.BadParameter):
                raise read[1]
            states = [added(state, side) for state, side in zip(states, read, strict=True)]
        return states[0], states[1]

    return of


def _read(plan: Plan, settings: list[str], switches: list[str]) -> State | typer.BadParameter:
    try:
        return state_of(plan, settings, switches)
    except typer.BadParameter as error:
        return error


def added(state: State, more: State | typer.BadParameter) -> State:
    """``state`` with ``more`` in front of it, if that could be read."""
    if isinstance(more, typer.BadParameter):
        return state
    users = dict(state.users)
    for extension, settings in more.users.items():
        users[extension] = {**users.get(extension, {}), **settings}
    return State(users, {**state.switches, **more.switches})


def narrowed(plan: Plan, caller: str | None, at: str | None, phones: list[str], outside: list[str]) -> Narrowed:
    """Which calls to somebody are asked about."""
    environment = environment_of(plan, at, phones, outside)
    return Narrowed(
        None if caller is None else caller_of(plan, Call(_caller(plan, caller), "")),
        None if at is None else environment.moment,
        environment if phones or outside else None,
    )


def transfer_not_made(teller: Teller, call: Call, story: Story) -> str:
    """Why the transfer that was asked for does not come about; "" where it does."""
    if call.transfer is None or any(event.kind is EventKind.TRANSFERRED for event in story.events):
        return ""
    by = teller.party(call.transfer.by)
    if story.ending.kind is not EndKind.ANSWERED:
        return teller.say("not_transferred.unanswered", by=by)
    answerer, caller = teller.party(story.ending.value), teller.party(call.caller)
    return teller.say("not_transferred.elsewhere", by=by, answerer=answerer, caller=caller)


def _caller(plan: Plan, text: str) -> str:
    """A short number that is no extension is an error: read as an outside number it would be one that nobody has."""
    if text in plan.users or text == ANONYMOUS:
        return text
    if _SHORT.fullmatch(text):
        near = did_you_mean(text, plan.users) or "an outside number is written +393471112222"
        raise typer.BadParameter(f"no user has the extension {text}; {near}", param_hint="--from")
    return outside_number(plan, text, "--from")


def _extension(plan: Plan, text: str, option: str) -> str:
    if text in plan.users:
        return text
    near = did_you_mean(text, plan.users)
    raise typer.BadParameter(
        f"no user has the extension {console.printable(text)}; {near}".rstrip("; "), param_hint=option
    )


def _transfer(plan: Plan, text: str | None) -> Transfer | None:
    if text is None:
        return None
    by, colon, to = text.partition(":")
    if not colon or not to:
        raise typer.BadParameter(f"write BY:TO, not {text!r}", param_hint="--transfer")
    return Transfer(_extension(plan, by, "--transfer"), dialled_number(to, "--transfer"))


def _states(texts: list[str], known: Mapping[str, str], option: str) -> dict[str, tuple[str, ...]]:
    states_of = {}
    for text in texts:
        number, equals, states = text.partition("=")
        if not equals:
            raise typer.BadParameter(f"write NUMBER=STATE, not {text!r}", param_hint=option)
        parts = tuple(states.split(","))
        for state in parts:
            if state not in known and not is_status(state):
                raise typer.BadParameter(
                    f"{state!r} is not a state; the states are {', '.join(known)}", param_hint=option
                )
        states_of[number] = parts
    return states_of


def _moment(text: str | None) -> dt.datetime:
    if text is None:
        return DEFAULT_MOMENT
    moment = moment_of(text)
    if moment is not None:
        return moment
    raise typer.BadParameter(f'{text!r} is not a date and time; write it as "2026-12-24 19:00"', param_hint="--at")
