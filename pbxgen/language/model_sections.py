"""The models of the sections of a source: ``pbx``, ``defaults``, ``trunks``, ``users`` and all the others."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Discriminator, Field, StringConstraints, Tag

from pbxgen.flow import LONGEST_RING
from pbxgen.language.model_base import (
    ACCEPT,
    BY_SHAPE,
    NOT_NULL,
    NUMBER,
    RING_RANGE,
    SLUG,
    Accept,
    CallerIdChoice,
    Dialable,
    Expects,
    Extension,
    KeyForm,
    Model,
    Null,
    OneOrMany,
    OneOrSome,
    OutsideNumber,
    Seconds,
    SecretValue,
    Slug,
    Text,
)
from pbxgen.language.model_deviations import (
    A_DESTINATION,
    DESTINATIONS,
    Conditions,
    Destination,
    Destinations,
    DestinationText,
    Deviations,
)
from pbxgen.language.model_options import PhoneOptions, TrunkOptions

DOMAIN = r"^(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?)*$"


WITHHELD = "withheld"
"""A user's `caller_id` that shows no number."""


class Pbx(Model):
    """What the PBX is called and where it stands."""

    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"),
        Expects("small letters, digits and dashes (40 at most)"),
    ] = Field(
        description="A slug (small letters, digits, dashes; 40 at most); prefixes every generated context.",
        examples=["acme"],
    )
    domain: Annotated[str, StringConstraints(pattern=DOMAIN, max_length=253), Expects("a host name")] = Field(
        description="SIP domain: a host name or an IPv4 address.", examples=["pbx.acme.example"]
    )
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Expects("a country's two capital letters")] = (
        Field(description="ISO 3166 country: how national numbers are read and dialled.", examples=["IT", "DE", "US"])
    )
    timezone: Annotated[Text, Expects("a time zone")] = Field(
        description="IANA time zone; every schedule is read in it.", examples=["Europe/Rome"]
    )
    language: Annotated[
        str, StringConstraints(pattern=r"^[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?$"), Expects("a language")
    ] = Field("en", description="Language of the PBX's prompts.", examples=["it", "en", "de"])
    outside_line: (
        Annotated[str, StringConstraints(pattern=r"^[0-9]{0,4}$"), Expects("one to four digits in quotes")] | Null
    ) = Field(None, description="Digits that must precede an outside number; null: none.", examples=["0"])


class Defaults(Model):
    """Values for users, groups and operator positions without their own."""

    ring_timeout: Seconds = Field(20, description=f"Seconds a phone rings, {RING_RANGE} (above 60: a warning).")
    outside_timeout: Seconds = Field(30, description=f"Seconds an outside number rings, {RING_RANGE}.")
    max_diversions: Annotated[int, Field(ge=1, le=10)] = Field(
        5, description="How many times one call may be diverted, 1-10."
    )
    voicemail: bool = Field(False, description="Has a user without a `voicemail` key a mailbox?")
    call_waiting: bool = Field(True, description="false: a user in a call is busy.")
    class_: Annotated[Slug, Expects("the name of a class")] | Null = Field(
        None, alias="class", description="Class of service; null: may neither dial nor divert outside."
    )
    sip_480: Literal["busy", "no_answer", "unreachable"] = Field(
        "busy", description="What a phone's 480 (most phones' own do-not-disturb) means."
    )
    recall: bool = Field(
        True, description="Does a blindly transferred call that nobody answers ring at the user who transferred it?"
    )
    self_service: Annotated[Slug, Expects("the name of a profile of self_service")] | Null = Field(
        None, description="Profile of users without a `self_service` key; null: none."
    )


KeepAlive = Annotated[
    Annotated[int, Field(ge=5, le=3600), Tag("<seconds>")] | Annotated[Literal[0], Tag("<none>")],
    Discriminator(lambda value: "<none>" if value == 0 and value is not False else "<seconds>"),
    Expects("whole seconds from 5 to 3600, or 0 for none"),
]


MaxCalls = Annotated[
    Annotated[int, Field(ge=1, le=10000), Tag("<number>")] | Annotated[Null, Tag("<null>")],
    Discriminator(lambda value: "<null>" if value is None else "<number>"),
    Expects("a whole number of calls from 1 to 10000, or null"),
]


