"""The profiles of mod_sofia: where calls come in, which gateways there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.document import parsed


@dataclass(frozen=True, slots=True)
class Profile:
    name: str
    settings: Mapping[str, str]
    gateways: Mapping[str, Mapping[str, str]]
    """Params of each gateway."""


def profiles(text: str) -> dict[str, Profile]:
    """Profiles by name."""
    found: dict[str, Profile] = {}
    for element in parsed(text, "SIP profiles"):
        if element.tag != "profile":
            raise NotUnderstoodError(f"<{element.tag}> beside the SIP profiles")
        gateways = {g.get("name", ""): _params(g) for g in element.iterfind("gateways/gateway")}
        settings = element.find("settings")
        name = element.get("name", "")
        found[name] = Profile(name, {} if settings is None else _params(settings), gateways)
    return found


def _params(element: ElementTree.Element) -> dict[str, str]:
    return {p.get("name", ""): p.get("value", "") for p in element.iterfind("param")}


def voicemail_profiles(text: str) -> frozenset[str]:
    """Names of the profiles of mod_voicemail."""
    return frozenset(e.get("name", "") for e in parsed(text, "voicemail configuration").iter("profile"))
