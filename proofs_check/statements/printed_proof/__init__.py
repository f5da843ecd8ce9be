"""Claims on the printed proof of Theorem 1: its gap, its matrix N, what its hypotheses are for."""
