"""The profiles of mod_sofia (where calls come in, which gateways there are) and those of mod_voicemail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.elements import Element, parsed
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine


@dataclass(frozen=True, slots=True)
class SipProfile:
    name: str
    settings: Mapping[str, str]
    gateways: Mapping[str, Mapping[str, str]]
    """Params of each gateway."""


def profiles(lines: Sequence[FreeSwitchLine]) -> dict[str, SipProfile]:
    """Profiles by name."""
    found: dict[str, SipProfile] = {}
    for element in parsed(lines):
        if element.tag != "profile":
            raise NotUnderstoodError(f"{element.where}: <{element.tag}> beside the SIP profiles")
        gateways = {g.get("name"): _params(g) for holder in element.named("gateways") for g in holder.named("gateway")}
        settings = {key: value for holder in element.named("settings") for key, value in _params(holder).items()}
        found[element.get("name")] = SipProfile(element.get("name"), settings, gateways)
    return found


def _params(element: Element) -> dict[str, str]:
    return {p.get("name"): p.get("value") for p in element.named("param")}


def voicemail_profiles(lines: Sequence[FreeSwitchLine]) -> frozenset[str]:
    """Names of the profiles of mod_voicemail."""
    holders = [holder for element in parsed(lines) for holder in element.named("profiles")]
    return frozenset(profile.get("name") for holder in holders for profile in holder.named("profile"))
