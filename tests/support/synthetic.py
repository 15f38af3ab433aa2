"""Large made-up offices, for measuring.

``python -m tests.support.synthetic 10000 > office.yaml``; ``self-service 10000`` for one whose users may all set
everything from their phones, ``tangle 60`` for one whose users all divert to others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

_HEAD = """\
version: 1
pbx: {name: large, domain: pbx.large.example, country: IT, timezone: Europe/Rome, language: it}
defaults: {voicemail: true, class: national}
trunks: {carrier: {host: 192.0.2.1, number: "+390212000000"}}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
  abroad: {match: ["+41.", "+49."], trunk: carrier}
classes: {national: [italy], full: [italy, abroad]}
schedules:
  office: {weekly: {mon-fri: ["08:30-13:00", "14:00-18:00"]}, holidays: IT}
  shop: {weekly: {mon-sat: "09:00-19:30"}, holidays: IT-BZ, closed: ["2027-08-09..2027-08-20"]}
  on-call: {weekly: {mon-sun: "18:00-08:30"}}
contacts: {vip: ["+393331112222", "+4420*"], suppliers: ["+3902*"]}
operators:
  reception: {number: "9", members: ["EXT0", "EXT1"], overflow: "voicemail:EXT0"}
inbound:
  "+390212000000": {to: operator, when: office, else: "voicemail:EXT0"}
policies:
  staff:
    busy: voicemail
    no_answer: voicemail
    operator_return: {busy: operator, no_answer: {after: 15, to: operator}, unreachable: operator}
  sales:
    busy: [{to: operator, from: vip}, {to: voicemail}]
    no_answer: [{to: mobile, confirm: true, when: office}, {to: voicemail}]
    unreachable: [{to: mobile, confirm: true}, voicemail]
  support:
    unconditional: {to: mobile, confirm: true, when: on-call}
    no_answer: {after: 12, to: operator}
  shop:
    unconditional: {to: voicemail, when: not shop}
    busy: operator
    operator_return: {no_answer: [{to: operator, when: shop}, {to: voicemail, until: 2027-06-30}]}
"""
_POLICIES = ("staff", "sales", "support", "shop")


def office(users: int) -> Iterator[str]:
    """The lines of a source: four policies, a group for every 50 users, every tenth user with rules of their own."""
    first_extension = 2 * 10 ** len(str(users))  # no extension may begin like 112
    extensions = [str(first_extension + n) for n in range(users)]
    yield _HEAD.replace("EXT0", extensions[0]).replace("EXT1", extensions[1])
    yield "groups:\n"
    for first in range(0, users, 50):
        members = ", ".join(f'"{e}"' for e in extensions[first : first + 20])
        overflow = f'"voicemail:{extensions[first]}"'
        yield f'  g{first // 50}: {{number: "7{first // 50:05}", members: [{members}], overflow: {overflow}}}\n'
    yield "users:\n"
    for n, extension in enumerate(extensions):
        did, mobile = f'"+39021{n:07}"', f'"+39333{n:07}"'
        yield f'  "{extension}":\n    name: User {n}\n    did: {did}\n    mobile: {mobile}\n'
        yield f"    policy: {_POLICIES[n % 4]}\n"
        if n % 10 == 7:
            yield f'    deviations: {{busy: "{extensions[n - 1]}", no_answer: ["group:g{n // 50}", voicemail]}}\n'


def tangle(users: int, others: int = 3, **written: str) -> Iterator[str]:
    """The lines of a source whose users all divert to ``others`` colleagues in a row, other ones by each outcome.

    ``written``: the YAML of users that is not as for all others, by extension behind an underscore.
    """
    yield """\
version: 1
pbx: {name: tangle, domain: pbx.tangle.example, country: IT, timezone: Europe/Rome}
trunks: {carrier: {host: 192.0.2.1, number: "+390212000000"}}
routes: {emergency: {match: ["112"], trunk: carrier, emergency: true}, italy: {match: "+39[03]X.", trunk: carrier}}
defaults: {voicemail: true}
users:
"""
    for n in range(users):
        rules = []
        for at, outcome in enumerate(("busy", "no_answer", "unreachable")):
            colleagues = (200 + (n + 1 + at * 7 + step * 11) % users for step in range(others))
            rules.append(f"{outcome}: [{', '.join(f'{chr(34)}{c}{chr(34)}' for c in colleagues)}]")
        own = written.get(f"_{200 + n}", f"deviations: {{{', '.join(rules)}}}")
        yield f'  "{200 + n}": {{name: User {n}, did: "+39021200{n:04}", {own}}}\n'


def self_service(users: int) -> Iterator[str]:
    """The lines of :func:`office`, whose users may all set everything."""
    profile = (
        "self_service:\n  codes: etsi\n  profiles:\n    everything:\n"
        "      may: [unconditional, busy, no_answer, unreachable, operator_return, dnd]\n"
        "      to: [extensions, operators, groups, voicemail, mobile, outside]\n"
    )
    for line in office(users):
        yield line.replace("defaults: {", "defaults: {self_service: everything, ").replace(
            "\noperators:", f"\n{profile}operators:"
        )


if __name__ == "__main__":
    makers = {"tangle": tangle, "self-service": self_service}
    made = makers[sys.argv[1]](int(sys.argv[2])) if sys.argv[1] in makers else office(int(sys.argv[1]))
    sys.stdout.writelines(made)
