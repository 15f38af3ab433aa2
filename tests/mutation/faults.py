"""Faults to seed into templates, one line at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Change = Callable[[str], str | None]
"""A faulty form of a line; None: the line has nothing that could be spoilt so."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of one template, spoilt."""

    template: str
    """Path under templates/."""
    line: int
    what: str
    was: str
    """The line as it should be, without the space around it."""
    text: str
    """The whole template with the fault in it."""


def faults(templates: Path, target: str) -> Iterator[Fault]:
    """Every fault that can be seeded into the templates of ``target``, in order."""
    for path in sorted((templates / target).rglob("*")):
        if not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8").split("\n")
        kinds = _XML if path.suffixes[0] == ".xml" or ".xml" in path.suffixes else _CONF
        silent = _silent(lines, xml=kinds is _XML)
        for number, line in enumerate(lines, 1):
            if number in silent:
                continue
            for what, change in kinds.items():
                changed = change(line)
                if changed is not None and changed != line and not (what == _LATE and _late_will_do(lines, number)):
                    text = "\n".join([*lines[: number - 1], changed, *lines[number:]])
                    yield Fault(path.relative_to(templates).as_posix(), number, what, line.strip(), text)


def _silent(lines: list[str], *, xml: bool) -> set[int]:
    """Lines that say nothing to a PBX: comments, of the PBX's language and of Jinja2."""
    if not xml:
        return {n for n, line in enumerate(lines, 1) if not line.strip() or line.lstrip().startswith(";")}
    silent_lines = set()
    inside = False
    for number, line in enumerate(lines, 1):
        begins = inside or "<!--" in line
        inside = begins and "-->" not in line.rsplit("<!--", 1)[-1]
        if begins or not line.strip():
            silent_lines.add(number)
    return silent_lines


# -- Asterisk ----------------------------------------------------------------------------------------------------------

_STEP = re.compile(r"^(exten => [^,]+,1(?:\([^)]*\))?,| same => n(?:\([^)]*\))?,)(.+)$")
_BRANCH = re.compile(r"^(.*GotoIf\((?:.*[\])}0-9A-Z])\?)([^:?]*)(?::(.*?))?\)(\s*;.*)?$")
_OPERATORS = (
    (" != ", " = "),
    (" = ", " != "),
    (" >= ", " > "),
    (" > ", " >= "),
    (" < ", " <= "),
    (" & ", " | "),
    (" | ", " & "),
)


def _conf_step_left_out(line: str) -> str | None:
    """The priority stays, so that no other step moves; what stands there instead the interpreter knows."""
    step = _STEP.match(line)
    return None if step is None or step[2].startswith("Verbose") else f"{step[1]}Verbose(9,)"


def _conf_line_left_out(line: str) -> str | None:
    return None if _STEP.match(line) or line.startswith("[") or "{%" in line else ""


def _branches_swapped(line: str) -> str | None:
    branch = _BRANCH.match(line)
    if branch is None:
        return None
    yes, no = branch[2], branch[3] or ""
    return f"{branch[1]}{no}:{yes}){branch[4] or ''}"


def _operator_changed(line: str) -> str | None:
    if "$[" not in line:
        return None
    for operator, other in _OPERATORS:
        if operator in line:
            return line.replace(operator, other, 1)
    return None


def _number_changed(line: str) -> str | None:
    step = _STEP.match(line)
    if step is None or step[2].startswith(("Verbose", "Log")):
        return None
    # Not digits of names and formats, the 1 of a subroutine's first priority, a test for 0, or what counts as true.
    match = re.search(r"(?<![\w.\-{%,])(?<![=>] )\d+(?![\w.\-(])", step[2])
    if match is None or step[2].startswith("Return("):
        return None
    changed = step[2][: match.start()] + str(int(match[0]) + 1) + step[2][match.end() :]
    return step[1] + changed


def _answer_turned(line: str) -> str | None:
    """A subroutine says no for yes."""
    for answer, other in (("Return(1)", "Return(0)"), ("Return(0)", "Return(1)")):
        if answer in line:
            return line.replace(answer, other)
    return None


def _argument_changed(line: str) -> str | None:
    """Another argument than the one that is meant."""
    match = re.search(r"\$\{ARG([1-4])\}", line)
    if match is None:
        return None
    return line[: match.start()] + f"${{ARG{int(match[1]) + 1}}}" + line[match.end() :]


