"""The formal claims of the paper, each checked by computation, with evidence that can be rechecked."""

from proofs_check import exact
from proofs_check.claim import Claim, Evidence, Grade, Verdict
from proofs_check.claims import claims
from proofs_check.runner import run
from proofs_check.verdicts import Report

__all__ = ["Claim", "Evidence", "Grade", "Report", "Verdict", "claims", "exact", "run"]
