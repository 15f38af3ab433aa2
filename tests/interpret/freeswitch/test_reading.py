"""What the interpreter makes of files and texts, and what it refuses to guess at."""

from __future__ import annotations

import pytest

from pbxgen.interpret.base import NotUnderstoodError
from pbxgen.interpret.freeswitch import dialstring, document, load
from pbxgen.interpret.freeswitch.directory import FreeSwitchDirectory
from pbxgen.interpret.freeswitch.elements import parsed
from pbxgen.interpret.freeswitch.expansion import ExpansionScope, expand
from pbxgen.interpret.freeswitch.patterns import match_count, perform, substituted
from pbxgen.interpret.freeswitch.preprocess import FreeSwitchPreprocessor
from pbxgen.interpret.freeswitch.text import atoi, is_true, separated
from pbxgen.targets.base import GeneratedFile
from tests.smoke.offices import call
from tests.support.freeswitch import BODY, rendered
from tests.support.office import plan_of


def scope(**variables: str) -> ExpansionScope:
    """Variables for an expansion; functions say how they were called."""
    return ExpansionScope(variables.get, lambda name, arguments: f"<{name}: {arguments}>")


def preprocessed(text: str, **files: str) -> str:
    reader = FreeSwitchPreprocessor(
        {"main.xml": text, **{f"part/{name}.xml": t for name, t in files.items()}}, {"ip": "192.0.2.1"}
    )
    return "".join(line.text for line in reader.included("main.xml"))


def contexts(body: str) -> document.FreeSwitchContexts:
    lines = FreeSwitchPreprocessor({"main.xml": f'<context name="c">{body}</context>\n'}, {}).included("main.xml")
    return document.contexts(lines)


# -- the pre-processor ------------------------------------------------------------------------------------------------


def test_lines_of_include_elements_and_declarations_are_gone() -> None:
    assert preprocessed('<?xml version="1.0"?>\n<include>\n<a/>\n</include>\n') == "<a/>\n"


def test_files_are_included_in_order_from_beside_the_including_one_and_see_variables_set_before() -> None:
    text = '<X-PRE-PROCESS cmd="set" data="who=Ada"/>\n<X-PRE-PROCESS cmd="include" data="part/*.xml"/>\n'
    assert preprocessed(text, b="<b n='$${ip}'/>\n", a="<a n='$${who}'/>\n") == "<a n='Ada'/>\n<b n='192.0.2.1'/>\n"


def test_a_line_that_only_mentions_the_command_is_gone() -> None:
    assert preprocessed("<!-- X-PRE-PROCESS is the name -->\n<a/>\n") == "<a/>\n"


@pytest.mark.parametrize(
    "line", ["$${nothing}", '<X-PRE-PROCESS cmd="exec" data="id"/>', '<!--#set "a=b"-->', "<X-PRE-PROCESS/>"]
)
def test_what_the_preprocessor_is_not_known_to_do_is_not_understood(line: str) -> None:
    with pytest.raises(NotUnderstoodError, match=r"main\.xml:1"):
        preprocessed(f"{line}\n")


def test_an_element_knows_its_file_and_line_through_includes() -> None:
    files = {"main.xml": '<a/>\n<X-PRE-PROCESS cmd="include" data="part.xml"/>\n<c/>\n', "part.xml": "\n<b/>\n"}
    elements = parsed(FreeSwitchPreprocessor(files, {}).included("main.xml"))
    assert [(e.tag, e.where) for e in elements] == [("a", "main.xml:1"), ("b", "part.xml:2"), ("c", "main.xml:3")]


def test_broken_xml_is_told_with_its_line() -> None:
    with pytest.raises(NotUnderstoodError, match=r"main\.xml:2: mismatched tag"):
        parsed(FreeSwitchPreprocessor({"main.xml": "<a>\n</b>\n"}, {}).included("main.xml"))


