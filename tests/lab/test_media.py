"""The sound of the laboratory's calls: who must encrypt hears what is encrypted, and nothing else."""

from __future__ import annotations

import asyncio

import pytest

from pbxgen.lab.media import Media, Stream
from pbxgen.lab.ports import LOOPBACK
from pbxgen.lab.sip import Audio, Crypto


def _at(other: Stream, key: bytes | None) -> Audio:
    return Audio(LOOPBACK, other.port, 8, 101, None if key is None else Crypto(1, key))


def _heard(*, encrypts: bool, with_key: bool, key_of: str = "caller") -> tuple[int, int]:
    """Packets with sound that the caller's and the callee's stream got within half a second."""

    async def run() -> tuple[int, int]:
        media = Media()
        media.start()
        caller, callee = media.stream("caller"), media.stream("callee")
        told = media.stream(key_of).secret if with_key else None
        callee.connect(_at(caller, told), speaks=False, encrypted=True)
        caller.connect(_at(callee, callee.secret), speaks=True, encrypted=encrypts)
        await asyncio.sleep(0.5)
        await media.stop()
        return caller.loud, callee.loud

    return asyncio.run(run())


def test_both_sides_hear_what_is_encrypted_with_the_keys_that_they_told() -> None:
    assert all(_heard(encrypts=True, with_key=True))


@pytest.mark.parametrize(
    ("encrypts", "with_key", "key_of"),
    [(False, True, "caller"), (True, False, "caller"), (True, True, "another")],
    ids=["the caller does not encrypt", "no key was told", "another key was told"],
)
def test_nobody_hears_what_is_not(encrypts: bool, with_key: bool, key_of: str) -> None:
    assert _heard(encrypts=encrypts, with_key=with_key, key_of=key_of) == (0, 0)
