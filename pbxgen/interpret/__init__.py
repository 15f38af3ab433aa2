"""Generated files, run without a PBX: an interpreter of what the templates use, for each PBX.

It reads the text that would be deployed, never the plan, and knows the PBX's rules, never the language's. What it sees
of a call has the form of what the laboratory sees of a real one, and is judged in the same way.
"""
