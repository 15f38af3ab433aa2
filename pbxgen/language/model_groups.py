"""``operators`` and ``groups``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pbxgen.language.model_base import ACCEPT, RING_RANGE, Accept, Dialable, Extension, Model, Seconds
from pbxgen.language.model_deviations import Destinations


class Group(Model):
    """A ring group."""

    number: Dialable = Field(description="Dialable from inside.", examples=["600"])
    members: Annotated[list[Extension], Field(min_length=1)] = Field(
        description="Extensions that ring; their deviations do not count here.", examples=[["101", "102"]]
    )
    strategy: Literal["all", "linear"] = Field("all", description="Ring together, or one after the other.")
    ring_timeout: Seconds | None = Field(
        None, description=f"Seconds that all ring (all) or each rings (linear), {RING_RANGE}; else the default's."
    )
    overflow: Destinations | None = Field(None, description="Where a call goes that nobody takes.")
    accept: Accept = Field({}, description=ACCEPT)


class Operator(Group):
    """An operator position (Punto Operativo)."""

    number: Dialable = Field(description="Dialable from inside.", examples=["9"])
    default: bool = Field(False, description="Is it what a bare `operator` means?")