Codecs = Annotated[
    list[Literal["alaw", "ulaw", "g722", "g729", "gsm", "opus"]],
    Field(min_length=1),
    Expects("a list of codecs"),
]


HostAndPort = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._:\[\]-]+$", max_length=270), Expects("a host or host:port")
]


class Trunk(Model):
    """A connection to a carrier."""

    host: Annotated[OneOrSome[HostAndPort], Expects("a host or host:port, or a list of them")] = Field(
        description="host or host:port of the carrier (IPv6 with a port in brackets), or a list, tried in order.",
        examples=["sip.carrier.example", "192.0.2.10:5080", ["192.0.2.10", "192.0.2.11"]],
    )
    transport: Literal["udp", "tcp", "tls"] = Field("udp", description="How SIP travels.")
    username: Text | None = Field(None, description="Name of the account at the carrier, and of its login.")
    auth_username: Text | Null = Field(
        None, description="Name of the login where it is not the account's.", examples=["acme-login"]
    )
    password: SecretValue | None = Field(None, description="Password at the carrier.")
    register_: bool = Field(False, alias="register", description="Register with the carrier?")
    expires: Annotated[int, Field(ge=60, le=7200), Expects("whole seconds")] = Field(
        600, description="Seconds of a registration, 60-7200."
    )
    outbound_proxy: HostAndPort | Null = Field(
        None,
        description="host or host:port that everything is sent to, in place of `host`.",
        examples=["proxy.carrier.example", "192.0.2.9:5080"],
    )
    accept_from: Annotated[OneOrMany[Text], Expects("a list of addresses or networks")] = Field(
        [],
        description="Further IP addresses or networks that calls of this trunk come from.",
        examples=[["192.0.2.0/28"]],
    )
    number: OutsideNumber | None = Field(None, description="Main number: the caller id where a user has no `did`.")
    number_format: Literal["e164", "e164_bare", "national", "international"] = Field(
        "e164", description="How numbers are sent: +39…, 39…, national, or 0039…."
    )
    called_number: Literal["request", "to", "p_called_party_id"] = Field(
        "request",
        description="Where an incoming call names the number it is for: the request, To, or P-Called-Party-ID.",
    )
    codecs: Codecs = Field(["alaw", "ulaw"], description="Codecs, best first.", examples=[["g722", "alaw", "ulaw"]])
    dtmf: Literal["auto", "rfc4733", "inband", "info"] = Field(
        "auto", description="How keys travel: RFC 4733 where it is offered, else in-band (auto), or one of them."
    )
    srtp: Literal["off", "optional", "required"] = Field("off", description="Is the sound encrypted (SRTP)?")
    tls_verify: bool = Field(True, description="With transport tls: must the carrier's certificate be good?")
    t38: bool = Field(False, description="Fax by T.38 (re-INVITE).")
    caller_id: CallerIdChoice = Field(
        "original", description="What diverted calls show: the caller, or the diverting user's DID."
    )
    from_user: Literal["caller", "account"] = Field(
        "caller", description="User part of From: the caller's number, or the account (`username`)."
    )
    from_domain: Annotated[str, StringConstraints(pattern=DOMAIN, max_length=253), Expects("a host name")] | Null = (
        Field(None, description="Host part of From; null: as the PBX has it.", examples=["sip.carrier.example"])
    )
    identity: Literal["none", "pai", "rpid"] = Field(
        "none", description="Header with the caller's number: none, P-Asserted-Identity, or Remote-Party-ID."
    )
    diversion: Literal["diversion", "history_info", "none"] = Field(
        "diversion", description="Header of diverted calls: RFC 5806 Diversion, RFC 7044 History-Info, or none."
    )
    keepalive: KeepAlive = Field(
        30, description="Seconds between OPTIONS, 5-3600, which keep NAT open and tell whether it is there; 0: none."
    )
    options: TrunkOptions = Field(TrunkOptions(), description="Raw settings, by PBX.")
    max_calls: MaxCalls = Field(
        None, description="Calls at once, 1-10000, incoming ones too; a full trunk is passed over; null: no limit."
    )


