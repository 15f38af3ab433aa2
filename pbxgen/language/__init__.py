"""The pbxgen language: its models, its checks, and its compilation to a call-flow plan."""
