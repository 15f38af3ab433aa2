"""The Asterisk 22 target: a static library that runs calls, and a thin generated layer of data for each tenant."""

from pbxgen.targets.asterisk.target import AsteriskTarget

load = AsteriskTarget
