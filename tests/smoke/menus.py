"""What calls come to that a menu, which is written by hand, sends on into the plan."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.office import plan_of

PLAN = plan_of("""
services:
  to-ada: {number: "701", returns: true}
  to-reception: {number: "702"}
  to-sales: {number: "703"}
  to-queue: {number: "704"}
  to-did: {number: "705"}
  to-inbound: {number: "706"}
  to-range: {number: "707"}
  to-outside: {number: "708"}
  to-emergency: {number: "709"}
  to-mailboxes: {number: "710"}
  to-nobody: {number: "711"}
operators: {reception: {number: "9", members: ["102"], ring_timeout: 5}}
groups: {sales: {number: "600", members: ["103"], ring_timeout: 5}}
inbound:
  "+390212345600": [service:to-ada, "103"]
  "+390212345601": service:to-outside
  "+390212345602": service:to-reception
  "+390212345603": "102"
  "+3902123457XX": "103"
users:
  "101":
    name: Ada
    did: "+390212345101"
    deviations: {busy: service:to-ada, operator_return: {busy: "102"}, no_answer: "+390612345678"}
    ring_timeout: 5
    class: national
  "102": {name: Bea, class: national}
  "103": {name: Carlo}
""")
TO = {
    "to-ada": "101",
    "to-reception": "9",
    "to-sales": "600",
    "to-queue": "701",
    "to-did": "+390212345101",
    "to-inbound": "+390212345603",
    "to-range": "+390212345742",
    "to-outside": "0612345678",
    "to-emergency": "112",
    "to-mailboxes": "*98",
    "to-nobody": "777",
}
Called = tuple[str, str, Mapping[str, str], tuple[str, ...], str]
CALLED: Mapping[str, Called] = {
    "to an extension": ("102", "701", {}, ("101",), "answered 101"),
    "to an operator position": ("103", "702", {}, ("102",), "answered 102"),
    "to a ring group": ("102", "703", {}, ("103",), "answered 103"),
    "to a service, which sends it on itself": ("102", "704", {}, ("101",), "answered 101"),
    "to a DID": ("102", "705", {}, ("101",), "answered 101"),
    "to an inbound number": ("103", "706", {}, ("102",), "answered 102"),
    "to a number of a range": ("102", "707", {}, ("103",), "answered 103"),
    "from outside it stays from outside": (
        "+393471112222",
        "+390212345600",
        {"101": "busy"},
        ("101", "102"),
        "answered 102",
    ),
    "from inside it stays from inside": ("103", "701", {"101": "busy"}, ("101",), "released 486"),
    "what stood behind the service is tried": (
        "+393471112222",
        "+390212345600",
        {"101": "busy", "102": "busy"},
        ("101", "102", "103"),
        "answered 103",
    ),
    "the caller is not rung": ("101", "701", {}, (), "released 480"),
    "deviations are those of who is called": (
        "+393471112222",
        "+390212345600",
        {"101": "ring"},
        ("101", "+390612345678"),
        "answered +390612345678",
    ),
    "no stranger gets outside": ("+393471112222", "+390212345601", {}, (), "released 404"),
    "nor does a phone": ("101", "708", {}, (), "released 404"),
    "an emergency number is dialled by nobody's hand": ("101", "709", {}, (), "released 404"),
    "mailboxes are not opened": ("101", "710", {}, (), "released 404"),
    "a number that nothing has": ("101", "711", {}, (), "released 404"),
}  # fmt: skip
"""By what is shown: caller, called number, phones, who rings, and how the call ends."""
