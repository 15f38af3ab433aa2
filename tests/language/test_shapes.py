"""Keys, types and ranges: one finding at exactly the key or value that is wrong."""

from __future__ import annotations

import pytest

from pbxgen.diagnostics.diagnostic import Severity
from tests.language.sources import HEAD, clean, compile_text, findings, only


def test_an_unknown_key_is_reported_at_the_key_with_the_nearest_one() -> None:
    diagnostic = only("PBX101", 'users:\n  "101": {«nmae»: Ada}\n')
    assert diagnostic.severity is Severity.ERROR
    assert diagnostic.help == "did you mean 'name'?"
    assert diagnostic.subject == ("user", "101")


@pytest.mark.parametrize(
    "body",
    [
        "«user»: {}\n",
        "defaults: {«ring_timout»: 20}\n",
        "trunks: {carrier: {host: 192.0.2.1, «prot»: udp}}\n",
        'users:\n  "101":\n    deviations:\n      «bussy»: "102"\n  "102": {}\n',
        'users:\n  "101":\n    deviations:\n      busy: {to: "102", «aftr»: 5}\n  "102": {}\n',
        'users:\n  "101":\n    deviations:\n      busy: [{to: "102", «confrm»: true}]\n  "102": {}\n',
        'users:\n  "101":\n    deviations: {operator_return: {«buzy»: "102"}}\n  "102": {}\n',
        'users:\n  "101": {voicemail: {«pni»: {env: X}}}\n',
        'users:\n  "101": {follow_me: [{to: "101", «delya»: 3}]}\n',
        'users:\n  "101": {password: {«envv»: X, env: Y}}\n',
        'users: {"101": {}}\ngroups: {g: {number: "600", members: ["101"], overflow: {to: busy, «after»: 20}}}\n',
        'users: {"101": {}}\ngroups: {g: {number: "600", members: ["101"], «default»: true}}\n',
        'users: {"101": {}}\ninbound: {"+390212345000": {to: "101", «els»: busy}}\n',
        'schedules: {office: {«week»: {mon: "08:00-12:00"}}}\n',
        "policies: {p: {«deviations»: {busy: hangup}}}\n",
    ],
)
def test_unknown_keys_everywhere(body: str) -> None:
    only("PBX101", body)


def test_a_section_without_a_name_is_told_beside_a_name_that_does_not_exist() -> None:
    told = findings(HEAD + '"": {x: y}\nclasses: {national: itally}\n')
    assert [d.code for d in told] == ["PBX101", "PBX110"]


def test_pbx_has_no_unknown_keys() -> None:
    head = HEAD.replace("language: it", "«lang»: it")
    assert only("PBX101", "", head=head).help == "did you mean 'language'?"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("trunks: {«carrier»: {transport: udp}}\n", "host"),
        ("trunks: {c: {host: 192.0.2.1}}\nroutes: {«italy»: {trunk: c}}\n", "match"),
        ('users:\n  "101": {deviations: {«busy»: {timeout: 20}}}\n', "to"),
        ('users:\n  "101": {deviations: {busy: [«{timeout: 20}»]}}\n', "to"),
        ('users: {"101": {}}\ngroups: {«g»: {members: ["101"]}}\n', "number"),
        ('groups: {«g»: {number: "600"}}\n', "members"),
        ('inbound: {«"+390212345000"»: {else: busy}}\n', "to"),
    ],
)
def test_a_missing_key_is_reported_where_it_belongs(body: str, key: str) -> None:
    diagnostic = only("PBX102", body)
    assert f"'{key}'" in diagnostic.message


@pytest.mark.parametrize("key", ["name", "domain", "country", "timezone"])
def test_pbx_needs_its_keys(key: str) -> None:
    parts = {"name": "acme", "domain": "pbx.acme.example", "country": "IT", "timezone": "Europe/Rome"}
    del parts[key]
    inner = ", ".join(f"{k}: {v}" for k, v in parts.items())
    diagnostic = only("PBX102", "", head=f"version: 1\n«pbx»: {{{inner}}}\n")
    assert f"'{key}'" in diagnostic.message


