"""Calls with expected results, written in YAML beside the source: for the model and for real PBXs."""
