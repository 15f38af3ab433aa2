"""Sources that the attacks are made on."""

from __future__ import annotations

from tests.security.laboratory import password


def office(carrier: str, name: str = "office", number: str = "+390212345") -> str:
    """An office of four behind one trunk at ``carrier`` (host:port).

    101 may call Italy and has a mailbox, 102 and 103 may not call outside, 104 is diverted to a mobile when busy.
    ``number`` is the block of its outside numbers, without the last three digits.
    """
    secret = {extension: password(extension, name) for extension in ("101", "102", "103", "104")}
    return f"""\
version: 1
pbx: {{name: {name}, domain: {name}.lab, country: IT, timezone: Europe/Rome, language: en}}
trunks:
  carrier: {{host: "{carrier}", username: {name}-account, password: trunk secret of {name}, number: "{number}000"}}
routes:
  emergency: {{match: ["112", "118"], trunk: carrier, emergency: true}}
  italy: {{match: "+39[03]X.", trunk: carrier}}
classes: {{national: [italy]}}
users:
  "101": {{name: Ada, password: {secret["101"]}, did: "{number}101", class: national, voicemail: {{pin: "4711"}}}}
  "102": {{name: Bruno, password: {secret["102"]}, did: "{number}102"}}
  "103": {{name: Cara, password: {secret["103"]}, did: "{number}103"}}
  "104": {{name: Dario, password: {secret["104"]}, did: "{number}104", class: national, mobile: "+393335550104",
          deviations: {{busy: mobile}}}}
groups: {{sales: {{number: "600", members: ["101", "102"]}}}}
"""
