"""What stored trainings, times and sketches, and the reader's own matrices, say of a claim."""
