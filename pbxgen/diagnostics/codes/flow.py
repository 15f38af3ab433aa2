"""PBX2xx: problems of the call flow: loops, lost calls, rules that never apply."""

from __future__ import annotations

import datetime as dt

from pbxgen.diagnostics.codes.code import Code, error, note, source, warning

_TRUNK = """\
trunks: {carrier: {host: 192.0.2.1}}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
"""


def _with_trunk(body: str) -> str:
    """``body``, which begins within ``routes``, as a complete source."""
    return source(_TRUNK + body)


CODES: tuple[Code, ...] = (
    error(
        "PBX200",
        "Loop of unconditional deviations",
        "Unconditional deviations that can all apply to one call lead back to the user where they began. Such a "
        "call would go round in a circle and end at an arbitrary phone.",
        example=source("""\
users:
  "101": {name: Ada, deviations: {unconditional: "102"}}
  "102": {name: Bob, deviations: {unconditional: "101"}}
"""),
        cure="Let one of them end at a phone or a mailbox, or give them conditions that never hold together.",
        mended=('unconditional: "101"', "busy: hangup"),
    ),
    warning(
        "PBX210",
        "A call from outside can be lost",
        "In some states of the phones a call from outside is released although nobody answered, no mailbox or "
        "announcement took it, and it met no `busy` or `hangup`. The finding shows the shortest such call. If no "
        "outside number leads to a user, operator position or group, the example is a call transferred there by "
        "somebody who does not answer the recall (`defaults.recall`).",
        example=_with_trunk("""\
users:
  "101": {name: Ada, did: "+390212345101"}
"""),
        cure="Give the last place a mailbox, an overflow or a further destination; write `busy` or `hangup` where "
        'calls shall end; or accept it where it stands: `accept: {PBX210: "night calls end here"}`.',
        mended=("{name: Ada,", "{name: Ada, voicemail: true,"),
    ),
    warning(
        "PBX211",
        "Rule that can never apply",
        "An unconditional rule that always applies, or an earlier rule of the same list with wider conditions, "
        "applies instead; or the callers or times of this rule do not occur, or it asks for a switch to be "
        "on and off. An unconditional rule does not apply if it leads only to places that the call has already been to "
        "(a secretary reaches the boss whose calls all go to her): the finding then says for whom the other rule still "
        "applies.",
        example=source("""\
users:
  "101":
    name: Ada
    deviations:
      busy: [{to: "102", from: internal}, {to: "103", from: internal}]
  "102": {name: Bob}
  "103": {name: Cleo}
"""),
        cure="Remove it, move it before the other one, or change its conditions. Accept it where it is meant for those "
        "whom the unconditional rule does not divert.",
        mended=('"103", from: internal', '"103", from: external'),
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
        mended=('["102", "103", "104"]', '["102", {to: "103", timeout: 20}, {to: "104", timeout: 20}]'),
    ),
    warning(
        "PBX213",
        "Chain longer than max_diversions",
        "A call can meet more deviations than `max_diversions` allows; the further ones do not apply.",
        example=source("""\
defaults: {max_diversions: 1}
users:
  "101": {name: Ada, deviations: {busy: "102"}}
  "102": {name: Bob, deviations: {busy: "103"}}
  "103": {name: Cleo}
"""),
        cure="Shorten the chain, or raise `defaults.max_diversions`.",
        mended=("max_diversions: 1", "max_diversions: 2"),
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
  "101": {name: Ada}
"""),
        cure="Send the calls of one of them, or the position's `overflow`, elsewhere.",
        mended=('members: ["100"]}', 'members: ["100", "101"]}'),
    ),
    warning(
        "PBX215",
        "Chain to a premium-rate or satellite number",
        "A premium-rate or satellite number is allowed where it is written (`allow_premium`), but calls to other "
        "users reach it too, through a chain of deviations, and cause costs. If the first step is a setting that "
        "users may make from their phones, the finding says which.",
        example=_with_trunk("""\
  anywhere: {match: "+.", trunk: carrier}
classes: {full: [anywhere]}
users:
  "101": {name: Ada, did: "+390212345101", deviations: {busy: "102", no_answer: busy, unreachable: busy}}
  "102":
    name: Bob
    class: full
    deviations: {unconditional: [{to: "+881612345678", allow_premium: true}, hangup]}
"""),
        cure="End the chains before it, or accept it where the costly destination is written.",
        mended=('"102", no_answer', "busy, no_answer"),
    ),
    warning(
        "PBX216",
        "Chain to a number abroad, beyond the class",
        "The user's own class of service allows no calls to that country, but calls to this user can end there "
        "through another user's deviation, or through a setting that another user may make (`self_service`). Each "
        "step is allowed by itself; together they cause costs that the class forbids.",
        example=_with_trunk("""\
  italy: {match: "+39[03]X.", trunk: carrier}
  germany: {match: "+49.", trunk: carrier}
classes: {national: [italy], full: [italy, germany]}
users:
  "101": {name: Ada, class: national, deviations: {no_answer: "102"}}
  "102": {name: Bob, class: full, deviations: {unconditional: "+49301234567"}}
"""),
        cure="End the chains before it, or accept it where the destination abroad is written.",
        mended=('no_answer: "102"', "no_answer: hangup"),
    ),
    warning(
        "PBX217",
        "Mobile without `confirm` before a mailbox",
        "A mobile that is switched off or out of reach answers with the mailbox of its network. The call then "
        "counts as answered, and the mailbox of the PBX that should take the message never gets it: a later one of "
        "the same rule, the diverting user's own, or that of a user whose calls are diverted here.",
        example=_with_trunk("""\
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {national: [italy]}
users:
  "101":
    name: Ada
    class: national
    mobile: "+393335550101"
    voicemail: true
    deviations: {no_answer: mobile}
"""),
        cure="Write `{to: mobile, confirm: true}`: whoever answers must press 1, which a mailbox does not.",
        mended=("no_answer: mobile", "no_answer: {to: mobile, confirm: true}"),
    ),
    warning(
        "PBX218",
        "Operator position that is empty in its hours",
        "At some moment within the position's opening hours every member is away: has `dnd`, or diverts every call "
        "from outside to somewhere else than this position. Its opening hours are the times at which rules send "
        "calls to it: `when: office` on a rule that leads there, or `when: not office` on an earlier rule that does "
        "not. Without such rules only a position that is empty at all times is reported. A position that becomes "
        "empty by settings that its members may make from their phones is reported as well.",
        example=source("""\
schedules:
  office: {weekly: {mon-fri: "08:00-18:00"}}
  morning: {weekly: {mon-fri: "08:00-13:00"}}
operators:
  reception: {number: "9", members: ["100"], overflow: "voicemail:100"}
users:
  "100": {name: Reception, voicemail: true, deviations: {unconditional: {to: voicemail, when: not morning}}}
  "101": {name: Ada, deviations: {busy: {to: operator, when: office}}}
"""),
        cure="Add a member who is there, or let the members' conditions leave somebody.",
        mended=('members: ["100"]', 'members: ["100", "101"]'),
    ),
    warning(
        "PBX219",
        "Rule that ends soon",
        "The rule's last day (`until`) is today or within the next 14 days. From the day after, the rules after it "
        "apply. A rule that has already ended is PBX154.",
        example=source("""\
users:
  "101": {name: Ada, deviations: {busy: {to: "102", until: 2026-12-31}}}
  "102": {name: Bob}
"""),
        cure="Give it a later date if it shall go on; remove it once it has ended.",
        mended=("2026-12-31", "2027-12-31"),
        today=dt.date(2026, 12, 20),
    ),
    warning(
        "PBX220",
        "A permitted setting can lose a call",
        "`pbxgen check` examines what users may set from their phones (`self_service`) before anybody sets it: "
        "every key that a profile names, off or to each kind of place that it names. With such settings a call from "
        "outside could be released although nobody answered and no mailbox or announcement took it. The example "
        "shows who had set what. If there are too many combinations of settings or switches to examine, and no lost "
        "call was found, the finding says that the result is not known.",
        example=source(
            "self_service: {profiles: {staff: {may: [busy], to: [extensions]}}}\n"
            "users:\n"
            '  "101": {voicemail: true}\n'
            '  "102":\n'
            '    did: "+390212345102"\n'
            "    self_service: staff\n"
            '    deviations: {busy: "101", no_answer: "101", unreachable: "101"}\n'
        ),
        cure="Give the user a mailbox, choose a profile that may not do this, or accept it with a reason.",
        mended=('did: "+390212345102"', 'did: "+390212345102"\n    voicemail: true'),
    ),
    note(
        "PBX221",
        "Users who may send each other's calls round",
        "By what they may set from their phones (`self_service`) two users could each divert every call to the other. "
        "Then the second rule does not apply, as the call has been there: the second phone rings, and what follows "
        "is the second user's other rules, then the mailboxes. The finding says where a call ends that nobody takes; "
        "the example shows it. Two users of each profile stand for all who may do the same. If such a call could be "
        "lost, PBX220 says so.",
        example=source(
            "self_service: {profiles: {staff: {may: [unconditional], to: [extensions]}}}\n"
            "users:\n"
            '  "101": {name: Ada, did: "+390212345101", self_service: staff, voicemail: true}\n'
            '  "102": {name: Bruno, did: "+390212345102", self_service: staff, voicemail: true}\n'
        ),
        cure="Nothing needs to be done. Accept it with a reason, or choose a profile without `extensions`.",
        mended=("to: [extensions]", "to: [mobile]"),
    ),
)
