"""PBX1xx: problems of the language: unknown keys and names, types, ranges, numbers."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error, source, warning

_OUTSIDE = """\
trunks: {carrier: {host: sip.carrier.example}}
routes:
  emergency: {match: "112", trunk: carrier, emergency: true}
  italy: {match: "+39X.", trunk: carrier}
classes: {national: [italy]}
"""

CODES: tuple[Code, ...] = (
    error(
        "PBX101",
        "Unknown key",
        "A mapping has a key that the language does not know there, most often a slip of the pen.",
        example=source('users:\n  "101": {nmae: Ada Rossi}\n'),
        cure="Write the key as the reference spells it; the message names the nearest one.",
    ),
    error(
        "PBX102",
        "A key is missing",
        "Something cannot be understood without this key.",
        example=source("trunks:\n  carrier: {transport: tcp}\n"),
        cure="Add the key.",
    ),
    error(
        "PBX103",
        "Wrong type of value",
        "A value is of another kind than its key expects: a list instead of a text, a text instead of true or false, "
        "or nothing at all.",
        example=source('users:\n  "101": {dnd: [busy]}\n'),
        cure="Write what the message asks for.",
    ),
    error(
        "PBX104",
        "Value out of range",
        "A number is too small or too large, or a text too long.",
        example=source("defaults: {ring_timeout: 300}\n"),
        cure="Choose a value inside the range the message gives.",
    ),
    error(
        "PBX105",
        "Value that does not fit",
        "A text has not the form its key expects, or is none of the words it may be: a country that does not exist, "
        "an extension with letters, an unknown transport.",
        example=source("trunks:\n  carrier: {host: sip.carrier.example, transport: udpp}\n"),
        cure="Write one of the values the message names, or the form it shows.",
    ),
    error(
        "PBX106",
        "Number without quotes",
        "YAML reads digits without quotes as a number and loses a leading plus and leading zeros: 0212345101 becomes "
        "212345101. So every extension, PIN and outside number stands in quotes.",
        example=source("users:\n  101: {name: Ada Rossi}\n"),
        cure="Put the number in quotes, as the message shows it.",
    ),
    error(
        "PBX107",
        "Text that cannot be carried",
        "A text holds a line break, a control character or half a character. No PBX can take such a text into its "
        "configuration, so it is refused rather than changed. Every other character is carried.",
        example=source('users:\n  "101": {name: "Ada\\nRossi"}\n'),
        cure="Write the text on one line, without control characters.",
    ),
    error(
        "PBX110",
        "Unknown name",
        "A trunk, route, class, schedule, contacts set, operator position, group, service, switch, policy, user or "
        "profile of self-service is named that the source does not have.",
        example=source('users:\n  "101": {deviations: {busy: "102"}}\n'),
        cure="Correct the name (the nearest one is suggested), or add what it names.",
    ),
    error(
        "PBX111",
        "Number used twice",
        "Two things share a number: extensions, operator positions, groups, services, switches and codes among what "
        "phones dial; users' DIDs and inbound numbers among what comes from outside.",
        example=source('users: {"101": {}, "102": {}}\ngroups: {sales: {number: "102", members: ["101"]}}\n'),
        cure="Give one of the two another number.",
    ),
    error(
        "PBX112",
        "Number that is an emergency number",
        "An extension, position, group or service has the same number as an emergency route, with or without the "
        "outside line. A phone that dials it would reach the wrong one.",
        example=source(_OUTSIDE + 'users: {"112": {}}\n'),
        cure="Choose another number.",
    ),
    error(
        "PBX113",
        "Not a number",
        "An outside number cannot be read: too few or too many digits, a country code that does not exist, or digits "
        "that no number of pbx.country has.",
        example=source('users:\n  "101": {did: "+39 02"}\n'),
        cure='Write it in E.164, such as "+390212345101", or as it is dialled inside pbx.country.',
    ),
    error(
        "PBX114",
        "Not a destination",
        "The text is not a destination that the language knows.",
        example=source('users:\n  "101": {deviations: {busy: voicemial}}\n'),
        cure="Write an extension, a number, mobile, voicemail, operator, group:NAME, service:NAME, announce:NAME, busy "
        "or hangup.",
    ),
    error(
        "PBX115",
        "Diversion to oneself",
        "A user's calls would be diverted to the same user, or an inbound number leads to itself.",
        example=source('users:\n  "101": {deviations: {busy: "101"}}\n'),
        cure="Choose another destination; to ring the own phone beside others, use follow_me.",
    ),
    error(
        "PBX116",
        "Mailbox that does not exist",
        "A call would be sent to the mailbox of a user who has none.",
        example=source('users:\n  "101": {deviations: {busy: voicemail}}\n'),
        cure="Give the user `voicemail: true`, or choose another destination.",
    ),
    error(
        "PBX117",
        "Mobile that is not set",
        "`mobile` means the diverting user's own mobile, and the user has none.",
        example=source('users:\n  "101": {deviations: {busy: mobile}}\n'),
        cure="Give the user a `mobile`, or choose another destination.",
    ),
    error(
        "PBX118",
        "No route carries the number",
        "An outside destination matches no route, so the call could not be sent anywhere.",
        example=source(_OUTSIDE + 'users: {"101": {class: national, deviations: {busy: "+33142685300"}}}\n'),
        cure="Add a route whose pattern matches the number, or choose another destination.",
    ),
    error(
        "PBX119",
        "Class of service forbids it",
        "The class of the diverting user does not open the route that carries the destination; without a class no "
        "outside call is allowed at all.",
        example=source(_OUTSIDE + 'users: {"101": {deviations: {busy: "+393331234567"}}}\n'),
        cure="Give the user a class that lists the route, or choose another destination.",
    ),
    error(
        "PBX120",
        "Emergency number as destination",
        "Calls must never be diverted to an emergency service.",
        example=source(_OUTSIDE + 'users: {"101": {deviations: {busy: "112"}}}\n'),
        cure="Choose another destination.",
    ),
    error(
        "PBX121",
        "Expensive destination",
        "Diversions to premium-rate or satellite numbers are a common way of toll fraud. They must be allowed "
        "explicitly.",
        example=source(_OUTSIDE + 'users: {"101": {class: national, deviations: {busy: "899123456"}}}\n'),
        cure="Choose another destination, or write `allow_premium: true` beside it.",
    ),
    error(
        "PBX122",
        "Member that is not a user",
        "A group or operator position has a member that is not a user of the source.",
        example=source('users: {"101": {}}\ngroups: {sales: {number: "600", members: ["101", "102"]}}\n'),
        cure="Correct the extension, or add the user.",
    ),
    error(
        "PBX123",
        "Member twice",
        "A group or operator position lists the same member twice, or a switch the same operator.",
        example=source('users: {"101": {}}\ngroups: {sales: {number: "600", members: ["101", "101"]}}\n'),
        cure="Remove one of the two.",
    ),
    error(
        "PBX124",
        "No operator is meant",
        "A bare `operator` means the position marked `default: true`, or the only one there is. Here there is none, "
        "or several without a default.",
        example=source('users: {"101": {deviations: {busy: operator}}}\n'),
        cure="Write operator:NAME, or mark one position with `default: true`.",
    ),
    error(
        "PBX125",
        "Destination without meaning here",
        "Destinations under overflow and inbound have no diverting user, so `voicemail` and `mobile` need an "
        "extension there; in follow_me only phones and numbers can ring.",
        example=source('users: {"101": {}}\ngroups: {sales: {number: "600", members: ["101"], overflow: voicemail}}\n'),
        cure="Say whose mailbox (voicemail:101) or write the number; in follow_me name extensions, numbers or mobile.",
    ),
    error(
        "PBX126",
        "Date, time or holiday that cannot be read",
        "A window of time, a date, a day of the week or the name of a country's holidays is not written as expected.",
        example=source('schedules: {office: {weekly: {mon-fri: "8-17"}}}\n'),
        cure='Windows are "08:30-13:00" (to "24:00"), dates 2026-12-24, ranges "2027-08-09..2027-08-20", days mon-fri.',
    ),
    error(
        "PBX127",
        "Pattern that cannot be read",
        "Patterns are made of digits, +, X (0-9), Z (1-9), N (2-9), sets such as [03], and a closing . or !. Emergency "
        "numbers are written out, as they are dialled.",
        example=source('trunks: {carrier: {host: 192.0.2.1}}\nroutes: {italy: {match: "+39Q.", trunk: carrier}}\n'),
        cure="Write the pattern with these letters only.",
    ),
    error(
        "PBX128",
        "Key that has no place in this rule",
        "`after` gives a phone time to ring, so it stands only under no_answer. operator_return is "
        "for calls from outside: nothing in it can be for calls from inside.",
        example=source('users: {"101": {deviations: {busy: {to: "102", after: 20}}}, "102": {}}\n'),
        cure="Remove the key, or move the rule.",
    ),
    error(
        "PBX129",
        "Acceptance that cannot be",
        "The code under `accept` does not exist, or is the code of an error: only warnings can be accepted.",
        example=source('accept: {PBX110: "we know"}\n'),
        cure="Write the code of a warning that `pbxgen check` has shown, or solve the error.",
    ),
    error(
        "PBX130",
        "Two default operators",
        "Only one operator position can be what a bare `operator` means.",
        example=source(
            'users: {"101": {}}\noperators:\n  day: {number: "8", members: ["101"], default: true}\n'
            '  night: {number: "9", members: ["101"], default: true}\n'
        ),
        cure="Remove `default: true` from all but one.",
    ),
    error(
        "PBX132",
        "Trunk that cannot work",
        "A host, port or address of a trunk cannot exist, or it is to register without a username.",
        example=source('trunks: {carrier: {host: "sip.carrier.example:99999"}}\n'),
        cure="Correct the address; add the username.",
    ),
    error(
        "PBX133",
        "Unusable PIN",
        "A mailbox's PIN is keyed on a phone: 4 to 20 digits.",
        example=source('users: {"101": {voicemail: {pin: "12"}}}\n'),
        cure="Choose four digits or more.",
    ),
    error(
        "PBX134",
        "Used by two tenants",
        "On one PBX every tenant has a name, a domain and outside numbers of its own.",
        example="# file: fleet.yaml\nversion: 1\ntenants: [a.yaml, b.yaml]\n"
        + "# file: a.yaml\nversion: 1\npbx: {name: a, domain: pbx.example, country: IT, timezone: Europe/Rome}\n"
        + "# file: b.yaml\nversion: 1\npbx: {name: b, domain: pbx.example, country: IT, timezone: Europe/Rome}\n",
        cure="Change it in one of the two tenants.",
    ),
    warning(
        "PBX150",
        "Secret in the source",
        "A password or PIN stands in the source in clear, where everybody who can read the repository reads it.",
        example=source('users: {"101": {password: "s3cret, but long"}}\n'),
        cure="Write {env: NAME} or {file: path}.",
    ),
    warning(
        "PBX151",
        "No emergency route",
        "No route has `emergency: true`, so phones cannot call for help.",
        example=source('users: {"101": {}}\n'),
        cure="Add a route for the emergency numbers of the country.",
    ),
    warning(
        "PBX152",
        "Main number that reaches nothing",
        "Called parties see this number of the trunk, but a call back to it reaches nothing.",
        example=source('trunks: {carrier: {host: 192.0.2.1, number: "+390212345000"}}\n'),
        cure="Add the number under inbound, or as a user's did.",
    ),
    warning(
        "PBX153",
        "Long ring time",
        "Something rings for more than a minute. Callers hang up before, and carriers give up.",
        example=source("defaults: {ring_timeout: 90}\n"),
        cure="60 seconds or less.",
    ),
    warning(
        "PBX154",
        "Rule past its end",
        "A rule's `until` lies in the past: it no longer applies.",
        example=source('users: {"101": {deviations: {busy: {to: "102", until: 2020-12-31}}}, "102": {}}\n'),
        cure="Remove the rule, or give it a later date.",
    ),
    warning(
        "PBX155",
        "Unused",
        "A policy, schedule, contacts set, trunk, class, switch or service is defined and nothing uses it.",
        example=source('schedules: {office: {weekly: {mon-fri: "08:30-17:30"}}}\n'),
        cure="Remove it, or use it.",
    ),
    warning(
        "PBX156",
        "Option without meaning",
        "An option stands beside a destination that cannot follow it: nobody can press 1 in a mailbox.",
        example=source('users: {"101": {voicemail: true, deviations: {busy: {to: voicemail, confirm: true}}}}\n'),
        cure="Remove the option.",
    ),
    warning(
        "PBX157",
        "Acceptance of nothing",
        "A finding is accepted that no longer occurs.",
        example=source('accept: {PBX153: "the doorman is slow"}\n'),
        cure="Remove the acceptance.",
    ),
    warning(
        "PBX158",
        "Number in no known range",
        "An outside number has a possible length, but lies in no range that its country is known to use: most often "
        "a slip, sometimes a range newer than this program.",
        example=source('users: {"101": {did: "+447700900123"}}\n'),
        cure="Check the digits.",
    ),
    warning(
        "PBX159",
        "Pattern that can never match",
        "Patterns of routes and contacts are compared with numbers in E.164: a plus, and digits behind it. (A whole "
        "number in `contacts` may be written as `pbx.country` writes it.)",
        example=source('contacts: {vip: "0212*"}\n'),
        cure='Write the pattern with + and country code: "+390212*".',
    ),
    warning(
        "PBX160",
        "Weak password or PIN",
        "A SIP password that is short, very common or the same as the extension is found within hours by automatic "
        "attacks, and the attacker can then call at your cost. Attackers try PINs first that repeat one digit, "
        "count up or down, or are a year or the extension. The value itself is never shown. Passwords and PINs from "
        "the environment or a file are checked when files are generated.",
        example=source('users: {"101": {voicemail: {pin: "1234"}, accept: {PBX150: "an example"}}}\n'),
        cure="Let a program choose passwords (`openssl rand -base64 18`); choose PINs of six digits or more.",
    ),
    error(
        "PBX161",
        "Address that no trunk can have",
        "Calls from the addresses in `host` and `accept_from` are accepted as the trunk's. No carrier has every "
        "address (`0.0.0.0/0`) or a multicast, broadcast or unspecified address; `pbx.domain` is the address of the "
        "phones. Write an IPv4 address as such (not `::ffff:192.0.2.1`).",
        example=source('trunks: {carrier: {host: 192.0.2.1, accept_from: "0.0.0.0/0"}}\n'),
        cure="Write the addresses that the carrier gives for its servers.",
    ),
    warning(
        "PBX162",
        "Trunk that takes in too much",
        "All calls from these addresses are taken for the trunk's, so that phones with such an address cannot call. "
        "The network is wider than /16 (IPv6: /32), or it is a network of private addresses, such as 10.0.0.0/8, "
        "192.168.0.0/16 or fc00::/7, where phones usually are. A single private address, such as that of a session "
        "border controller, is allowed.",
        example=source('trunks: {carrier: {host: 192.0.2.1, accept_from: "192.168.0.0/16"}}\n'),
        cure="Write the addresses that the carrier gives, one by one or as small networks.",
    ),
    warning(
        "PBX163",
        "Profile that diverts to nowhere",
        "A profile of `self_service` lets users set deviations, but allows no kind of destination: they can only "
        "switch deviations off.",
        example=source('self_service: {profiles: {staff: {may: [busy]}}}\nusers: {"101": {self_service: staff}}\n'),
        cure="Say where they may divert to: `to: [extensions, operators, voicemail]`.",
        mended=("may: [busy]", "may: [busy], to: [extensions]"),
    ),
    warning(
        "PBX164",
        "A key without codes",
        "A profile of `self_service` lets users set a key for which there is no code, so that no phone can set it. "
        "`us` has no codes for `operator_return` and `follow_me`; a mapping of your own has only the codes that you "
        "write.",
        example=source(
            "self_service: {codes: us, profiles: {staff: {may: [busy, follow_me], to: [extensions]}}}\n"
            'users: {"101": {self_service: staff}}\n'
        ),
        cure="Remove the key from `may`, choose `etsi`, or write codes of your own that have it.",
        mended=(", follow_me]", "]"),
    ),
    warning(
        "PBX170",
        "Numbers that begin like an emergency number",
        "A phone that dials digit by digit, with a dial plan of its own, could confuse an extension, position or "
        "group with an emergency number, because one begins with the other. There is one finding for all of them.",
        example=source(_OUTSIDE + 'users: {"1120": {}}\n'),
        cure="Choose other numbers, or let phones send numbers as a whole and accept the warning.",
    ),
    error(
        "PBX171",
        "Keys of a route that exclude each other",
        "The numbers of an emergency route are compared and sent as they are dialled anyway, for everybody; "
        "`as_dialled` does the same for users whose class has the route.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1}}\n"
            'routes: {emergency: {match: "112", trunk: carrier, emergency: true, as_dialled: true}}\n'
        ),
        cure="Keep one of the two.",
    ),
    error(
        "PBX172",
        "Inbound ranges of which neither is the narrower",
        "If a number is in several ranges, the narrowest range decides where its calls go. Two ranges have numbers "
        "in common, but neither is a part of the other, so that none of them is the narrower.",
        example=source(
            'users: {"101": {}, "102": {}}\n'
            'inbound: {"+39021234[12]XX": "101", "+390212342[0-4]X": "102", "+39021234[23]XX": "102"}\n'
        ),
        cure="Write the numbers that they have in common as a range of their own, or leave them out of one of the two.",
    ),
    warning(
        "PBX173",
        "Route that can carry no call",
        "The first route that matches a number carries the call. Either earlier routes match all numbers of this "
        "route (users whose class has only this route are refused), or an inbound range has them all: calls to your "
        "own numbers stay inside.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1}}\n"
            'routes: {world: {match: "+.", trunk: carrier}, italy: {match: "+39[03]X.", trunk: carrier}}\n'
        ),
        cure="Move the route before the wider ones, or remove it; write ranges of your own numbers only.",
    ),
    warning(
        "PBX174",
        "Calls that show no number",
        "A call to the outside shows the caller's first `did` or `caller_id`, else the trunk's number. If neither "
        "exists, the call is anonymous, because an extension cannot be called back from outside; many carriers "
        "refuse such calls.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1}}\nroutes: {world: {match: +., trunk: carrier}}\n"
            'classes: {all: [world]}\nusers: {"101": {class: all}}\n'
        ),
        cure="Give the trunk a number, or the users a did or a caller_id (`withheld` if no number is to be shown).",
    ),
    warning(
        "PBX175",
        "Range of extensions that nobody has",
        "In an inbound range `extension` is the user whose extension consists of the digits at the X's of the "
        "pattern. No extension has as many digits as the range has X's, so that its calls reach nobody.",
        example=source('users: {"21": {}, "22": {}}\ninbound: {"+390212345XXX": extension}\n'),
        cure="Write as many X's as extensions have digits.",
    ),
    error(
        "PBX180",
        "Trunk twice in a list",
        "The trunks of a list are tried in order, each once for a call.",
        example=source(
            'trunks: {carrier: {host: 192.0.2.1}}\nroutes: {italy: {match: "+39[03]X.", trunk: [carrier, carrier]}}\n'
        ),
        cure="Remove one of the two.",
    ),
    warning(
        "PBX182",
        "Trunk that names numbers, and has none",
        "With `called_number: to` (or `p_called_party_id`) the carrier sends every call to the account, and a "
        "header holds the called number. No user has a `did`, `inbound` is empty and the trunk has no number, so "
        "that every call from the trunk gets 404.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1, called_number: to}}\nroutes: {world: {match: +., trunk: carrier}}\n"
        ),
        cure="Add the numbers of the account: `did` of users, `inbound`, and the trunk's number.",
    ),
    warning(
        "PBX190",
        "No header tells the caller's number",
        "With `from_user: account` From names the account, and with `identity: none` no other header names the caller: "
        "the carrier shows every call with the account's number.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1, username: acme, from_user: account}}\n"
            "routes: {world: {match: +., trunk: carrier}}\n"
        ),
        cure="Add the header that the carrier reads: `identity: pai` or `identity: rpid`.",
    ),
    warning(
        "PBX191",
        "Keys of the sound in clear text",
        "With `srtp` the keys that encrypt the sound stand in the SIP messages (RFC 4568). Over udp and tcp everyone "
        "who can read those can hear the calls. The same holds for `phones` and a user's `phone`.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1, srtp: optional}}\nroutes: {world: {match: +., trunk: carrier}}\n"
        ),
        cure="Add `transport: tls`.",
    ),
    warning(
        "PBX192",
        "Certificate that nobody looks at",
        "With `tls_verify: false` anybody who answers at the carrier's address gets the calls and the replies to "
        "its challenges.",
        example=source(
            "trunks: {carrier: {host: 192.0.2.1, transport: tls, tls_verify: false}}\n"
            "routes: {world: {match: +., trunk: carrier}}\n"
        ),
        cure="Remove it, and have the PBX know the authority that has signed the carrier's certificate.",
    ),
    error(
        "PBX193",
        "Address twice in a list",
        "The addresses of a trunk are tried in order, each of them once a call.",
        example=source(
            "trunks: {carrier: {host: [192.0.2.1, 192.0.2.2, 192.0.2.1]}}\n"
            "routes: {world: {match: +., trunk: carrier}}\n"
        ),
        cure="Remove one of the two.",
    ),
    error(
        "PBX194",
        "Phone that is a browser, and a key that browsers do not go with",
        "With `transport: wss` a phone is a browser (WebRTC). It encrypts the sound of every call (DTLS-SRTP), and has "
        "the codecs opus, g722, alaw and ulaw.",
        example=source('users: {"101": {phone: {transport: wss, codecs: [g729]}}}\n'),
        cure="Add a codec that browsers have; remove `srtp: off`.",
    ),
    warning(
        "PBX195",
        "Several addresses behind one proxy",
        "With `outbound_proxy` everything is sent to the proxy, whatever `host` says. Where `host` is a list, a call "
        "that the proxy does not carry is sent to it again for each address, and so waits up to 5 s for each.",
        example=source(
            "trunks: {carrier: {host: [192.0.2.1, 192.0.2.2], outbound_proxy: 192.0.2.9}}\n"
            "routes: {world: {match: +., trunk: carrier}}\n"
        ),
        cure="Write one `host`, or remove `outbound_proxy`. A second proxy of the carrier needs a trunk of its own.",
    ),
)
