"""``users``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, StringConstraints, Tag

from pbxgen.language.model_base import (
    ACCEPT,
    LONGEST_RING,
    RING_RANGE,
    Accept,
    Model,
    OneOrMany,
    OutsideNumber,
    Seconds,
    SecretValue,
    Slug,
    Text,
)
from pbxgen.language.model_deviations import Destination, DestinationText, Deviations

EMAIL = r"^[^\s@,;|<>\"'\\\[\]]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$"


class Voicemail(Model):
    """A mailbox."""

    pin: SecretValue | None = Field(
        None, description="Digits, four at least; without one the mailbox opens from its owner's phone only."
    )
    email: Annotated[str, StringConstraints(pattern=EMAIL, max_length=254)] | None = Field(
        None, description="Address that messages are sent to.", examples=["ada@acme.example"]
    )


class Leg(Destination):
    """One destination of `follow_me`."""

    to: DestinationText = Field(description="An extension (the user's own: their phones), a number, or mobile.")
    delay: Annotated[int, Field(ge=0, le=LONGEST_RING)] = Field(
        0, description=f"Seconds after the start of ringing, 0-{LONGEST_RING}."
    )


LegItem = Annotated[
    Annotated[DestinationText, Tag("<text>")] | Annotated[Leg, Tag("<map>")],
    Discriminator(lambda value: "<map>" if isinstance(value, dict) else "<text>"),
]


class User(Model):
    """A person with an extension."""

    name: Text | None = Field(None, description="Shown to those who are called; the extension where not given.")
    password: SecretValue | None = Field(
        None, description="SIP secret; without one the phone's login is configured elsewhere."
    )
    did: OneOrMany[OutsideNumber] = Field(
        [], description="Outside numbers that reach this user; the first is shown outside."
    )
    mobile: OutsideNumber | None = Field(None, description="What `mobile` means.")
    voicemail: (
        Annotated[
            Annotated[bool, Tag("<bool>")] | Annotated[Voicemail, Tag("<map>")],
            Discriminator(lambda value: "<map>" if isinstance(value, dict) else "<bool>"),
        ]
        | None
    ) = Field(None, description="true, false, or {pin, email}; else `defaults.voicemail`.")
    class_: Slug | None = Field(
        None, alias="class", description="Class of service; null: no outside calls; else `defaults.class`."
    )
    ring_timeout: Seconds | None = Field(None, description=f"Seconds the phone rings, {RING_RANGE}.")
    call_waiting: bool | None = Field(None, description="false: in a call means busy.")
    dnd: bool = Field(False, description="Do not disturb: every call finds the user busy.")
    policy: OneOrMany[Slug] = Field([], description="One policy or several; the later wins, key by key.")
    deviations: Deviations | None = Field(None, description="The user's own: win over the policies', key by key.")
    follow_me: list[LegItem] = Field([], description="Seguimi: rings these instead of just the phone.")
    accept: Accept = Field({}, description=ACCEPT)
