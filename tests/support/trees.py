"""The tree of one call: of one caller at one moment."""

from __future__ import annotations

import datetime as dt

from pbxgen.flow.analysis.call_sets import Area, CallSets
from pbxgen.flow.analysis.explore import Explorer
from pbxgen.flow.analysis.places_ahead import PlacesAhead
from pbxgen.flow.analysis.reach import Flow
from pbxgen.flow.analysis.situations import Situations
from pbxgen.flow.machine import Caller
from pbxgen.flow.plan import Place, Plan

Root = tuple[Explorer, Place, Area]


def root(plan: Plan, situations: Situations, flow: Flow, caller: Caller, moment: dt.datetime) -> Root:
    """For :meth:`pbxgen.flow.behaviour.Forest.trees`."""
    calls = CallSets(situations, flow.atoms, (caller,), (moment,))
    return Explorer(PlacesAhead(plan), calls, written=True), flow.entry, calls.by((caller,))
