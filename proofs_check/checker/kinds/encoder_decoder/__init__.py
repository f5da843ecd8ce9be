"""Certificates on the critical points of the encoder-decoder network."""
