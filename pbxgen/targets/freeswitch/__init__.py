"""The FreeSWITCH target: XML for the dialplan, the directory and the SIP profiles."""

from pbxgen.targets.freeswitch.target import FreeSwitchTarget

load = FreeSwitchTarget