# -- dialplan and directory -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '<extension><condition wday="1"/></extension>',
        '<extension><condition><condition field="a" expression="b"/></condition></extension>',
        '<extension><condition field="a"/></extension>',
        '<extension><condition regex="all"><regex field="a" expression="b"/></condition></extension>',
        '<extension><condition regex="any"/></extension>',
        '<extension><condition break="sometimes"/></extension>',
        '<extension><condition><action application="set">a=b</action></condition></extension>',
        '<extension><condition><action application="set" data="a=b" loop="2"/></condition></extension>',
        '<extension><condition regex="any"><regex field="a" expression="(b)"/>'
        '<action application="set" data="a=$1"/></condition></extension>',
    ],
)
def test_what_the_templates_do_not_use_is_not_understood(body: str) -> None:
    with pytest.raises(NotUnderstoodError):
        contexts(body)


def test_of_two_contexts_with_one_name_freeswitch_would_see_the_first_only() -> None:
    lines = FreeSwitchPreprocessor({"a.xml": '<context name="c"/>\n', "b.xml": '<context name="C"/>\n'}, {}).included(
        "*.xml"
    )
    with pytest.raises(NotUnderstoodError, match="two contexts"):
        document.contexts(lines)


def test_a_user_has_what_its_domain_has_and_is_found_by_alias_without_regard_to_case() -> None:
    text = (
        '<domain name="D.example"><params><param name="p" value="domain"/></params>'
        '<variables><variable name="v" value="domain"/></variables><users>'
        '<user id="acme-101" number-alias="101"><variables><variable name="V" value="own"/></variables></user>'
        "</users></domain>\n"
    )
    directory = FreeSwitchDirectory(FreeSwitchPreprocessor({"d.xml": text}, {}).included("d.xml"))
    entry = directory.user("101", "d.EXAMPLE")
    assert entry is not None
    assert entry is directory.user("ACME-101", "d.example")
    assert (entry.params, entry.variables) == ({"p": "domain"}, {"v": "own"})
    assert directory.user("102", "d.example") is None


# -- texts ------------------------------------------------------------------------------------------------------------


def test_values_are_expanded_in_their_turn() -> None:
    assert expand("${a}!", scope(a="<${b}>", b="c")) == "<c>!"


def test_brackets_of_a_functions_arguments_are_counted_and_its_arguments_expanded() -> None:
    assert expand("${f(a(${b})c)}d)", scope(b="x")) == "<f: a(x)c>d)"


@pytest.mark.parametrize("text", ["${a", "${f a}", "${a[0]}"])
def test_references_that_the_templates_do_not_use_are_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        expand(text, scope(a="x"))


def test_a_value_that_refers_to_itself_is_not_understood() -> None:
    with pytest.raises(NotUnderstoodError, match="without end"):
        expand("${a}", scope(a="${a}"))


@pytest.mark.parametrize(
    ("text", "delimiter", "most", "parts"),
    [
        ("a,b,c", ",", 9, ["a", "b", "c"]),
        ("a,b,c", ",", 2, ["a", "b,c"]),
        ("a,,c,", ",", 9, ["a", "", "c"]),
        (" a , b ", ",", 9, ["a", "b"]),
        ("'a,b',c", ",", 9, ["a,b", "c"]),
        (r"a\,b,c", ",", 9, ["a,b", "c"]),
        ("it's,b", ",", 9, ["it's", "b"]),
        (r"a\sb\tc", ",", 9, ["a b\tc"]),
        ("^^!a,b!c", ",", 9, ["a,b", "c"]),
        ("  a   b ", " ", 9, ["a", "b"]),
        ("a 'b c' d", " ", 9, ["a", "b c", "d"]),
        ("a b c d", " ", 2, ["a", "b c d"]),
        ("", ",", 9, []),
    ],
)
def test_lists_are_parted_as_freeswitch_parts_them(text: str, delimiter: str, most: int, parts: list[str]) -> None:
    assert separated(text, delimiter, most) == parts


def test_numbers_and_truth() -> None:
    assert [atoi(text) for text in (" 12x", "-3", "x", "")] == [12, -3, 0, 0]
    assert [is_true(text) for text in ("true", "YES", "1", "0", "false", "", None)] == [True, True, True, *[False] * 4]


