"""pbxgen: call deviations as code, compiled for Asterisk and FreeSWITCH."""

__version__ = "0.1.0"
