"""Recheck stored certificates, independently of the program that made them.

What is independent
    The modules of this folder import the Python standard library, python-flint and one another,
    and nothing else of this project. Nothing of this project imports them, except the command
    ``proofs-check recheck``. A copy of the folder, with an empty ``proofs_check/__init__.py`` above
    it, works by itself.

    Each certificate is replayed from its numbers alone, by a computation other than the one that
    made it. Laws of the SRHT are enumerated draw by draw as dense matrices of fractions. Matrix
    identities are multiplied out term by term, where the claims expand them with SymPy. With B
    fixed, critical values follow from four identities between polynomials, where the claims compute
    Gröbner bases, and inertia from elimination, where they use characteristic polynomials.
    Inequalities between real numbers, and boxes around critical points, are proved at more than
    twice the precision in which they were found, with derivatives from Taylor arithmetic.

What is bound
    The table ``expected`` holds, for every check of every claim, the digest of the statement, and
    what its certificate must say: kind, bearing and grade, and the matrices, sizes, assumptions and
    goals that fix the meaning; or why there is no certificate. For a derivation it has rational
    matrices that satisfy all assumptions. A certificate that is missing, swapped, copied or about
    something else is refused. So is a report whose verdicts do not follow from its findings, or
    whose files are not those that it lists, or whose page shows something else (``pages``).

What is not
    Both programs run on the same Python and the same python-flint: balls, their precision and exact
    linear algebra in ``joint_certificates`` come from FLINT on either side. The same people wrote
    both, and the expectations are written from the claims: that these goals from these assumptions
    are evidence for that statement is for the reader to judge. A finding without a certificate is
    protected by digests alone: who edits the report, the page and all digests with care can change
    its numbers or leave out controls, and who edits the checker can change anything. Formulas and
    scripts in the page are protected by its digest alone. A witness that is replaced by another one
    that does as well is no fault.
"""

from proofs_check.checker.certificates import KINDS, valid
from proofs_check.checker.expected import EXPECTED
from proofs_check.checker.folders import recheck, uncertified

__all__ = ["EXPECTED", "KINDS", "recheck", "uncertified", "valid"]
