"""The pbxgen language: its models, its checks, and its compilation to a call-flow plan."""

SHORTEST_RING, LONGEST_RING = 5, 180
"""Seconds that anything may be told to ring. Here, as the command line names them without loading the models."""
