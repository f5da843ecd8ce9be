"""The report: a page, a graph of the claims, exports."""
