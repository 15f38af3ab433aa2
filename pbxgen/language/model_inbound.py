"""``inbound``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from pbxgen.language.model_base import ACCEPT, Accept, shape
from pbxgen.language.model_deviations import Conditions, DestinationItem, DestinationText


class InboundRule(Conditions):
    """An inbound number's long form."""

    else_: InboundTarget | None = Field(
        None, alias="else", description="Where calls go while the conditions do not hold."
    )
    accept: Accept = Field({}, description=ACCEPT)


InboundItem = Annotated[
    Annotated[DestinationText, Tag("<text>")] | Annotated[Conditions, Tag("<rule>")],
    Discriminator(lambda value: "<rule>" if isinstance(value, dict) else "<text>"),
]

_FORMS = {"<map>": "<rule>", "<list>": "<list>"}

InboundTarget = Annotated[
    Annotated[DestinationText, Tag("<text>")]
    | Annotated[InboundRule, Tag("<rule>")]
    | Annotated[list[InboundItem], Tag("<list>"), Field(min_length=1)],
    Discriminator(lambda value: _FORMS.get(shape(value), "<text>")),
]
"""A destination, a list of destinations (or of rules), or the long form."""

InboundRule.model_rebuild()
__all__ = ["DestinationItem", "InboundItem", "InboundRule", "InboundTarget"]
