"""The words for trees of calls, in English and Italian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pbxgen.flow.phrases import base_of


@dataclass(frozen=True, slots=True)
class TreePhrases:
    """Sentences of one language; the placeholders of each are named in :mod:`pbxgen.flow.outline`."""

    origins: Mapping[str, str]
    calls_from: str
    passed_over: str
    when: Mapping[str, str]
    """By the kinds of :class:`pbxgen.flow.wording.Literal`."""
    both: str
    either: str
    always: str
    otherwise: str
    rings: str
    silent: str
    do_not_disturb: str
    confirm: str
    after_delay: str
    first_then: str
    shows: Mapping[str, str]
    outcomes: Mapping[str, str]
    outcomes_joined: str
    then: str
    ends: Mapping[str, str]
    as_above: str
    answers: str
    goes_on: str
    more: str
    numbers: str
    reaches: str
    reached_by_nobody: str
    keys: Mapping[str, str]
    """What a deviation is called: by the fields of :class:`pbxgen.flow.plan.Deviations`, and four more."""


ENGLISH = TreePhrases(
    origins={"external": "Calls from outside", "internal": "Calls from inside"},
    calls_from="Calls from {who}",
    passed_over="Whoever else is called here: their own calls pass them over.",
    when={
        "open": "during {name}",
        "closed": "outside {name}",
        "from": "from {name}",
        "not_from": "not from {name}",
        "until": "until {name}",
        "after": "after {name}",
        "on": "on {name}",
    },
    both=", ",
    either=", or ",
    always="at all times",
    otherwise="at other times",
    rings="{place} rings for {seconds} s",
    silent="{place} is not rung",
    do_not_disturb="{place} is not rung: do not disturb",
    confirm="with confirmation",
    after_delay="{who} after {seconds} s",
    first_then=", then ",
    shows={"original": "showing the caller's number", "own": "showing {name}'s number", "trunk": "showing our number"},
    outcomes={"busy": "busy", "no_answer": "no answer", "unreachable": "unreachable"},
    outcomes_joined=" or ",
    then="then",
    ends={
        "voicemail": "the mailbox of {name} takes a message",
        "announced": "announcement {target}, then release",
        "released": "released with {target}, as written",
        "lost": "released: nothing is left to try",
    },
    as_above="{text} … as above",
    answers="{text}: {who} answers",
    goes_on="{text} …",
    more="… {number} more; narrow it with --from, --at, --phone",
    numbers="dialled as {numbers}",
    reaches="Who sends calls to {number}",
    reached_by_nobody="Nobody sends calls to {number}.",
    keys={
        "unconditional": "every call",
        "busy": "on busy",
        "no_answer": "on no answer",
        "unreachable": "when unreachable",
        "return_busy": "calls from outside, on busy",
        "return_no_answer": "calls from outside, on no answer",
        "return_unreachable": "calls from outside, when unreachable",
        "follow_me": "rings along with the phone (follow_me)",
        "overflow": "overflow",
        "inbound": "calls to this number",
        "mobile": "is this user's mobile",
    },
)

ITALIAN = TreePhrases(
    origins={"external": "Chiamate dall'esterno", "internal": "Chiamate dall'interno"},
    calls_from="Chiamate da {who}",
    passed_over="Chiunque altro sia chiamato qui: le sue stesse chiamate lo saltano.",
    when={
        "open": "nell'orario {name}",
        "closed": "fuori dall'orario {name}",
        "from": "da {name}",
        "not_from": "tranne {name}",
        "until": "fino al {name}",
        "after": "dopo il {name}",
        "on": "il {name}",
    },
    both=", ",
    either=", oppure ",
    always="sempre",
    otherwise="negli altri casi",
    rings="{place} squilla per {seconds} s",
    silent="{place} non squilla",
    do_not_disturb="{place} non squilla: non disturbare",
    confirm="con conferma",
    after_delay="{who} dopo {seconds} s",
    first_then=", poi ",
    shows={
        "original": "presentando il numero del chiamante",
        "own": "presentando il numero di {name}",
        "trunk": "presentando il nostro numero",
    },
    outcomes={"busy": "occupato", "no_answer": "nessuna risposta", "unreachable": "non raggiungibile"},
    outcomes_joined=" o ",
    then="poi",
    ends={
        "voicemail": "la casella vocale di {name} registra il messaggio",
        "announced": "annuncio {target}, poi rilascio",
        "released": "rilasciata con {target}, come da configurazione",
        "lost": "rilasciata: destinazioni esaurite",
    },
    as_above="{text} … come sopra",
    answers="{text}: risponde {who}",
    goes_on="{text} …",
    more="… altre {number}; restringere con --from, --at, --phone",
    numbers="raggiungibile al {numbers}",
    reaches="Chi inoltra chiamate verso {number}",
    reached_by_nobody="Nessuno inoltra chiamate verso {number}.",
    keys={
        "unconditional": "tutte le chiamate",
        "busy": "su occupato",
        "no_answer": "su mancata risposta",
        "unreachable": "su mancata registrazione",
        "return_busy": "chiamate esterne, su occupato",
        "return_no_answer": "chiamate esterne, su mancata risposta",
        "return_unreachable": "chiamate esterne, su mancata registrazione",
        "follow_me": "squilla insieme al telefono (follow_me)",
        "overflow": "trabocco",
        "inbound": "chiamate a questo numero",
        "mobile": "è il suo cellulare",
    },
)


def tree_phrases(language: str) -> TreePhrases:
    """Those of a language tag (``it``, ``it-IT``); English where we have no other."""
    return ITALIAN if base_of(language) == "it" else ENGLISH
