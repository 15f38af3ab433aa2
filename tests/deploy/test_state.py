"""`pbxgen state`: what phones have set, shown, written into the YAML, put onto a PBX and taken off."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pbxgen.cli.main import app
from pbxgen.deploy.session import Session
from tests.deploy.fake_asterisk import FakeAsterisk, fake
from tests.deploy.places import Place, target
from tests.support.hostile_settings import TEXTS

__all__ = ["fake"]

Invoke = Callable[..., Result]
SINCE = 1795608000
"""2026-11-25 13:00 in Rome."""
SOURCE = """\
# The office.
version: 1
pbx: {name: office, domain: office.example, country: IT, timezone: Europe/Rome, language: it}
trunks:
  carrier: {host: 192.0.2.1, number: "+390212345000"}
routes:
  emergency: {match: ["112"], trunk: carrier, emergency: true}
  italy: {match: "+39[03]X.", trunk: carrier}
classes: {national: [italy]}
schedules: {office: {weekly: {mon-fri: "08:00-18:00"}}}
self_service:
  codes: etsi
  profiles:
    staff:
      may: [unconditional, busy, no_answer, unreachable, operator_return, dnd, follow_me]
      to: [extensions, operators, groups, voicemail, mobile, outside]
switches: {night: {number: "*28", operators: ["100"]}}
operators: {reception: {number: "9", members: ["100"], overflow: "voicemail:100"}}
groups: {sales: {number: "600", members: ["102", "103"], overflow: operator}}
defaults: {class: national, voicemail: true, self_service: staff}
users:
  "100": {name: Rita, self_service: null}
  "101":                      # the boss
    name: Ada Rossi
    did: "+390212345101"
    mobile: "+393335550101"   # since May
    deviations:
      busy: "102"             # Bruno knows
      no_answer: {after: 15, to: mobile}
      unreachable: {to: operator, when: office}
  "102": {name: Bruno, did: "+390212345102", follow_me: ["102", mobile], mobile: "+393335550102"}   # sales
  "103": {name: Cleo}
