"""What deploy.yaml may hold, as pydantic models."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from pbxgen.language.model import Version
from pbxgen.language.model_base import Expects
from pbxgen.pbxs import PBXS
from pbxgen.targets.base import Part

_AT = re.compile(
    r"local|docker:[A-Za-z0-9][\w.-]*"
    r"|ssh://(?:\w[\w.-]*@)?(?:[A-Za-z0-9][\w.-]*|\[[0-9A-Fa-f:]+\])(?::(?P<port>[0-9]{1,5}))?",
    re.ASCII,
)
_MOST_PORTS = 65535
_FOLDER = re.compile(r"/[\w./+@-]*", re.ASCII)


def _pbx(text: str) -> str:
    if text not in PBXS:
        raise ValueError(f"write {' or '.join(PBXS)}")
    return text


def _at(text: str) -> str:
    match = _AT.fullmatch(text)
    if match is None or not 1 <= int(match["port"] or 1) <= _MOST_PORTS:
        raise ValueError("write local, ssh://USER@HOST, ssh://USER@HOST:PORT or docker:CONTAINER")
    return text


def _folder(text: str) -> str:
    if not _FOLDER.fullmatch(text) or ".." in text.split("/") or text.strip("/") == "":
        raise ValueError("write the path of the PBX's configuration folder from the root on, such as /etc/asterisk")
    return text.rstrip("/")


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


Word = Annotated[str, StringConstraints(min_length=1)]


class TargetModel(_Strict):
    target: Annotated[str, AfterValidator(_pbx)]
    at: Annotated[str, AfterValidator(_at)] = "local"
    folder: Annotated[str, AfterValidator(_folder)]
    command: Annotated[list[Word], Field(min_length=1)] | None = None
    parts: Annotated[list[Literal["dialplan", "endpoints", "voicemail"]], Field(min_length=1)] = [p.value for p in Part]
    beside: bool = False
    keep: Annotated[int, Field(ge=1, le=1000)] = 5
    verify: list[Word] = []


class NodesModel(_Strict):
    nodes: Annotated[list[Word], Field(min_length=1)]


AnyTarget = Annotated[
    Annotated[TargetModel, Tag("<target>")] | Annotated[NodesModel, Tag("<nodes>")],
    Discriminator(lambda value: "<nodes>" if isinstance(value, dict) and "nodes" in value else "<target>"),
]
TargetName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$"),
    Expects("small letters, digits and . _ - (40 at most)"),
]


class DeployModel(_Strict):
    version: Version
    source: Word
    targets: Annotated[dict[TargetName, AnyTarget], Field(min_length=1)]
