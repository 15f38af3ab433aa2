"""The call flow of one PBX: the plan, and pure functions on it."""

SHORTEST_RING, LONGEST_RING = 5, 180
"""Seconds that anything may be told to ring. Here, as the command line names them without loading the models."""
