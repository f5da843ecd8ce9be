"""Claims on J2ᵀJ2·W·J1ᵀJ1 in place of a matrix W, beyond those of the paper."""
