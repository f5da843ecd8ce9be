"""Exact and enclosing arithmetic that the kinds of certificates share."""
