"""What sketches are used for: low-rank approximation and least squares."""