def test_a_source_needs_version_and_pbx() -> None:
    diagnostics = findings("users: {}\n")
    assert [(d.code, d.location.line if d.location else 0) for d in diagnostics] == [("PBX102", 1), ("PBX102", 1)]


@pytest.mark.parametrize(
    "body",
    [
        'users:\n  "101": {dnd: «[busy]»}\n',
        'users:\n  "101": {dnd: «"true"»}\n',
        'users:\n  "101": {dnd: «yes»}\n',
        'users:\n  "101": {ring_timeout: «"25"»}\n',
        'users:\n  "101": {ring_timeout: «20.5»}\n',
        'users:\n  "101": {name: «{first: Ada}»}\n',
        'users:\n  "101": {name: «true»}\n',
        'users:\n  "101": «5»\n',
        'users:\n  "101": {voicemail: «sure»}\n',
        'users:\n  "101": {deviations: «busy»}\n',
        'users:\n  "101": {deviations: {busy: «true»}}\n',
        'users:\n  "101": {follow_me: «"101"»}\n',
        "users: «[a]»\n",
        "defaults: «5»\n",
        'users: {"101": {}}\ngroups: {g: {number: "600", members: «"101"»}}\n',
        'schedules: {office: {weekly: «"08:00-12:00"»}}\n',
        "trunks: {carrier: {host: 192.0.2.1, password: «[x]»}}\n",
        'users:\n  "101": {deviations: {busy: «null»}}\n',
        'users:\n  "101": {deviations: {busy: {to: «null»}}}\n',
    ],
)
def test_wrong_types(body: str) -> None:
    only("PBX103", body)


def test_an_empty_section_is_as_good_as_none() -> None:
    clean('users:\n  "101": {}\ninbound:\npolicies:\n')


@pytest.mark.parametrize(
    "body",
    [
        "defaults: {ring_timeout: «4»}\n",
        "defaults: {ring_timeout: «181»}\n",
        "defaults: {outside_timeout: «0»}\n",
        "defaults: {max_diversions: «11»}\n",
        "defaults: {max_diversions: «0»}\n",
        'users:\n  "101": {follow_me: [{to: "101", delay: «181»}]}\n',
        'users:\n  "101": {deviations: {no_answer: {to: "102", after: «3»}}}\n  "102": {}\n',
        'users:\n  "101": {deviations: {busy: {to: "102", timeout: «999»}}}\n  "102": {}\n',
    ],
)
def test_values_out_of_range_say_the_range(body: str) -> None:
    diagnostic = only("PBX104", body)
    assert " to " in diagnostic.help


@pytest.mark.parametrize(
    ("body", "help"),
    [
        ("trunks: {carrier: {host: 192.0.2.1, transport: «udpp»}}\n", "did you mean 'udp'?"),
        (
            "trunks: {carrier: {host: 192.0.2.1, number_format: «plus»}}\n",
            "one of e164, e164_bare, national, international",
        ),
        ("defaults: {sip_480: «no-answer»}\n", "did you mean 'no_answer'?"),
        ('users:\n  «"1"»: {}\n', 'an extension: 2 to 8 digits in quotes, such as "101"'),
        ("users:\n  «ada»: {}\n", 'an extension: 2 to 8 digits in quotes, such as "101"'),
        ('trunks: {«"main carrier"»: {host: 192.0.2.1}}\n', "a name of letters, digits, - and _ (40 at most)"),
        ('users:\n  "101": {voicemail: {email: «ada»}}\n', "an address, such as ada@acme.example"),
        ('users: {"101": {}}\ngroups: {g: {number: «"6-00"», members: ["101"]}}\n', 'digits in quotes, such as "600"'),
        ('users:\n  "101": {deviations: {busy: {to: hangup, until: «tomorrow»}}}\n', 'a date, such as "2026-12-31"'),
        ('users:\n  "101": {name: «""»}\n', "a text"),
        (
            'users: {"101": {}}\ngroups: {g: {number: "600", members: «[]»}}\n',
            'a list of extensions in quotes, such as ["101", "102"]',
        ),
        (
            "trunks: {c: {host: 192.0.2.1}}\nroutes: {r: {match: «[]», trunk: c}}\n",
            'a pattern or a list of patterns, such as "+39[03]X." or ["+33.", "+49."]',
        ),
        ('classes: {«"a b"»: []}\n', "a name of letters, digits, - and _ (40 at most)"),
        ('contacts: {«"a b"»: "+39*"}\n', "a name of letters, digits, - and _ (40 at most)"),
        ('accept: {PBX151: «""»}\n', "the reason, a text in quotes"),
    ],
)
def test_values_that_do_not_fit_say_what_does(body: str, help: str) -> None:
    assert only("PBX105", body).help == help


