"""What laboratory and interpreters share: a call to place, what was seen of it, and the verdict on that."""
