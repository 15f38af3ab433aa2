"""Raw settings: what is handed on to a PBX as it is written, where the language has no key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from pbxgen.language.model_base import Expects, KeyForm, Model

_NAME = r"^[A-Za-z][A-Za-z0-9_-]{0,59}$"
_VALUE = r"^[!#%&'()*+,./0-9:;<=>?@A-Z\[\]^_a-z{|}~-]+(?: [!#%&'()*+,./0-9:;<=>?@A-Z\[\]^_a-z{|}~-]+)*$"
"""Without what another reader would expand or leave out: dollars, quotes, backslashes, spaces at the ends, and more."""

Settings = Annotated[
    dict[
        Annotated[
            str,
            StringConstraints(pattern=_NAME),
            KeyForm(_NAME, "the name of a setting"),
            Expects("the name of a setting: letters, digits, - and _"),
        ],
        Annotated[
            str,
            StringConstraints(pattern=_VALUE, max_length=200),
            Expects("a text in quotes, without dollars, quotes and backslashes"),
        ],
    ],
    Expects("settings by name"),
]


class AsteriskPhoneOptions(Model):
    """Settings of pjsip.conf."""

    endpoint: Settings = Field({}, description="Of the endpoint.", examples=[{"t38_udptl": "yes"}])
    aor: Settings = Field({}, description="Of the address of record.", examples=[{"qualify_timeout": "5"}])


class AsteriskTrunkOptions(AsteriskPhoneOptions):
    """Settings of pjsip.conf."""

    registration: Settings = Field({}, description="Of the registration.", examples=[{"retry_interval": "30"}])


class FreeSwitchPhoneOptions(Model):
    """Settings of the phone's entry in the directory."""

    params: Settings = Field({}, description="Params.", examples=[{"sip-force-expires": "600"}])
    variables: Settings = Field({}, description="Variables.", examples=[{"rtp_secure_media": "optional"}])


class FreeSwitchTrunkOptions(Model):
    """Settings of the gateway."""

    gateway: Settings = Field({}, description="Params of the gateway.", examples=[{"retry-seconds": "30"}])
    variables: Settings = Field({}, description="Variables of calls that it carries.", examples=[{"t38_gateway": "no"}])


class PhoneOptions(Model):
    """Raw settings of a phone, by PBX."""

    asterisk: AsteriskPhoneOptions = Field(AsteriskPhoneOptions(), description="In pjsip.conf: `endpoint`, `aor`.")
    freeswitch: FreeSwitchPhoneOptions = Field(
        FreeSwitchPhoneOptions(), description="In the directory: `params`, `variables`."
    )


class TrunkOptions(Model):
    """Raw settings of a trunk, by PBX."""

    asterisk: AsteriskTrunkOptions = Field(
        AsteriskTrunkOptions(), description="In pjsip.conf: `endpoint`, `aor`, `registration`."
    )
    freeswitch: FreeSwitchTrunkOptions = Field(
        FreeSwitchTrunkOptions(), description="Of the gateway: `gateway` (its params), `variables`."
    )
