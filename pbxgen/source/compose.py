"""Parse events -> tree, with anchors, aliases, merges, and limits that no input can get around.

Of ruamel.yaml's loaders only the round-trip loader keeps the places of values, though not where they end, and none
limits what aliases stand for. Measured with 10,000 users of six lines each: this composer takes about a tenth of the
time of the round-trip loader; with the Python parser below it (:mod:`pbxgen.source.events`), half of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic, Related
from pbxgen.diagnostics.location import Location
from pbxgen.source import scalars
from pbxgen.source.events import Event, Mark
from pbxgen.source.files import DIVIDE
from pbxgen.source.secret_places import places_to_hide
from pbxgen.source.tree import Entry, Mapping, Node, Scalar, Sequence, joined

MAX_DEPTH = 100
"""Levels of nesting, aliases expanded."""

MAX_NODES = 8_000_000
"""Values written in one file: three times what 100,000 users have. Each takes some hundred bytes of memory."""

FREE_EXPANSION = 100_000
"""Nodes that aliases may stand for in any file; one more for every character of it."""

JOINS = 100
"""Mappings under a key written twice that are read too, to find every problem in one run."""

_MERGE = "<<"
_TAGS = {"tag:yaml.org,2002:seq": False, "tag:yaml.org,2002:map": True, "!": None}


class _Abandon(Exception):  # noqa: N818 - it ends the reading, it is no error of its own
    """Stop reading: the rest of the file cannot be understood."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A finished anchor: its node, how many nodes that is with aliases expanded, and how deep."""

    node: Node
    nodes: int
    depth: int


@dataclass(frozen=True, slots=True)
class _Open:
    """An anchor of a collection that is still being read: an alias to it would contain itself."""

    location: Location


class _Frame:
    """A collection being read."""

    __slots__ = ("anchor", "depth", "entries", "flow", "items", "key", "last", "merges", "nodes_before", "start")

    def __init__(self, event: Event, is_mapping: bool, nodes_before: int) -> None:
        self.entries: dict[str, Entry] | None = {} if is_mapping else None
        self.items: list[Node] = []
        self.merges: list[tuple[Scalar, Mapping]] = []
        self.key: Scalar | None = None
        self.anchor: str | None = event.anchor
        self.flow: bool = bool(event.flow_style)
        self.start: Mark = event.start_mark
        self.last: Location | None = None
        self.depth = 1
        self.nodes_before = nodes_before


