"""What can be proved of a plan before it is deployed ("What `pbxgen check` proves" in docs/semantics.md)."""
