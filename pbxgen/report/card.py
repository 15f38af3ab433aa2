"""One user's card: a page to print or mail, with their codes, what they may set, and what holds now."""

from __future__ import annotations

import html
from collections.abc import Iterator

from pbxgen.flow.explain import Teller
from pbxgen.flow.plan import Code, Plan, Profile, Rules, User
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


def card(plan: Plan, user: User, say: Phrases) -> str:
    """A whole page of HTML that needs nothing else. ``plan`` is that with what holds now."""
    title = say("card.title", name=Teller(plan, say).party(user.extension))
    parts = [f"<h1>{html.escape(title)}</h1>", *_now(plan, user, say)]
    parts += _codes(plan, user, say) if user.self_service is not None else [_paragraph(say("card.none"))]
    parts += _switches(plan, user, say)
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{say.language}">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}'
        f"</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _now(plan: Plan, user: User, say: Phrases) -> Iterator[str]:
    rows = [(say(f"key.{key}"), _rules(plan, rules, say)) for key, rules in user.deviations.lists() if rules]
    if user.dnd:
        rows.insert(0, (say("card.dnd"), say("card.on")))
    yield _heading(say("card.now"))
    yield _table(rows) if rows else _paragraph(say("card.nothing"))


def _rules(plan: Plan, rules: Rules, say: Phrases) -> str:
    teller = Teller(plan, say)
    told = [html.escape(teller.places(rule.places)) for rule in rules if rule.places]
    more = any(not rule.condition.always for rule in rules)
    return "<br>".join(told) + (f" ({html.escape(say('card.sometimes'))})" if more else "")


def _codes(plan: Plan, user: User, say: Phrases) -> Iterator[str]:
    profile = user.self_service
    assert profile is not None
    yield _heading(say("card.codes"))
    yield _table(list(_code_rows(plan, user, profile, say)))
    # The own mailbox is named by its code.
    mailbox = None if user.mailbox is None else plan.features.own_mailbox
    kinds = [
        say(f"card.to.{kind}", code=mailbox or "")
        for kind in sorted(profile.to)
        if kind != "voicemail" or mailbox is not None
    ]
    if kinds and profile.may & set(DEVIATIONS):
        yield _paragraph(say("card.number", kinds=", ".join(kinds)))
    if profile.expires is not None:
        yield _paragraph(say("card.expires", expires=profile.expires))


def _code_rows(plan: Plan, user: User, profile: Profile, say: Phrases) -> Iterator[tuple[str, str]]:
    codes = () if plan.self_service is None else plan.self_service.codes
    for key in KEYS:
        if key not in profile.may or (key == "follow_me" and not user.follow_me):
            continue
        name = say("card.dnd") if key == "dnd" else say(f"key.{key}")
        mine = [(action, c) for action in _ACTIONS for c in codes if c.key == key and c.action == action]
        if mine:
            yield name, "<br>".join(f"{_dialled(c)} {html.escape(_what(key, a, say))}" for a, c in mine)
    for code in codes:
        if not code.key:
            yield say("card.everything"), f"{_dialled(code)} {html.escape(say('card.action.clear'))}"


def _what(key: str, action: str, say: Phrases) -> str:
    if action == "on" and key in DEVIATIONS:
        action = "again"
    return say(f"card.action.{action}")


def _dialled(code: Code) -> str:
    end = "#" if code.head[:1] == "#" or code.head.count("*") > 1 or not code.number else ""
    text = f"{code.head}N{end}" if code.number else f"{code.head}{end}"
    return f"<code>{html.escape(text)}</code>"


def _switches(plan: Plan, user: User, say: Phrases) -> Iterator[str]:
    mine = [switch for switch in plan.switches.values() if user.extension in switch.operators]
    if mine:
        yield _heading(say("card.switches"))
        yield _table(
            [
                (
                    html.escape(switch.name),
                    f"<code>{html.escape(switch.number)}#</code> {html.escape(say('card.action.on'))}<br>"
                    f"<code>#{html.escape(switch.number[1:])}#</code> {html.escape(say('card.action.off'))}",
                )
                for switch in mine
            ]
        )


def _table(rows: list[tuple[str, str]]) -> str:
    """Names are escaped here; what stands beside them is HTML already."""
    cells = "".join(f"<tr><th>{html.escape(name)}</th><td>{text}</td></tr>\n" for name, text in rows)
    return f"<table>\n{cells}</table>"


def _heading(text: str) -> str:
    return f"<h2>{html.escape(text)}</h2>"


def _paragraph(text: str) -> str:
    return f"<p>{html.escape(text)}</p>"