@pytest.mark.parametrize(
    ("old", "new", "help"),
    [
        ("country: IT", "country: «it»", "a country's two capital letters, such as IT or DE"),
        ("country: IT", "country: «XX»", "write two capital letters, such as IT"),
        ("timezone: Europe/Rome", "timezone: «Europe/Rom»", "did you mean 'Europe/Rome'?"),
        ("timezone: Europe/Rome", "timezone: «Rome»", "did you mean 'Europe/Rome'?"),
        ("timezone: Europe/Rome", "timezone: «berlin»", "did you mean 'Europe/Berlin'?"),
        ("name: acme", "name: «Acme»", "small letters, digits and dashes (40 at most), such as acme"),
        ("domain: pbx.acme.example", 'domain: «"pbx acme"»', "a host name, such as pbx.acme.example"),
        ("version: 1", "version: «2»", "1, without quotes"),
        ("language: it", 'outside_line: «"*9"»', 'one to four digits in quotes, such as "0", or null'),
    ],
)
def test_the_head_of_a_source(old: str, new: str, help: str) -> None:
    assert only("PBX105", "", head=HEAD.replace(old, new)).help == help


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ("users:\n  «101»: {}\n", '"101"'),
        ("users:\n  «0101»: {}\n", '"0101"'),
        ('users:\n  "101": {did: «+390212345101»}\n', '"+390212345101"'),
        ('users:\n  "101": {did: [«0212345101»]}\n', '"0212345101"'),
        ('users:\n  "101": {mobile: «3331234567»}\n', '"3331234567"'),
        ('users:\n  "101": {deviations: {busy: «102»}}\n  "102": {}\n', '"102"'),
        (
            'users:\n  "101": {deviations: {busy: [mobile, «102»]}, mobile: "+393331234567", class: c}\n  "102": {}\n'
            'classes: {c: [r]}\nroutes: {r: {match: "+39.", trunk: t}}\ntrunks: {t: {host: 192.0.2.1}}\n',
            '"102"',
        ),
        ('users: {"101": {}}\ngroups: {g: {number: «600», members: ["101"]}}\n', '"600"'),
        ('users: {"101": {}}\ngroups: {g: {number: "600", members: [«101»]}}\n', '"101"'),
        ('users: {"101": {}}\ninbound: {«+390212345000»: "101"}\n', '"+390212345000"'),
        ("trunks: {t: {host: 192.0.2.1}}\nroutes: {e: {match: [«112»], trunk: t, emergency: true}}\n", '"112"'),
        ("contacts: {vip: [«+393331234567»]}\n", '"+393331234567"'),
    ],
)
def test_a_number_without_quotes_is_shown_in_quotes(body: str, quoted: str) -> None:
    diagnostic = only("PBX106", body)
    assert diagnostic.help.startswith(f"write {quoted}:")


def test_dates_may_stand_bare() -> None:
    clean(
        'users: {"101": {deviations: {busy: {to: hangup, until: 2026-12-31}}}}\n'
        "schedules: {s: {closed: [2026-12-24], open: [2026-12-27 09:00-12:00]}}\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        'users:\n  "101": {name: «"Ada\\nRossi"»}\n',
        'users:\n  "101": {name: «"Ada\\x07"»}\n',
        'users:\n  "101": {name: «"Ada\\0"»}\n',
        'users:\n  "101":\n    name: «|\n      Ada\n      Rossi\n»',
        'trunks: {t: {host: 192.0.2.1, username: «"a\\tb"»}}\n',
        'users:\n  "101": {password: «"se\\rcret"»}\n',
    ],
)
def test_text_that_no_pbx_can_carry(body: str) -> None:
    only("PBX107", body)


