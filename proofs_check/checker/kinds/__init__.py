"""Each kind of certificate, replayed from its numbers."""
