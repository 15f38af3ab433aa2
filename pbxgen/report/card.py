"""One user's card: a page to print or mail, with the codes, what the user may set, and what applies now."""

from __future__ import annotations

import html
from collections.abc import Collection, Iterator

from pbxgen.flow.explain import Teller
from pbxgen.flow.plan import Plan, Rules, User
from pbxgen.flow.self_service import Profile
from pbxgen.flow.settings import DEVIATIONS, KEYS
from pbxgen.phrases import Phrases

_ACTIONS = ("set", "on", "off", "clear", "ask")
_STYLE = """\
@page { size: A4; margin: 18mm }
body { font: 11pt/1.4 system-ui, sans-serif; max-width: 44em; margin: 2em auto; padding: 0 1em; color: #111 }
h1 { font-size: 1.5em; margin: 0 } h2 { font-size: 1.1em; margin: 1.4em 0 .3em }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ccc; padding: .3em .6em .3em 0; text-align: left; vertical-align: top }
code { font: 600 1em ui-monospace, monospace; white-space: nowrap }
"""


def card(plan: Plan, user: User, say: Phrases, by_phone: Collection[str] = ()) -> str:
    """A whole page of HTML that needs nothing else. ``user`` and ``plan`` are those with what holds now.

    ``by_phone``: the keys that the user has set.
    """
    title = say("card.title", name=Teller(plan, say).party(user.extension))
    parts = [f"<h1>{html.escape(title)}</h1>", *_now(plan, user, say, by_phone)]
    may = [*_codes(plan, user, say, by_phone), *_switches(plan, user, say)]
    parts += may or [_paragraph(say("card.none"))]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{say.language}">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}'
        f"</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _now(plan: Plan, user: User, say: Phrases, by_phone: Collection[str]) -> Iterator[str]:
    lines: list[tuple[str, str, str]] = []
    if user.dnd or "dnd" in by_phone:
        lines.append(("dnd", say("card.dnd"), say("card.on" if user.dnd else "card.off")))
    for key, rules in user.deviations.lists():
        if rules or key in by_phone:
            told = _rules(plan, rules, say) if rules else html.escape(say("card.off"))
            lines.append((key, say(f"key.{key}"), told))
    if "follow_me" in by_phone:
        lines.append(("follow_me", say("key.follow_me"), say("card.on" if user.follow_me else "card.off")))
    by_hand = f" ({html.escape(say('card.set'))})"
    rows = [(name, told + (by_hand if key in by_phone else "")) for key, name, told in lines]
    calls = bool(rows)
    rows += [
        (switch.name, say("card.on" if switch.on else "card.off"))
        for switch in plan.switches.values()
        if user.extension in switch.operators
    ]
    yield _heading(say("card.now"))
    if not calls:
        yield _paragraph(say("card.nothing"))
    if rows:
        yield _table(rows)


def _rules(plan: Plan, rules: Rules, say: Phrases) -> str:
    teller = Teller(plan, say)
    told = []
    for rule in rules:
        if rule.places:
            to = teller.places(rule.places)
            told.append(html.escape(to if rule.after is None else say("state.after", to=to, seconds=rule.after)))
    more = any(not rule.condition.always for rule in rules)
    return "<br>".join(told) + (f" ({html.escape(say('card.sometimes'))})" if more else "")


def _codes(plan: Plan, user: User, say: Phrases, by_phone: Collection[str]) -> Iterator[str]:
    profile = user.self_service
    if profile is None:
        return
    kinds = list(_kinds(plan, user, profile, say))
    # Who has set follow me off has it all the same.
    follows = bool(user.follow_me) or "follow_me" in by_phone
    keys = [key for key in KEYS if key in profile.may and (key != "follow_me" or follows)]
    rows = list(_code_rows(plan, keys, bool(kinds), say))
    if not rows:
        return
    yield _heading(say("card.codes"))
    yield _table([(name, "<br>".join(_action(*line) for line in lines)) for name, lines in rows])
    if any("N" in text for _, lines in rows for text, _ in lines):
        told = say("card.number", kinds=", ".join(kinds))
        if "mobile" in profile.to and user.own_mobile is not None:
            told += f" {say('card.without')}"
        yield _paragraph(told)
    if profile.expires is not None:
        yield _paragraph(say("card.expires", expires=profile.expires))


def _kinds(plan: Plan, user: User, profile: Profile, say: Phrases) -> Iterator[str]:
    """Where to they may divert, as far as they have such a place."""
    # The own mailbox is named by its code.
    mailbox = None if user.mailbox is None else plan.features.own_mailbox
    has = {"voicemail": mailbox is not None, "mobile": user.own_mobile is not None, "outside": bool(user.routes)}
    for kind in sorted(profile.to):
        if has.get(kind, True):
            yield say(f"card.to.{kind}", code=mailbox or "")


def _code_rows(plan: Plan, keys: list[str], diverts: bool, say: Phrases) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """By key: what is dialled, and what it does."""
    codes = () if plan.self_service is None else plan.self_service.codes
    for key in keys:
        name = say("card.dnd") if key == "dnd" else say(f"key.{key}")
        lines = []
        for action in _ACTIONS:
            for code in codes:
                if code.key != key or code.action != action or (code.number and not diverts):
                    continue
                end = "#" if code.closed else ""
                lines.append((f"{code.head}{'N' if code.number else ''}{end}", _what(key, action, say)))
                if code.seconds:
                    lines.append((f"{code.head}N*S{end}", say("card.action.seconds")))
        if lines:
            yield name, lines
    for code in codes:
        if not code.key:
            yield say("card.everything"), [(f"{code.head}{'#' if code.closed else ''}", say("card.action.clear"))]


def _what(key: str, action: str, say: Phrases) -> str:
    if action == "on" and key in DEVIATIONS:
        action = "again"
    return say(f"card.action.{action}")


def _action(dialled: str, what: str) -> str:
    return f"<code>{html.escape(dialled)}</code> {html.escape(what)}"


def _switches(plan: Plan, user: User, say: Phrases) -> Iterator[str]:
    own_switches = [switch for switch in plan.switches.values() if user.extension in switch.operators]
    if not own_switches:
        return
    yield _heading(say("card.switches"))
    rows = []
    for switch in own_switches:
        codes = ((f"{switch.number}#", "on"), (f"#{switch.number[1:]}#", "off"), (switch.number, "toggle"))
        lines = (_action(text, say(f"card.action.{action}")) for text, action in codes)
        rows.append((switch.name, "<br>".join(lines)))
    yield _table(rows)


def _table(rows: list[tuple[str, str]]) -> str:
    """Names are escaped here; what stands beside them is HTML already."""
    cells = "".join(f"<tr><th>{html.escape(name)}</th><td>{text}</td></tr>\n" for name, text in rows)
    return f"<table>\n{cells}</table>"


def _heading(text: str) -> str:
    return f"<h2>{html.escape(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"
