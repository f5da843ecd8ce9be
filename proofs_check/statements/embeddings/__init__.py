"""Claims about random embeddings and about approximation by them."""
