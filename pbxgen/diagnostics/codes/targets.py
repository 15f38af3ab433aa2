"""PBX3xx: problems of targets: what a PBX cannot express."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error, source, warning

CODES: tuple[Code, ...] = (
    error(
        "PBX300",
        "Asterisk needs a trunk's addresses",
        "Asterisk recognises a trunk by the addresses that its calls come from. A name in `host` is not an address: "
        "it may lead to another address tomorrow, and calls from there would be refused.",
        example=source("trunks: {carrier: {host: sip.carrier.example}}\n"),
        cure='List the addresses beside the name: `accept_from: ["192.0.2.0/28"]`. Calls to it still use the name.',
    ),
    error(
        "PBX301",
        "Name too long for a context of Asterisk",
        "Trunks, routes, schedules and contacts become contexts, named after the tenant, their kind and their own "
        "name. Asterisk keeps only 79 letters of such a name, and would confuse two names that begin alike.",
        example="""\
version: 1
pbx:
  name: a-company-with-a-very-long-name-indeed
  domain: pbx.acme.example
  country: IT
  timezone: Europe/Rome
  language: it
schedules:
  opening-hours-of-the-shop-in-main-street: {weekly: {mon: "08:00-12:00"}, closed: ["2026-12-24"]}
""",
        cure="Shorten `pbx.name` or the other name.",
    ),
    error(
        "PBX302",
        "List too long for Asterisk",
        "A line of Asterisk's configuration holds 8,190 bytes, and so does a call's list of places still to try. "
        "Members rung together become one such line too.",
        example="$ pbxgen check acme.yaml    # a group of 200 members with strategy: all",
        cure="Shorten the list, or let it lead to a group or another user that holds the rest.",
    ),
    error(
        "PBX303",
        "Too many routes for Asterisk",
        "Each route is a context, searched in the order of the source; Asterisk gives up after 128 of them.",
        example="$ pbxgen check acme.yaml    # 101 routes",
        cure="A route takes a list of patterns: join routes that use one trunk and belong to the same classes.",
    ),
    error(
        "PBX304",
        "Endpoint name that Asterisk cannot read back",
        "The extension of a call is read from the name of the endpoint it comes from, so `--endpoint-name` must hold "
        "`{extension}` exactly once.",
        example="$ pbxgen generate acme.yaml -o out --target asterisk --endpoint-name '{extension}-{extension}'",
        cure="Write `{extension}` once, such as `phone-{extension}`.",
    ),
    error(
        "PBX305",
        "Login that Asterisk cannot carry",
        "A user name or a password begins or ends with a space. Asterisk drops spaces at the ends of a value, and the "
        "login would fail.",
        example="$ SIP_101=' secret' pbxgen generate acme.yaml -o out --target asterisk",
        cure="Choose another one.",
    ),
    warning(
        "PBX306",
        "Name longer than Asterisk can show",
        "Asterisk keeps 79 bytes of a display name (letters beyond ASCII take two to four). What phones and e-mails "
        "show is the name's beginning and an ellipsis.",
        example=source(
            "users:\n"
            '  "101": {name: The person who looks after the roses in the garden behind the old house by the sea}\n'
        ),
        cure='Shorten the name, or accept it: `accept: {PBX306: "the beginning says enough"}`.',
    ),
    error(
        "PBX319",
        "Number that Asterisk takes for pickup",
        "Asterisk itself takes `*8` for pickup, before the dialplan is asked, and refuses it where `features.pickup` "
        "is another code. So `*8` can be no other number or code.",
        example='$ pbxgen check acme.yaml    # features: {pickup: "*7"}, switches: {night: {number: "*8", …}}',
        cure="Choose another number.",
    ),
    error(
        "PBX350",
        "FreeSWITCH needs a trunk's addresses",
        "FreeSWITCH accepts calls of a trunk from its addresses only, because the origin of a call decides what it "
        "may reach. A name in `host` may lead to another address tomorrow, and looking it up would make the same "
        "source give different files.",
        example=source(
            'trunks:\n  carrier: {host: sip.carrier.example}\nroutes: {out: {match: "+39[03]X.", trunk: carrier}}\n'
        ),
        cure='List the addresses beside the name: `accept_from: ["192.0.2.0/28"]`. Calls to it still use the name.',
    ),
    error(
        "PBX351",
        "Text that FreeSWITCH's XML cannot carry",
        "A password, a PIN, a login or an e-mail address holds control characters. These values must arrive "
        "unchanged, unlike names, which are only shown and lose such characters.",
        example="$ pbxgen check acme.yaml    # trunks: {carrier: {username: a control character, …}}",
        cure="Choose a text of letters, digits and signs.",
    ),
    error(
        "PBX352",
        "Endpoint name that FreeSWITCH cannot use",
        "`--endpoint-name` says how phones are named in a directory that is configured elsewhere. FreeSWITCH finds the "
        "extension in the name a phone has authenticated with, so the name must hold it once, before any `@`.",
        example="$ pbxgen generate acme.yaml -o out --target freeswitch --endpoint-name phone",
        cure="Write `{extension}` into the name, such as `{tenant}-{extension}`.",
    ),
    error(
        "PBX353",
        "Names that FreeSWITCH cannot tell apart",
        "FreeSWITCH ignores upper and lower case in names: two names that differ only in this would be the same.",
        example=source(
            "groups:\n"
            '  sales: {number: "600", members: ["101"]}\n'
            '  Sales: {number: "601", members: ["101"]}\n'
            'users: {"101": {name: Ada}}\n'
        ),
        cure="Rename one of them.",
    ),
    error(
        "PBX354",
        "More members than FreeSWITCH rings together",
        "FreeSWITCH forks one call to at most 128 contacts, and a user may have several phones.",
        example="$ pbxgen check acme.yaml    # groups: {all: {members: 101 of them, strategy: all}}",
        cure="Ring fewer together, or one after the other (`strategy: linear`).",
    ),
    error(
        "PBX355",
        "Certificates that FreeSWITCH can only look at for all trunks",
        "Whether certificates are verified is a setting of FreeSWITCH's profile of trunks, not of one trunk.",
        example=source(
            "trunks:\n"
            "  carrier: {host: 192.0.2.1, transport: tls}\n"
            "  other: {host: 192.0.2.2, transport: tls, tls_verify: false}\n"
            "routes: {world: {match: +., trunk: [carrier, other]}}\n"
        ),
        cure="Give all trunks that are reached over TLS the same `tls_verify`.",
    ),
    error(
        "PBX356",
        "Trunk that FreeSWITCH cannot reach over IPv6",
        "FreeSWITCH's stock configuration has one profile for trunks, which listens to IPv4 only.",
        example=source('trunks: {carrier: {host: "[2001:db8::1]"}}\nroutes: {world: {match: +., trunk: carrier}}\n'),
        cure="Write the carrier's IPv4 address or its host name, or use Asterisk.",
    ),
    error(
        "PBX357",
        "Number of contacts that FreeSWITCH does not hold to",
        "The plan for FreeSWITCH rings twelve contacts of a user at most. It counts registrations by the name that "
        "a phone writes into To, and in a fleet they are kept under another one, so that there it counts none.",
        example=source('users: {"101": {password: "not-12345", phone: {max_contacts: 20}}}\n'),
        cure="Write `max_contacts` of 12 or less, or use Asterisk; in a fleet leave it out.",
    ),
    error(
        "PBX390",
        "Raw setting that decides what pbxgen promises",
        "`options` hand settings on to the PBX that the language has no key for. Who somebody is, where calls come "
        "in, whose number is believed and shown, where calls and sound are sent, which certificates are believed, "
        "where calls are diverted and who may transfer them is decided by the source: a setting that would decide "
        "it otherwise is refused.",
        example=source(
            'trunks: {carrier: {host: 192.0.2.1, options: {asterisk: {endpoint: {context: "from-anybody"}}}}}\n'
        ),
        cure="Remove the setting, and say it by the key of the language where there is one.",
    ),
    error(
        "PBX391",
        "Raw setting that is not known",
        "What a setting decides must be known before it is handed on: of Asterisk's `endpoint`, `aor` and "
        "`registration`, and of FreeSWITCH's `params` and `gateway`, only names are taken that are known to change "
        "nothing that pbxgen promises. Asterisk would not load a section with a setting that it does not know.",
        example=source('phones: {options: {asterisk: {endpoint: {rtp_timout: "60"}}}}\n'),
        cure="Correct the name. What is missing here can be written by hand on Asterisk, in `pjsip_local.conf`.",
    ),
)
