"""A call on which the model and a PBX disagree, made as small as it can be, and written as a scenario of its own.

``python -m tests.support.shrink --on asterisk --seed 1 --calls 150 -o FOLDER`` places random calls and does this with
each that goes wrong. Candidates of one round are placed together, as tenants of one PBX.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pbxgen.calls.case import Case
from pbxgen.flow.machine import EndKind
from pbxgen.flow.simulate import simulate
from pbxgen.lab.run import run
from pbxgen.lab.sequence import failure
from pbxgen.targets import load_target
from tests.support.calls import counted
from tests.support.random_calls import RandomCall, random_calls

Where = tuple[str | int, ...]
"""Where something stands in a source or among the phones."""
Disagree = Callable[[Sequence[RandomCall]], list[bool]]
"""On which of these calls the model and the PBX disagree."""

_ROUNDS = 12
_CANDIDATES = 24
"""Of one round, all placed at once."""
_NEEDED = frozenset({"version", "pbx", "trunks", "routes", "classes", "to", "name"})


def _paths(value: Any, at: Where) -> Iterator[Where]:
    """Whatever may be left out, the larger first."""
    entries: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        entries = [(key, inner) for key, inner in value.items() if key not in _NEEDED]
    elif isinstance(value, list):
        entries = list(enumerate(value))
    yield from ((*at, key) for key, _ in entries)
    for key, inner in entries:
        yield from _paths(inner, (*at, key))


def _order(path: Where) -> list[tuple[bool, int, str]]:
    """Later entries of a list are left out before earlier ones, whose places do not change by that."""
    return [(isinstance(key, int), key if isinstance(key, int) else 0, str(key)) for key in path]


def _without(call: RandomCall, gone: Sequence[Where]) -> RandomCall:
    """The call with parts left out. Phones and outside numbers that are left out answer."""
    whole: dict[str, Any] = copy.deepcopy({"source": call.source, "phones": call.phones, "outside": call.outside})
    carried = call.call.carried
    for path in sorted(gone, key=_order, reverse=True):
        if path == ("carried",):
            carried = 0
            continue
        inside: Any = whole
        try:
            for key in path[:-1]:
                inside = inside[key]
            del inside[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # what it stood in is gone already
    return replace(call, **whole, call=replace(call.call, carried=carried))


def _reductions(call: RandomCall) -> list[Where]:
    reductions: list[Where] = [("carried",)] if call.call.carried else []
    reductions += [("phones", extension) for extension in call.phones]
    reductions += [("phones", extension, 1) for extension, states in call.phones.items() if len(states) > 1]
    reductions += [("outside", number) for number in call.outside]
    return [*reductions, *_paths(call.source, ("source",))]


def shrink(call: RandomCall, disagree: Disagree) -> RandomCall:
    """The smallest call found on which they still disagree; ``disagree`` is asked twice a round."""
    whole = call
    tried: set[str] = set()
    for _ in range(_ROUNDS):
        candidates: list[tuple[Where, RandomCall]] = []
        for path in _reductions(call):
            smaller = _without(call, [path])
            key = json.dumps([smaller.source, smaller.phones, smaller.outside, smaller.call.carried])
            if key not in tried and smaller.case() is not None:
                tried.add(key)
                candidates.append((path, smaller))
        candidates = candidates[:_CANDIDATES]
        if not candidates:
            break
        verdicts = disagree([smaller for _, smaller in candidates])
        good = [path for (path, _), bad in zip(candidates, verdicts, strict=True) if bad]
        if not good:
            break
        call = _as_much(call, good, disagree)
    # In a crowd a call may go wrong by chance: the last word is the small one's alone.
    return call if disagree([call])[0] else whole


def _as_much(call: RandomCall, good: list[Where], disagree: Disagree) -> RandomCall:
    """Leave out at once what can be left out one by one: all of it, or the first half of it, and so on."""
    halves = []
    while good:
        halves.append(_without(call, good))
        good = good[: len(good) // 2]
    sound = [smaller for smaller in halves if smaller.case() is not None]
    verdicts = disagree(sound)
    return next((smaller for smaller, bad in zip(sound, verdicts, strict=True) if bad), call)


def on_pbx(pbx: str) -> Disagree:
    """Asks a real PBX."""

    def disagree(calls: Sequence[RandomCall]) -> list[bool]:
        cases = [case for call in calls if (case := call.case()) is not None]
        report = run(cases, {pbx: load_target(pbx)}, calls_at_once=_CANDIDATES, second_try=len(cases) == 1)
        results = {id(result.case): result for result in report.results}
        return [not results[id(case)].passed for case in cases]

    return disagree


def write(call: RandomCall, folder: Path) -> Path:
    """The call as a scenario file, with its source beside it; expected is what the model says."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = call.name.replace(", ", "-").replace(" ", "-")
    source = folder / f"{stem}.yaml"
    source.write_text(json.dumps(call.source, indent=1) + "\n", encoding="utf-8")
    case = call.case()
    assert case is not None
    story = simulate(case.plan, case.call, case.environment)
    ends = story.ending
    scenario = {
        "name": call.name,
        "call": {"from": call.call.caller, "to": call.call.called}
        | ({"diverted": call.call.carried} if call.call.carried else {}),
        "phones": {number: states[0] if len(states) == 1 else states for number, states in call.phones.items()},
        "outside": call.outside,
        "expect": {
            "rings": list(story.rings),
            "ends": {ends.kind.value: int(ends.value) if ends.kind is EndKind.RELEASED else ends.value},
        },
    }
    file = folder / f"{stem}.test.yaml"
    text = json.dumps({"source": source.name, "scenarios": [scenario]}, indent=1, ensure_ascii=False)
    file.write_text(f"{text}\n", encoding="utf-8")
    return file


def place(calls: Sequence[RandomCall], pbx: str) -> tuple[list[tuple[RandomCall, str]], tuple[str, ...]]:
    """Place calls; those that go wrong, with what went wrong, and what the PBX complained of."""
    pairs: list[tuple[RandomCall, Case]] = [(call, case) for call in calls if (case := call.case()) is not None]
    report = counted(run([case for _, case in pairs], {pbx: load_target(pbx)}))
    results = {id(result.case): result for result in report.results}
    wrong = [(call, failure(results[id(case)])) for call, case in pairs if not results[id(case)].passed]
    return wrong, report.problems[pbx]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.support.shrink", description=__doc__)
    parser.add_argument("--on", default="asterisk", help="the PBX (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calls", type=int, default=150)
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FOLDER", help="where scenarios are written"
    )
    chosen = parser.parse_args(arguments)
    print(f"{chosen.calls} random calls on {chosen.on}, seed {chosen.seed}")
    wrong, _ = place(random_calls(chosen.calls, chosen.seed), chosen.on)
    for call, told in wrong:
        print(f"{told}\nshrinking: {call.name}")
        print(f"written: {write(shrink(call, on_pbx(chosen.on)), chosen.output)}")
    print(f"{len(wrong)} of {chosen.calls} disagreed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
