"""What a scenario file may hold, as pydantic models."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, field_validator

from pbxgen.flow.environment import (
    DEFAULT_MOMENT,
    OUTSIDE_STATES,
    PHONE_STATES,
    SERVICE_STATES,
    TRUNK_STATES,
    is_status,
    moment_of,
)
from pbxgen.flow.ringer import passes_on
from pbxgen.flow.settings import KEYS
from pbxgen.language.model_base import Seconds
from pbxgen.language.rules import RETURN_KEYS

RETURN = "operator_return"

_NUMBER = re.compile(r"(?:(?<=\+)\+|^\+)?[0-9]+", re.ASCII)
_TOGETHER = re.compile(r"\+?[0-9]+(\+\+?[0-9]+)*", re.ASCII)

Party = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class TransferModel(_Strict):
    by: Party
    to: Party
    attended: bool = False


class SipModel(_Strict):
    request: Party | None = None
    sender: Party | None = Field(default=None, alias="from")
    to: Party | None = None
    headers: list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]+: [^\x00-\x1f\x7f]*$", max_length=400)]] = (
        Field(default_factory=list)
    )


class CallModel(_Strict):
    caller: Party = Field(alias="from")
    to: Party
    transfer: TransferModel | None = None
    diverted: int = Field(default=0, ge=0, le=99)
    sip: SipModel | None = None


class EndsModel(_Strict):
    answered: Party | None = None
    voicemail: Party | None = None
    announced: Party | None = None
    service: Party | None = None
    mailbox: Party | None = None
    set: Party | None = None
    released: Annotated[int, Field(ge=400, le=599)] | None = None


class DivertedModel(_Strict):
    by: Party
    reason: Literal["unconditional", "busy", "no_answer", "unreachable"]


def _in_order(entry: str) -> str:
    """``110+100`` means the same as ``100+110``; a plus at the start or after a plus belongs to an outside number."""
    return "+".join(sorted(_NUMBER.findall(entry))) if _TOGETHER.fullmatch(entry) else entry


class ExpectModel(_Strict):
    rings: list[Annotated[Party, AfterValidator(_in_order)]] | None = None
    ends: EndsModel | None = None
    diverted: list[DivertedModel] | None = None
    shown: dict[str, Party] | None = None
    via: Party | None = None

    @field_validator("ends")
    @classmethod
    def _one_ending(cls, ends: EndsModel | None) -> EndsModel | None:
        if ends is not None and len(ends.model_fields_set) != 1:
            raise ValueError("exactly one of answered, voicemail, announced, service, mailbox, set, released")
        return ends


def _state(
    states: Mapping[str, str],
    or_else: Callable[[str], bool] = is_status,
    in_words: str = ", or a SIP status from 300 to 699",
) -> Callable[[object], object]:
    """A validator of states: a name, or something else, such as the SIP status of a reply (a bare number will do)."""

    def check(value: object) -> object:
        text = str(value) if type(value) is int else value
        if not isinstance(text, str) or not (text in states or or_else(text)):
            raise ValueError(f"one of {', '.join(states)}{in_words}")
        return text

    return check


def _states(value: object) -> object:
    """One state, or one for each contact: always a list afterwards."""
    items = value if isinstance(value, list) else [value]
    return [_state(PHONE_STATES)(item) for item in items]


def _passes_on(text: str) -> bool:
    return is_status(text) and passes_on(int(text))


_CARRIES_NOT = ", or a SIP status that passes a call on: 408, 480, 5xx"
TrunkState = Annotated[str, BeforeValidator(_state(TRUNK_STATES, _passes_on, _CARRIES_NOT))]
ServiceState = Annotated[str, BeforeValidator(_state(SERVICE_STATES, lambda text: False, ""))]
PhoneStates = Annotated[list[str], BeforeValidator(_states)]
State = Annotated[str, BeforeValidator(_state(OUTSIDE_STATES))]


def _moment(value: object) -> object:
    moment = moment_of(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("write at: 2026-11-23 10:00")
    return moment


class SettingModel(_Strict):
    to: Party
    after: Seconds | None = None


def _written_setting(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


class BeforeModel(_Strict):
    caller: Party = Field(alias="from")
    dial: Party
    ends: EndsModel | None = None


def _flat(value: object) -> object:
    """``operator_return: {busy: …}`` or ``off``, as in a source; ``operator_return.busy: …``, as in ``--set``."""
    if not isinstance(value, dict):
        return value
    flat: dict[object, object] = {}
    for key, one in value.items():
        if key == RETURN and (isinstance(one, dict) or one == "off"):
            inner = dict.fromkeys(RETURN_KEYS, one) if one == "off" else one
            flat |= {f"return_{name}": each for name, each in inner.items()}
        else:
            flat[key.replace(f"{RETURN}.", "return_", 1) if isinstance(key, str) else key] = one
    return flat


SettingsModel = Annotated[
    dict[Literal[KEYS], Annotated[SettingModel, BeforeValidator(_written_setting)]],  # type: ignore[valid-type]
    BeforeValidator(_flat),
]


class ScenarioModel(_Strict):
    name: Annotated[str, StringConstraints(min_length=1)]
    tenant: str | None = None
    at: Annotated[dt.datetime, BeforeValidator(_moment)] = DEFAULT_MOMENT
    call: CallModel
    phones: dict[str, PhoneStates] = Field(default_factory=dict)
    outside: dict[str, State] = Field(default_factory=dict)
    trunks: dict[str, TrunkState] = Field(default_factory=dict)
    services: dict[str, ServiceState] = Field(default_factory=dict)
    settings: dict[str, SettingsModel] = Field(default_factory=dict)
    switches: dict[str, Literal["on", "off"]] = Field(default_factory=dict)
    before: list[BeforeModel] = Field(default_factory=list)
    expect: ExpectModel


class ScenarioFileModel(_Strict):
    source: Annotated[str, StringConstraints(min_length=1)]
    tenant: str | None = None
    scenarios: Annotated[list[ScenarioModel], Field(min_length=1)]