def _printed_value_left_out(line: str) -> str | None:
    """A value that the template puts in is missing."""
    match = re.search(r"\{\{[^}]*\}\}", line)
    return None if match is None or "|comment" in match[0] else line[: match.start()] + line[match.end() :]


def _condition_of_the_template_turned(line: str) -> str | None:
    match = re.search(r"\{% if (?!not )(.+?) %\}", line)
    return None if match is None else line[: match.start()] + f"{{% if not ({match[1]}) %}}" + line[match.end() :]


_CONF: dict[str, Change] = {
    "step left out": _conf_step_left_out,
    "line left out": _conf_line_left_out,
    "branches swapped": _branches_swapped,
    "operator changed": _operator_changed,
    "number changed": _number_changed,
    "answer turned": _answer_turned,
    "argument changed": _argument_changed,
    "value left out": _printed_value_left_out,
    "condition turned": _condition_of_the_template_turned,
}

# -- FreeSWITCH --------------------------------------------------------------------------------------------------------


def _element_left_out(line: str) -> str | None:
    match = re.fullmatch(
        r"(\s*)<(action|anti-action|param|variable|X-PRE-PROCESS|condition|extension)\b.*/>(\s*)", line
    )
    return None if match is None else ""


def _never_matches(line: str) -> str | None:
    return re.sub(r'expression="[^"]*"', 'expression="^never$"', line, count=1)


def _always_matches(line: str) -> str | None:
    """Groups stay, so that what they capture is empty."""
    match = re.search(r'expression="([^"]*)"', line)
    if match is None or re.search(r"(?<!\\)\((?!\?)", match[1]):
        return None
    return line[: match.start(1)] + line[match.end(1) :]


def _action_turned(line: str) -> str | None:
    if "<anti-action" in line:
        return line.replace("<anti-action", "<action")
    return line.replace("<action", "<anti-action") if "<action" in line else None


def _attribute_left_out(name: str) -> Change:
    return lambda line: re.sub(rf' {name}="[^"]*"', "", line, count=1)


_LATE = "inline left out"


def _late_will_do(lines: list[str], number: int) -> bool:
    """Whether an action may as well run behind the hunt: nothing in the rest of its context looks at what it changes.

    Nor does an inline action set it again, or something that its own value is made of. Unknown: no.
    """
    own = lines[number - 1]
    writes, reads = _written(own), _read(own)
    twin = "<anti-action " if "<action " in own else "<action "
    for line in lines[number:]:
        if "</context>" in line:
            return True
        if "</condition>" in line:
            twin = ""
        if twin and twin in line:
            continue  # of one condition, either the actions run or the others
        runs = 'inline="true"' in line
        tests = "<condition" in line or "<regex" in line
        if 'data="{{' in own or (runs and 'data="{{' in line) or (tests and 'field="{{' in line):
            return False
        if (runs or tests) and _read(line) & writes:
            return False
        if runs and _written(line) & (writes | reads):
            return False
    return False  # no context: a part of several


def _written(line: str) -> set[str]:
    """Variables that an action sets."""
    data = re.search(r'data="([^"]*)"', line)
    return set() if data is None else set(re.findall(r"(?:^|\s)(\w+)(?:=|$)", data[1]))


def _read(line: str) -> set[str]:
    """Variables and fields that are looked at."""
    return {*re.findall(r"\$\{(\w+)", line), *re.findall(r'field="(\w+)"', line)}


def _data_number_changed(line: str) -> str | None:
    match = re.search(r'data="[^"]*?(?<![\w.$\\{%:-])(\d+)(?![\w.\-}])', line)
    return None if match is None else line[: match.start(1)] + str(int(match[1]) + 1) + line[match.end(1) :]


def _value_emptied(line: str) -> str | None:
    """A variable is set to nothing."""
    return re.sub(r'(application="(?:set|export)" data="[^"=]+=)[^"]+"', r'\1"', line, count=1)


_XML: dict[str, Change] = {
    "element left out": _element_left_out,
    "never matches": _never_matches,
    "always matches": _always_matches,
    "action turned": _action_turned,
    "break left out": _attribute_left_out("break"),
    "continue left out": _attribute_left_out("continue"),
    _LATE: _attribute_left_out("inline"),
    "number changed": _data_number_changed,
    "emptied": _value_emptied,
    "value left out": _printed_value_left_out,
    "condition turned": _condition_of_the_template_turned,
}
