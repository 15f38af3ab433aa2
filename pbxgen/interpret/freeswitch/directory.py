"""The directory: users by domain, with what their domain gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.document import parsed

_ATTRIBUTES = {"domain": {"name"}, "user": {"id", "number-alias", "cacheable"}, "users": set(), "params": set()}


@dataclass(frozen=True, slots=True)
class Entry:
    """A user: own params and variables, and those of the domain that it does not have itself."""

    id: str
    alias: str | None
    """``number-alias``: another name that the user is found by, and the number of the mailbox."""
    params: Mapping[str, str]
    variables: Mapping[str, str]


class Directory:
    """Names of domains and users are found without regard to upper and lower case."""

    def __init__(self, text: str) -> None:
        self._domains: dict[str, dict[str, Entry]] = {}
        for element in parsed(text, "directory"):
            _check(element, "domain", {"params", "variables", "users"})
            name = element.get("name", "").lower()
            # Of two domains with one name FreeSWITCH sees the first; of two users too.
            self._domains.setdefault(name, _users(element))

    def user(self, id: str, domain: str) -> Entry | None:
        """By id, else by alias."""
        users = self._domains.get(domain.lower(), {})
        found = users.get(f"id:{id.lower()}")
        return users.get(f"alias:{id.lower()}") if found is None else found

    def __bool__(self) -> bool:
        return bool(self._domains)


def _users(domain: ElementTree.Element) -> dict[str, Entry]:
    params = dict(_pairs(domain, "params", "param"))
    variables = dict(_pairs(domain, "variables", "variable"))
    found: dict[str, Entry] = {}
    for users in domain.iter("users"):
        for element in users:
            _check(element, "user", {"params", "variables"})
            entry = Entry(
                id=element.get("id", ""),
                alias=element.get("number-alias"),
                params=params | dict(_pairs(element, "params", "param")),
                variables=variables | dict(_pairs(element, "variables", "variable")),
            )
            found.setdefault(f"id:{entry.id.lower()}", entry)
            if entry.alias is not None:
                found.setdefault(f"alias:{entry.alias.lower()}", entry)
    return found


def _pairs(element: ElementTree.Element, container: str, tag: str) -> Iterator[tuple[str, str]]:
    for holder in element.findall(container):
        for pair in holder:
            if pair.tag != tag or set(pair.attrib) != {"name", "value"}:
                raise NotUnderstoodError(f"<{pair.tag}> in <{container}> of the directory")
            yield pair.attrib["name"].lower(), pair.attrib["value"]


def _check(element: ElementTree.Element, tag: str, inside: set[str]) -> None:
    unknown = set(element.attrib) - _ATTRIBUTES[tag] | {child.tag for child in element} - inside
    if element.tag != tag or unknown:
        raise NotUnderstoodError(f"<{element.tag}> of the directory, with {', '.join(sorted(unknown))}")