@pytest.mark.parametrize(
    "expression",
    ["a(", r"\Qa\E", r"\K", "(?i)a", "(?|a)", "(?<n>a)", "a{,3}", "[[:digit:]]", "[]a]", "_X.", "/a/i", "(?<!a|bc)d"],
)
def test_expressions_that_pcre_may_read_in_another_way_are_not_understood(expression: str) -> None:
    with pytest.raises(NotUnderstoodError):
        perform("a", expression)


@pytest.mark.parametrize("text", ["ab\ncd)\n<x>5</x>", "<x>5</x>"])
def test_a_possessive_group_takes_all_that_it_can(text: str) -> None:
    """Python before 3.11.5 finds nothing here (gh-106052)."""
    match = perform(text, r"^(?:(?!<x>)[^\n)]*+\)?\n)*+<x>(\d)")
    assert match is not None
    assert match[1] == "5"
    assert perform("aab", "^(?:a|ab)*+b") is not None
    assert perform("aa", "^(?:a)*+a") is None


def test_groups_that_took_no_part_put_nothing_in_and_those_behind_the_last_do_not_count() -> None:
    match = perform("ac", "(a)(b)?(c)(d)?")
    assert match is not None
    assert (match_count(match), substituted(match, "$1-$2-$3-$4-$9", "ac")) == (4, "a--c--")


def test_what_freeswitch_would_cut_short_is_not_understood() -> None:
    match = perform("abcdefghijklmnopqrst", "(.*)")
    assert match is not None
    with pytest.raises(NotUnderstoodError, match="too long"):
        substituted(match, "$1$1$1$1$1", "abcdefghijklmnopqrst")


# -- dial strings -----------------------------------------------------------------------------------------------------


def test_legs_have_their_own_variables_and_those_of_all() -> None:
    text = "{^^!a=1!b=x y}[^^!c=2,3!d=]sofia/x,[c=4,d=5]sofia/y"
    read = dialstring.parse(text)
    assert read.variables == {"a": "1", "b": "x y"}
    common = read.variables
    assert [(d.endpoint, d.variables) for d in read.destinations] == [
        ("sofia/x", {**common, "c": "2,3"}),
        ("sofia/y", {**common, "c": "4", "d": "5"}),
    ]


@pytest.mark.parametrize(
    "text", ["", "{a=1}", "a/b|c/d", "a/b:_:c/d", "<a=1>b/c", "[a=1", "{a=1}[a=2]b/c", "a/b,[c=1]"]
)
def test_dial_strings_that_the_templates_do_not_make_are_not_understood(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        dialstring.parse(text)


# -- whole calls ------------------------------------------------------------------------------------------------------


def spoilt(old: str, new: str, plan_text: str = BODY) -> None:
    """Places a call on files in which a text was replaced."""
    plan = plan_of(plan_text)
    files = [GeneratedFile(f.path, f.text.replace(old, new), f.secret) for f in rendered(plan).values()]
    assert [f.text for f in files] != [f.text for f in rendered(plan).values()]
    load(files).place(call(plan, "102", "100", phones={"100": "busy"}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('application="ring_ready"', 'application="ring_redy"'),
        ("${user_data(", "${userdata("),
        ("transfer\" data=\"outcome XML pbxgen.outcome", "transfer\" data=\"outcome XML pbxgen.outcom"),
        ("transfer\" data=\"next XML pbxgen.next", "transfer\" data=\"user XML pbxgen.user"),
        ("leg_timeout=", "leg_time_out="),
        ("${pbx_dial}\"", "${pbx_dialled}\""),
        ("${originate_causes}", "${originate_cause}"),
    ],
)  # fmt: skip
def test_a_name_that_nothing_has_and_a_call_without_end_are_not_understood(old: str, new: str) -> None:
    with pytest.raises(NotUnderstoodError):
        spoilt(old, new)
