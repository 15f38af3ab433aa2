"""Read destinations: what each text means, as far as that does not depend on the user who diverts to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

from pbxgen.diagnostics.location import Location
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.flow.numbering import Cost
from pbxgen.flow.plan import Place, PlaceKind
from pbxgen.flow.trunk import CallerId, Route
from pbxgen.language.directory import EXTENSION, Directory, report_number, report_unassigned
from pbxgen.language.findings import Findings
from pbxgen.language.model_base import SLUG
from pbxgen.language.model_deviations import Destination, WrittenOptions
from pbxgen.language.names import Names
from pbxgen.language.numbers import Numbers, bare_digits, cost, is_written_number
from pbxgen.language.positions import at, items
from pbxgen.language.unresolved import (
    NONE,
    Problem,
    WrittenDestination,
    destination_at,
    long_ring,
    over,
    report_meaningless,
)
from pbxgen.source.tree import Node

_SLUG = re.compile(SLUG)
_WORDS = ("mobile", "voicemail", "operator", "busy", "hangup")
_PREFIXES = ("voicemail", "operator", "group", "service", "announce")
_SECTIONS = {"operator": "operators", "group": "groups", "service": "services"}


class DestinationReader:
    """Reads every destination of a source, each at its own place."""

    def __init__(
        self,
        directory: Directory,
        numbers: Numbers,
        names: Names,
        routes: Iterable[Route],
        default_operator: str | None,
    ) -> None:
        self._directory = directory
        self._numbers = numbers
        self._names = names
        self._routes = [route for route in routes if not (route.emergency or route.as_dialled)]
        self._default_operator = default_operator
        self._carriers: dict[str, Route | None] = {}
        self.mailboxes: frozenset[str] = frozenset()
        self.returning: frozenset[str] = frozenset()
        """Services that may give a call back."""
        self.in_range = False
        """Are these destinations of an inbound range, where `extension` has a meaning?"""
        self.routes_are_sound = self.positions_are_sound = True
        """Where not: they are wrong in themselves, and nothing else is said to be wrong because of them."""

    @cached_property
    def _dialable(self) -> dict[str, None]:
        """Extensions and the numbers of positions and services, in the order of the source."""
        return dict.fromkeys((*self._directory.extensions, *self._directory.positions))

    def _carrier(self, e164: str) -> Route | None:
        """The first route that carries a number, emergency routes aside."""
        if e164 not in self._carriers:
            self._carriers[e164] = next((r for r in self._routes if any(p.matches(e164) for p in r.patterns)), None)
        return self._carriers[e164]

    def read(
        self,
        value: str | Destination | Sequence[str | Destination],
        node: Node,
        findings: Findings,
        general: WrittenOptions = NONE,
    ) -> tuple[WrittenDestination, ...]:
        """What is written at ``node``: a destination or a list; wrong ones are reported and left out."""
        destinations = []
        values = list(value) if not isinstance(value, str | Destination) else [value]
        for item, item_node in zip(values, items(node), strict=True):
            if isinstance(item, str):
                written = self.one(item, item_node, findings, general)
            else:
                long_ring(item.timeout, item_node, "timeout", findings)
                written = self.one(item.to, at(item_node, "to"), findings, over(item, general))
                if written is not None:
                    report_meaningless(item, item_node, (written,), findings)
            if written is not None:
                destinations.append(written)
        return tuple(destinations)

    def one(self, text: str, node: Node, findings: Findings, options: WrittenOptions) -> WrittenDestination | None:
        """One destination; None where it is wrong (and reported)."""
        text = text.strip()
        location = node.location
        if text in ("mobile", "voicemail"):
            return WrittenDestination(text, location, options)
        if text == EXTENSION:
            if self.in_range:
                return WrittenDestination(text, location, options)
            findings.add(
                "PBX125",
                "'extension' has a meaning only in an inbound range with an X for each digit of an extension",
                location,
                help='write it under inbound, at a number such as "+3902123452XX"',
            )
            return None
        if is_written_number(text) or text in self._directory.positions:
            return self._number(text, location, findings, options)
        kind, target = self._named(text, location, findings)
        if kind is None:
            return None
        return self._at(kind, target, text, location, options)

    def _at(
        self, kind: PlaceKind, target: str, text: str, location: Location, options: WrittenOptions
    ) -> WrittenDestination:
        returns = kind is PlaceKind.SERVICE and target in self.returning
        return destination_at(kind, target, text, location, options, returns=returns)

    def _named(self, text: str, at: Location, findings: Findings) -> tuple[PlaceKind | None, str]:
        if text in ("busy", "hangup"):
            return PlaceKind.RELEASE, text
        word, colon, name = text.partition(":")
        name = name.strip()
        if text == "operator":
            return self._bare_operator(at, findings)
        if colon and word in _PREFIXES:
            if word == "voicemail":
                return self._mailbox(name, at, findings), name
            if word == "announce":
                if _SLUG.fullmatch(name):
                    return PlaceKind.ANNOUNCE, name
                findings.add(
                    "PBX114",
                    f"{name!r} cannot be the name of a recording",
                    at,
                    help="write a name of letters, digits, - and _ (40 at most), without an ending",
                )
                return None, ""
            if self._names.use(_SECTIONS[word], name, at, findings):
                return PlaceKind(word), name
            return None, ""
        findings.add("PBX114", f"{text!r} is not a destination", at, help=self._guess(text, word if colon else ""))
        return None, ""

    def _mailbox(self, extension: str, at: Location, findings: Findings) -> PlaceKind | None:
        if not self._names.use("users", extension, at, findings):
            return None
        if extension not in self.mailboxes:
            findings.add(
                "PBX116",
                f"user {extension} has no mailbox",
                at,
                help=f"give user {extension} 'voicemail: true', or choose another destination",
            )
            return None
        return PlaceKind.MAILBOX

    def _bare_operator(self, at: Location, findings: Findings) -> tuple[PlaceKind | None, str]:
        if self._default_operator is not None:
            self._names.mark("operators", self._default_operator)
            return PlaceKind.OPERATOR, self._default_operator
        known = self._names.of("operators")
        if not self.positions_are_sound:
            return None, ""
        if known:
            message = "no operator position is the default"
            help = f"write operator:{next(iter(known))}, or 'default: true' at one of {', '.join(known)}"
        else:
            message, help = "there is no operator position", "add one under operators"
        findings.add("PBX124", message, at, help=help)
        return None, ""

    def _number(
        self, text: str, location: Location, findings: Findings, options: WrittenOptions
    ) -> WrittenDestination | None:
        directory = self._directory
        if text in directory.extensions:
            self._names.mark("users", text)
            return destination_at(PlaceKind.USER, text, text, location, options)
        if text in directory.positions:
            section, name = directory.positions[text]
            self._names.mark(section, name)
            kind = next(PlaceKind(word) for word, named in _SECTIONS.items() if named == section)
            return self._at(kind, name, text, location, options)
        digits = re.sub(r"[^0-9]", "", text)
        if digits in directory.emergency_dialled and not text.startswith("+"):
            findings.add(
                "PBX120",
                f"{text} is an emergency number: calls cannot be diverted to it",
                location,
                help="choose another destination",
            )
            return None
        number = self._numbers.read(text)
        if number.e164 is None:
            self._no_number(text, number.problem, location, findings)
            return None
        if not number.assigned and number.e164 not in directory.outside:
            report_unassigned(text, location, findings)
        written, problems = self.outside(number.e164, text, location, options)
        for problem in problems:
            findings.add(problem.code, problem.message, location, help=problem.help)
        return written

    def outside(
        self, e164: str, text: str, at: Location, options: WrittenOptions
    ) -> tuple[WrittenDestination | None, list[Problem]]:
        """The place of an outside number and problems with it; None if no call can be sent there."""
        directory = self._directory
        if e164 in directory.dids:
            return destination_at(PlaceKind.USER, directory.dids[e164], text, at, options), []
        if e164 in directory.inbound:
            return destination_at(PlaceKind.INBOUND, e164, text, at, options), []
        if directory.range_of(e164) is not None:
            directory.in_ranges.add(e164)
            return destination_at(PlaceKind.INBOUND, e164, text, at, options), []
        problems = []
        if not options.allow_premium and (expensive := cost(e164)) is not None:
            what = "a premium-rate number" if expensive is Cost.PREMIUM else "a satellite or global-network number"
            help = "if calls shall really be sent there, write 'allow_premium: true' beside it"
            problems.append(Problem("PBX121", f"{e164} is {what}", help))
        carrier = self._carrier(e164)
        if carrier is None and not self.routes_are_sound:
            return None, problems
        if carrier is None:
            help = "add a route whose pattern matches it, or choose another destination"
            problems.append(Problem("PBX118", f"no route carries {e164}", help))
            return None, problems
        place = Place(
            PlaceKind.OUTSIDE,
            e164,
            at,
            timeout=options.timeout,
            confirm=bool(options.confirm),
            caller_id=CallerId(options.caller_id) if options.caller_id is not None else None,
            trunk=carrier.trunk,
            backups=carrier.backups,
        )
        return WrittenDestination(text, at, options, place, carrier.name), problems

    def _no_number(self, text: str, problem: str, location: Location, findings: Findings) -> None:
        if not bare_digits(text):
            report_number(text, problem, location, findings)
        elif self._names.complete and self.positions_are_sound:
            known = self._dialable
            near = findings.near(text, known)
            shown = ", ".join(list(known)[:8]) + (", …" if len(known) > 8 else "")
            findings.add(
                "PBX110",
                f"{text} is neither an extension, nor the number of an operator position, group or service, "
                "nor a valid outside number",
                location,
                help=f"did you mean '{near}'?"
                if near
                else f"as an outside number it {problem}; dialable here: {shown}",
            )

    def _guess(self, text: str, word: str) -> str:
        names = self._names
        if text == "off":
            return "write off alone, as the value of the whole deviation"
        if text.casefold() == "off":
            return "did you mean 'off'? (it is the value of a whole deviation)"
        if text in names.of("operators"):
            return f"did you mean 'operator:{text}'?"
        for kind in ("group", "service"):
            if text in names.of(_SECTIONS[kind]):
                return f"did you mean '{kind}:{text}'?"
        if word:
            return did_you_mean(word, _PREFIXES, "did you mean '{}:" + text.partition(":")[2] + "'?") or _FORMS
        named = {f"{kind}:{name}" for kind, section in _SECTIONS.items() for name in names.of(section)}
        return did_you_mean(text, (*_WORDS, *sorted(named))) or _FORMS


_FORMS = (
    "write an extension, a number, mobile, voicemail, voicemail:102, operator, operator:NAME, group:NAME, "
    "service:NAME, announce:NAME, busy or hangup"
)
