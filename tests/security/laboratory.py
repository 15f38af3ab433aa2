"""A PBX with generated plans, and raw peers around it: phones, a carrier for each trunk, a stranger."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pbxgen.flow.plan import Plan
from pbxgen.lab.pbx import Pbx, PbxSetup, laboratory_of
from pbxgen.lab.ports import Address, free_port, loopback_network
from pbxgen.language.secrets import read_secrets
from pbxgen.targets import load_target
from pbxgen.targets.base import GeneratedFile, Options
from tests.security.peer import Answer, Login, Peer, polite
from tests.support.calls import plan_of
from tests.support.menus import WrittenByHand


def password(extension: str, tenant: str) -> str:
    """Of a user of the attacked offices: nobody's is anybody else's, so that no login is good for another user."""
    return f"a long enough secret of {extension} at {tenant}"


@dataclass
class Laboratory:
    """A running PBX and the peers that were opened towards it."""

    pbx: Pbx
    plans: tuple[Plan, ...]
    files: tuple[GeneratedFile, ...]
    folder: Path
    """Where the PBX lives; its log is below."""
    trunks: dict[str, Peer]
    """A carrier for each trunk, by ``<tenant>.<trunk>``; unless told otherwise it declines every call as busy."""
    stack: contextlib.ExitStack

    def phone(self, answer: Answer = polite, host: str = "127.0.0.1") -> Peer:
        """A peer that sends to where phones register and dial."""
        return self.stack.enter_context(Peer(self.pbx.phones_at, host, answer=answer))

    def stranger(self, host: str = "127.0.0.1") -> Peer:
        """A peer that sends to where carriers send, from an address of nobody."""
        return self.stack.enter_context(Peer(self.pbx.trunks_at, host))

    def login(self, extension: str, domain: str | None = None) -> Login:
        """What a user, or whoever claims to be one, authenticates with; of the first tenant, if no domain is told."""
        plan = next(plan for plan in self.plans if domain in (None, plan.domain))
        user = plan.users.get(extension)
        held = None if user is None else user.password
        return Login(extension, password(extension, plan.name) if held is None else held.value)

    def command(self, text: str) -> str:
        """What the console of the PBX answers."""
        return asyncio.run(self.pbx.command(text))  # type: ignore[attr-defined]

    def hang_up_all(self) -> None:
        self.command({"asterisk": "channel request hangup all", "freeswitch": "hupall"}[self.pbx.name])

    def settings(self) -> dict[str, str]:
        """What users and switches have set, as the database holds it, by ``<tenant>/<extension>``."""
        if self.pbx.name == "asterisk":
            return dict(re.findall(r"/pbxgen/(\S+)\s*: (\S+)", self.command("database show pbxgen")))
        keys = [f"{plan.name}/{key}" for plan in self.plans for key in (*plan.users, *_switches(plan))]
        said = {key: self.command(f"db select/pbxgen.{key}").strip() for key in keys}
        return {key: value for key, value in said.items() if value and not value.startswith("-ERR")}

    def store_setting(self, key: str, value: str) -> None:
        """Write into the database as somebody does who can."""
        tenant, _, name = key.partition("/")
        self.command(
            f'database put pbxgen/{tenant} {name} "{value}"'
            if self.pbx.name == "asterisk"
            else f"db insert/pbxgen.{key}/{value}"
        )

    def clear_setting(self, key: str) -> None:
        tenant, _, name = key.partition("/")
        self.command(
            f"database del pbxgen/{tenant} {name}" if self.pbx.name == "asterisk" else f"db delete/pbxgen.{key}"
        )

    def log(self) -> str:
        """All that the PBX has logged."""
        return "".join(path.read_text("utf-8", "replace") for path in sorted((self.folder / "log").glob("f*.log")))

    def called_out(self) -> list[str]:
        """Request URIs of the calls that reached any carrier."""
        return [message.reason for peer in self.trunks.values() for message in peer.invited]

    def end_registrations(self, phone: str = "") -> None:
        """End all registrations at FreeSWITCH, or those of ``<extension>.<tenant>@<domain>``.

        FreeSWITCH does so when it next looks, and would end newer ones until then: it is asked only if there are some,
        and waited for until there are none.
        """
        which = f"user {phone}" if phone else "reg"
        for turn in range(50):
            if "Total items returned: 0" in self.command(f"sofia status profile internal {which}"):
                return
            if turn == 0:
                self.command(f"sofia profile internal flush_inbound_reg {phone}".rstrip())
            self.settle(0.1)
        raise AssertionError("registrations stay")

    def settle(self, seconds: float = 1.5) -> None:
        """Let the PBX finish what an attack may have begun."""
        time.sleep(seconds)


def _switches(plan: Plan) -> list[str]:
    return [f"switch.{name}" for name in plan.switches]


def trunk_host() -> tuple[str, int]:
    """An address on loopback for a carrier."""
    return f"{loopback_network()}.2", free_port()


@contextlib.contextmanager
def laboratory(
    pbx_name: str, folder: Path, *sources: str, services: Mapping[str, str] | None = None
) -> Iterator[Laboratory]:
    """Start a PBX with sources (several: a fleet). Trunk hosts in them must be addresses on loopback, with a port.

    ``services``: where each sends its calls on to (``NUMBER`` or ``NUMBER@TENANT``).
    """
    folder.mkdir(parents=True, exist_ok=True)
    plans = []
    for number, text in enumerate(sources):
        path = folder / f"source{number}.yaml"
        path.write_text(text, encoding="utf-8")
        plans.append(plan_of(path))
    options = Options()
    secrets = {}
    for plan in plans:
        values, problems = read_secrets(plan, options.parts, os.environ)
        assert not problems, problems
        secrets.update(values)
    target = WrittenByHand(load_target(pbx_name), services or {})
    files = (*target.render(tuple(plans), replace(options, secrets=secrets)), *target.stubs(tuple(plans)))
    pbx = laboratory_of(pbx_name).make(PbxSetup(folder / "pbx", files, {}))
    (folder / "pbx").mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        stack.callback(pbx.stop)
        asyncio.run(pbx.start())
        trunks = {}
        for plan in plans:
            for trunk in plan.trunks.values():
                assert trunk.port is not None
                address: Address = (trunk.host, trunk.port)
                trunks[f"{plan.name}.{trunk.name}"] = stack.enter_context(Peer(pbx.trunks_at, *address))
        yield Laboratory(pbx, tuple(plans), files, folder / "pbx", trunks, stack)
