"""A whole source as pydantic models, and the JSON Schema made from them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pbxgen.language.model_base import (
    ACCEPT,
    Accept,
    Expects,
    ExtensionKey,
    Model,
    NumberKey,
    OneOrMany,
    Section,
    Slug,
    SlugKey,
    Text,
)
from pbxgen.language.model_deviations import Deviations
from pbxgen.language.model_sections import (
    Defaults,
    Features,
    Group,
    InboundTarget,
    Operator,
    Pattern,
    Pbx,
    Phones,
    Route,
    Schedule,
    SelfService,
    Service,
    Switch,
    Trunk,
    User,
)

SCHEMA_ID = "https://pbxgen.example/schema/v1.json"


def _whole(value: object) -> object:
    """Python takes ``true`` and 1.0 for 1; the language does not."""
    return value if type(value) is int else str(value)


Version = Annotated[Literal[1], BeforeValidator(_whole), Expects("1, without quotes")]


class Source(Model):
    """One PBX, as its administrator writes it down."""

    version: Version = Field(description="Version of the language.")
    pbx: Pbx = Field(description="What the PBX is called and where it stands.")
    defaults: Defaults = Field(Defaults(), description="Values for users, groups and positions without their own.")
    trunks: Annotated[dict[SlugKey, Trunk], Section("trunk")] = Field({}, description="Connections to carriers.")
    routes: Annotated[dict[SlugKey, Route], Section("route")] = Field(
        {}, description="Outgoing calls; the first match wins."
    )
    classes: Annotated[dict[SlugKey, OneOrMany[Annotated[Slug, Expects("the name of a route")]]], Section("class")] = (
        Field({}, description="Classes of service: which routes a user may use.", examples=[{"national": ["italy"]}])
    )
    schedules: Annotated[dict[SlugKey, Schedule], Section("schedule")] = Field({}, description="Opening hours.")
    self_service: SelfService | None = Field(None, description="What users may change from their phones.")
    switches: Annotated[dict[SlugKey, Switch], Section("switch")] = Field({}, description="Switches set by hand.")
    features: Features = Field(Features(), description="Codes that every phone can dial.")
    contacts: Annotated[dict[SlugKey, OneOrMany[Pattern]], Section("contacts set")] = Field(
        {}, description="Named sets of outside callers.", examples=[{"vip": ["+393331112222", "+4420*"]}]
    )
    operators: Annotated[dict[SlugKey, Operator], Section("operator position", subject="operator")] = Field(
        {}, description="Operator positions."
    )
    groups: Annotated[dict[SlugKey, Group], Section("group", subject="group")] = Field({}, description="Ring groups.")
    services: Annotated[dict[SlugKey, Service], Section("service")] = Field(
        {}, description="Parts of the plan that are written by hand.", examples=[{"support-queue": {"number": "700"}}]
    )
    phones: Phones = Field(Phones(), description="Settings of all phones.")
    policies: Annotated[dict[SlugKey, Deviations], Section("policy")] = Field(
        {}, description="Named, reusable deviations."
    )
    users: Annotated[dict[ExtensionKey, User], Section("user", subject="user")] = Field(
        {}, description="Users by extension (2-8 digits, quoted)."
    )
    inbound: Annotated[dict[NumberKey, InboundTarget], Section("inbound number", subject="inbound")] = Field(
        {}, description="Outside numbers that reach something other than a user's `did`."
    )
    accept: Accept = Field({}, description=ACCEPT)


class Fleet(Model):
    """Several PBXs on one machine: only these two keys."""

    version: Version = Field(description="Version of the language.")
    tenants: Annotated[list[Text], Field(min_length=1)] = Field(
        description="In a fleet.yaml: patterns of files and folders, each match a source of its own.",
        examples=[["tenants/*"]],
    )


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of the language, for editors.

    Of any file: a source of one file, one of a folder's, or a fleet's. An editor cannot know which it shows, so no
    section is required; what a whole source lacks is for `pbxgen check` to say.
    """
    schema = _for_editors(Source.model_json_schema(by_alias=True))
    fleet = _for_editors(Fleet.model_json_schema(by_alias=True))
    del schema["required"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "pbxgen source",
        "properties": {**schema["properties"], "tenants": fleet["properties"]["tenants"]},
        "if": {"required": ["tenants"]},
        "then": {"required": fleet["required"], "propertyNames": {"enum": [*fleet["properties"]]}},
    }


SECTIONS = {
    name: part for name, field in Source.model_fields.items() for part in field.metadata if isinstance(part, Section)
}
"""The sections that hold entries by name or number."""


def _for_editors(schema: Any) -> Any:
    """Forms of a value overlap (off is a text), so any may match; null is offered only where it means something."""
    if isinstance(schema, list):
        return [_for_editors(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key != "discriminator":
            made["anyOf" if key == "oneOf" else key] = _for_editors(value)
    if "patternProperties" in made:
        made.setdefault("additionalProperties", False)
    forms = made.get("anyOf")
    if forms and {"type": "null"} in forms:
        forms = [form for form in forms if form != {"type": "null"}]
        del made["anyOf"]
        if made.get("default", ...) is None:
            del made["default"]
        made = {**(forms[0] if len(forms) == 1 else {"anyOf": forms}), **made}
    return made