@pytest.mark.parametrize("name", ["Ada; Rossi, ${EXTEN}", "]]>--;'", "قسم 🎧 \u200f", "x" * 10_000, "𝔘𝔫𝔦"])
def test_any_other_text_is_carried(name: str) -> None:
    compiled = clean(f'users:\n  "101": {{name: "{name}"}}\n')
    assert compiled.plan is not None
    assert compiled.plan.users["101"].name == name


def test_all_problems_of_a_source_are_found_in_one_run() -> None:
    diagnostics = findings(
        HEAD
        + """\
trunks: {carrier: {transport: udp}}
routes: {italy: {match: "+39.", trunk: carier}}
schedules: {office: {weekly: {mon: "8-9"}}}
users:
  "101": {nmae: Ada, deviations: {busy: voicemial, no_answer: {to: "102", after: 500}}}
  "1x": {deviations: {busy: "999"}}
  "103": {policy: frnt, did: "12"}
"""
    )
    assert sorted(d.code for d in diagnostics) == [
        "PBX101", "PBX102", "PBX104", "PBX105", "PBX110", "PBX110", "PBX110", "PBX110", "PBX113", "PBX114", "PBX126",
    ]  # fmt: skip


def test_a_key_written_twice_hides_nothing_of_what_stands_under_either() -> None:
    diagnostics = findings(
        HEAD
        + """\
users:
  "101": {deviations: {busy: "104"}}
  "102": {name: Bob, name: Rob, policy: nope}
users: {"103": {class: x}, "101": {mobile: "1"}}
"""
    )
    assert [(d.code, d.location.line if d.location else 0) for d in diagnostics] == [
        ("PBX012", 5), ("PBX012", 6), ("PBX110", 4), ("PBX110", 5), ("PBX110", 6), ("PBX113", 6),
    ]  # fmt: skip


@pytest.mark.parametrize("version", ["true", "1.0", '"1"', "2", "null"])
def test_the_version_is_the_whole_number_one(version: str) -> None:
    only("PBX105", "", head=HEAD.replace("version: 1", f"version: «{version}»"))


def test_what_is_wrong_in_itself_causes_no_second_finding() -> None:
    only("PBX106", 'users:\n  "101": {mobile: «333», deviations: {busy: mobile}}\n')
    only("PBX103", 'users:\n  "101": {voicemail: «maybe», deviations: {busy: voicemail}}\n')
    only("PBX102", 'users: {"101": {}}\ntrunks: {«t»: {}}\nroutes: {r: {match: "+39.", trunk: t}}\n')


def test_nothing_is_said_to_be_unknown_when_a_part_could_not_be_read() -> None:
    text = HEAD + 'users: {"101": {policy: front, class: c, deviations: {busy: "102"}}}\n'
    compiled = compile_text(text, complete=False)
    assert compiled.plan is None
    assert compiled.diagnostics == ()


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("PBX127", 'routes: {r: {match: «"39Q"», trunk: t}}\nclasses: {c: r}\n'),
        ("PBX102", "routes: {«r»: {trunk: t}}\nclasses: {c: r}\n"),
    ],
)
def test_a_wrong_route_does_not_make_destinations_wrong(code: str, body: str) -> None:
    trunk = "trunks: {t: {host: 192.0.2.1}}\n"
    only(code, trunk + body + 'users: {"101": {class: c, deviations: {busy: "+393331234567"}}}\n')


def test_a_wrong_position_does_not_make_destinations_wrong() -> None:
    users = 'users: {"101": {deviations: {busy: operator, no_answer: "600"}}}\n'
    only("PBX102", users + 'operators: {o: {number: "9", members: ["101"]}, «x»: {members: ["101"]}}\n')
    only(
        "PBX106",
        users + 'operators: {o: {number: "9", members: ["101"]}}\ngroups: {g: {number: «600», members: ["101"]}}\n',
    )


