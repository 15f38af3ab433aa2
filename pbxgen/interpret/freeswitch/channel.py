"""A channel: one leg of a call, with its variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

from pbxgen.interpret.base import NotUnderstoodError

_PERHAPS_UNSET = frozenset({
    "effective_caller_id_name", "sip_h_diversion", "sip_history_info", "sip_i_diversion", "sip_i_history_info",
    "sip_i_p_asserted_identity", "sip_p-asserted-identity", "sip_h_p-called-party-id", "sip_p-preferred-identity",
    "sip_privacy", "sip_remote-party-id", "originate_causes", "bridge_channel", "bridge_uuid", "blind_transfer_uuid",
    "sip_invite_failure_status", "switch_r_sdp", "transfer_source", "user_name",
})  # fmt: skip
"""Variables of FreeSWITCH's own that the interpreter sets when FreeSWITCH does."""
_OURS = "pbx_"


@dataclass(frozen=True, slots=True)
class CallerProfile:
    destination_number: str
    context: str
    caller_id_number: str
    caller_id_name: str
    network_addr: str
    uuid: str

    def to(self, number: str, context: str) -> CallerProfile:
        return replace(self, destination_number=number, context=context)


_FIELDS = frozenset(field.name for field in fields(CallerProfile))


@dataclass(eq=False, slots=True)
class FreeSwitchChannel:
    """``profile`` changes with each transfer, ``hunted`` with each extension that is executed within one."""

    profile: CallerProfile
    globals: Mapping[str, str]
    inbound: bool = True
    """A call that came in; else one that FreeSWITCH placed."""
    name: str = ""
    """As the plan names it; the other channel of a bridge has it as ``bridge_channel``."""
    hunted: CallerProfile | None = None
    variables: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By name in lower case: the name as written, and the value, which is never empty."""
    counted: set[tuple[str, str]] = field(default_factory=set)
    """Resources that the channel counts for (``limit``)."""
    answered: bool = False
    status: int | None = None
    """Final status that the caller got, 300 or more."""
    cause: str | None = None
    """Why it was hung up; None while it is up."""
    keys: str | None = None
    """Keys that the person at the far end presses when asked; None: no keys."""
    waited: float = 0.0
    """Seconds that a called party's own application took (the call's clock is the caller's)."""
    parks: bool = False
    """Its dialplan stops where the channel would be hung up, and the channel stays."""
    transferred: bool = False
    """The profile is new, and its extension is still to be hunted for."""

    @property
    def ready(self) -> bool:
        return self.cause is None and not self.transferred

    def set(self, name: str, value: str | None) -> None:
        """Set a variable; an empty value or None removes it."""
        if value:
            self.variables[name.lower()] = (name, value)
        else:
            self.variables.pop(name.lower(), None)

    def push(self, name: str, value: str) -> None:
        """Add an element to an array."""
        old = self.get(name)
        if old is None:
            self.set(name, value)
        else:
            self.set(name, f"{old}|:{value}" if old.startswith("ARRAY::") else f"ARRAY::{old}|:{value}")

    def get(self, name: str) -> str | None:
        _, value = self.variables.get(name.lower(), ("", None))
        return value

    def field(self, name: str) -> str:
        if name.lower() not in _FIELDS:
            raise NotUnderstoodError(f"the field {name} of a caller profile")
        return str(getattr(self.hunted or self.profile, name.lower()))

    def variable(self, name: str) -> str | None:
        """What ``${name}`` stands for: a variable, a field of the profile, or a global variable."""
        value = self.get(name)
        if value is not None:
            return value
        if name.lower() in _FIELDS:
            return self.field(name)
        if name in self.globals:
            return self.globals[name]
        if name.startswith(_OURS) or name.lower() in _PERHAPS_UNSET:
            return None
        raise NotUnderstoodError(f"${{{name}}} was never set, and may be FreeSWITCH's own")

    def hang_up(self, cause: str) -> None:
        if self.cause is None:
            self.cause = cause
            self.counted.clear()
