"""A plan with hostile texts, and what FreeSWITCH's target makes of plans."""

from __future__ import annotations

from pbxgen.flow.endpoint import Secret
from pbxgen.flow.plan import Plan
from pbxgen.targets.base import GeneratedFile, Options
from pbxgen.targets.freeswitch.target import FreeSwitchTarget

HOSTILE = 'Ada ]]> --> <X-PRE-PROCESS cmd=\\"exec\\" data=\\"id\\"/> ${system(id)} $${domain} \\"x\\", y; z 🙂 \\u202e'
BODY = f"""
schedules: {{office: {{weekly: {{mon-fri: "08:30-18:00"}}, holidays: IT}}}}
contacts: {{vip: ["+393331112222"]}}
operators: {{reception: {{number: "9", members: ["100"], overflow: "voicemail:100"}}}}
users:
  "100": {{name: Reception, password: "se<c>r&t", voicemail: {{pin: "987612"}}, did: "+390212345100"}}
  "101":
    name: "{HOSTILE}"
    class: national
    deviations: {{unconditional: {{to: operator, when: not office, from: vip}}}}
  "102": {{name: No phone of ours, voicemail: true}}
inbound: {{"+390212345000": operator}}
"""


class Secrets(dict[Secret, str]):
    """Every secret is its own text."""

    def __missing__(self, secret: Secret) -> str:
        return secret.value


def rendered(*plans: Plan, **options: object) -> dict[str, GeneratedFile]:
    files = FreeSwitchTarget().render(plans, Options(secrets=Secrets(), **options))  # type: ignore[arg-type]
    return {file.path: file for file in files}
