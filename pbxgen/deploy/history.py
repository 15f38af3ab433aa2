"""How a change of what runs ends: the history tells it, old releases go, and so does the journal."""

from __future__ import annotations

import datetime as dt

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.session import Session
from pbxgen.deploy.site import Event, SiteState

_DONE = ("deploy", "rollback")


def now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def conclude(session: Session, event: Event, state: SiteState) -> list[str]:
    """What runs is decided: nothing here makes it fail. Gives what could not be done, in sentences."""
    keep = to_keep(state, event.release, session.target.keep)
    told = []
    try:
        session.site.remember(event)
        session.site.prune(name for name in state.releases if name not in keep)
    except DeployError as error:
        told.append(f"the history does not tell of it: {error}")
    try:
        session.site.end_journal()
    except DeployError as error:
        told.append(f"the next deployment or rollback has to tidy up: {error}")
    return told


def to_keep(state: SiteState, current: str | None, keep: int) -> list[str]:
    """The current release, and the last that were so before it."""
    before = [name for name in _once_current(state) if name != current]
    return ([current] if current else []) + before[:keep]


def release_before(state: SiteState) -> str | None:
    """What a rollback goes to: the release that was current before the last change, so that it can be undone, too."""
    return next((name for name in _once_current(state) if name != state.current), None)


def _once_current(state: SiteState) -> list[str]:
    """Releases that are still there and were current at some time, each once, the last first."""
    names = [event.release for event in reversed(state.history) if event.action in _DONE and event.release]
    return [name for name in dict.fromkeys(names) if name in state.releases]
