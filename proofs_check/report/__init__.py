"""The report of a run: the page with its graph of claims, report.json and other exports."""
