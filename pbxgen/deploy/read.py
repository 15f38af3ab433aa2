"""deploy.yaml -> targets, or problems with their places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pbxgen.deploy.model import DeployModel, TargetModel
from pbxgen.deploy.running import load_deployable
from pbxgen.diagnostics.codes import make
from pbxgen.diagnostics.diagnostic import Diagnostic
from pbxgen.diagnostics.nearest import did_you_mean
from pbxgen.diagnostics.text import SourceFile
from pbxgen.language.file_errors import described
from pbxgen.language.positions import at, child, items
from pbxgen.language.to_values import plain
from pbxgen.source import tree
from pbxgen.source.files import UnreadableError, listing
from pbxgen.source.files import read as read_file
from pbxgen.source.reader import read_bytes
from pbxgen.targets.base import Part


@dataclass(frozen=True, slots=True)
class DeployTarget:
    """One PBX."""

    name: str
    pbx: str
    at: str
    folder: str
    command: tuple[str, ...]
    parts: frozenset[Part]
    beside: bool
    keep: int
    verify: tuple[Path, ...] = ()
    """Scenario files, resolved against the file's folder."""


@dataclass(frozen=True, slots=True)
class DeployFile:
    path: Path
    source: Path
    """Resolved against the file's folder."""
    targets: Mapping[str, tuple[DeployTarget, ...]]
    """By name, the PBXs of a target: one, or its ``nodes`` in the order in which they are deployed to."""

    @property
    def each(self) -> tuple[DeployTarget, ...]:
        """Every target once."""
        return tuple(dict.fromkeys(one for some in self.targets.values() for one in some))

    @property
    def is_of_source(self) -> bool:
        """Would it be read as a part of the source itself, which it cannot be?"""
        files = listing(self.source).files if self.source.is_dir() else ()
        return self.path.resolve() in {file.resolve() for file in files}


@dataclass(frozen=True, slots=True)
class DeployReading:
    """``file`` is None where there are problems; ``text`` is for showing them."""

    file: DeployFile | None
    text: SourceFile | None
    diagnostics: tuple[Diagnostic, ...]


def read_deploy_file(path: Path) -> DeployReading:
    """Read and check deploy.yaml. Never raises for what is on disk."""
    try:
        reading = read_bytes(read_file(path), str(path))
    except UnreadableError as error:
        return DeployReading(None, None, (error.diagnostic,))
    if reading.root is None or reading.diagnostics:
        return DeployReading(None, reading.file, reading.diagnostics)
    diagnostics: list[Diagnostic] = []
    model = None
    try:
        model = DeployModel.model_validate(plain(reading.root))
    except ValidationError as problems:
        errors = problems.errors(include_url=False)
        diagnostics += dict.fromkeys(_wrong(*described(DeployModel, error, reading.root)) for error in errors)
    diagnostics += _not_there(reading.root, path.parent)
    if model is None or diagnostics:
        return DeployReading(None, reading.file, tuple(sorted(diagnostics, key=_place)))
    single = {
        name: _target(name, one, path.parent) for name, one in model.targets.items() if isinstance(one, TargetModel)
    }
    targets = {
        name: (single[name],) if isinstance(one, TargetModel) else tuple(single[node] for node in one.nodes)
        for name, one in model.targets.items()
    }
    return DeployReading(DeployFile(path, path.parent / model.source, targets), reading.file, ())


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    return (0, 0) if diagnostic.location is None else (diagnostic.location.line, diagnostic.location.column)


def _target(name: str, model: TargetModel, folder: Path) -> DeployTarget:
    command = tuple(model.command or load_deployable(model.target).command)
    parts = frozenset(map(Part, model.parts))
    verify = tuple(folder / file for file in model.verify)
    return DeployTarget(name, model.target, model.at, model.folder, command, parts, model.beside, model.keep, verify)


def _entries(node: tree.Node | None) -> dict[str, tree.Entry]:
    """The entries of a mapping; none for anything else."""
    return dict(node.entries) if isinstance(node, tree.Mapping) else {}


def _not_there(root: tree.Mapping, folder: Path) -> Iterator[Diagnostic]:
    """A source or scenario file that does not exist, and nodes that are no targets."""
    source = at(root, "source")
    if isinstance(source, tree.Scalar) and isinstance(source.value, str) and not (folder / source.value).exists():
        yield _wrong(f"there is no {folder / source.value}", source.location, "source is relative to this file")
    targets = _entries(child(root, "targets"))
    alone = {name for name, entry in targets.items() if "nodes" not in _entries(entry.value)}
    for entry in targets.values():
        given = _entries(entry.value).get("verify")
        for file in items(given.value) if given is not None else ():
            text = file.value if isinstance(file, tree.Scalar) else None
            if isinstance(text, str) and text and not (folder / text).is_file():
                yield _wrong(
                    f"there is no {folder / text}", file.location, "verify names scenario files, relative to this file"
                )
    for name, entry in targets.items():
        seen: set[str] = set()
        for node in items(_entries(entry.value)["nodes"].value) if name not in alone else ():
            text = node.text if isinstance(node, tree.Scalar) else ""
            if text not in alone:
                help = did_you_mean(text, alone) or "nodes are names of targets, each of one PBX"
                yield _wrong(f"{text or 'this'} is no target of one PBX", node.location, help)
            elif text in seen:
                yield _wrong(f"{text} is a node of {name} twice", node.location, "write it once")
            seen.add(text)


def _wrong(message: str, location: Any, help: str) -> Diagnostic:
    return make("PBX601", message, location, help=help)
