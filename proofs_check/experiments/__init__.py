"""What stored trainings, times and sketches say of a claim."""
