"""Change a source without touching a byte that the change does not need."""
