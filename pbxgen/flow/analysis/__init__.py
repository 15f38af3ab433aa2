"""What can be proved of a plan before it is deployed (SEMANTICS, "Analysis")."""
