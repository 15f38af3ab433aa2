"""The words in which calls are told, in English and Italian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Sentences of one language; the placeholders of each are named in :mod:`pbxgen.flow.explain`."""

    language: str
    weekdays: tuple[str, ...]
    """Monday first."""
    headline: str
    origins: Mapping[str, str]
    places: Mapping[str, str]
    """By PlaceKind; ``release:busy`` and ``release:hangup`` apart."""
    options: Mapping[str, str]
    then: str
    reasons: Mapping[str, str]
    outcomes: Mapping[str, str]
    events: Mapping[str, str]
    endings: Mapping[str, str]
    refusals: Mapping[str, str]


ENGLISH = Phrasebook(
    language="en",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    headline="{caller} ({origin}) calls {called}, {weekday} {moment}",
    origins={"internal": "from inside", "external": "from outside"},
    places={
        "user": "{name}",
        "outside": "outside number {target}",
        "mailbox": "the mailbox of {name}",
        "operator": "operator position {target}",
        "group": "group {target}",
        "inbound": "number {target}",
        "announce": "announcement {target}",
        "release:busy": "release as busy",
        "release:hangup": "release as unavailable",
    },
    options={"timeout": "for {seconds} s at most", "confirm": "with confirmation"},
    then=", then ",
    reasons={
        "unconditional": "diverts every call",
        "busy": "diverts on busy",
        "no_answer": "diverts on no answer",
        "unreachable": "diverts when unreachable",
    },
    outcomes={"busy": "busy", "no_answer": "no answer", "unreachable": "unreachable"},
    events={
        "reached": "The call reaches {place}.",
        "skipped_visited": "{place}: skipped, the call has already been there.",
        "skipped_caller": "{place}: skipped, that is the caller.",
        "skipped_carried": "{place}: skipped, the call has come back from outside with too many diversions.",
        "diverted": "{name} {reason}: {places}.",
        "not_diverted_max": "{name} would divert, but the call has already been diverted as often as it may.",
        "not_diverted_visited": "{name} diverts every call, but only to where this one has already been: "
        "the phone rings instead.",
        "no_rule_user": "{name} has no deviation for this.",
        "no_rule_inbound": "Nothing applies to number {target} now.",
        "member_skipped": "{name} is the caller and is not rung.",
        "rang": "{who}: rings for {seconds} s, {outcome}.",
        "rang_at_once": "{who}: {outcome}.",
        "not_rung": "{who}: not rung, {outcome}.",
        "rang_answered": "{who}: rings.",
        "own_mailbox": "Behind everything stands the mailbox of {name}.",
        "overflow": "Nobody at {place} takes the call; its overflow: {places}.",
        "transferred": "{name} transfers the call to {target}.",
    },
    endings={
        "answered": "{name} answers.",
        "voicemail": "The mailbox of {name} takes a message.",
        "announced": "Announcement {target} is played, and the call released.",
        "released_rule": "Released with {target}, as written.",
        "released": "Nothing is left to try: released with {target}.",
        "mailbox": "The mailbox of {name} is opened.",
        "mailbox_any": "The caller is asked for a mailbox and its PIN.",
    },
    refusals={
        "no_such_number": "Nothing has this number: released with 404.",
        "no_route": "No route carries this number: released with 404.",
        "no_mailbox": "The caller has no mailbox: released with 404.",
        "not_inbound": "No user and no inbound number has it: released with 404.",
        "class_forbids": "The caller's class of service does not allow this number: released with 403.",
    },
)

ITALIAN = Phrasebook(
    language="it",
    weekdays=("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    headline="{caller} ({origin}) chiama {called}, {weekday} {moment}",
    origins={"internal": "interno", "external": "esterno"},
    places={
        "user": "{name}",
        "outside": "numero esterno {target}",
        "mailbox": "casella vocale di {name}",
        "operator": "posto operatore {target}",
        "group": "gruppo {target}",
        "inbound": "numero {target}",
        "announce": "annuncio {target}",
        "release:busy": "rilascio come occupato",
        "release:hangup": "rilascio come non disponibile",
    },
    options={"timeout": "al massimo per {seconds} s", "confirm": "con conferma"},
    then=", poi ",
    reasons={
        "unconditional": "inoltra ogni chiamata",
        "busy": "devia su occupato",
        "no_answer": "devia su mancata risposta",
        "unreachable": "devia su mancata registrazione",
    },
    outcomes={"busy": "occupato", "no_answer": "nessuna risposta", "unreachable": "non raggiungibile"},
    events={
        "reached": "La chiamata arriva a {place}.",
        "skipped_visited": "{place}: saltato, la chiamata ci è già passata.",
        "skipped_caller": "{place}: saltato, è il chiamante.",
        "skipped_carried": "{place}: saltato, la chiamata è tornata dall'esterno con troppe deviazioni.",
        "diverted": "{name} {reason}: {places}.",
        "not_diverted_max": "{name} devierebbe, ma la chiamata è già stata deviata quante volte può.",
        "not_diverted_visited": "{name} inoltra ogni chiamata, ma solo dove questa è già passata: squilla il telefono.",
        "no_rule_user": "{name} non ha una deviazione per questo caso.",
        "no_rule_inbound": "Ora nulla vale per il numero {target}.",
        "member_skipped": "{name} è il chiamante e non squilla.",
        "rang": "{who}: squilla per {seconds} s, {outcome}.",
        "rang_at_once": "{who}: {outcome}.",
        "not_rung": "{who}: non squilla, {outcome}.",
        "rang_answered": "{who}: squilla.",
        "own_mailbox": "Dietro a tutto resta la casella vocale di {name}.",
        "overflow": "Nessuno a {place} prende la chiamata; in ultimo: {places}.",
        "transferred": "{name} trasferisce la chiamata a {target}.",
    },
    endings={
        "answered": "Risponde {name}.",
        "voicemail": "La casella vocale di {name} prende un messaggio.",
        "announced": "Si sente l'annuncio {target} e la chiamata è rilasciata.",
        "released_rule": "Rilasciata con {target}, come scritto.",
        "released": "Non resta nulla da provare: rilasciata con {target}.",
        "mailbox": "Si apre la casella vocale di {name}.",
        "mailbox_any": "Al chiamante si chiedono casella e PIN.",
    },
    refusals={
        "no_such_number": "Nessuno ha questo numero: rilasciata con 404.",
        "no_route": "Nessun instradamento porta a questo numero: rilasciata con 404.",
        "no_mailbox": "Il chiamante non ha una casella vocale: rilasciata con 404.",
        "not_inbound": "Nessun utente e nessun numero entrante lo ha: rilasciata con 404.",
        "class_forbids": "La classe di servizio del chiamante non consente questo numero: rilasciata con 403.",
    },
)

LANGUAGES: Mapping[str, Phrasebook] = {"en": ENGLISH, "it": ITALIAN}


def base_of(language: str) -> str:
    """``it`` of a language tag such as ``it-IT`` or ``it_CH``."""
    return language.lower().split("-")[0].split("_")[0]


def phrasebook(language: str) -> Phrasebook:
    """The phrasebook of a language tag (``it``, ``it-IT``); English where we have no other."""
    return LANGUAGES.get(base_of(language), ENGLISH)
