"""Random embeddings, one ensemble a module."""
