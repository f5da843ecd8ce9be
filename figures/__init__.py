"""The figures and tables of arXiv 2007.08864, regenerated from data."""
