"""Raw settings as the plan has them: each with its place in the source."""

from __future__ import annotations

from pbxgen.flow.endpoint import RawSetting
from pbxgen.language.model_options import PhoneOptions, TrunkOptions
from pbxgen.language.positions import at, key_of
from pbxgen.source.tree import Node


def raw_settings(options: PhoneOptions | TrunkOptions, node: Node) -> tuple[RawSetting, ...]:
    """``node``: where the options stand."""
    return tuple(
        RawSetting(pbx, part, name, value, key_of(at(node, pbx, part), name))
        for pbx in type(options).model_fields
        for part in type(getattr(options, pbx)).model_fields
        for name, value in getattr(getattr(options, pbx), part).items()
    )


def over(own: tuple[RawSetting, ...], common: tuple[RawSetting, ...]) -> tuple[RawSetting, ...]:
    """The common ones, and over them, name by name, a phone's own."""
    said = {one.key for one in own}
    return (*(one for one in common if one.key not in said), *own)
