"""The row spaces that a truncated butterfly can have, and the gain as a function on them."""
