"""The directory: users by domain, with the params and variables of their domain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.elements import XmlElement, parsed
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine

_FORCED = "sip-force-user"


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A user: own params and variables, and those of the domain that it does not have itself. Names in lower case."""

    id: str
    alias: str | None
    """``number-alias``: a second id of the user, and the number of the mailbox."""
    params: Mapping[str, str]
    variables: Mapping[str, str]


class FreeSwitchDirectory:
    """Users by domain; names of both are case-insensitive."""

    def __init__(self, lines: Sequence[FreeSwitchLine]) -> None:
        self._domains: dict[str, dict[str, DirectoryEntry]] = {}
        for element in parsed(lines):
            if element.tag != "domain":
                raise NotUnderstoodError(f"{element.where}: <{element.tag}> beside the domains")
            # Of two domains with one name FreeSWITCH sees the first; of two users too.
            self._domains.setdefault(element.get("name").lower(), _users(element))

    def user(self, id: str, domain: str) -> DirectoryEntry | None:
        """By id, else by alias."""
        users = self._domains.get(domain.lower(), {})
        return users.get(f"id:{id.lower()}") or users.get(f"alias:{id.lower()}")

    def registered(self, user: str, domain: str) -> DirectoryEntry | None:
        """The user whose registrations are kept as ``user@domain``: by ``sip-force-user``, else by id."""
        users = self._domains.get(domain.lower(), {})
        entry = users.get(f"id:{user.lower()}")
        return users.get(f"forced:{user.lower()}") if entry is None or _FORCED in entry.params else entry


def _users(domain: XmlElement) -> dict[str, DirectoryEntry]:
    list(domain.only({"name"}, {"params", "variables", "users", "groups"}))
    params, variables = _pairs(domain, "params", "param"), _pairs(domain, "variables", "variable")
    by_name: dict[str, DirectoryEntry] = {}
    groups = [group for group in _inside(domain, "groups", {"group"}) if list(group.only({"name"}, {"users"}))]
    for element in (user for holder in (*groups, domain) for user in _inside(holder, "users", {"user"})):
        list(element.only({"id", "number-alias", "cacheable"}, {"params", "variables"}))
        entry = DirectoryEntry(
            id=element.get("id"),
            alias=element.attributes.get("number-alias"),
            params=params | _pairs(element, "params", "param"),
            variables=variables | _pairs(element, "variables", "variable"),
        )
        by_name.setdefault(f"id:{entry.id.lower()}", entry)
        if _FORCED in entry.params:
            by_name.setdefault(f"forced:{entry.params[_FORCED].lower()}", entry)
        if entry.alias is not None:
            by_name.setdefault(f"alias:{entry.alias.lower()}", entry)
    return by_name


def _pairs(element: XmlElement, container: str, tag: str) -> dict[str, str]:
    pairs = _inside(element, container, {tag})
    return {p.get("name").lower(): p.get("value") for p in pairs if not list(p.only({"name", "value"}, set()))}


def _inside(element: XmlElement, container: str, tags: set[str]) -> Iterator[XmlElement]:
    for holder in element.named(container):
        yield from holder.only(set(), tags)
