"""A FreeSWITCH with generated files over its stock configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.directory import FreeSwitchDirectory
from pbxgen.interpret.freeswitch.document import FreeSwitchExtension, contexts
from pbxgen.interpret.freeswitch.elements import XmlElement, parsed
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine, FreeSwitchPreprocessor
from pbxgen.targets.base import GeneratedFile

STOCK: Mapping[str, str] = {
    **dict.fromkeys(("domain", "local_ip_v4", "external_sip_ip", "external_rtp_ip"), "127.0.0.1"),
    "conf_dir": "/etc/freeswitch",
    "default_language": "en",
    "sounds_dir": "/usr/share/freeswitch/sounds",
    "sound_prefix": "/usr/share/freeswitch/sounds/en/us/callie",
    "core_uuid": "00000000-0000-4000-8000-000000000000",
    "internal_sip_port": "5060",
    "external_sip_port": "5080",
    **dict.fromkeys(("internal_ssl_enable", "external_ssl_enable"), "false"),
    "internal_tls_port": "5061",
    "external_tls_port": "5081",
    "sip_tls_version": "tlsv1,tlsv1.1,tlsv1.2",
    "sip_tls_ciphers": "ALL:!ADH:!LOW:!EXP:!MD5:@STRENGTH",
    **dict.fromkeys(("global_codec_prefs", "outbound_codec_prefs"), "OPUS,G722,PCMU,PCMA"),
    "hold_music": "local_stream://moh",
}
"""Global variables that the core and the stock ``vars.xml`` set."""

_RECORDING = re.compile(re.escape(STOCK["sounds_dir"]) + r"/[^/]+/((?:services/)?[^/]+)\.wav")


@dataclass(frozen=True, slots=True)
class SofiaProfile:
    """A profile of mod_sofia: where calls come in, and which gateways there are."""

    settings: Mapping[str, str]
    gateways: Mapping[str, Mapping[str, str]]
    """Params of each gateway."""


@dataclass(frozen=True, slots=True)
class FreeSwitchInstallation:
    """What runs: read once, the same for every call.

    Its only sounds are the administrator's recordings; no prompts of FreeSWITCH's, in any language.
    """

    contexts: Mapping[str, tuple[FreeSwitchExtension, ...]]
    directory: FreeSwitchDirectory
    profiles: Mapping[str, SofiaProfile]
    """By name; none where phones and trunks are configured elsewhere (``--parts dialplan``)."""
    voicemail: frozenset[str]
    """Profiles of mod_voicemail; the stock one is ``default``."""
    variables: Mapping[str, str]

    def gateway(self, name: str) -> Mapping[str, str] | None:
        return next((p.gateways[name] for p in self.profiles.values() if name in p.gateways), None)


def _profiles(lines: Sequence[FreeSwitchLine]) -> dict[str, SofiaProfile]:
    by_name: dict[str, SofiaProfile] = {}
    for element in parsed(lines):
        if element.tag != "profile":
            raise NotUnderstoodError(f"{element.where}: <{element.tag}> beside the SIP profiles")
        gateways = {g.get("name"): _params(g) for holder in element.named("gateways") for g in holder.named("gateway")}
        settings = {key: value for holder in element.named("settings") for key, value in _params(holder).items()}
        by_name[element.get("name")] = SofiaProfile(settings, gateways)
    return by_name


def _params(element: XmlElement) -> dict[str, str]:
    return {p.get("name"): p.get("value") for p in element.named("param")}


def _voicemail_profiles(lines: Sequence[FreeSwitchLine]) -> frozenset[str]:
    holders = [holder for element in parsed(lines) for holder in element.named("profiles")]
    return frozenset(profile.get("name") for holder in holders for profile in holder.named("profile"))


def install(files: Sequence[GeneratedFile]) -> FreeSwitchInstallation:
    """Read generated files. Raises NotUnderstoodError."""
    reader = FreeSwitchPreprocessor({file.path: file.text for file in files}, STOCK)
    dialplan = reader.included("dialplan/*.xml")
    directory = reader.included("directory/*.xml")
    sip = reader.included("sip_profiles/*.xml")
    voicemail = reader.included("autoload_configs/voicemail.conf.xml")
    return FreeSwitchInstallation(
        contexts=contexts(dialplan),
        directory=FreeSwitchDirectory(directory),
        profiles=_profiles(sip),
        voicemail=_voicemail_profiles(voicemail) if voicemail else frozenset({"default"}),
        variables=reader.variables,
    )


def recording(path: str) -> str | None:
    """The name of an administrator's recording; None for every other sound."""
    match = _RECORDING.fullmatch(path)
    return None if match is None else match.group(1)
