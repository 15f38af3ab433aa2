"""PBX5xx: problems of scenario files."""

from __future__ import annotations

from pbxgen.diagnostics.codes.code import Code, error

CODES: tuple[Code, ...] = (
    error(
        "PBX501",
        "Not a scenario file",
        "A scenario file holds `source` (a file or folder, relative to the scenario file) and `scenarios`, a list of "
        "calls with what is expected of them. A key or value that has no meaning there is an error: a misspelt "
        "`expect` would be a test that cannot fail.",
        example="$ pbxgen test misspelt.test.yaml",
        cure="Write it as the reference says under “Scenarios”; numbers stand in quotes.",
    ),
    error(
        "PBX502",
        "Unknown name in a scenario",
        "A scenario names a phone, an outside number or a tenant that the source does not have.",
        example="$ pbxgen test unknown-phone.test.yaml",
        cure="Use an extension of the source under `phones`, and numbers like +393331234567 under `outside`.",
    ),
)
