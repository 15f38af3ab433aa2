"""A whole source as pydantic models, and the JSON Schema made from them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from pbxgen.language.model_base import ACCEPT, Accept, Extension, Model, OneOrMany, OutsideNumber, Slug, Text
from pbxgen.language.model_deviations import Deviations
from pbxgen.language.model_groups import Group, Operator
from pbxgen.language.model_inbound import InboundTarget
from pbxgen.language.model_pbx import Defaults, Pbx
from pbxgen.language.model_schedules import Schedule
from pbxgen.language.model_trunks import Pattern, Route, Trunk
from pbxgen.language.model_users import User

SCHEMA_ID = "https://pbxgen.example/schema/v1.json"


class Source(Model):
    """One PBX, as its administrator writes it down."""

    version: Literal[1] = Field(description="Version of the language.")
    pbx: Pbx = Field(description="What the PBX is called and where it stands.")
    defaults: Defaults = Field(Defaults(), description="What holds where nothing else is written.")
    trunks: dict[Slug, Trunk] = Field({}, description="Connections to carriers.")
    routes: dict[Slug, Route] = Field({}, description="Outgoing calls; the first match wins.")
    classes: dict[Slug, OneOrMany[Slug]] = Field(
        {}, description="Classes of service: which routes a user may use.", examples=[{"national": ["italy"]}]
    )
    schedules: dict[Slug, Schedule] = Field({}, description="Opening hours.")
    contacts: dict[Slug, OneOrMany[Pattern]] = Field(
        {}, description="Named sets of outside callers.", examples=[{"vip": ["+393331112222", "+4420*"]}]
    )
    operators: dict[Slug, Operator] = Field({}, description="Operator positions.")
    groups: dict[Slug, Group] = Field({}, description="Ring groups.")
    policies: dict[Slug, Deviations] = Field({}, description="Named, reusable deviations.")
    users: dict[Extension, User] = Field({}, description="Users by extension (2-8 digits, quoted).")
    inbound: dict[OutsideNumber, InboundTarget] = Field(
        {}, description="Outside numbers that reach something other than a user's `did`."
    )
    accept: Accept = Field({}, description=ACCEPT)


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the language, for editors."""
    schema = Source.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "pbxgen source",
    }


__all__ = ["SCHEMA_ID", "Source", "Text", "json_schema"]
