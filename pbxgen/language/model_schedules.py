"""``schedules``."""

from __future__ import annotations

from pydantic import Field

from pbxgen.language.model_base import Model, OneOrMany, Text


class Schedule(Model):
    """Opening hours, in `pbx.timezone`."""

    weekly: dict[str, OneOrMany[Text]] = Field(
        {},
        description="Windows by day (mon), days (mon,wed) or range of days (mon-thu; fri-mon wraps).",
        examples=[{"mon-thu": ["08:30-13:00", "14:00-18:00"], "fri": "08:30-13:00"}],
    )
    holidays: OneOrMany[Text] = Field(
        [],
        description="Public holidays of a country (IT) or its subdivision (IT-BZ), closed all day.",
        examples=["IT", "IT-BZ"],
    )
    closed: OneOrMany[Text] = Field(
        [], description="Dates or ranges of dates, closed all day.", examples=[["2026-12-24", "2027-08-09..2027-08-20"]]
    )
    open: OneOrMany[Text] = Field(
        [],
        description="Dated windows that win over `closed` and `holidays`.",
        examples=[["2026-12-27 09:00-12:00"]],
    )
