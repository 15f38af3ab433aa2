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
    arrivals: Mapping[str, str]
    """The same behind a verb; a kind that is missing is a name."""
    options: Mapping[str, str]
    then: str
    reasons: Mapping[str, str]
    outcomes: Mapping[str, str]
    not_rung: Mapping[str, str]
    """Why nobody is rung."""
    rings: str
    ring: str
    """Of several."""
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
    arrivals={
        "user": "{name}",
        "outside": "outside number {target}",
        "operator": "operator position {target}",
        "group": "group {target}",
        "inbound": "number {target}",
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
    not_rung={"dnd": "do not disturb", "occupied": "in a call, without call waiting", "unregistered": "not registered"},
    rings="rings",
    ring="ring",
    events={
        "reached": "The call reaches {where}.",
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
        "rang": "{who}: {rings} for {seconds} s, {outcome}.",
        "silent": "{who}: silent for {seconds} s, {outcome}.",
        "rang_at_once": "{who}: {outcome}.",
        "not_rung": "{who}: not rung, {outcome}.",
        "rang_answered": "{who}: {rings}.",
        "own_mailbox": "Behind everything stands the mailbox of {name}.",
        "overflow": "Nobody at {where} takes the call; its overflow: {places}.",
        "transferred": "{name} transfers the call to {target}.",
        "sent": "Route {route} sends the call over trunk {trunk} as {number}, showing {shown}.",
        "sent_anonymous": "Route {route} sends the call over trunk {trunk} as {number}, showing no number.",
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
    headline="{caller} chiama {called} {origin}, {weekday} {moment}",
    origins={"internal": "dall'interno", "external": "dall'esterno"},
    places={
        "user": "{name}",
        "outside": "numero esterno {target}",
        "mailbox": "casella vocale di {name}",
        "operator": "posto operatore {target}",
        "group": "gruppo {target}",
        "inbound": "numero {target}",
        "announce": "annuncio {target}",
        "release:busy": "rilascio con occupato",
        "release:hangup": "rilascio come non disponibile",
    },
    arrivals={
        "user": "a {name}",
        "outside": "al numero esterno {target}",
        "operator": "al posto operatore {target}",
        "group": "al gruppo {target}",
        "inbound": "al numero {target}",
    },
    options={"timeout": "per {seconds} s al massimo", "confirm": "con conferma"},
    then=", poi ",
    reasons={
        "unconditional": "devia tutte le chiamate",
        "busy": "devia su occupato",
        "no_answer": "devia su mancata risposta",
        "unreachable": "devia su mancata registrazione",
    },
    outcomes={"busy": "occupato", "no_answer": "nessuna risposta", "unreachable": "non raggiungibile"},
    not_rung={
        "dnd": "non disturbare",
        "occupied": "in conversazione, senza avviso di chiamata",
        "unregistered": "telefono non registrato",
    },
    rings="squilla",
    ring="squillano",
    events={
        "reached": "La chiamata arriva {where}.",
        "skipped_visited": "{place}: si salta, la chiamata ci è già passata.",
        "skipped_caller": "{place}: si salta, è il chiamante.",
        "skipped_carried": "{place}: si salta, la chiamata è tornata dall'esterno con troppe deviazioni.",
        "diverted": "{name} {reason}: {places}.",
        "not_diverted_max": "{name} devierebbe, ma la chiamata ha raggiunto il massimo di deviazioni.",
        "not_diverted_visited": "{name} devia tutte le chiamate, ma questa è già passata da ogni destinazione: "
        "squilla il telefono.",
        "no_rule_user": "{name} non ha deviazioni per questo caso.",
        "no_rule_inbound": "In questo momento nessuna regola si applica al numero {target}.",
        "member_skipped": "{name} è il chiamante: il suo telefono non squilla.",
        "rang": "{who}: {rings} per {seconds} s, {outcome}.",
        "silent": "{who}: nessuno squillo per {seconds} s, {outcome}.",
        "rang_at_once": "{who}: {outcome}.",
        "not_rung": "{who}: non squilla, {outcome}.",
        "rang_answered": "{who}: {rings}.",
        "own_mailbox": "Come ultima risorsa resta la casella vocale di {name}.",
        "overflow": "Nessuno risponde {where}; trabocco: {places}.",
        "transferred": "{name} trasferisce la chiamata a {target}.",
        "sent": "La rotta {route} invia la chiamata sul trunk {trunk} come {number}, presentando {shown}.",
        "sent_anonymous": "La rotta {route} invia la chiamata sul trunk {trunk} come {number}, senza numero.",
    },
    endings={
        "answered": "Risponde {name}.",
        "voicemail": "La casella vocale di {name} registra il messaggio.",
        "announced": "Viene riprodotto l'annuncio {target}, poi la chiamata viene rilasciata.",
        "released_rule": "Rilasciata con {target}, come da configurazione.",
        "released": "Destinazioni esaurite: rilasciata con {target}.",
        "mailbox": "Si accede alla casella vocale di {name}.",
        "mailbox_any": "Al chiamante vengono chiesti il numero della casella e il PIN.",
    },
    refusals={
        "no_such_number": "Numero inesistente: rilasciata con 404.",
        "no_route": "Nessun instradamento per questo numero: rilasciata con 404.",
        "no_mailbox": "Il chiamante non ha una casella vocale: rilasciata con 404.",
        "not_inbound": "Non è il numero di un utente né un numero in ingresso: rilasciata con 404.",
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