inbound: {"+390212345000": {to: "announce:closed", when: night, else: operator}}
"""


@pytest.fixture
def place(fake: FakeAsterisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made_place = Place(target("asterisk", fake.etc, ("asterisk", "-rx")), tmp_path / "source")
    made_place.source.mkdir()
    (made_place.source / "deploy.yaml").write_text(
        f"version: 1\nsource: .\ntargets:\n  hq: {{target: asterisk, folder: {fake.etc}}}\n"
    )
    made_place.write(SOURCE)
    monkeypatch.chdir(made_place.source)
    return made_place


@pytest.fixture
def invoke(place: Place) -> Invoke:
    def run(*words: object) -> Result:
        result = CliRunner().invoke(app, [*map(str, words)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        return result

    return run


def put(fake: FakeAsterisk, key: str, *settings: str) -> None:
    fake.database["office", key] = "|".join(f"{one}:{SINCE}:0" if one.count(":") == 2 else one for one in settings)


def source(place: Place) -> str:
    return (place.source / "pbx.yaml").read_text()


def test_nothing_is_set(invoke: Invoke, place: Place) -> None:
    shown = invoke("state", "show", ".", "--to", "hq")
    assert (shown.exit_code, shown.stdout) == (0, f"hq: Asterisk at local, {place.folder}\n  nothing is set\n")


def test_who_has_set_what_and_what_it_changes_for_callers(invoke: Invoke, fake: FakeAsterisk) -> None:
    put(fake, "101", "unconditional:x102:0", "no_answer:m:20", "dnd:on:0")
    put(fake, "103", "busy:n+390655501234:0")
    fake.database["office", "switch.night"] = f"on:{SINCE}"
    shown = invoke("state", "show", ".", "--to", "hq").stdout
    for line in (
        "  Ada Rossi (101)\n    every call: Bruno (102), since 2026-11-25 13:00\n",
        "    on no answer: outside number +393335550101, after 20 s, since 2026-11-25 13:00\n",
        "    do not disturb: on, since 2026-11-25 13:00\n",
        "  Cleo (103)\n    on busy: outside number +390655501234, since 2026-11-25 13:00\n",
        "  switch night: on, since 2026-11-25 13:00 (while nobody sets it: off)\n",
        "  What it changes for callers\n",
        "    ~ Ada Rossi (101)\n",
        "    ~ +390212345000\n",
    ):
        assert line in shown
    italian = invoke("state", "show", ".", "--to", "hq", "--lang", "it").stdout
    assert "    tutte le chiamate: Bruno (102), da 2026-11-25 13:00\n" in italian
    assert "Che cosa cambia per chi chiama" in italian
    only = invoke("state", "show", ".", "Cleo", "--to", "hq").stdout
    assert "Cleo (103)" in only
    assert "Ada Rossi (101)\n    every" not in only
    assert "night" not in only
    assert invoke("state", ".", "--to", "hq").stdout == shown
    assert invoke("state", ".", "show", "--to", "hq").stdout == shown


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("103", f"unconditional:x999:0:{SINCE}:0", "13:00: passed over, as this user may not divert there"),
        ("100", f"dnd:on:0:{SINCE}:0", "on, since 2026-11-25 13:00: passed over, as this user may not set it"),
        ("199", f"dnd:on:0:{SINCE}:0", "on, since 2026-11-25 13:00: passed over, as no user has this extension"),
        ("103", f"busy:off:0:{SINCE}:{SINCE + 1}", "until 2026-11-25 13:00: passed over, as its time is over"),
        ("103", f"busy:n+39899123456:0:{SINCE}:0", "on busy: +39899123456, since"),
        ("103", "dnd:on:0:999999999999:0", "do not disturb: on, since 999999999999\n"),
    ],
)  # fmt: skip
def test_what_is_passed_over_is_told_with_the_reason(
    invoke: Invoke, fake: FakeAsterisk, key: str, text: str, why: str
) -> None:
    fake.database["office", key] = text
    shown = invoke("state", "show", ".", "--to", "hq")
    assert shown.exit_code == 0
    assert why in shown.stdout


def test_whatever_the_database_holds_is_shown_harmlessly_and_never_written(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    hostile = [*TEXTS, "\x1b[2J\x1b]0;owned\x07", "a\nv    : 00\n\nk    : 00", "\u202eevil", "x: {y: z}"]
    for number, text in enumerate(hostile):
        fake.database["office", str(200 + number)] = text
        fake.database["office", f"odd/{number}\n\x1b]"] = text
    put(fake, "101", "busy:x103:0")
    shown = invoke("state", "show", ".", "--to", "hq")
    assert shown.exit_code == 0
    assert "\x1b" not in shown.stdout
    assert "\u202e" not in shown.stdout
    assert 'no setting, passed over: 202 holds "${SHELL(touch CANARY)}"' in shown.stdout
    assert json.loads(invoke("state", "show", ".", "--to", "hq", "--format", "json").stdout)["states"]
    before = source(place)
    pulled = invoke("state", "pull", ".", "--to", "hq")
    assert pulled.exit_code == 0
    assert source(place) == before.replace('busy: "102"', 'busy: "103"')
    assert "'200': no setting, it is not written" in pulled.stderr
    assert "\x1b" not in pulled.stderr


def test_pull_writes_what_an_administrator_would_have_written(invoke: Invoke, fake: FakeAsterisk, place: Place) -> None:
    put(fake, "101", "busy:p9:0", "no_answer:m:0", "unconditional:off:0", "return_busy:g600:0")
    put(fake, "102", "unconditional:v:0", "dnd:on:0")
    put(fake, "103", "busy:n+390655501234:0", "no_answer:x101:25")
    before = source(place)
    pulled = invoke("state", "pull", ".", "--to", "hq")
    assert pulled.exit_code == 0, pulled.output
    after = before.replace('busy: "102"  ', "busy: operator  ")
    after = after.replace("no_answer: {after: 15, to: mobile}", "no_answer: mobile")
    after = after.replace(
        "      unreachable: {to: operator, when: office}\n",
        '      unreachable: {to: operator, when: office}\n      operator_return:\n        busy: "group:sales"\n',
    )
    after = after.replace(
        'mobile: "+393335550102"}', 'mobile: "+393335550102", deviations: {unconditional: voicemail}, dnd: true}'
    )
    after = after.replace(
        "{name: Cleo}", '{name: Cleo, deviations: {busy: "+390655501234", no_answer: {after: 25, to: "101"}}}'
    )
    assert source(place) == after
    assert pulled.stdout.startswith("--- a/")
    assert "-      no_answer: {after: 15, to: mobile}\n" in pulled.stdout
    assert "+      no_answer: mobile\n" in pulled.stdout
    assert pulled.stdout.count("@@ -") == 1
    again = invoke("state", "pull", ".", "--to", "hq")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "nothing to change in the source" in again.stderr


def test_pull_with_a_dry_run_writes_nothing(invoke: Invoke, fake: FakeAsterisk, place: Place) -> None:
    put(fake, "101", "busy:p9:0")
    before = source(place)
    assert "+      busy: operator " in invoke("state", "pull", ".", "--to", "hq", "-n").stdout
    assert source(place) == before


@pytest.mark.parametrize(
    ("key", "text", "why"),
    [
        ("101", f"busy:x103:0:{SINCE}:9999999999", "101: busy is left: it ends by itself"),
        ("102", f"follow_me:off:0:{SINCE}:0", "102: follow_me is left: the YAML cannot hold it"),
        ("103", f"busy:n+39899123456:0:{SINCE}:0", "103: busy is left: the user may not divert there (any more)"),
        ("100", f"dnd:on:0:{SINCE}:0", "100: dnd is left: the user may not set it (any more)"),
        ("199", f"dnd:on:0:{SINCE}:0", "199: dnd is left: no user has the extension"),
        ("101", f"unreachable:x103:0:{SINCE}:0", "101: unreachable is left: its rules have conditions (when: office)"),
    ],
)
def test_what_pull_leaves_on_the_pbx(
    invoke: Invoke, fake: FakeAsterisk, place: Place, key: str, text: str, why: str
) -> None:
    fake.database["office", key] = text
    before = source(place)
    pulled = invoke("state", "pull", ".", "--to", "hq", "--clear")
    assert pulled.exit_code == 0
    assert why in pulled.stderr
    assert (source(place), pulled.stdout) == (before, "")
    assert fake.database["office", key] == text


def test_rules_with_conditions_are_replaced_when_that_is_asked_for(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    put(fake, "101", "unreachable:x103:0")
    assert invoke("state", "pull", ".", "--to", "hq", "--replace").exit_code == 0
    assert '      unreachable: "103"\n' in source(place)


def test_rules_with_conditions_of_a_policy_stay_too(invoke: Invoke, fake: FakeAsterisk, place: Place) -> None:
    text = SOURCE.replace("users:", "policies: {sales: {busy: {to: operator, when: office}}}\nusers:")
    place.write(text.replace("{name: Cleo}", "{name: Cleo, policy: sales}"))
    put(fake, "103", "busy:x102:0")
    pulled = invoke("state", "pull", ".", "--to", "hq")
    assert "103: busy is left: its rules have conditions (when: office, of policy sales)" in pulled.stderr
    assert source(place) == place.text
    assert invoke("state", "pull", ".", "--to", "hq", "--replace").exit_code == 0
    assert '{name: Cleo, policy: sales, deviations: {busy: "102"}}' in source(place)


def test_what_would_be_an_error_is_left_and_the_rest_is_written(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    put(fake, "101", "unconditional:x103:0", "busy:off:0")
    put(fake, "103", "unconditional:x101:0")
    pulled = invoke("state", "pull", ".", "--to", "hq")
    assert pulled.exit_code == 0
    assert "103: unconditional is left: " in pulled.stderr
    assert 'unconditional: "103"' in source(place)
    assert "busy: off  " in source(place)
    assert 'unconditional: "101"' not in source(place)


def test_clear_waits_until_the_new_plan_runs_and_spares_what_was_set_meanwhile(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    invoke("deploy", "--to", "hq")
    put(fake, "101", "busy:p9:0", "unconditional:x102:0")
    put(fake, "103", "busy:x101:0")
    first = invoke("state", "pull", ".", "--to", "hq", "--clear")
    assert "nothing is taken off before it runs this source" not in first.stderr
    assert len(fake.database) == 2
    waiting = invoke("state", "pull", ".", "--to", "hq", "--clear")
    assert "hq: nothing is taken off before it runs this source; deploy it first" in waiting.stderr
    assert len(fake.database) == 2
    assert invoke("deploy", "--to", "hq").exit_code == 0
    put(fake, "103", "busy:x102:0")
    done = invoke("state", "pull", ".", "--to", "hq", "--clear", "-n")
    assert 'busy: "102"' in done.stdout
    assert len(fake.database) == 2
    done = invoke("state", "pull", ".", "101", "--to", "hq", "--clear")
    assert "hq: 2 settings taken off, as the source says so" in done.stderr
    assert fake.database == {("office", "103"): f"busy:x102:0:{SINCE}:0"}


def test_a_saved_file_serves_as_a_target_and_is_put_onto_a_new_pbx(
    invoke: Invoke, fake: FakeAsterisk, place: Place, tmp_path: Path
) -> None:
    put(fake, "101", "busy:p9:0", "dnd:on:0")
    put(fake, "103", "unconditional:x999:0", "busy:v:0")
    fake.database["office", "switch.night"] = f"on:{SINCE}"
    fake.database["office", "102"] = "${SHELL(x)}"
    saved = tmp_path / "state.json"
    shown = invoke("state", "show", ".", "--to", "hq", "--save", saved)
    told = shown.stdout.partition("\n")[2]
    assert invoke("state", "show", ".", "--to", saved).stdout == f"{saved}\n{told}"
    assert "+      busy: operator" in invoke("state", "pull", ".", "--to", saved, "-n").stdout
    fake.database.clear()
    newer = f"busy:x103:0:{SINCE + 5}:0"
    fake.database["office", "101"] = newer
    pushed = invoke("state", "push", ".", "--to", "hq", "--from", saved)
    assert pushed.exit_code == 0
    assert pushed.stdout == "hq: 2 settings and 1 switch put there\n"
    assert "103: unconditional is not put there" in pushed.stderr
    assert fake.database == {
        ("office", "101"): f"{newer}|dnd:on:0:{SINCE}:0",
        ("office", "103"): f"busy:v:0:{SINCE}:0",
        ("office", "switch.night"): f"on:{SINCE}",
    }
    assert invoke("state", "push", ".", "--to", saved, "--from", saved).exit_code == 2
    assert invoke("state", "clear", ".", "--to", saved).exit_code == 2


def test_clear_takes_off_one_user_or_all_and_leaves_switches(invoke: Invoke, fake: FakeAsterisk) -> None:
    put(fake, "101", "busy:p9:0")
    put(fake, "103", "busy:v:0")
    fake.database["office", "102"] = "garbage"
    fake.database["office", "switch.night"] = f"on:{SINCE}"
    assert invoke("state", "clear", ".", "Ada Rossi", "--to", "hq", "-n").stdout == "hq: would be cleared: 101\n"
    assert invoke("state", "clear", ".", "Ada Rossi", "--to", "hq").stdout == "hq: cleared: 101\n"
    assert {key for _, key in fake.database} == {"102", "103", "switch.night"}
    assert invoke("state", "clear", ".", "--to", "hq").stdout == "hq: cleared: 102, 103\n"
    assert invoke("state", "clear", ".", "--to", "hq", "--switches").stdout == "hq: cleared: switch.night\n"
    assert invoke("state", "clear", ".", "--to", "hq").stdout == "hq: nothing is set\n"


def test_lamps_follow_what_is_taken_off_and_put_there(invoke: Invoke, fake: FakeAsterisk, tmp_path: Path) -> None:
    put(fake, "101", "unconditional:x102:0")
    fake.database["office", "switch.night"] = f"on:{SINCE}"
    fake.database["office", "evil.$(x)"] = "x"
    saved = tmp_path / "state.json"
    invoke("state", "clear", ".", "--switches", "--to", "hq", "--save", saved)
    both = ["Local/101@office.lamps", "Local/*night@office.lamps"]
    assert fake.called == both
    invoke("state", "push", ".", "--to", "hq", "--from", saved)
    assert fake.called == [*both, *both]


def test_after_a_deployment_lamps_are_what_the_new_plan_makes_of_them(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    put(fake, "101", "unconditional:x102:0")
    fake.lit |= {"office.102.dnd", "office.*29", "other.103.dnd", "103"}
    assert invoke("deploy", "--to", "hq").exit_code == 0
    assert fake.called == [f"Local/{who}@office.lamps" for who in ("101", "102", "*night")]


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Of two tenants, one and two, that are alike."""
    tenants = tmp_path / "fleet/tenants"
    tenants.mkdir(parents=True)
    (tmp_path / "fleet/fleet.yaml").write_text('version: 1\ntenants: ["tenants/*"]\n')
    for number, name in enumerate(("one", "two")):
        text = SOURCE.replace("name: office, domain: office", f"name: {name}, domain: {name}")
        (tenants / f"{name}.yaml").write_text(text.replace("+390212345", f"+39021234{number + 6}"))
    return tmp_path / "fleet/fleet.yaml"


