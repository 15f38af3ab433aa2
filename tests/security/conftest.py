"""What the attacks share: one running PBX for all attacks of a file, with two tenants that must never meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.laboratory import Laboratory, laboratory, trunk_host
from tests.security.offices import office


@pytest.fixture(scope="module")
def lab(pbx_name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    """``office`` and ``beta``, each with a carrier of its own."""
    sources = []
    for name, number in (("office", "+390212345"), ("beta", "+390277777")):
        host, port = trunk_host()
        sources.append(office(f"{host}:{port}", name, number))
    with laboratory(pbx_name, tmp_path_factory.mktemp(pbx_name), *sources) as running:
        yield running


@pytest.fixture(autouse=True)
def _carriers_begin_anew(request: pytest.FixtureRequest) -> None:
    """No attack counts the calls of the one before it."""
    if "lab" in request.fixturenames:
        running = request.getfixturevalue("lab")
        for carrier in running.trunks.values():
            carrier.received.clear()
