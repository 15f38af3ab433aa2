"""The end of a change of what runs: it is recorded in the history, old releases and the journal are removed."""

from __future__ import annotations

import datetime as dt

from pbxgen.deploy.errors import DeployError
from pbxgen.deploy.session import Session
from pbxgen.deploy.target_folder import Event, FolderState

_DONE = ("deploy", "rollback")


def now() -> str:
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def conclude(session: Session, event: Event, state: FolderState) -> list[str]:
    """Record the change, remove old releases and the journal. Never fails; returns what could not be done."""
    keep = to_keep(state, event.release, session.target.keep)
    told = []
    try:
        session.folder.remember(event)
        session.folder.prune(name for name in state.releases if name not in keep)
    except DeployError as error:
        told.append(f"the history does not tell of it: {error}")
    try:
        session.folder.end_journal()
    except DeployError as error:
        told.append(f"the next deployment or rollback has to tidy up: {error}")
    return told


def to_keep(state: FolderState, current: str | None, keep: int) -> list[str]:
    """The current release, and the last ``keep`` that were current before it."""
    before = [name for name in _once_current(state) if name != current]
    return ([current] if current else []) + before[:keep]


def release_before(state: FolderState) -> str | None:
    """The release that a rollback makes current: the one before the last change, which may be a rollback itself."""
    return next((name for name in _once_current(state) if name != state.current), None)


def made_current(state: FolderState) -> Event | None:
    """The deployment or rollback that made the current release current; one that was undone since changes nothing."""
    events = (event for event in reversed(state.history) if event.action in _DONE)
    return next((event for event in events if event.release == state.current), None)


def _once_current(state: FolderState) -> list[str]:
    """Releases on disk that have been current, each once, the latest first."""
    names = [event.release for event in reversed(state.history) if event.action in _DONE and event.release]
    return [name for name in dict.fromkeys(names) if name in state.releases]
