"""Real data, and the figures and tables of the paper regenerated from it."""
