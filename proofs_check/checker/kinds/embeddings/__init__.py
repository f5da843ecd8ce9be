"""Certificates on random embeddings, and the inequalities and enclosures they need."""
