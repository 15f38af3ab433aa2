"""XML elements that know the line of the file they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchLine


@dataclass(eq=False, slots=True)
class XmlElement:
    tag: str
    attributes: dict[str, str]
    where: str
    """``file:line``."""
    children: list[XmlElement] = field(default_factory=list)
    text: str = ""
    """Its text without that of its children."""

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def named(self, tag: str) -> list[XmlElement]:
        return [child for child in self.children if child.tag == tag]

    def only(self, attributes: set[str], children: set[str]) -> Iterator[XmlElement]:
        """The children; anything but these attributes and children, or text, is a NotUnderstoodError."""
        unknown = [*sorted(set(self.attributes) - attributes), *(e.tag for e in self.children if e.tag not in children)]
        if unknown or self.text.strip():
            raise NotUnderstoodError(f"{self.where}: {', '.join(unknown) or 'text'} in <{self.tag}>")
        yield from self.children


def parsed(lines: Sequence[FreeSwitchLine]) -> list[XmlElement]:
    """The outermost elements of a pre-processed text."""
    root = XmlElement("", {}, "")
    open_: list[XmlElement] = [root]
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def where(line: int) -> str:
        # A first line of our own keeps several elements together.
        return lines[line - 2].where if 0 <= line - 2 < len(lines) else ""

    def begin(tag: str, attributes: dict[str, str]) -> None:
        element = XmlElement(tag, attributes, where(parser.CurrentLineNumber))
        open_[-1].children.append(element)
        open_.append(element)

    def text(data: str) -> None:
        open_[-1].text += data

    parser.StartElementHandler = begin
    parser.EndElementHandler = lambda _: open_.pop()
    parser.CharacterDataHandler = text
    try:
        parser.Parse("<section>\n" + "".join(line.text for line in lines) + "</section>", True)
    except expat.ExpatError as error:
        raise NotUnderstoodError(f"{where(error.lineno) or 'the end'}: {expat.errors.messages[error.code]}") from error
    return root.children[0].children
