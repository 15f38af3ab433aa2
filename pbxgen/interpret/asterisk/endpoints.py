"""pjsip.conf: identifies calling phones and trunks, and resolves the names in Dial."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from pbxgen.flow.plan import Plan
from pbxgen.flow.trunk import Trunk
from pbxgen.interpret.asterisk import config
from pbxgen.interpret.asterisk.config import ConfigSection
from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.far_ends import trunk_address

_TYPES = ("endpoint", "auth", "aor", "identify", "global", "transport", "registration")
_ORDER = "ip,username"
_DEFAULT_PORT = 5060


class AsteriskEndpoints:
    """The endpoints of generated files; none without a pjsip.conf.

    Raises NotUnderstoodError for a pjsip.conf that knows its callers in another order than trunks by their address,
    then phones by their name.
    """

    def __init__(self, files: Mapping[str, str]) -> None:
        by_type: dict[str, dict[str, ConfigSection]] = {name: {} for name in _TYPES}
        self._realm = ""
        for section in config.read("pjsip.conf", files) if "pjsip.conf" in files else ():
            if section.template:
                continue
            if section.get("type") not in _TYPES:
                raise NotUnderstoodError(f"{section.where}: the type {section.get('type')!r} is not known")
            by_type[section.get("type")][section.name] = section
            if section.get("type") == "global":
                self._realm = section.get("default_realm")
                if section.get("endpoint_identifier_order") != _ORDER:
                    raise NotUnderstoodError(f"{section.where}: endpoints are not known by {_ORDER}")
        self._endpoints, self._auths, self._aors = by_type["endpoint"], by_type["auth"], by_type["aor"]
        self._identify = by_type["identify"].values()

    def __contains__(self, name: str) -> bool:
        return name in self._endpoints

    def context(self, endpoint: str) -> str:
        return self._endpoints[endpoint].get("context")

    def flag(self, endpoint: str, option: str, default: str) -> bool:
        """An option that is yes or no."""
        return self._endpoints[endpoint].get(option, default) == "yes"

    def sender(self, endpoint: str) -> tuple[str, str]:
        """User and host part of From that the endpoint has for all its calls; empty: the call's own."""
        section = self._endpoints[endpoint]
        return section.get("from_user", ""), section.get("from_domain", "")

    def busy_at(self, endpoint: str) -> int:
        """Number of calls from which a phone is BUSY instead of INUSE; 0: never."""
        return int(self._endpoints[endpoint].get("device_state_busy_at", "0"))

    def phone(self, extension: str, domain: str) -> str | None:
        """The endpoint of a phone that calls or registers as ``extension@domain``, named like that or ``extension``."""
        endpoint = next((name for name in (f"{extension}@{domain}", extension) if name in self._endpoints), None)
        if endpoint is None:
            return None
        username, realm = self._login(endpoint)
        return endpoint if username == extension and (realm == domain or endpoint == f"{extension}@{domain}") else None

    def extension(self, endpoint: str, plan: Plan) -> str | None:
        """The extension of ``plan`` whose phones register at an endpoint; None: none does."""
        username, _ = self._login(endpoint)
        return username if self.phone(username, plan.domain) == endpoint else None

    def _login(self, endpoint: str) -> tuple[str, str]:
        """User name and realm that a phone must know; it registers where endpoint and address of record agree.

        Nothing where its realm is not that of all others: then an answer would tell who exists.
        """
        section = self._endpoints[endpoint]
        auth = self._auths.get(section.get("auth"))
        aor = self._aors.get(section.get("aors"))
        if auth is None or aor is None or not auth.get("password") or aor.name != endpoint:
            return "", ""
        return (auth.get("username"), self._realm) if auth.get("realm") == self._realm else ("", "")

    def trunk_at(self, trunk: Trunk) -> str | None:
        """The endpoint that calls from a trunk's address belong to."""
        source = trunk_address(trunk)
        if source is None:
            return None
        address, port = source[0], source[1] or _DEFAULT_PORT
        for section in self._identify:
            if any(_matches(match, address, port) for match in section.all("match")):
                return section.get("endpoint")
        return None

    def dialled(self, name: str) -> tuple[str, str, str] | None:
        """Endpoint, user and URI of what stands behind ``PJSIP/`` in Dial; None: there is no such endpoint."""
        endpoint, _, uri = name.partition("/")
        if endpoint in self._endpoints:
            return endpoint, "", uri
        user, _, endpoint = endpoint.rpartition("@")
        return (endpoint, user, uri) if endpoint in self._endpoints else None

    def is_trunk(self, endpoint: str) -> bool:
        """Has it an address of its own, at which nobody registers?"""
        aor = self._aors.get(self._endpoints[endpoint].get("aors"))
        return aor is not None and aor.get("contact") != ""

    def is_watched(self, endpoint: str) -> bool:
        """Are OPTIONS sent to it?"""
        return self._aors[self._endpoints[endpoint].get("aors")].get("qualify_frequency", "0") != "0"

    def user_at_trunk(self, endpoint: str, uri: str) -> str:
        """The user of a URI at the address of a trunk; nothing for one elsewhere."""
        contact = self._aors[self._endpoints[endpoint].get("aors")].get("contact")
        user, at, address = uri.removeprefix("sip:").rpartition("@")
        return user if at and f"sip:{address}" == contact else ""


def _matches(match: str, host: str, port: int) -> bool:
    """``match`` of identify: an address, perhaps with a port, or a network."""
    bare, colon, its_port = match.rpartition(":")
    if colon and its_port.isdigit() and (bare.startswith("[") or ":" not in bare):
        return ipaddress.ip_address(bare.strip("[]")) == ipaddress.ip_address(host) and int(its_port) == port
    network = ipaddress.ip_network(match.strip("[]"), strict=False)
    address = ipaddress.ip_address(host)
    return address.version == network.version and address in network
