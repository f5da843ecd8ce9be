"""The commands of ``fjlt``: embeddings measured, tested and sized, for points from files."""
