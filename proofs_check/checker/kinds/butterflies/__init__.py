"""Certificates on the graph of a butterfly and on the matrices it reaches."""
