"""PBX3xx: problems of targets: what a PBX cannot express."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error, source

CODES: tuple[Code, ...] = (
    error(
        "PBX350",
        "FreeSWITCH needs a trunk's addresses",
        "Where a call came in decides what it may reach, so FreeSWITCH accepts calls of a trunk from its addresses "
        "only. A host name may mean another address tomorrow, and looking it up would make the same source give "
        "different files.",
        example=source(
            "trunks:\n"
            "  carrier: {host: sip.carrier.example}\n"
            'routes: {out: {match: "+39[03]X.", trunk: carrier}}\n'
        ),
        cure='List the addresses beside the name: `accept_from: ["192.0.2.0/28"]`. Calls to it still use the name.',
    ),
    error(
        "PBX351",
        "text that FreeSWITCH's XML cannot carry",
        "A login or an e-mail address holds control characters. Names are only shown and lose such characters; a login "
        "must arrive letter by letter.",
        example="$ pbxgen check acme.yaml    # trunks: {carrier: {username: a control character, …}}",
        cure="Choose a text of letters, digits and signs.",
    ),
    error(
        "PBX352",
        "endpoint name that FreeSWITCH cannot use",
        "`--endpoint-name` says how phones are named in a directory that is configured elsewhere. FreeSWITCH finds the "
        "extension in the name a phone has authenticated with, so the name must hold it once, before any `@`.",
        example="$ pbxgen generate acme.yaml -o out --target freeswitch --endpoint-name phone",
        cure="Write `{extension}` into the name, such as `{tenant}-{extension}`.",
    ),
)
