"""Figures that the paper does not have, a module each."""
