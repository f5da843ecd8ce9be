"""The formal claims of the paper, each checked by computation, with certificates to recheck."""

from fjlt.extras import installed

with installed("landscape", "figures"):
    from proofs_check import exact
    from proofs_check.claim import Claim, Evidence, Grade, Verdict
    from proofs_check.engine.catalogue import claims
    from proofs_check.engine.runner import run
    from proofs_check.engine.verdicts import Report

__all__ = ["Claim", "Evidence", "Grade", "Report", "Verdict", "claims", "exact", "run"]