Pattern = Annotated[str, StringConstraints(min_length=1, max_length=200), Expects("a pattern in quotes")]
Patterns = Annotated[
    Annotated[Pattern, Tag("<text>")] | Annotated[list[Pattern], Tag("<list>"), Field(min_length=1)],
    BY_SHAPE,
    Expects("a pattern or a list of patterns"),
]


TrunkNames = Annotated[OneOrSome[Slug], Expects("the name of a trunk, or a list of them")]


class Route(Model):
    """Outgoing calls on the number in E.164, or as it is dialled; the first route that matches carries the call."""

    match: Patterns = Field(
        description="Patterns (X 0-9, Z 1-9, N 2-9, [03], closing . or !); emergency, as_dialled: as dialled.",
        examples=["+39[03]X.", ["+33.", "+49."], ["112", "118"]],
    )
    trunk: TrunkNames = Field(
        description="Name of the trunk, or a list: the next one is tried when one did not carry the call.",
        examples=["carrier", ["carrier", "backup"]],
    )
    emergency: bool = Field(False, description="Emergency numbers: open to everyone, always.")
    as_dialled: bool = Field(
        False, description="Short numbers: compared as they are dialled, without the outside line, and sent so."
    )


_WINDOWS = [["08:30-13:00", "14:00-18:00"]]


class Schedule(Model):
    """Opening hours, in `pbx.timezone`."""

    weekly: Annotated[
        dict[str, Annotated[OneOrMany[Text], Expects("a window or a list of windows"), Field(examples=_WINDOWS)]],
        Expects("windows by day"),
    ] = Field(
        {},
        description="Windows by day (mon), days (mon,wed) or range of days (mon-thu; fri-mon wraps).",
        examples=[{"mon-thu": ["08:30-13:00", "14:00-18:00"], "fri": "08:30-13:00"}],
    )
    holidays: Annotated[OneOrMany[Text], Expects("a country or subdivision")] = Field(
        [],
        description="Public holidays of a country (IT) or its subdivision (IT-BZ), closed all day.",
        examples=["IT", "IT-BZ"],
    )
    closed: Annotated[OneOrMany[Text], Expects("a list of dates")] = Field(
        [],
        description="Dates or ranges of dates, closed all day; without years they are every year's, to 2040.",
        examples=[["2026-12-24", "2027-08-09..2027-08-20", "12-31", "08-10..08-20"]],
    )
    open: Annotated[OneOrMany[Text], Expects("a list of dated windows")] = Field(
        [], description="Dated windows that win over `closed` and `holidays`.", examples=[["2026-12-27 09:00-12:00"]]
    )


class Group(Model):
    """A ring group."""

    number: Dialable = Field(description="Dialable from inside.", examples=["600"])
    members: Annotated[list[Extension], Field(min_length=1), Expects("a list of extensions in quotes")] = Field(
        description="Extensions that ring; their deviations do not count here.", examples=[["101", "102"]]
    )
    strategy: Literal["all", "linear"] = Field("all", description="Ring together, or one after the other.")
    ring_timeout: Seconds | None = Field(
        None, description=f"Seconds that all ring (all) or each rings (linear), {RING_RANGE}; else the default's."
    )
    overflow: Annotated[Destinations | None, NOT_NULL, DESTINATIONS] = Field(
        None, description="Where a call goes that nobody takes."
    )
    accept: Accept = Field({}, description=ACCEPT)


class Operator(Group):
    """An operator position (Punto Operativo)."""

    number: Dialable = Field(description="Dialable from inside.", examples=["9"])
    default: bool = Field(False, description="Is it what a bare `operator` means?")


class Service(Model):
    """A part of the plan that the administrator writes by hand, called by its name."""

    number: Annotated[Dialable | None, NOT_NULL] = Field(
        None, description="Dialable from inside; without one only destinations lead there.", examples=["700"]
    )
    returns: bool = Field(
        False, description="May it give the call back, so that the next place is tried? Else it ends every call."
    )


