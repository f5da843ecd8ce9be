"""Linear operators: butterfly networks, their truncations, and the random embeddings built from them."""
