"""Certificates on the encoder-decoder network with trained B."""
