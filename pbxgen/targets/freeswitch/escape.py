"""Escaping of user text for FreeSWITCH's XML.

Three readers see each value: the pre-processor (line by line, before any XML: it expands ``$${…}``, runs
``X-PRE-PROCESS`` wherever it stands, comments included, and drops other lines that mention it), the XML parser,
and the channel that expands ``${…}`` in what it reads. Character references are decoded by the second only, so
they hide text from the first; nothing hides it from the third, so names shown to phones lose their ``${``.
"""

from __future__ import annotations

import re

_REFERENCES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_SPECIAL = re.compile(r"[&<>\"\n\r\t]|\$(?=[${])|(?<=x)-(?=pre-process)", re.IGNORECASE)
_UNCARRIABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]+")
_COMMENT_LENGTH = 120
_NAME_LENGTH = 64
_CODED = {"%": "%25", "/": "%2F", "\\": "%5C%5C"}


def xml(text: str) -> str:
    """``text`` as the content of an attribute or element. Raises ValueError for what XML 1.0 cannot carry."""
    if _UNCARRIABLE.search(text):
        raise ValueError("control characters and lone surrogates cannot be written in XML")
    return _SPECIAL.sub(lambda m: _REFERENCES.get(m.group(), f"&#{ord(m.group())};"), text)


def comment(text: str) -> str:
    """``text`` within an XML comment: on one line, shortened, unable to end the comment or to turn its direction."""
    line = " ".join(_UNSHOWABLE.sub(" ", text).split())
    if len(line) > _COMMENT_LENGTH:
        line = line[: _COMMENT_LENGTH - 1] + "…"
    return xml(line).replace("--", "-&#45;").replace("--", "-&#45;").rstrip("-")


def shown_name(text: str) -> str:
    """A name as caller id: on one line, at most 64 characters, without what SIP or FreeSWITCH would interpret.

    FreeSWITCH shows what stands behind the last slash, and decodes %XX thereafter; a backslash is one of two in SIP.
    """
    line = " ".join(_UNSHOWABLE.sub(" ", text).split()).replace('"', "'").replace("$", "＄")[:_NAME_LENGTH].strip()
    return "".join(_CODED.get(character, character) for character in line)


def carriable(text: str) -> bool:
    """Can XML hold every character of ``text``?"""
    return _UNCARRIABLE.search(text) is None