def test_of_a_fleet_each_tenant_is_told_and_its_own_file_is_changed(
    invoke: Invoke, fleet: Path, tmp_path: Path
) -> None:
    tenants = fleet.parent / "tenants"
    texts = {"one": {"103": f"busy:x102:0:{SINCE}:0"}, "two": {"103": f"dnd:on:0:{SINCE}:0"}, "three": {"103": "x"}}
    saved = tmp_path / "state.json"
    saved.write_text(json.dumps({"version": 1, "state": texts}))
    words = (fleet, "--to", saved)
    shown = invoke("state", "show", *words).stdout
    assert "  one:\n    Cleo (103)\n      on busy: Bruno (102), since 2026-11-25 13:00\n  two:\n" in shown
    assert "do not disturb" not in invoke("state", "show", *words, "--tenant", "one").stdout
    assert invoke("state", "pull", *words).exit_code == 0
    assert '{name: Cleo, deviations: {busy: "102"}}' in (tenants / "one.yaml").read_text()
    assert "{name: Cleo, dnd: true}" in (tenants / "two.yaml").read_text()


def test_who_is_in_several_tenants_is_asked_about_before_anything_is_changed(
    invoke: Invoke, fake: FakeAsterisk, fleet: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "state.json"
    for name in ("one", "two"):
        fake.database[name, "103"] = f"busy:x102:0:{SINCE}:0|unconditional:x999:0:{SINCE}:0"
        fake.database[name, "switch.night"] = f"on:{SINCE}"
    before = dict(fake.database)
    assert invoke("state", "show", fleet, "--to", "hq", "--save", saved).exit_code == 0
    for words in (
        ("clear", fleet, "103", "--to", "hq"),
        ("clear", fleet, "Cleo", "--to", "hq", "-n"),
        ("pull", fleet, "103", "--to", "hq"),
        ("push", fleet, "103", "--to", "hq", "--from", saved),
    ):
        asked = invoke("state", *words)
        assert (asked.exit_code, asked.stdout) == (2, "")
        assert "is in several tenants (one, two): name one of them" in " ".join(asked.stderr.replace("│", "").split())
    assert fake.database == before
    assert invoke("state", "show", fleet, "103", "--to", "hq").exit_code == 0
    assert invoke("state", "clear", fleet, "103", "--to", "hq", "--tenant", "two").stdout == "hq: cleared: 103\n"
    assert fake.database == {key: text for key, text in before.items() if key != ("two", "103")}


def test_of_a_fleet_users_are_told_with_their_tenants(
    invoke: Invoke, fake: FakeAsterisk, fleet: Path, tmp_path: Path
) -> None:
    saved = tmp_path / "state.json"
    for name in ("one", "two"):
        fake.database[name, "103"] = f"busy:x102:0:{SINCE}:0|unconditional:x999:0:{SINCE}:0"
    fake.database["two", "a b"] = "x"
    told = "two/103: unconditional is left: the user may not divert there"
    assert told in invoke("state", "pull", fleet, "--to", "hq", "-n", "--save", saved).stderr
    cleared = invoke("state", "clear", fleet, "--to", "hq")
    assert cleared.stdout == "hq: cleared: one/103, two/103\n"
    assert "hq: two/'a b' cannot be named in a command" in cleared.stderr
    pushed = invoke("state", "push", fleet, "--to", "hq", "--from", saved)
    assert pushed.stdout == "hq: 2 settings and 0 switches put there\n"
    assert "hq: two/103: unconditional is not put there" in pushed.stderr


def test_a_switch_that_the_source_does_not_know_is_cleared_when_that_is_asked_for(
    invoke: Invoke, fake: FakeAsterisk
) -> None:
    fake.database["office", "switch.lunch"] = f"on:{SINCE}"
    put(fake, "103", "busy:v:0")
    assert invoke("state", "clear", ".", "--to", "hq").stdout == "hq: cleared: 103\n"
    assert fake.database == {("office", "switch.lunch"): f"on:{SINCE}"}
    assert invoke("state", "clear", ".", "--to", "hq", "--switches").stdout == "hq: cleared: switch.lunch\n"


def test_switches_are_cleared_of_the_tenant_whose_user_is_named(
    invoke: Invoke, fake: FakeAsterisk, fleet: Path
) -> None:
    for name in ("one", "two"):
        fake.database[name, "switch.night"] = f"on:{SINCE}"
    fake.database["one", "199"] = f"busy:v:0:{SINCE}:0"
    cleared = invoke("state", "clear", fleet, "199", "--to", "hq", "--switches")
    assert cleared.stdout == "hq: cleared: one/199, one/switch.night\n"
    assert fake.database == {("two", "switch.night"): f"on:{SINCE}"}


@pytest.mark.parametrize(
    "words",
    [
        ("show", "."),
        ("show", ".", "--to", "hp"),
        ("show", ".", "999", "--to", "hq"),
        ("show", ".", "--to", "pbx.yaml"),
        ("push", ".", "--to", "hq"),
        ("pull", ".", "--to", "hq", "--tenant", "other"),
    ],
    ids=" ".join,
)
def test_wrong_usage(invoke: Invoke, words: tuple[str, ...]) -> None:
    assert invoke("state", *words).exit_code == 2


@pytest.mark.parametrize("text", ["[]", "{}", '{"version": 1, "state": {"office": {"101": 1}}}', "[" * 100_000])
def test_a_file_that_is_no_state(invoke: Invoke, tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    assert invoke("state", "show", ".", "--to", path).exit_code == 2


def test_a_pbx_that_does_not_answer(invoke: Invoke, fake: FakeAsterisk) -> None:
    fake.down = True
    failed = invoke("state", "show", ".", "--to", "hq")
    assert failed.exit_code == 1
    assert "PBX611" in failed.stderr


def test_plan_tells_which_settings_lapse_and_status_how_much_is_set(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    assert invoke("deploy", "--to", "hq").exit_code == 0
    assert "set from phones" not in invoke("status").stdout
    put(fake, "101", "busy:p9:0", "unconditional:x103:0")
    put(fake, "103", f"dnd:on:0:{SINCE}:{SINCE + 1}")
    fake.database["office", "switch.night"] = f"on:{SINCE}"
    fake.database["office", "102"] = "\x1b[2J"
    heading = "Set from phones, and passed over by the new plan"
    place.change("name: Cleo", "name: Cleo Neri")
    assert heading not in invoke("plan", "--to", "hq").stdout
    place.change("[unconditional, busy,", "[busy,")
    told = f"  {heading}\n    Ada Rossi (101): every call: Cleo Neri (103), since 2026-11-25 13:00: passed over, as"
    planned = invoke("plan", "--to", "hq").stdout
    assert told in planned
    assert "Ada Rossi (101): on busy" not in planned
    assert heading in invoke("plan", "--to", "hq", "--format", "markdown").stdout
    status = invoke("status").stdout
    assert "  set from phones: 3 settings of 2 users; switch night on\n" in status
    assert "  2 settings passed over by the source as it is" not in status
    assert "  1 setting passed over by the source as it is: `pbxgen state show`\n" in status
    assert "  what is no setting stands in its database: 102\n" in status
    document = json.loads(invoke("status", "--format", "json").stdout)["targets"]["hq"]["settings"]
    passed = {"tenant": "office", "extension": "101", "key": "unconditional", "to": "x103", "why": "key"}
    assert document == {
        "known": True,
        "count": 3,
        "users": 2,
        "switches": [{"tenant": "office", "name": "night", "on": True}],
        "passed_over": [passed],
        "unreadable": ["102"],
    }
    assert json.loads(invoke("plan", "--to", "hq", "--format", "json").stdout)["targets"]["hq"]["settings"] == document
    before = dict(fake.database)
    assert invoke("deploy", "--to", "hq").exit_code == 0
    assert fake.database == before


def test_a_database_that_does_not_answer_keeps_no_plan_from_being_made(
    invoke: Invoke, fake: FakeAsterisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "_database", lambda text: "No such command\n")
    planned = invoke("plan", "--to", "hq")
    assert planned.exit_code == 0
    assert (
        "which settings from phones it would pass over is not known: Asterisk does not tell what is set"
        in planned.stdout
    )
    assert invoke("state", "show", ".", "--to", "hq").exit_code == 1


Databases = dict[str, dict[tuple[str, str], str]]


@pytest.fixture
def pair(fake: FakeAsterisk, place: Place, monkeypatch: pytest.MonkeyPatch) -> Databases:
    """Target `pair` of two nodes that run the same: the database of each, by its name."""
    path = place.source / "deploy.yaml"
    path.write_text(
        f"{path.read_text()}  hq2: {{target: asterisk, folder: {fake.etc}}}\n  pair: {{nodes: [hq, hq2]}}\n"
    )
    databases: Databases = {"hq": {}, "hq2": {}}

    def answer(session: Session, text: str) -> str:
        fake.database = databases[session.target.name]
        return fake.answer(text)

    monkeypatch.setattr(Session, "ask", answer)
    monkeypatch.setattr(Session, "ask_each", lambda self, texts: [answer(self, text) for text in texts])
    return databases


@pytest.mark.parametrize("later", ["hq", "hq2"])
def test_of_a_pair_what_was_set_earlier_does_not_hold_again_once_the_later_is_taken_off(
    invoke: Invoke, place: Place, pair: Databases, later: str
) -> None:
    earlier = "hq2" if later == "hq" else "hq"
    pair[earlier]["office", "101"] = f"busy:x102:0:{SINCE}:0"
    pair[later]["office", "101"] = f"busy:x103:0:{SINCE + 500}:0"
    assert invoke("state", "pull", ".", "--to", "pair").exit_code == 0
    assert 'busy: "103" ' in source(place)
    assert invoke("deploy", "--to", "pair").exit_code == 0
    pair[later]["office", "101"] += f"|no_answer:x103:0:{SINCE + 900}:0"
    done = invoke("state", "pull", ".", "--to", "pair", "--clear")
    assert done.exit_code == 0, done.output
    assert pair == {earlier: {}, later: {("office", "101"): f"no_answer:x103:0:{SINCE + 900}:0"}}
    assert 'busy: "103" ' in source(place)


@pytest.mark.parametrize("swapped", [False, True], ids=["at the second", "at the first"])
@pytest.mark.parametrize(
    ("key", "valid", "rubbish"),
    [
        ("103", f"busy:v:0:{SINCE}:0", f"evil:{SINCE + 9}"),
        ("103", f"busy:v:0:{SINCE}:0", f"on:{SINCE + 9}"),
        ("103", f"busy:v:0:{SINCE}:0", "x:" + "9" * 5000),
        ("switch.night", f"on:{SINCE}", f"evil:{SINCE + 9}"),
        ("switch.night", f"on:{SINCE}", "on:" + "9" * 5000),
        ("switch.night", f"on:{SINCE}", f"busy:v:0:{SINCE + 9}:0"),
    ],
)
def test_of_a_pair_rubbish_does_not_win_over_what_was_set(
    invoke: Invoke, pair: Databases, tmp_path: Path, key: str, valid: str, rubbish: str, swapped: bool
) -> None:
    texts = [rubbish, valid] if swapped else [valid, rubbish]
    for node, text in zip(("hq", "hq2"), texts, strict=True):
        pair[node]["office", key] = text
    saved = tmp_path / "state.json"
    assert invoke("state", "show", ".", "--to", "pair", "--save", saved).exit_code == 0
    assert json.loads(saved.read_text())["state"] == {"office": {key: valid}}


def test_of_a_pair_what_was_set_later_is_kept_in_the_file(invoke: Invoke, pair: Databases, tmp_path: Path) -> None:
    pair["hq"] = {("office", "switch.night"): f"on:{SINCE}", ("office", "103"): f"busy:v:0:{SINCE + 1}:0"}
    pair["hq2"] = {("office", "switch.night"): f"off:{SINCE + 1}", ("office", "103"): f"busy:x102:0:{SINCE}:0"}
    saved = tmp_path / "state.json"
    assert invoke("state", "show", ".", "--to", "pair", "--save", saved).exit_code == 0
    kept = {"switch.night": f"off:{SINCE + 1}", "103": f"busy:v:0:{SINCE + 1}:0"}
    assert json.loads(saved.read_text())["state"] == {"office": kept}


def test_status_does_not_claim_to_know_what_is_set_while_the_source_has_errors(
    invoke: Invoke, fake: FakeAsterisk, place: Place
) -> None:
    assert invoke("deploy", "--to", "hq").exit_code == 0
    put(fake, "101", "busy:p9:0")
    place.change('busy: "102"', 'busy: "999"')
    told = invoke("status").stdout
    assert told.startswith("hq: whether it is in step with the source is not known, as the source has errors\n")
    assert "  set from phones: not known (the source has errors)\n" in told
    document = json.loads(invoke("status", "--format", "json").stdout)["targets"]["hq"]
    assert document["standing"] == "not known"
    assert document["settings"]["known"] is False


@pytest.mark.parametrize("words", [(), ("-f", "deploy.yaml")], ids=["without -f", "with -f"])
def test_a_target_comes_before_a_file_of_the_same_name_and_any_other_file_serves(
    invoke: Invoke, fake: FakeAsterisk, place: Place, words: tuple[str, ...]
) -> None:
    put(fake, "103", "busy:v:0")
    assert invoke("state", "show", ".", "--to", "hq", "--save", "saved", *words).exit_code == 0
    (place.source / "hq").write_text((place.source / "saved").read_text())
    fake.database.clear()
    assert "Cleo (103)" in invoke("state", "show", ".", "--to", "saved", *words).stdout
    assert "nothing is set" in invoke("state", "show", ".", "--to", "hq", *words).stdout
    pushed = invoke("state", "push", ".", "--to", "hq", "--from", "saved", *words)
    assert pushed.stdout == "hq: 1 setting and 0 switches put there\n"


def test_tenants_of_a_saved_file_that_the_source_has_not_are_told(
    invoke: Invoke, fleet: Path, place: Place, tmp_path: Path
) -> None:
    saved = tmp_path / "state.json"
    set_there = {"103": f"busy:v:0:{SINCE}:0"}
    told = "passed over, as the source has no such tenant: other"
    saved.write_text(json.dumps({"version": 1, "state": {"other": set_there}}))
    pushed = invoke("state", "push", ".", "--to", "hq", "--from", saved)
    assert (pushed.exit_code, pushed.stdout) == (0, "hq: 0 settings and 0 switches put there\n")
    assert f"{saved}: {told}" in pushed.stderr
    saved.write_text(json.dumps({"version": 1, "state": {"one": set_there, "other": set_there}}))
    assert f"{told}\n" in invoke("state", "show", fleet, "--to", saved).stderr
    assert told not in invoke("state", "show", fleet, "--to", saved, "--tenant", "one").stderr


@pytest.mark.parametrize("origin", ["bad.json", "hp"])
def test_what_is_wrong_with_the_origin_is_said_of_the_origin(invoke: Invoke, place: Place, origin: str) -> None:
    (place.source / "bad.json").write_text("[]")
    wrong = invoke("state", "push", ".", "--to", "hq", "--from", origin)
    assert wrong.exit_code == 2
    assert "Invalid value for --from" in wrong.stderr
    assert "--to" not in wrong.stderr


def test_examples_stand_in_the_help(invoke: Invoke) -> None:
    assert "pbxgen state pull office --to hq --clear" in invoke("state", "--help").stdout