def test_messages_stay_short_whatever_a_key_is() -> None:
    diagnostics = findings(HEAD + f'users: {{"{"1" * 10_000}": {{policy: {"p" * 10_000}}}}}\n')
    assert max(len(d.message) for d in diagnostics) < 200


def test_a_wrong_item_does_not_hide_what_is_wrong_beside_it() -> None:
    diagnostics = findings(HEAD + 'users: {"101": {deviations: {busy: [voicemail, {to: 102}]}}}\n')
    assert [d.code for d in diagnostics] == ["PBX116", "PBX106"]


def test_true_and_false_are_asked_for() -> None:
    body = 'trunks: {t: {host: 192.0.2.1}}\nroutes: {e: {match: ["112"], trunk: t, emergency: «yes»}}\n'
    assert only("PBX103", body).help == "true or false"


def test_a_misspelt_name_is_not_reported_as_unused_too() -> None:
    diagnostics = findings(HEAD + 'users: {"101": {policy: fornt}}\npolicies: {front: {}}\n', ignoring=["PBX151"])
    assert [d.code for d in diagnostics] == ["PBX110"]


def test_a_cut_item_does_not_shift_what_is_said_of_the_others() -> None:
    diagnostics = findings(HEAD + 'users: {"101": {deviations: {busy: [5, {to: 102}, {to: 103, x: 1}]}}}\n')
    assert sorted(d.code for d in diagnostics) == ["PBX101", "PBX106", "PBX106", "PBX106"]


def test_keys_that_are_missing_beside_wrong_ones_are_reported() -> None:
    diagnostics = findings(HEAD + 'groups: {g: {number: "6\\n00"}}\n')
    assert sorted(d.code for d in diagnostics) == ["PBX102", "PBX107"]
    assert "'members'" in diagnostics[0].message


@pytest.mark.parametrize("value", ["08154711", "[4711]", "true", '"47\\n11"', "{evn: 4711}"])
@pytest.mark.parametrize("holder", ['users: {"101": {voicemail: {pin: %s}}}', 'users: {"101": {password: %s}}'])
def test_what_is_wrong_with_a_secret_does_not_show_it(holder: str, value: str) -> None:
    diagnostics = findings(HEAD + holder % value + "\n")
    assert diagnostics
    for diagnostic in diagnostics:
        assert "4711" not in diagnostic.message + diagnostic.help


@pytest.mark.parametrize(
    ("value", "said"), [('""', "empty"), ("[]", "an empty list"), ('["4711"]', "a list"), ("true", "this value")]
)
def test_what_cannot_be_a_secret(value: str, said: str) -> None:
    (diagnostic,) = findings(HEAD + f'users: {{"101": {{password: {value}}}}}\n')
    assert diagnostic.message == f"password cannot be {said}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("trunks: {t: {host: 192.0.2.1, auth_username: 5}}\n", "PBX106"),
        ("trunks: {t: {host: 192.0.2.1, outbound_proxy: [192.0.2.2]}}\n", "PBX103"),
        ("trunks: {t: {host: 192.0.2.1, from_domain: {a: b}}}\n", "PBX103"),
        ("features: {own_mailbox: 97}\n", "PBX106"),
        ("defaults: {self_service: [staff]}\n", "PBX103"),
    ],
)
def test_a_value_that_may_also_be_null_is_told_of_once(body: str, code: str) -> None:
    assert [d.code for d in findings(HEAD + body) if d.severity.value == "error"] == [code]


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ("trunks: {t: {host: 192.0.2.1, keepalive: «4»}}\n", "5 to 3600"),
        ("trunks: {t: {host: 192.0.2.1, max_calls: «0»}}\n", "1 to 10000"),
    ],
)
def test_a_number_out_of_range_is_told_with_the_range_also_where_another_value_means_none(
    body: str, limits: str
) -> None:
    assert limits in only("PBX104", body).help


def test_forms_of_a_value_that_exclude_each_other_are_told_so() -> None:
    diagnostic = only("PBX101", 'users: {"101": {password: {env: X, «file»: y}}}\n')
    assert diagnostic.message == "'file' cannot stand beside the other keys of 'password'"
    assert diagnostic.help == "write one of them alone: env, file"
