"""Claims on random embeddings, and on approximation with them."""
