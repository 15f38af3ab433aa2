"""What SIPp is made to do for the phones."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import cast

import pytest

from pbxgen.lab.sipp import Login, Sipp
from pbxgen.lab.wire import Wire


@pytest.mark.parametrize(("answers", "first_cseqs"), [([True], [4]), ([False, True], [4, 7]), ([False] * 9, [4, 7])])
def test_a_phone_that_cannot_sign_off_tries_once_more(
    answers: list[bool], first_cseqs: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pbxgen.lab.sipp.find", lambda: "sipp")
    sipp = Sipp(cast(Wire, None), tmp_path, ("127.0.0.1", 5060))
    tried: list[int] = []

    async def register(logins: list[Login], text: str, *_: object) -> bool:
        assert "Expires: 0\n" in text
        cseqs = re.findall(r"CSeq: (\d+) REGISTER", text)
        tried.append(int(cseqs[0]))
        return answers[len(tried) - 1]

    monkeypatch.setattr(sipp, "_register", register)
    login = Login("101", "office.lab", "secret", "office.101")
    asyncio.run(sipp.sign_off(login, ("127.0.0.1", 5070), "an id"))
    assert tried == first_cseqs
