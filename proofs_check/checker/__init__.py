"""Recheck stored certificates, independently of the program that made them.

What is independent
    The modules of this folder import the Python standard library, python-flint and one another,
    and nothing else of this project. Nothing of this project imports them, except the command
    ``proofs-check recheck``. A copy of the folder, with an empty ``proofs_check/__init__.py`` above
    it, works by itself.

    Each certificate is replayed from its numbers alone, by a computation other than the one that
    made it. Laws of the SRHT are enumerated draw by draw as dense matrices of fractions. Matrix
    identities are multiplied out term by term, where the claims expand them with SymPy.
    Inequalities between real numbers, and boxes around critical points, are proved at more than
    twice the precision in which they were found, with derivatives from Taylor arithmetic.

What is not
    Both programs run on the same Python and the same python-flint: balls, their precision and exact
    linear algebra in ``joint_certificates`` come from FLINT on either side. The same people wrote
    both. And the statement that a certificate supports is not checked here: that the kind
    "norm-law", say, is evidence for a claim, is for the reader to judge.
"""

from proofs_check.checker.certificates import KINDS, valid
from proofs_check.checker.expected import EXPECTED
from proofs_check.checker.folders import recheck, uncertified

__all__ = ["EXPECTED", "KINDS", "recheck", "uncertified", "valid"]
