"""The names of a source: report unknown ones, and tell which are not used."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pbxgen.diagnostics.location import Location
from pbxgen.language.findings import Findings, clipped
from pbxgen.language.model import SECTIONS


class Names:
    """Every name by section and whether it is used; unless ``complete``, unknown names are not reported."""

    def __init__(self, sections: Mapping[str, Mapping[str, Location]], *, complete: bool = True) -> None:
        self._sections = sections
        self.complete = complete
        self._used: set[tuple[str, str]] = set()
        self._missed: set[str] = set()

    def of(self, section: str) -> Mapping[str, Location]:
        return self._sections.get(section, {})

    def use(
        self,
        section: str,
        name: str,
        location: Location,
        findings: Findings,
        *,
        words: Collection[str] = (),
        also: str = "",
    ) -> bool:
        """Note a use of ``name``; report an unknown one and return False.

        What may stand there too: ``words``, and the names of the section ``also``.
        """
        known = self.of(section)
        if name in known:
            self._used.add((section, name))
            return True
        sections = [section, also] if also and self.of(also) else [section]
        self._missed.update(sections)
        if self.complete:
            every = {name: at for one in sections for name, at in self.of(one).items()}
            near = findings.near(name, {*every, *words} if words else every)
            findings.add(
                "PBX110",
                f"there is no {' or '.join(SECTIONS[one].singular for one in sections)} {clipped(name)!r}",
                location,
                help=f"did you mean '{near}'?" if near else _known(section, every),
            )
        return False

    def mark(self, section: str, name: str) -> None:
        """Note a use of a name that is known to exist."""
        self._used.add((section, name))

    def unused(self, section: str) -> dict[str, Location]:
        """Names that nothing used, in the order of the source; none where an unknown name may have meant one."""
        if section in self._missed:
            return {}
        return {name: at for name, at in self.of(section).items() if (section, name) not in self._used}


def _known(section: str, known: Mapping[str, Location]) -> str:
    if not known:
        return f"the source has no {section} at all"
    shown = list(known)[:8]
    return f"known: {', '.join(shown)}{', …' if len(known) > len(shown) else ''}"