_PlainCode = Annotated[
    str,
    StringConstraints(pattern=r"^[*#][0-9*#]*[0-9]#?$", max_length=20),
    Expects("a code of *, # and digits"),
]
_CodeOfNumber = Annotated[
    str,
    StringConstraints(pattern=r"^[*#][0-9*#]*N#?$", max_length=20),
    Expects("a code of *, # and digits, with N where a number stands"),
]
_CodeOfNumberAndSeconds = Annotated[
    str,
    StringConstraints(pattern=r"^[*#][0-9*#]*N(?:\*S)?#?$", max_length=20),
    Expects("a code of *, # and digits, with N where a number stands, and *S behind it for seconds"),
]


class KeyCodes(Model):
    """The codes of one deviation, in a mapping of your own."""

    set: _CodeOfNumber | None = Field(
        None, description="Divert to N; for no answer with `*S` for seconds behind it.", examples=["*21*N#"]
    )
    on: _PlainCode | None = Field(None, description="On; for a deviation: the source's own rule again.")
    off: _PlainCode | None = Field(None, description="Off.", examples=["#21#"])
    clear: _PlainCode | None = Field(None, description="As the source says again.", examples=["##21#"])
    ask: _PlainCode | None = Field(None, description="Is anything set? (answered by tones)", examples=["*#21#"])


class NoAnswerCodes(KeyCodes):
    """Those of a deviation that has seconds, in a mapping of your own."""

    set: _CodeOfNumberAndSeconds | None = Field(
        None, description="Divert to N, after S seconds.", examples=["*61*N*S#"]
    )


class StateCodes(Model):
    """Those of what is only on or off, in a mapping of your own."""

    on: _PlainCode | None = Field(None, description="On.", examples=["*26#"])
    off: _PlainCode | None = Field(None, description="Off.", examples=["#26#"])
    clear: _PlainCode | None = Field(None, description="As the source says again.", examples=["##26#"])
    ask: _PlainCode | None = Field(None, description="Is anything set? (answered by tones)", examples=["*#26#"])


class AllCodes(Model):
    """That of everything at once, in a mapping of your own."""

    clear: _PlainCode | None = Field(None, description="As the source says again.", examples=["##002#"])


class OwnCodes(Model):
    """Codes of your own: each action has its code."""

    unconditional: KeyCodes = Field(KeyCodes(), description="Every call.")
    busy: KeyCodes = Field(KeyCodes(), description="On busy.")
    no_answer: NoAnswerCodes = Field(NoAnswerCodes(), description="On no answer.")
    unreachable: KeyCodes = Field(KeyCodes(), description="When unreachable.")
    return_busy: KeyCodes = Field(KeyCodes(), description="Return to operator on busy.")
    return_no_answer: NoAnswerCodes = Field(NoAnswerCodes(), description="Return to operator on no answer.")
    return_unreachable: KeyCodes = Field(KeyCodes(), description="Return to operator when unreachable.")
    dnd: StateCodes = Field(StateCodes(), description="Do not disturb.")
    follow_me: StateCodes = Field(StateCodes(), description="Follow me.")
    all: AllCodes = Field(AllCodes(), description="Everything at once: `clear`.")


MayChange = Literal["unconditional", "busy", "no_answer", "unreachable", "operator_return", "dnd", "follow_me"]
SetTo = Literal["extensions", "operators", "groups", "voicemail", "mobile", "outside"]


class Profile(Model):
    """What users with this profile may change from their phones."""

    may: Annotated[
        list[MayChange], Field(min_length=1), Expects(f"a list of keys: {', '.join(get_args(MayChange))}")
    ] = Field(description="The keys that they may set.")
    to: Annotated[list[SetTo], Expects(f"a list of {', '.join(get_args(SetTo))}")] = Field(
        [], description="Where they may divert to; outside: what their class allows, never a premium number."
    )
    expires: (
        Annotated[
            str,
            StringConstraints(pattern=r"^(?:[1-9][0-9]{0,3}h|(?:[01][0-9]|2[0-3]):[0-5][0-9])$"),
            Expects("hours or a time of day in quotes"),
        ]
        | Null
    ) = Field(
        None,
        description="When a setting ends: after hours (12h), at a time of day, or null: never.",
        examples=["12h", "18:00"],
    )


ProfileName = Annotated[
    str,
    StringConstraints(pattern=SLUG),
    KeyForm(SLUG, "a name of a profile"),
    Expects("a name of letters, digits, - and _ (40 at most)"),
]
"""The name of a profile. The keys of sections are checked apart; these are not of a section."""