class Composer:
    """Builds the tree of one file from its parse events. ``size`` is its length in characters.

    After :meth:`compose`, ``diagnostics`` are the problems found, ``secrets`` the places never to be shown, and
    ``finished`` is whether all of the file was read.
    """

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._expansion_left = FREE_EXPANSION + size
        self._joins_left = JOINS
        self._nodes = 0
        self._anchors: dict[str, _Anchor | _Open] = {}
        self._stack: list[_Frame] = []
        self._root: Node | None = None
        self._documents = 0
        self.finished = False
        self.diagnostics: list[Diagnostic] = []
        self.secrets: list[Location] = []

    def compose(self, events: Iterable[Event]) -> Node | None:
        """The first document's root; None where there is none or reading had to stop within it."""
        handlers: dict[str, Callable[[Event], None]] = {
            "ScalarEvent": self._scalar,
            "AliasEvent": self._alias,
            "MappingStartEvent": partial(self._start, is_mapping=True),
            "SequenceStartEvent": partial(self._start, is_mapping=False),
            "MappingEndEvent": self._end_mapping,
            "SequenceEndEvent": self._end_sequence,
            "DocumentStartEvent": self._start_document,
        }
        by_type: dict[type, Callable[[Event], None]] = {}
        try:
            for event in events:
                handler = by_type.get(type(event))
                if handler is None:
                    handler = by_type[type(event)] = handlers.get(type(event).__name__, _ignore)
                handler(event)
        except _Abandon:
            return self._root
        self.finished = True
        return self._root

    # -- nodes ---------------------------------------------------------------------------------------------------

    def _scalar(self, event: Event) -> None:
        text: str = event.value
        location = self._location(event.start_mark, event.end_mark)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._too_many(location)
        if event.ctag is not None:
            node = self._tagged(text, str(event.tag), location)
        elif event.implicit[0]:
            try:
                node = Scalar(scalars.resolve(text), text, False, location)
            except scalars.TooLongError:
                self._too_long(text, location)
                node = Scalar(text, text, False, location)
        else:
            node = Scalar(text, text, True, location)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchor(node, 1, 0)
        self._attach(node, location)

    def _tagged(self, text: str, tag: str, location: Location) -> Scalar:
        try:
            return Scalar(scalars.resolve_tagged(text, tag), text, tag in scalars.STR_TAGS, location)
        except KeyError:
            self._unknown_tag(tag, location)
        except scalars.TooLongError:
            self._too_long(text, location)
        except ValueError:
            self._report("PBX016", f"this is not a value of the tag {_short(tag)}", location, "remove the tag")
        return Scalar(text, text, True, location)

    def _alias(self, event: Event) -> None:
        name: str = event.anchor
        location = self._location(event.start_mark, event.end_mark)
        anchor = self._anchors.get(name)
        if anchor is None:
            self._report(
                "PBX018",
                f"the alias '*{name}' has no anchor '&{name}' before it",
                location,
                f"""write "*{name}" in quotes if it is a text, or put '&{name}' before the value that it repeats""",
            )
            # As if it were quoted, which is most likely what was meant (a feature code, such as *97).
            self._nodes += 1
            self._attach(Scalar("*" + name, "*" + name, True, location), location)
            return
        if isinstance(anchor, _Open):
            message = f"the alias '*{name}' is inside the value of its own anchor"
            help_ = "a value cannot contain itself: repeat what is meant, or move the anchor"
            self._report("PBX019", message, location, help_, Related(f"'&{name}' begins here", anchor.location))
            raise _Abandon
        self._nodes += anchor.nodes
        self._expansion_left -= anchor.nodes
        if self._expansion_left < 0:
            self._report("PBX020", "the aliases of this file expand to too many values", location, "use fewer aliases")
            raise _Abandon
        if len(self._stack) + anchor.depth > MAX_DEPTH:
            self._too_deep(location)
        if self._stack:
            self._stack[-1].depth = max(self._stack[-1].depth, anchor.depth + 1)
        self._attach(anchor.node, location)

    def _start(self, event: Event, is_mapping: bool) -> None:
        location = self._location(event.start_mark, event.end_mark)
        if len(self._stack) >= MAX_DEPTH:
            self._too_deep(location)
        if self._nodes >= MAX_NODES:
            self._too_many(location)
        if event.ctag is not None and _TAGS.get(str(event.tag), not is_mapping) not in (None, is_mapping):
            self._unknown_tag(str(event.tag), location)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Open(location)
        self._stack.append(_Frame(event, is_mapping, self._nodes))
        self._nodes += 1

    def _end_sequence(self, event: Event) -> None:
        frame = self._stack.pop()
        self._end(frame, Sequence(tuple(frame.items), self._range(frame, event)))

    def _end_mapping(self, event: Event) -> None:
        frame = self._stack.pop()
        entries = frame.entries
        assert entries is not None, "the parser pairs the events"
        for _, source in frame.merges:
            for text, entry in source.entries.items():
                entries.setdefault(text, entry)
        self._end(frame, Mapping(MappingProxyType(entries), self._range(frame, event), tuple(frame.merges)))

    def _end(self, frame: _Frame, node: Node) -> None:
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchor(node, self._nodes - frame.nodes_before, frame.depth)
        if self._stack:
            parent = self._stack[-1]
            if frame.depth >= parent.depth:
                parent.depth = frame.depth + 1
        self._attach(node, node.location)

    # -- putting a node where it belongs -------------------------------------------------------------------------

    def _attach(self, node: Node, location: Location) -> None:
        """``here``: where the node is used, which for an alias is not where it was written."""
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        frame.last = location
        entries = frame.entries
        if entries is None:
            frame.items.append(node)
        elif frame.key is None:
            frame.key = node if type(node) is Scalar and node.text else self._as_key(node)
        else:
            key, frame.key = frame.key, None
            if type(node) is Scalar and node.value is None and not node.text and not node.quoted:
                # Nothing is written: the parsers put it anywhere up to the next token. It is shown at its key.
                node = Scalar(None, "", False, key.location)
                frame.last = key.location
            self.secrets.extend(places_to_hide(key.text, node))
            if key is _NO_KEY:
                pass
            elif key.text in entries:
                self._duplicate(entries, key, node)
            elif key.text == _MERGE and not key.quoted:
                self._merge(frame, key, node)
            else:
                entries[key.text] = Entry(key, node)

    def _as_key(self, node: Node) -> Scalar:
        if isinstance(node, Scalar):
            if node.text or node.quoted:
                return node
            self._report("PBX014", "a key without a text", node.location, "write the key before the ':'")
        else:
            kind = "a mapping" if isinstance(node, Mapping) else "a list"
            self._report(
                "PBX014", f"{kind} cannot be a key", node.location, "quote a text that begins with any of { [ }"
            )
        return _NO_KEY

    def _merge(self, frame: _Frame, key: Scalar, node: Node) -> None:
        sources = node.items if isinstance(node, Sequence) else (node,)
        if frame.merges:
            self._report("PBX021", "a second '<<' in one mapping", key.location, "write one, with a list: <<: [*a, *b]")
        for source in sources:
            if isinstance(source, Mapping):
                frame.merges.append((key, source))
            else:
                help_ = "write '<<: *name' with the anchor of a mapping, or a list of such aliases"
                self._report(
                    "PBX021", "'<<' takes the keys of a mapping, and this is not a mapping", source.location, help_
                )

    # -- places and problems -------------------------------------------------------------------------------------

    def _location(self, start: Mark, end: Mark) -> Location:
        line = start.line + 1
        end_line = line if end.line == start.line else end.line + 1
        return Location(self._name, line, start.column + 1, end_line, end.column + 1)

    def _range(self, frame: _Frame, event: Event) -> Location:
        """From the first character to the last: a block ends with its last element, not where the next key begins."""
        line, column = frame.start.line + 1, frame.start.column + 1
        last = frame.last
        if frame.flow or last is None:
            end: Mark = event.end_mark
            if last is None or (end.line + 1, end.column + 1) > (last.end_line, last.end_column):
                return Location(self._name, line, column, end.line + 1, end.column + 1)
        return Location(self._name, line, column, last.end_line, last.end_column)

    def _report(self, code: str, message: str, location: Location, help: str, *related: Related) -> None:
        self.diagnostics.append(make(code, message, location, help=help, related=related))

    def _duplicate(self, entries: dict[str, Entry], second: Scalar, node: Node) -> None:
        first = entries[second.text].key
        if self._joins_left > 0 and isinstance(node, Mapping):
            entries[second.text] = Entry(first, joined(entries[second.text].value, node))
            self._joins_left -= 1
        message, help_ = (
            f"the key '{second.text}' is written twice",
            "remove one of them, or put what they say together",
        )
        self._report("PBX012", message, second.location, help_, Related("first written here", first.location))

    def _too_long(self, text: str, location: Location) -> None:
        self._report("PBX017", f"a number of {len(text)} digits", location, "quote it if it is a text")

    def _unknown_tag(self, tag: str, location: Location) -> None:
        self._report("PBX015", f"the tag {_short(tag)} is unknown", location, "quote a value that begins with '!'")

    def _too_deep(self, location: Location) -> None:
        self._report("PBX022", f"more than {MAX_DEPTH} levels of nesting", location, "no source needs so many")
        raise _Abandon

    def _too_many(self, location: Location) -> None:
        message = f"more than {MAX_NODES:,} values (what an alias stands for counts each time)"
        self._report("PBX003", message, location, DIVIDE)
        raise _Abandon

    def _start_document(self, event: Event) -> None:
        self._documents += 1
        if self._documents == 1:
            return
        location = self._location(event.start_mark, event.end_mark)
        self._report(
            "PBX013",
            "a second YAML document in one file",
            location,
            "remove the line '---', or make a file of its own of what follows",
        )
        raise _Abandon


_NO_KEY = Scalar("", "", False, Location("", 1, 1, 1, 1))


def _ignore(event: Event) -> None:
    """The stream's and the document's ends say nothing."""


def _short(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!", 1)
