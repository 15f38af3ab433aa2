"""What changes for callers between two sources."""
