"""The figures and tables of the paper, by theme, and what the paper prints."""
