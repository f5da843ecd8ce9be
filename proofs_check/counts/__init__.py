"""Exact counts of critical points, and exact data for them."""
