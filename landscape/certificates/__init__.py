"""Proofs that a critical point exists, is alone in its box, and has the stated Morse index."""
