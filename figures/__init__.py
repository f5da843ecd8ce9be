"""Figures and tables of the paper on butterfly networks, arXiv 2007.08864v2, drawn from data."""
