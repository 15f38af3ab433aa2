"""Print verdicts: a failing call step by step beside what was expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pbxgen.flow.explain import Sentence, Teller
from pbxgen.phrases import phrases
from pbxgen.scenario.run import Verdict


def story_lines(sentences: tuple[Sentence, ...]) -> list[str]:
    """Numbered steps, each with the source line it comes from."""
    width = max((len(s.text) for s in sentences), default=0)
    width = min(width, 72)
    lines = []
    for number, sentence in enumerate(sentences, 1):
        place = sentence.location.short if sentence.location is not None else ""
        gap = " " * max(2, width - len(sentence.text) + 2)
        lines.append(f"{number:>2}. {sentence.text}{gap}{place}".rstrip())
    return lines


def failure_lines(verdict: Verdict, language: str = "en") -> Iterator[str]:
    """What was expected, what the model says instead, and the whole call."""
    say = phrases(language)
    labels = say("test.expected"), say("test.model")
    width = max(map(len, labels))
    for aspect, values in verdict.differences.items():
        yield f"{aspect}:"
        for label, value in zip(labels, values, strict=True):
            yield f"  {label:<{width}}  {value}"
    scenario = verdict.scenario
    teller = Teller(verdict.plan if verdict.told is None else verdict.told, say)
    yield teller.headline(scenario.call, scenario.environment.moment)
    for line in story_lines(teller.tell(verdict.story.events, scenario.call)):
        yield f"  {line}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """One verdict for machines."""
    story = verdict.story
    return {
        "name": verdict.scenario.name,
        "file": verdict.scenario.location.file,
        "line": verdict.scenario.location.line,
        "passed": verdict.passed,
        "differences": {
            aspect: {"expected": expected, "seen": seen} for aspect, (expected, seen) in verdict.differences.items()
        },
        "rings": list(story.rings),
        "ends": {story.ending.kind.value: story.ending.value},
        "diverted": [{"by": d.by, "reason": d.reason.value} for d in story.diverted],
        "via": story.via,
    }
