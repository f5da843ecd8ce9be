"""Claims and their verdicts: running the checks, judging them, calibrating them."""
