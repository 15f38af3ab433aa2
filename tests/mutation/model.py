"""Is every rule of the model watched? Each is changed in turn by mutmut, and the model's tests are run on it.

    pip install -e '.[mutation]'
    python -m tests.mutation.model [--jobs 2] [--again | --read]

What is changed, and which tests are run, stands in ``pyproject.toml`` under ``[tool.mutmut]``. A change that mypy
objects to is noticed, too. What is printed are the changes that nothing noticed; those that change nothing that a
call, its story or a message could show stand with their reason in ``unnoticed_model.yaml``. Exit code 0: no others,
and each reason is needed. 1: some. 2: mutmut did not get through.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

_ROOT = Path(__file__).parents[2]
_MUTANTS = _ROOT / "mutants"
_UNNOTICED = Path(__file__).with_name("unnoticed_model.yaml")
_MEMORY = 4 << 30
"""Bytes: some changes make a search of the analysis grow without end."""
_NOTICED = frozenset({"killed", "caught by type check", "timeout"})
_NOT_RUN = frozenset({"not checked", "check was interrupted by user"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the model."""

    name: str
    """What mutmut calls it: ``pbxgen.flow.machine.x_advance__mutmut_3``."""
    diff: str
    """Its lines that were and that are, each with a minus or a plus in front."""

    @property
    def function(self) -> str:
        """``machine.advance``, or ``ringer.Ringer.ring``."""
        module, _, mangled = self.name.rpartition(".")
        function = mangled.partition("__mutmut_")[0][len("x_") :].replace("ǁ", ".")
        return f"{module.rpartition('.')[2]}.{function}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Changes that nothing notices, by decision: the function, a part of the diff, and why."""

    function: str
    holds: str
    because: str

    def covers(self, change: Change) -> bool:
        return change.function == self.function and self.holds in change.diff


def accepted() -> list[Accepted]:
    rows = YAML(typ="safe").load(_UNNOTICED.read_text(encoding="utf-8")) or []
    return [Accepted(row["function"], row["holds"], row["because"]) for row in rows]


def results() -> dict[str, str]:
    """How each change fared in mutmut's last run, by name."""
    lines = _mutmut("results", "--all", "true").splitlines()
    pairs = (line.strip().rpartition(": ") for line in lines if "__mutmut_" in line)
    return {name: status for name, _, status in pairs}


def change_of(name: str) -> Change:
    lines = _mutmut("show", name).splitlines()
    return Change(name, "\n".join(n for n in lines if n[:1] in ("-", "+") and n[:3] not in ("---", "+++")))


def _mutmut(*words: str) -> str:
    return subprocess.run(_command(*words), cwd=_ROOT, check=True, capture_output=True, encoding="utf-8").stdout


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "mutmut", *words]


def _run(jobs: int, names: Sequence[str]) -> bool:
    """Run mutmut, on changes of these names only where there are any. Did it get through?"""
    words = _command("run", "--max-children", str(jobs), *names)
    return subprocess.run(words, cwd=_ROOT, preexec_fn=_spare_the_machine).returncode == 0


def _spare_the_machine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=2)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--again", action="store_true", help="only what the last run did not notice, or did not run")
    which.add_argument("--read", action="store_true", help="run nothing: only read what the last run left")
    arguments = parser.parse_args()
    names: list[str] = []
    if arguments.again:
        names = [name for name, status in results().items() if status not in _NOTICED]
    elif not arguments.read:
        shutil.rmtree(_MUTANTS, ignore_errors=True)
    if not arguments.read and (names or not arguments.again) and not _run(arguments.jobs, names):
        return 2
    return _judge(results())


def _judge(diffs: dict[str, str]) -> int:
    statuses = Counter(diffs.values())
    print(", ".join(f"{count} {status}" for status, count in statuses.most_common()))
    if not diffs or _NOT_RUN & statuses.keys():
        print("mutmut did not get through all of them")
        return 2
    changes = [change_of(name) for name, status in diffs.items() if status not in _NOTICED]
    allowed = accepted()
    missed = [change for change in changes if not any(a.covers(change) for a in allowed)]
    for change in missed:
        print(f"\n{change.function} ({change.name}): {diffs[change.name]}\n{change.diff}")
    idle = [a for a in allowed if not any(a.covers(change) for change in changes)]
    for acceptance in idle:
        print(f"\naccepted, but no such change goes unnoticed: {acceptance.function}: {acceptance.holds}")
    print(f"\n{len(diffs)} changes, {len(missed)} neither noticed nor accepted")
    return 1 if missed or idle else 0


if __name__ == "__main__":
    sys.exit(main())
