"""Rechecks stored certificates; imports the standard library and python-flint, nothing of this project."""
