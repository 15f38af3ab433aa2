"""Print what the calls of scenario files run through on each PBX, as a table.

    python tools/count_steps.py tests/interpret/costs/costs.test.yaml

Counted on the generated text, by the interpreters: priorities of Asterisk, actions of FreeSWITCH.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pbxgen.calls.case import case_of
from pbxgen.interpret.generated_calls import examine
from pbxgen.pbxs import PBXS, SHOWN_NAMES
from pbxgen.scenario.run import prepare


def counted(file: Path) -> dict[str, dict[str, int]]:
    """By call, the steps on each PBX."""
    run = prepare(file)
    if run.diagnostics:
        raise SystemExit(f"{file}: {run.diagnostics[0].message}")
    cases = [case_of(scenario, plan) for scenario, plan in run.scenarios]
    counts: dict[str, dict[str, int]] = {case.name: {} for case in cases}
    for pbx in PBXS:
        for call in examine(run.plans, cases, pbx):
            counts[call.case.name][pbx] = len(call.trace)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="scenario files")
    names = [SHOWN_NAMES[pbx] for pbx in PBXS]
    sys.stdout.write(f"| call | {' | '.join(names)} |\n|{' --- |' * (len(names) + 1)}\n")
    for file in parser.parse_args().files:
        for name, by_pbx in counted(file).items():
            sys.stdout.write(f"| {name} | {' | '.join(str(by_pbx[pbx]) for pbx in PBXS)} |\n")


if __name__ == "__main__":
    main()
