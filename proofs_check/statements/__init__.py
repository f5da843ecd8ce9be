"""The claims: what is stated, how it is checked, what would refute it."""
