"""Claims and their verdicts: what a claim is, how its checks are run, judged and calibrated."""
