"""What can keep the laboratory from working."""

from __future__ import annotations


class LabError(Exception):
    """The laboratory cannot place calls: something it needs is missing or did not start. The text says what to do."""
