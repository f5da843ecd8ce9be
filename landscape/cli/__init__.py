"""The commands of ``landscape``: problems from files, results and pictures."""