class SelfService(Model):
    """What users may change from their phones."""

    codes: Annotated[
        Annotated[Literal["etsi", "us"], Tag("<text>")] | Annotated[OwnCodes, Tag("<map>")],
        BY_SHAPE,
        Expects("etsi, us, or a mapping of codes"),
    ] = Field("etsi", description="What phones dial: etsi (TS 22.030), us, or a mapping of your own.")
    profiles: Annotated[dict[ProfileName, Profile], Expects("profiles by name")] = Field(
        {}, description="What users may change, by the name of a profile."
    )


class Switch(Model):
    """Set by hand, from a phone; it lasts until it is set again."""

    number: Annotated[str, StringConstraints(pattern=r"^\*[0-9]{1,8}$"), Expects("* and digits in quotes")] = Field(
        description="Dialled as written: toggles; with a closing #: on; with # in place of *: off.", examples=["*28"]
    )
    operators: Annotated[list[Extension], Field(min_length=1), Expects("a list of extensions in quotes")] = Field(
        description="Extensions whose phones may set it.", examples=[["100", "110"]]
    )
    default: Literal["off", "on"] = Field("off", description="How it stands while nobody has set it.")


Feature = Dialable | Null


class Features(Model):
    """Codes that every phone can dial; null switches one off."""

    own_mailbox: Feature = Field("*97", description="Opens the caller's own mailbox.", examples=["*97"])
    any_mailbox: Feature = Field("*98", description="Opens a mailbox that has a PIN, by its number.", examples=["*98"])
    pickup: Feature = Field(
        "*8", description="Takes a call that rings at a user of the same pickup group.", examples=["*8"]
    )
    pickup_of: (
        Annotated[str, StringConstraints(pattern=r"^\*[0-9*]{0,6}$"), Expects("* and digits or * in quotes")] | Null
    ) = Field("**", description="In front of an extension: takes the call that rings there.", examples=["**"])


EMAIL = r"^[^\s@,;|<>\"'\\\[\]]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$"


class Voicemail(Model):
    """A mailbox."""

    pin: SecretValue | None = Field(
        None, description="Digits, four at least; without one the mailbox opens from its owner's phone only."
    )
    email: Annotated[str, StringConstraints(pattern=EMAIL, max_length=254), Expects("an address")] | None = Field(
        None, description="Address that messages are sent to.", examples=["ada@acme.example"]
    )


class Leg(Destination):
    """One destination of `follow_me`."""

    to: DestinationText = Field(description="An extension (the user's own: their phones), a number, or mobile.")
    delay: Annotated[int, Field(ge=0, le=LONGEST_RING), Expects("whole seconds")] = Field(
        0, description=f"Seconds after the start of ringing, 0-{LONGEST_RING}."
    )


LegItem = Annotated[Annotated[DestinationText, Tag("<text>")] | Annotated[Leg, Tag("<map>")], BY_SHAPE, A_DESTINATION]


PhoneTransport = Literal["udp", "tcp", "tls", "wss"]
MaxContacts = Annotated[int, Field(ge=1, le=100), Expects("a whole number of contacts")]


class Phone(Model):
    """Settings of one user's phone; they override those of all phones."""

    transport: Annotated[PhoneTransport | None, NOT_NULL] = Field(None, description="How SIP travels; wss: WebRTC.")
    codecs: Annotated[Codecs | None, NOT_NULL] = Field(None, description="Codecs, best first.", examples=[["opus"]])
    srtp: Annotated[Literal["off", "optional", "required"] | None, NOT_NULL] = Field(
        None, description="Is the sound encrypted (SRTP)? With wss it always is."
    )
    max_contacts: Annotated[MaxContacts | None, NOT_NULL] = Field(
        None, description="Phones that may be registered at once, 1-100."
    )
    options: PhoneOptions = Field(PhoneOptions(), description="Raw settings, by PBX.")


