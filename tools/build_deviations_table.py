"""Write docs/deviations-on-pbxs.md, the table "deviation × destination × PBX", from real calls.

    python tools/build_deviations_table.py FILE... -o PAGE

Reads scenarios whose names say what they show: ``busy, from outside: to an extension``, or, where the deviation
must have no effect, ``operator_return.busy is not for calls from inside: not to an extension``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pbxgen.calls.case import Case, case_of
from pbxgen.calls.observed import Observed
from pbxgen.flow.machine import EndKind
from pbxgen.lab.errors import LabError
from pbxgen.lab.pbx import laboratory_of
from pbxgen.lab.result import LabReport, Result
from pbxgen.lab.run import run
from pbxgen.lab.sequence import failure
from pbxgen.output.atomic import write_atomically
from pbxgen.pbxs import PBXS, SHOWN_NAMES
from pbxgen.scenario.run import prepare
from pbxgen.targets import load_target

_NAME = re.compile(
    r"(?P<deviation>[\w.]+)(?: is not for calls)?,? from (?P<origin>outside|inside): (?:not )?to (?P<destination>.+)"
)
_NUMBER = re.compile(r"\d+\.\d+[\w.+~-]*")
_COMMAND = "python tools/build_deviations_table.py"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where a call stands in the table."""

    deviation: str
    origin: str
    destination: str


def spot_of(name: str) -> Spot | None:
    """What a scenario's name says it shows; None for one that says something else."""
    match = _NAME.fullmatch(name)
    return None if match is None else Spot(match["deviation"], match["origin"], match["destination"])


def seen(observed: Observed) -> str:
    """What a PBX did with a call, in few words: who was rung in which order, and how it ended."""
    rang = [*observed.rings]
    ending = observed.ending
    if ending is None:
        last = f"status {observed.status}" if observed.status is not None else "nothing"
    elif ending.kind is EndKind.ANSWERED:
        last = f"{ending.value} answered"
        if rang and rang[-1] == ending.value:
            rang.pop()
    elif ending.kind is EndKind.VOICEMAIL:
        last = f"mailbox {ending.value}"
    elif ending.kind is EndKind.ANNOUNCED:
        last = f"“{ending.value}” played"
    else:
        last = ending.value
    return " → ".join((*rang, last))


def cell(results: Iterable[Result], pbxs: Sequence[str]) -> str:
    """What each PBX did; once where all did the same. A call that went wrong is marked."""
    seen_on = {result.pbx: ("" if result.passed else "**wrong:** ") + seen(result.observed) for result in results}
    if len(set(seen_on.values())) == 1 and set(seen_on) == set(pbxs):
        return next(iter(seen_on.values()))
    return "<br>".join(f"{SHOWN_NAMES[pbx]}: {seen_on.get(pbx, 'not placed')}" for pbx in pbxs)


def table(report: LabReport) -> str:
    """The table in Markdown; rows and columns in the order of the scenarios."""
    by_spot: dict[Spot, list[Result]] = {}
    for result in report.results:
        spot = spot_of(result.case.name)
        if spot is not None:
            by_spot.setdefault(spot, []).append(result)
    columns = list(dict.fromkeys(spot.destination for spot in by_spot))
    rows = list(dict.fromkeys((spot.deviation, spot.origin) for spot in by_spot))
    lines = ["| deviation | call from | " + " | ".join(columns) + " |", "| --- " * (len(columns) + 2) + "|"]
    for deviation, origin in rows:
        in_row = (by_spot.get(Spot(deviation, origin, column)) for column in columns)
        cells = ["" if results is None else cell(results, report.pbxs) for results in in_row]
        lines.append(f"| `{deviation}` | {origin} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def page(report: LabReport, versions: Sequence[str], files: Sequence[Path]) -> str:
    """The whole page."""
    counts = "; ".join(
        f"{SHOWN_NAMES[pbx]}: {sum(r.passed for r in report.results if r.pbx == pbx)} of "
        f"{sum(r.pbx == pbx for r in report.results)} calls as the model says"
        for pbx in report.pbxs
    )
    folders = {path.parent for path in files}
    arguments = " ".join(sorted((folder / "*.test.yaml").as_posix() for folder in folders))
    both = " and ".join(SHOWN_NAMES[pbx] for pbx in report.pbxs)
    return f"""<!-- Written by `{_COMMAND}` from real calls; not to be changed by hand. -->

# Every deviation, to every destination, on {both}

What was seen when each call was placed on each PBX: who rang, in this order, and how it ended (a number alone is the
SIP status the caller got). A cell that names no PBX was the same on all of them. Users 201 to 210 have the deviation;
120 is a colleague, 100 the operator, 130 a group's member, and a number with + is outside. `operator_return` does not
apply to calls from inside: they end as if it were not there.

{table(report)}

{counts}. {", ".join(versions)}.

Once more:

```sh
{_COMMAND} {arguments} -o docs/deviations-on-pbxs.md
```
"""


def version(pbx: str) -> str:
    """The name of a PBX with the version of the program found here. Raises LabError where there is none."""
    lab = laboratory_of(pbx)
    command = [str(lab.find()), lab.version_option]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    number = _NUMBER.search(done.stdout + done.stderr)
    return f"{SHOWN_NAMES[pbx]} {number.group() if number else 'of unknown version'}"


def _cases(files: Sequence[Path]) -> list[Case]:
    """Raises LabError where a file or its source is not sound."""
    cases = []
    for path in files:
        prepared = prepare(path)
        if prepared.diagnostics:
            raise LabError(f"{path}: {prepared.diagnostics[0].message}")
        cases += [case_of(scenario, plan) for scenario, plan in prepared.scenarios]
    return [case for case in cases if spot_of(case.name) is not None]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog=_COMMAND, description=__doc__)
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="scenario files")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="PAGE", help="where the page is written")
    parser.add_argument("--on", default=",".join(PBXS), help="PBXs, with commas (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    pbxs = [name.strip() for name in chosen.on.split(",")]
    try:
        cases = _cases(chosen.files)
        report = run(cases, {pbx: load_target(pbx) for pbx in pbxs})
        versions = [version(pbx) for pbx in pbxs]
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for result in report.results:
        if not result.passed:
            sys.stderr.write(f"{failure(result)}\n")
    write_atomically(chosen.output, page(report, versions, chosen.files).encode())
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
