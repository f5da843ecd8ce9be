"""Claims on the numbers that the paper prints, which are compared with one another."""
