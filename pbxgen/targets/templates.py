"""The Jinja2 environment that targets render their templates with.

Escaping is the environment's job: each target gives the function that carries *any* printed value safely
into its syntax, and every ``{{ … }}`` goes through it. Text that is already in the target's syntax is
marked with :class:`Ready`; joining it with plain text loses the mark, so forgetting is safe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Undefined

import pbxgen
from pbxgen.targets.base import GeneratedFile


class Ready(str):
    """Text in the syntax of the target: printed as it is."""

    __slots__ = ()


Escape = Callable[[str], str]
"""Carries any text into the syntax of the target, or raises ValueError if it cannot."""


@lru_cache(maxsize=1)
def templates_folder() -> Path:
    """Where the templates are: inside the package in a wheel, beside it in the repository.

    Raises FileNotFoundError if the installation has none.
    """
    package = Path(pbxgen.__file__).resolve().parent
    for folder in (package / "templates", package.parent / "templates"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"the templates of pbxgen are missing beside {package}")


class FileMaker:
    """Makes the files of a target from ``templates/<target>/``; see :func:`environment`."""

    def __init__(self, target: str, escape: Escape, filters: Mapping[str, Escape]) -> None:
        self._folder = templates_folder() / target
        self._templates = environment(target, escape, filters)

    def rendered(self, path: str, template: str, data: Mapping[str, object], *, secret: bool = False) -> GeneratedFile:
        text = self._templates.get_template(template).render(data)
        return GeneratedFile(path, text.rstrip("\n") + "\n", secret)

    def copied(self, path: str, name: str) -> GeneratedFile:
        """A file that is the same for every source."""
        return GeneratedFile(path, (self._folder / name).read_text(encoding="utf-8"))


def environment(target: str, escape: Escape, filters: Mapping[str, Escape] | None = None) -> Environment:
    """An environment for ``templates/<target>/``.

    ``escape`` is applied to every printed value; ``filters`` are escapes for special places of the syntax,
    and what they give is :class:`Ready`. An unknown name in a template is an error when rendered.
    """

    def finalize(value: object) -> object:
        if isinstance(value, (Ready, Undefined)):  # an Undefined raises when Jinja prints it
            return value
        return escape(str(value))

    made = Environment(
        loader=FileSystemLoader(templates_folder() / target, encoding="utf-8"),
        undefined=StrictUndefined,
        finalize=finalize,
        autoescape=False,  # HTML's; ours is finalize
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        newline_sequence="\n",
    )
    for name, filter_escape in (filters or {}).items():
        made.filters[name] = _ready(filter_escape)
    return made


def _ready(escape: Escape) -> Callable[[object], Ready]:
    def filtered(value: object) -> Ready:
        return Ready(escape(str(value)))

    return filtered