class Phones(Model):
    """Settings of all phones."""

    transport: PhoneTransport = Field("udp", description="How SIP travels: udp, tcp, tls, or wss (WebRTC).")
    codecs: Codecs = Field(
        ["g722", "alaw", "ulaw"], description="Codecs, best first.", examples=[["opus", "g722", "alaw"]]
    )
    srtp: Literal["off", "optional", "required"] = Field(
        "off", description="Is the sound encrypted (SRTP)? With wss it always is."
    )
    max_contacts: MaxContacts = Field(
        10,
        description="Phones of one user registered at once, 1-100; without the key FreeSWITCH has no limit.",
    )
    options: PhoneOptions = Field(PhoneOptions(), description="Raw settings, by PBX.")


class User(Model):
    """A person with an extension."""

    name: Text | None = Field(None, description="Shown to those who are called; the extension where not given.")
    password: SecretValue | None = Field(
        None, description="SIP secret; without one the phone's login is configured elsewhere."
    )
    did: OneOrMany[OutsideNumber] = Field(
        [], description="Outside numbers that reach this user; the first is shown outside."
    )
    caller_id: (
        Annotated[
            str,
            StringConstraints(pattern=rf"^(?:{WITHHELD}|{NUMBER.removeprefix('^').removesuffix('$')})$"),
            Expects("a number in quotes, or withheld"),
            Field(examples=["+390212345000", WITHHELD]),
        ]
        | None
    ) = Field(None, description="Shown outside instead of the first `did`: a number, or withheld for none.")
    mobile: OutsideNumber | None = Field(None, description="What `mobile` means.")
    voicemail: (
        Annotated[
            Annotated[bool, Tag("<bool>")] | Annotated[Voicemail, Tag("<map>")],
            Discriminator(lambda value: "<map>" if isinstance(value, dict) else "<bool>"),
            Expects("true, false, or {pin, email}"),
        ]
        | None
    ) = Field(None, description="true, false, or {pin, email}; else `defaults.voicemail`.")
    class_: Annotated[Slug, Expects("the name of a class")] | Null = Field(
        None, alias="class", description="Class of service; null: no outside calls; else `defaults.class`."
    )
    trunk: TrunkNames | None = Field(
        None,
        description="Trunk or list of trunks by which calls and diversions leave, whatever the route says.",
        examples=["carrier", ["carrier", "backup"]],
    )
    ring_timeout: Seconds | None = Field(None, description=f"Seconds the phone rings, {RING_RANGE}.")
    call_waiting: bool | None = Field(None, description="false: in a call means busy.")
    dnd: bool = Field(False, description="Do not disturb: every call finds the user busy.")
    policy: OneOrMany[Annotated[Slug, Expects("the name of a policy")]] = Field(
        [], description="One policy or several; the later wins, key by key."
    )
    deviations: Deviations | None = Field(None, description="The user's own: win over the policies', key by key.")
    follow_me: Annotated[list[LegItem], Expects("a list of destinations")] = Field(
        [], description="Seguimi: rings these instead of only the user's phones."
    )
    pickup: Annotated[OneOrMany[Slug], Expects("the name of a pickup group, or a list of them")] = Field(
        [],
        description="Pickup groups, by any name: users of the same one take each other's calls.",
        examples=["front", ["front", "sales"]],
    )
    self_service: Annotated[Slug, Expects("the name of a profile of self_service")] | Null = Field(
        None,
        description="Profile of what they may change from their phone; null: nothing; else `defaults.self_service`.",
    )
    phone: Phone | None = Field(None, description="Settings of this user's phone; they override `phones`.")
    accept: Accept = Field({}, description=ACCEPT)


class InboundRule(Conditions):
    """An inbound number's long form."""

    else_: Annotated[InboundTarget | None, NOT_NULL, DESTINATIONS] = Field(
        None, alias="else", description="Where calls go while the conditions do not hold."
    )
    accept: Accept = Field({}, description=ACCEPT)


InboundItem = Annotated[
    Annotated[DestinationText, Tag("<text>")] | Annotated[Conditions, Tag("<map>")], BY_SHAPE, A_DESTINATION
]

InboundTarget = Annotated[
    Annotated[DestinationText, Tag("<text>")]
    | Annotated[InboundRule, Tag("<map>")]
    | Annotated[list[InboundItem], Tag("<list>"), Field(min_length=1)],
    BY_SHAPE,
    A_DESTINATION,
]
"""A destination, a list of destinations (or of rules), or the long form."""

InboundRule.model_rebuild()
