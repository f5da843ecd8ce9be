"""Networks with a dense layer, and what may stand in its place."""
