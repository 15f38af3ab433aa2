"""``trunks`` and ``routes``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from pbxgen.language.model_base import (
    CallerIdChoice,
    Model,
    OneOrMany,
    OutsideNumber,
    SecretValue,
    Slug,
    Text,
    text_or_list,
)


class Trunk(Model):
    """A connection to a carrier."""

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\[\]-]+$", max_length=270)] = Field(
        description="host or host:port of the carrier; an IPv6 address with a port stands in brackets.",
        examples=["sip.carrier.example", "192.0.2.10:5080"],
    )
    transport: Literal["udp", "tcp", "tls"] = Field("udp", description="How SIP travels.")
    username: Text | None = Field(None, description="Login name at the carrier.")
    password: SecretValue | None = Field(None, description="Password at the carrier.")
    register_: bool = Field(False, alias="register", description="Register with the carrier?")
    accept_from: OneOrMany[Text] = Field(
        [],
        description="Further IP addresses or networks that calls of this trunk come from.",
        examples=[["192.0.2.0/28"]],
    )
    number: OutsideNumber | None = Field(None, description="Main number: the caller id where a user has no `did`.")
    number_format: Literal["e164", "e164_bare", "national", "international"] = Field(
        "e164", description="How numbers are sent: +39…, 39…, national, or 0039…."
    )
    caller_id: CallerIdChoice = Field(
        "original", description="What diverted calls show: the caller, or the diverting user's DID."
    )
    diversion: Literal["diversion", "history_info", "none"] = Field(
        "diversion", description="Header of diverted calls: RFC 5806 Diversion, RFC 7044 History-Info, or none."
    )


Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Patterns = Annotated[
    Annotated[Pattern, Tag("<text>")] | Annotated[list[Pattern], Tag("<list>"), Field(min_length=1)],
    Discriminator(text_or_list),
]


class Route(Model):
    """Outgoing calls on the number in E.164; the first route that matches carries the call."""

    match: Patterns = Field(
        description="Patterns (X 0-9, Z 1-9, N 2-9, [03], closing . or !); emergency: the numbers as dialled.",
        examples=["+39[03]X.", ["+33.", "+49."], ["112", "118"]],
    )
    trunk: Slug = Field(description="Name of the trunk.")
    emergency: bool = Field(False, description="Emergency numbers: open to everyone, always.")
