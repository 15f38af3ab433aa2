"""Files of `--beside`, included by an installation that has a plan of its own, on real PBXs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from pbxgen.flow.plan import Plan
from pbxgen.lab.run import run
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options, Part
from tests.smoke.test_suites import _FOLDER
from tests.support.calls import cases_of
from tests.support.menus import WrittenByHand

_OWN = {
    "asterisk": {
        "extensions.conf": """\
[general]
static=yes
[globals]
MINE=1
[mine]
exten => 1,1,NoOp()
#tryinclude "pbxgen/extensions.conf"
""",
        "pjsip.conf": """\
[global]
type = global
endpoint_identifier_order = ip,username
default_realm = pbxgen
[udp]
type = transport
protocol = udp
bind = 0.0.0.0:5060
[tcp]
type = transport
protocol = tcp
bind = 0.0.0.0:5060
#tryinclude "pbxgen/pjsip.conf"
""",
        "voicemail.conf": "[general]\nformat = wav\n[zonemessages]\n"
        "Europe-Rome = Europe/Rome|'vm-received' q 'digits/at' H N 'hours'\n"
        '#tryinclude "pbxgen/voicemail.conf"\n',
    },
    "freeswitch": {
        f"{folder}/beside.xml": "<include>\n"
        f'<X-PRE-PROCESS cmd="include" data="../pbxgen/{folder}/*.xml"/>\n'
        "</include>\n"
        for folder in ("dialplan", "directory")
    },
}
"""Of FreeSWITCH the profiles and the phones are the installation's: another run of ours stands for them."""


@dataclass
class _Beside(WrittenByHand):
    def render(self, plans: tuple[Plan, ...], options: Options) -> tuple[GeneratedFile, ...]:
        own = tuple(GeneratedFile(path, text) for path, text in _OWN[self.name].items())
        if self.name == "asterisk":
            return (*self.whole.render(plans, replace(options, beside=True)), *own)
        theirs = self.whole.render(plans, replace(options, parts=frozenset({Part.ENDPOINTS, Part.VOICEMAIL})))
        ours = self.whole.render(plans, replace(options, parts=frozenset({Part.DIALPLAN}), beside=True))
        return (*theirs, *ours, *own)

    def stubs(self, plans: tuple[Plan, ...]) -> tuple[GeneratedFile, ...]:
        return self.whole.stubs(plans)


@pytest.mark.real
@pytest.mark.slow
def test_a_plan_beside_another_takes_its_calls(pbx_name: str) -> None:
    # One, as phones that are configured elsewhere have other names in a fleet, and each call is a tenant.
    cases = [
        case for case in cases_of(_FOLDER / "services/services.test.yaml") if "gives a call from outside" in case.name
    ]
    assert len(cases) == 1
    report = run(cases, {pbx_name: _Beside(load_target(pbx_name), {})}, second_try=False)
    assert [(r.case.name, r.differences) for r in report.results if not r.passed] == []
    assert report.problems[pbx_name] == ()
