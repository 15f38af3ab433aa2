"""Plans, states and histories as text, Markdown and JSON (docs/json.md describes every field)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pbxgen.deploy.engine import as_shown
from pbxgen.deploy.history import made_current
from pbxgen.deploy.plan import FileKind, TargetPlan
from pbxgen.deploy.state_output import count_document, count_lines, lapsing_lines
from pbxgen.deploy.status import TargetStatus
from pbxgen.deploy.target_folder import Event, FolderState
from pbxgen.diagnostics.display import printable
from pbxgen.diff.output import document, escaped, markdown, text_lines
from pbxgen.pbxs import SHOWN_NAMES
from pbxgen.phrases import Phrases

_SIGNS = {FileKind.NEW: "+", FileKind.GONE: "-"}
_ONLY = {FileKind.SECRETS: " (passwords or PINs only)", FileKind.COMMENTS: " (comments only, not reloaded)"}
_MOST_FILES = 40
_MOST = 20


def _title(plan: TargetPlan) -> str:
    target = plan.target
    return f"{target.name}: {SHOWN_NAMES[target.pbx]} at {target.at}, {target.folder}"


def _runs(plan: TargetPlan) -> str:
    state = plan.state
    if state.current is None:
        return "it has no release of pbxgen's yet"
    last = made_current(state)
    since = f" since {last.at}, by {last.by}" if last is not None else ""
    commit = f" (git:{last.commit})" if last is not None and last.commit else ""
    if state.journal is not None:  # what runs is to be seen from what differs
        return f"release {state.current}{commit} is current{since}"
    return f"it runs release {state.current}{commit}{since}"


def _sections(plan: TargetPlan, say: Phrases) -> Iterator[tuple[str, list[str]]]:
    """What follows after the changes for callers, by title."""
    files = [f"{_SIGNS.get(c.kind, '~')} {c.path}{_ONLY.get(c.kind, '')}" for c in plan.files]
    files += [f"+ {file.path} (at the top level, written once)" for file in plan.placed]
    yield "Files", _cut(files, _MOST_FILES)
    yield "Set from phones, and passed over by the new plan", _cut(lapsing_lines(plan.settings, say), _MOST)
    yield "Changed by hand", _cut(list(plan.state.edited), _MOST)
    yield "What runs is not what is current", _cut(list(plan.drift), _MOST)
    yield "Cannot be undone", _cut(list(plan.lost), _MOST)
    yield "Not verified", list(plan.unverified)
    yield "Notes", list(plan.notes)
    yield "Needs --force", _cut(list(plan.force), _MOST)


def _cut(lines: list[str], most: int) -> list[str]:
    return lines if len(lines) <= most else [*lines[:most], f"… and {len(lines) - most} more"]


def plan_lines(plan: TargetPlan, say: Phrases) -> list[str]:
    lines = [_title(plan), f"  {_runs(plan)}"]
    if plan.nothing:
        return [*lines, "  nothing to deploy"]
    callers = "\n".join(text_lines(plan.callers, say)).strip().split("\n")
    lines += ["", "  What changes for callers", *(f"    {line}".rstrip() for line in callers)]
    for title, told in _sections(plan, say):
        if told:
            lines += ["", f"  {title}", *(f"    {line}" for line in told)]
    return lines


def plan_markdown(plan: TargetPlan, say: Phrases) -> str:
    runs = escaped(printable(_runs(plan)))  # who deployed it is text from the target
    text = f"## {_title(plan)}\n\n{runs[0].upper()}{runs[1:]}.\n\n"
    if plan.nothing:
        return f"{text}**Nothing to deploy.**\n"
    text += f"{markdown(plan.callers, say).rstrip()}\n"
    for title, told in _sections(plan, say):
        if told:
            lines = "\n".join(printable(line.replace("`", "'")) for line in told)
            text += f"\n### {title}\n\n```\n{lines}\n```\n"
    return text


def plan_document(plans: Sequence[TargetPlan]) -> dict[str, Any]:
    """What ``--out`` saves, too."""
    return {"version": 1, "targets": {plan.target.name: _plan(plan) for plan in plans}}


def _plan(plan: TargetPlan) -> dict[str, Any]:
    target = plan.target
    return {
        "target": target.pbx,
        "at": target.at,
        "folder": target.folder,
        "release": plan.state.current,
        "changes": not plan.nothing,
        "callers": document(plan.callers),
        "files": [{"change": c.kind.value, "path": c.path} for c in plan.files],
        "placed": [file.path for file in plan.placed],
        "edited": list(plan.state.edited),
        "drift": list(plan.drift),
        "lost": list(plan.lost),
        "not_verified": list(plan.unverified),
        "force": list(plan.force),
        "notes": list(plan.notes),
        "settings": count_document(plan.settings),
        "holds": as_shown(plan),
    }


def status_lines(status: TargetStatus) -> list[str]:
    lines = [f"{status.target.name}: {status.meaning}"]
    if status.release is not None:
        commit = f" (git:{status.commit})" if status.commit else ""
        since = f" since {status.since}" if status.since else ""
        by = f", deployed by {status.by}" if status.by else ""
        lines.append(f"  release {status.release}{commit}{since}{by}")
    if status.running:
        lines.append("  the PBX says: " + ", ".join(f"{name} {digest}" for name, digest in status.running.items()))
    if status.release is not None:
        lines += [f"  {line}" for line in _cut(list(status.details), _MOST)]
    if status.settings is not None:
        lines += [f"  {line}" for line in count_lines(status.settings)]
    return lines


def status_document(statuses: Sequence[TargetStatus]) -> dict[str, Any]:
    return {
        "version": 1,
        "targets": {
            one.target.name: {
                "standing": one.standing.value,
                "details": list(one.details),
                "release": one.release,
                "commit": one.commit,
                "since": one.since or None,
                "by": one.by or None,
                "running": None if one.running is None else dict(one.running),
                "settings": None if one.settings is None else count_document(one.settings),
            }
            for one in statuses
        },
    }


def event_line(event: Event, current: bool, kept: Sequence[str]) -> str:
    """``current``: what runs does so since this event."""
    release = event.release or "what was there before"
    commit = f" (git:{event.commit})" if event.commit else ""
    mark = " *" if current else ("" if event.release is None or event.release in kept else " (not kept)")
    why = f": {event.why}" if event.why else ""
    return f"{event.at}  {event.action:<8}  {release}{commit}{mark}  {event.by}{why}"


def history_document(by_target: Mapping[str, FolderState]) -> dict[str, Any]:
    return {
        "version": 1,
        "targets": {
            name: {
                "current": state.current,
                "kept": list(state.releases),
                "events": [
                    {
                        "at": event.at,
                        "action": event.action,
                        "release": event.release,
                        "by": event.by,
                        "commit": event.commit,
                        "why": event.why,
                    }
                    for event in reversed(state.history)
                ],
            }
            for name, state in by_target.items()
        },
    }
