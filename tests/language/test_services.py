"""The section `services` and the destination `service:NAME`."""

from __future__ import annotations

import pytest

from tests.language.sources import HEAD, OUTSIDE, clean, only, plan_of

QUEUE = 'services: {queue: {number: "700", returns: true}}\n'


@pytest.mark.parametrize("text", ["service:queue", '"700"'])
def test_a_service_is_a_destination_by_its_name_and_its_number(text: str) -> None:
    plan = plan_of(QUEUE + f'users: {{"101": {{deviations: {{busy: {text}}}}}}}\n')
    (place,) = plan.users["101"].deviations.busy[0].places
    assert (place.kind, place.target, place.returns) == ("service", "queue", True)


def test_a_service_stands_in_overflow_and_inbound() -> None:
    plan = plan_of(
        OUTSIDE
        + 'services: {menu: {}}\nusers: {"101": {class: national}}\n'
        + 'groups: {sales: {number: "600", members: ["101"], overflow: "service:menu"}}\n'
        + 'inbound: {"+390212345000": "service:menu"}\n'
    )
    assert plan.groups["sales"].overflow[0].key == ("service", "menu")
    assert plan.inbound["+390212345000"].rules[0].places[0].ends_call


def test_an_unknown_service_is_told_with_the_nearest() -> None:
    diagnostic = only("PBX110", QUEUE + 'users: {"101": {deviations: {busy: «"service:qeue"»}}}\n')
    assert diagnostic.message == "there is no service 'qeue'"
    assert diagnostic.help == "did you mean 'queue'?"
    diagnostic = only("PBX114", QUEUE + 'users: {"101": {deviations: {busy: «queue»}}}\n')
    assert diagnostic.help == "did you mean 'service:queue'?"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('services: {a: {number: «"101"»}}\nusers: {"101": {}}\n', "service a and user 101"),
        ('services: {a: {number: "700"}, b: {number: «"700"»}}\n', "service b and service a"),
        (
            'users: {"101": {}}\ngroups: {g: {number: "600", members: ["101"]}}\nservices: {a: {number: «"600"»}}\n',
            "service a and group g",
        ),
    ],
)
def test_the_number_of_a_service_is_nobody_elses(body: str, said: str) -> None:
    assert said in only("PBX111", body).message


def test_the_number_of_a_service_is_no_emergency_number() -> None:
    only("PBX112", OUTSIDE.replace("classes:", 'services: {s: {number: «"112"»}}\nclasses:'), head=HEAD)


def test_a_service_without_a_number_that_nothing_leads_to_is_not_used() -> None:
    assert "no destination leads there" in only("PBX155", "services: {«menu»: {}}\n").message
    clean('services: {conference: {number: "701"}}\n')


def test_options_mean_nothing_for_a_service() -> None:
    only("PBX156", QUEUE + 'users: {"101": {deviations: {busy: {to: "service:queue", «timeout»: 20}}}}\n')


def test_a_wrong_value_of_a_service_is_told() -> None:
    only("PBX103", "services: {menu: {returns: «sometimes»}}\n")
