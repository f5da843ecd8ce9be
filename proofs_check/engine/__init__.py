"""Runs: the claims are found, their checks run, judged and calibrated."""
