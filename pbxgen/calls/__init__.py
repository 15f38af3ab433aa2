"""What laboratory and interpreters share: a call to place, what was observed of it, and the verdict on that."""
