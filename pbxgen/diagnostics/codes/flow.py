"""PBX2xx: problems of the call flow: loops, lost calls, rules that never apply."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error, source, warning

_TRUNK = """\
trunks: {carrier: {host: 192.0.2.1}}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
"""

CODES: tuple[Code, ...] = (
    error(
        "PBX200",
        "Loop of unconditional deviations",
        "Unconditional deviations that can all apply to one call lead back to the user where they began. Such a call "
        "would go round and come to rest at an arbitrary phone.",
        example=source("""\
users:
  "101": {name: Ada, deviations: {unconditional: "102"}}
  "102": {name: Bob, deviations: {unconditional: "101"}}
"""),
        cure="Let one of them end at a phone or a mailbox, or give them conditions that never hold together.",
    ),
    warning(
        "PBX210",
        "A call from outside can be lost",
        "There are states of the phones in which a call from outside is released although nobody answered, no mailbox "
        "or announcement took it, and no `busy` or `hangup` was written on its way. The shortest such call is told.",
        example=source(
            _TRUNK
            + """\
users:
  "101": {name: Ada, did: "+390212345101"}
"""
        ),
        cure="Give the last place a mailbox, an overflow or a further destination; write `busy` or `hangup` where "
        'calls shall end; or accept it where it stands: `accept: {PBX210: "night calls end here"}`.',
    ),
    warning(
        "PBX211",
        "Rule that can never apply",
        "The rule stands behind an unconditional one that always applies, behind an earlier rule of its list with "
        "wider conditions, or it is for callers or times that do not occur.",
        example=source("""\
users:
  "101":
    name: Ada
    deviations:
      busy: [{to: "102", from: internal}, {to: "103", from: internal}]
  "102": {name: Bob}
  "103": {name: Cleo}
"""),
        cure="Remove it, move it before the other one, or change its conditions.",
    ),
    warning(
        "PBX212",
        "More than 180 s of ringing",
        "A call can ring for longer than three minutes, one place after the other. Few callers wait so long.",
        example=source("""\
defaults: {ring_timeout: 60}
users:
  "101": {name: Ada, deviations: {no_answer: ["102", "103", "104"]}}
  "102": {name: Bob}
  "103": {name: Cleo}
  "104": {name: Dino}
"""),
        cure="Shorten the chain or its ring times.",
    ),
    warning(
        "PBX213",
        "Chain longer than max_diversions",
        "A call can meet more deviations than `max_diversions` allows; those beyond do not apply.",
        example=source("""\
defaults: {max_diversions: 1}
users:
  "101": {name: Ada, deviations: {busy: "102"}}
  "102": {name: Bob, deviations: {busy: "103"}}
  "103": {name: Cleo}
"""),
        cure="Shorten the chain, or raise `defaults.max_diversions`.",
    ),
    warning(
        "PBX214",
        "Operator position whose members all divert to it",
        "Every member of the operator position diverts calls to the position itself, so their calls come back to their "
        "own phones.",
        example=source("""\
operators:
  reception: {number: "9", members: ["100"]}
users:
  "100": {name: Reception, deviations: {busy: operator}}
"""),
        cure="Send the calls of one of them, or the position's `overflow`, elsewhere.",
    ),
)
