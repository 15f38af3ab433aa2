"""Destinations, rules and deviations: the notation used everywhere."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from pbxgen.language.model_base import (
    BY_SHAPE,
    NOT_NULL,
    RING_RANGE,
    CallerIdChoice,
    Date,
    Expects,
    Model,
    OneOrSome,
    Seconds,
    Text,
    shape,
)

A_DESTINATION = Expects(
    'a destination: "102", "+393331234567", mobile, voicemail, operator, group:NAME, announce:NAME, busy …'
)
CALLERS = "internal, external, anonymous, the name of a contacts set, not NAME, or a list of them"
DESTINATIONS = Expects("a destination or a list of destinations")

DestinationText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100),
    Field(
        description='"102", "+393331234567", mobile, voicemail, voicemail:102, operator, operator:NAME, group:NAME, '
        "service:NAME, announce:NAME, busy or hangup; in a range of inbound numbers: extension.",
        examples=[
            *("102", "+393331234567", "mobile", "voicemail", "operator", "group:sales", "service:support-queue"),
            *("announce:closed", "busy"),
        ],
    ),
]


class WrittenOptions(Model):
    """What may stand beside a destination."""

    timeout: Seconds | None = Field(None, description=f"How long this destination rings at most, {RING_RANGE} s.")
    confirm: bool | None = Field(
        None, description="Must the person press 1? So a mobile's own voicemail never swallows the call."
    )
    caller_id: CallerIdChoice | None = Field(
        None, description="What an outside destination is shown: the caller, or the diverting user's DID."
    )
    allow_premium: bool | None = Field(None, description="Premium-rate and satellite numbers need true.")


class Destination(WrittenOptions):
    """A destination with options."""

    to: DestinationText = Field(description="Where the call goes.")


DestinationItem = Annotated[
    Annotated[DestinationText, Tag("<text>")] | Annotated[Destination, Tag("<map>")], BY_SHAPE, A_DESTINATION
]

Destinations = Annotated[
    Annotated[DestinationText, Tag("<text>")]
    | Annotated[Destination, Tag("<map>")]
    | Annotated[list[DestinationItem], Tag("<list>"), Field(min_length=1)],
    BY_SHAPE,
    DESTINATIONS,
]
"""A destination, or a list that is tried in order."""

To = Annotated[
    Annotated[DestinationText, Tag("<text>")] | Annotated[list[DestinationItem], Tag("<list>"), Field(min_length=1)],
    BY_SHAPE,
    A_DESTINATION,
]


class Conditions(WrittenOptions):
    """What rules and inbound numbers in their long form have in common."""

    to: To = Field(description="A destination, or a list tried in order. The rule's options are their defaults.")
    when: (
        Annotated[OneOrSome[Text], Expects("the name of a schedule or switch, not NAME, or a list of them")] | None
    ) = Field(
        None,
        description="The name of a schedule or switch, or `not NAME`; of a list all must hold.",
        examples=["office", "not office"],
    )
    from_: Annotated[OneOrSome[Text], Expects(CALLERS)] | None = Field(
        None,
        alias="from",
        description="internal, external, anonymous, a contacts set's name, or `not NAME`; of a list one must hold.",
        examples=["external", "not vip"],
    )
    until: Date | None = Field(None, description="The last day on which the rule applies.")
    enabled: bool = Field(True, description="false: written down and switched off.")


class Rule(Conditions):
    """A destination (or several) with conditions and options."""

    after: Seconds | None = Field(
        None, description=f"Under no_answer: seconds the phone rings first, {RING_RANGE}, instead of ring_timeout."
    )


RuleItem = Annotated[Annotated[DestinationText, Tag("<text>")] | Annotated[Rule, Tag("<map>")], BY_SHAPE, A_DESTINATION]

Deviation = Annotated[
    Annotated[
        Annotated[Literal["off"], Tag("<off>")]
        | Annotated[DestinationText, Tag("<text>")]
        | Annotated[Rule, Tag("<map>")]
        | Annotated[list[RuleItem], Tag("<list>"), Field(min_length=1)],
        Discriminator(lambda value: "<off>" if value == "off" else shape(value)),
    ]
    | None,
    NOT_NULL,
    Expects("off, a destination, a list of destinations, a rule or a list of rules"),
]
"""``off``, a destination, a list of destinations, a rule, or a list of rules; None: not written."""


class OperatorReturn(Model):
    """Ritorno al PO: calls from outside only, tried before the general deviation."""

    busy: Deviation = Field(None, description="Where an outside call goes when the user is busy.")
    no_answer: Deviation = Field(None, description="Where an outside call goes when nobody answers.")
    unreachable: Deviation = Field(None, description="Where an outside call goes when no phone is reachable.")


class Deviations(Model):
    """What becomes of a call that the user does not take."""

    unconditional: Deviation = Field(None, description="Always, before the phone rings.")
    busy: Deviation = Field(None, description="The user is busy, rejects the call, or has `dnd`.")
    no_answer: Deviation = Field(None, description="The phone rang and nobody answered in time.")
    unreachable: Deviation = Field(None, description="No phone registered, or none that responds.")
    operator_return: Annotated[
        Annotated[
            Annotated[Literal["off"], Tag("<off>")] | Annotated[OperatorReturn, Tag("<map>")],
            Discriminator(lambda value: "<off>" if isinstance(value, str) else "<map>"),
        ]
        | None,
        NOT_NULL,
        Expects("off, or {busy, no_answer, unreachable}"),
    ] = Field(None, description="The same three for calls from outside only; `off` switches all three off.")
