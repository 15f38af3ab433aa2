"""Random calls into the random sources of :mod:`tests.support.sources`, as hypothesis draws them."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from pbxgen.calls.case import Case
from pbxgen.flow.environment import OUTSIDE_STATES, PHONE_STATES, Environment
from pbxgen.flow.plan import Plan
from pbxgen.flow.simulate import Call, Transfer
from tests.support.sources import CALLERS, DIDS, EXTENSIONS, MAIN, OUTSIDE_NUMBERS

_PHONE = st.sampled_from([*PHONE_STATES, "ring", "ring", "busy", "403", "404", "408", "480", "302", "503", "600"])
_OUTSIDE = st.sampled_from([*OUTSIDE_STATES, "404", "480", "603"])
_DIALLED = (
    *EXTENSIONS, "9", "600", "112", "*97", "*98", MAIN, DIDS["101"], "0212345102", "00390212345000", *OUTSIDE_NUMBERS,
    "3335550102", "00442079460000", "105", "777", "+", "00", "#31#", "1",
)  # fmt: skip
"""What phones dial: everything there is, in several forms, and what there is not."""
_CALLED = (
    *DIDS.values(), MAIN, "390212345101", "00390212345102", "0212345000", "+390212345999", *OUTSIDE_NUMBERS, "101", "9",
    "112", "*97", "+39",
)  # fmt: skip
_MOMENTS = tuple(
    dt.datetime(2026, month, day, hour, minute)
    for month, day in ((11, 23), (11, 22), (12, 25), (12, 26), (12, 31), (3, 29), (10, 25))
    for hour, minute in (
        (0, 0),
        (1, 30),
        (2, 30),
        (5, 59),
        (6, 0),
        (8, 29),
        (8, 30),
        (12, 59),
        (13, 0),
        (21, 59),
        (22, 0),
    )
)
"""The edges of the schedules' windows, on working days, holidays, and when the clocks change."""


@st.composite
def cases(draw: st.DrawFn, plan: Plan) -> Case:
    """One call into ``plan``."""
    if draw(st.booleans()):
        caller, called = draw(st.sampled_from(EXTENSIONS)), draw(st.sampled_from(_DIALLED))
        carried = 0
    else:
        caller, called = draw(st.sampled_from([*CALLERS, "anonymous"])), draw(st.sampled_from(_CALLED))
        carried = draw(st.sampled_from([0, 0, 0, 1, 2, 5]))
    one = _PHONE.map(lambda state: (state,))
    several = st.lists(_PHONE.filter(lambda state: state != "in_call"), min_size=2, max_size=3).map(tuple)
    phones = {extension: draw(st.one_of(one, one, several)) for extension in EXTENSIONS}
    outside = {number: draw(_OUTSIDE) for number in (*OUTSIDE_NUMBERS, "112")}
    transfer = None
    if draw(st.integers(0, 4)) == 0:
        by, to = draw(st.sampled_from(EXTENSIONS)), draw(st.sampled_from([*EXTENSIONS, "9", "600", OUTSIDE_NUMBERS[0]]))
        transfer = Transfer(by, to)
    environment = Environment(draw(st.sampled_from(_MOMENTS)), phones, outside)
    call = Call(caller, called, transfer, carried)
    told = f"{call} at {environment.moment}, phones {phones}, outside {outside}"
    return Case(told, plan, call, environment)
