"""``pbx`` and ``defaults``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pbxgen.language.model_base import RING_RANGE, Model, Seconds, Slug

DOMAIN = r"^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*$"


class Pbx(Model):
    """What the PBX is called and where it stands."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")] = Field(
        description="A slug (small letters, digits, dashes; 40 at most); prefixes every generated context.",
        examples=["acme"],
    )
    domain: Annotated[str, StringConstraints(pattern=DOMAIN, max_length=253)] = Field(
        description="SIP domain: a host name or an IPv4 address.", examples=["pbx.acme.example"]
    )
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="ISO 3166 country: how national numbers are read and dialled.", examples=["IT", "DE", "US"]
    )
    timezone: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="IANA time zone; every schedule is read in it.", examples=["Europe/Rome"]
    )
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?$")] = Field(
        "en", description="Language of the PBX's prompts.", examples=["it", "en", "de"]
    )
    outside_line: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,4}$")] | None = Field(
        None, description="Digits that must precede an outside number; null: none.", examples=["0"]
    )


class Defaults(Model):
    """What holds where a user, group or operator position says nothing else."""

    ring_timeout: Seconds = Field(20, description=f"Seconds a phone rings, {RING_RANGE} (above 60: a warning).")
    outside_timeout: Seconds = Field(30, description=f"Seconds an outside number rings, {RING_RANGE}.")
    max_diversions: Annotated[int, Field(ge=1, le=10)] = Field(
        5, description="How many times one call may be diverted, 1-10."
    )
    voicemail: bool = Field(False, description="Has a user without a `voicemail` key a mailbox?")
    call_waiting: bool = Field(True, description="false: a user in a call is busy.")
    class_: Slug | None = Field(
        None, alias="class", description="Class of service; null: may neither dial nor divert outside."
    )
    sip_480: Literal["busy", "no_answer", "unreachable"] = Field(
        "busy", description="What a phone's 480 (most phones' own do-not-disturb) means."
    )
