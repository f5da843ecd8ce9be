"""The share of 4-planes in R^8 that real weights reach, where complex ones reach almost all."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import isqrt

import numpy as np
from numpy.random import Generator

from fjlt.runs.binomial import limits
from fjlt.types import Array, RealArray
from landscape.enumeration.real_form import variables_of_all
from landscape.planes.row_spaces import RowSpaces
from proofs_check.claim import Bearing, Check, Claim, Context, Control, Finding, Grade, Verdict
from proofs_check.exact.planted import rational
from proofs_check.row_spaces.points import kernel

__all__ = ["CLAIM", "bearing_of_share", "discriminants", "klein"]

SPACES = RowSpaces(8, range(5), 4)
SHARE = (0.859, 0.867)
"""Between these numbers the probability is."""
LITERATURE = 1.726230876
"""Expected number of real lines that meet four random ones in space."""
LEVEL = 1e-9
DRAWS = 800_000
"""The interval of the share has an arm of about 0.0023, and its middle a standard deviation of
0.0004. So a share of 0.8631 is found to be within the ends with probability above
0.999, and one that is off them by 0.004 outside of them."""

Form = Callable[[Array, Array], Array]


def klein(p: Array, q: Array) -> Array:
    """The product of Plücker coordinates that vanishes if and only if two lines meet.

    They are in the order 01, 02, 03, 12, 13, 23, along the last axis.
    """
    signs = np.array([1, -1, 1, 1, -1, 1])
    return (p * q[..., ::-1] * signs).sum(-1)


def discriminants(N: Array, form: Form = klein) -> Array:
    """Whether four lines have two real common transversals: positive if so, negative if not.

    Parameters
    ----------
    N : array of shape (…, 8, 4)
        A basis of the orthogonal complement of a plane W, in columns. Its rows 2q and 2q + 1 span
        a line of projective space, for q = 0, …, 3.
    form : callable
        The product of two lines.

    Returns
    -------
    array of shape (…)
        The determinant of the products of the four lines. The transversals are the points of the
        Klein quadric, of signature (3, 3), orthogonal to the four lines. They are two, and real, if
        the quadric is indefinite there; then its signature on the span of the lines is (2, 2), and
        otherwise (3, 1) or (1, 3).
    """
    a, b = N[..., 0::2, :], N[..., 1::2, :]
    lines = np.stack(
        [a[..., i] * b[..., j] - a[..., j] * b[..., i] for i, j in combinations(range(4), 2)], -1
    )
    return _determinant(
        *(
            form(lines[..., 0, :], lines[..., i, :]) * form(lines[..., j, :], lines[..., k, :])
            for i, j, k in ((1, 2, 3), (2, 1, 3), (3, 1, 2))
        )
    )


def _determinant(x: Array, y: Array, z: Array) -> Array:
    """Of a symmetric 4 × 4 matrix with a zero diagonal, from products of two opposite entries."""
    return x * x + y * y + z * z - 2 * (x * y + y * z + z * x)


def _is_square(number: Fraction) -> bool:
    return number >= 0 and all(
        isqrt(part) ** 2 == part for part in (number.numerator, number.denominator)
    )


def _row_spaces(context: Context, form: Form = klein) -> Finding:
    rng, draws, cases, faults = context.rng, 300 if context.full else 60, 0, 0
    for _ in range(draws):
        x = rng.integers(1, 6, SPACES.size) * rng.choice([-1, 1], SPACES.size)
        basis, free = kernel(rational(SPACES.rows_at(x.astype(float))))
        # dependent rows span no 4-plane
        if free > 4:
            continue
        N = np.array([[Fraction(int(x.p), int(x.q)) for x in row] for row in basis.tolist()])
        (found,) = discriminants(N[None], form)
        faults += not _is_square(found)
        cases += 1
    return Finding.of(
        not faults,
        Bearing.SUPPORTS,
        f"At {cases} draws of integers for E and the weights the discriminant is the square of a "
        f"rational number: one transversal is rational, and so is the other. Exceptions: {faults}.",
        cases,
    )


def _weights(context: Context, form: Form = klein, cases: int = 10, together: int = 10) -> Finding:
    """Real weights are searched for random planes, until one is not as the form says."""
    rng, cases = context.rng, 60 if context.full else cases
    done, wrong, reached = 0, 0, 0
    while done < cases and not wrong:
        # bases of some planes and of their complements, in columns
        Q = np.linalg.qr(rng.standard_normal((together, 8, 8)))[0]
        found = np.isfinite(variables_of_all(SPACES, Q[..., :4].mT)).all(-1)
        reached += int(found.sum())
        wrong += int((found != (discriminants(Q[..., 4:], form) > 0)).sum())
        done += len(Q)
    return Finding.of(
        not wrong,
        Bearing.SUPPORTS,
        f"For {done} random planes real weights were searched for by descent from many starts. "
        f"They were found for {reached}; in {wrong} cases that is not as the sign of the "
        "discriminant says.",
        done,
        numbers={"planes": done, "reached": reached},
    )


def bearing_of_share(reached: int, draws: int, ends: tuple[float, float] = SHARE) -> Bearing:
    """Whether the exact interval of the share lies within the ends, or outside of them.

    Examples
    --------
    >>> [bearing_of_share(k, 1000000).name for k in (863000, 861000, 871000)]
    ['SUPPORTS', 'SILENT', 'REFUTES']
    """
    low, high = limits(reached, draws, LEVEL)
    if ends[0] <= low and high <= ends[1]:
        return Bearing.SUPPORTS
    return Bearing.REFUTES if high < ends[0] or ends[1] < low else Bearing.SILENT


def reached_planes(rng: Generator, draws: int, form: Form = klein) -> int:
    """How many of so many uniformly distributed planes have a positive discriminant."""
    found, step = 0, 2**16
    for start in range(0, draws, step):
        N: RealArray = rng.standard_normal((min(step, draws - start), 8, 4))
        found += int((discriminants(N, form) > 0).sum())
    return found


def _share(context: Context) -> Finding:
    reached = reached_planes(context.rng, DRAWS)
    low, high = limits(reached, DRAWS, LEVEL)
    return Finding(
        bearing_of_share(reached, DRAWS),
        f"{reached} of {DRAWS} uniformly distributed 4-planes have real transversals: a share "
        f"between {low:.4f} and {high:.4f}, each end wrong with probability at most {LEVEL:g}. In "
        "the literature half the expected number of real lines that meet four random lines is "
        f"{LITERATURE / 2:.5f}.",
        DRAWS,
        scope="n = 8, outputs 0 to 4, k = 4",
        numbers={"reached": reached, "planes": DRAWS, "share": f"{reached / DRAWS:.4f}"},
    )


def another(p: Array, q: Array) -> Array:
    """A product with a wrong sign, which says nothing of whether lines meet."""
    return klein(p, q * [1, 1, 1, -1, 1, 1])


def _other_shares(context: Context) -> bool:
    """Whether a share of 1, and shares that are off by a hundredth, are refused."""
    # an arm of 0.0040, a standard deviation of 0.0007, and the nearest end 0.008 away
    draws = DRAWS // 3
    reached = reached_planes(context.rng, draws)
    return all(
        bearing_of_share(reached, draws, ends) is Bearing.REFUTES
        for ends in ((0.999, 1.0), (0.871, 0.879), (0.847, 0.855))
    )


CLAIM = Claim(
    id="real-reach",
    title="Which share of the planes real weights reach",
    source="Beyond the paper: what training the butterfly does to the landscape; the expected "
    "number of lines is due to Bürgisser and Lerario, Probabilistic Schubert calculus, 2020",
    statement=r"Let $n = 8$ and $k = 4$, and keep the outputs $0, \dots, 4$. Almost every 4-plane "
    r"$W$ of $\mathbb{R}^8$ is a row space of $EB$ with complex weights. With real weights it is "
    r"one if and only if four lines in projective space have a real common transversal: those that "
    r"rows $2q$ and $2q + 1$ of $N$ span, $q = 0, \dots, 3$, for a basis $N$ of the complement of "
    r"$W$, in columns. For a uniformly distributed $W$, as the eigenplanes of a Gaussian "
    rf"auto-encoder are, this has a probability between {SHARE[0]} and {SHARE[1]}.",
    expected=Verdict.HOLDS,
    depends_on=("reachable",),
    checks=(
        Check(
            "share",
            Grade.STATISTICAL,
            "uniformly distributed planes, an exact interval of the share",
            _share,
            alpha=2 * LEVEL,
        ),
        Check(
            "row spaces",
            Grade.EXACT,
            "discriminants at integer weights, in rational numbers",
            _row_spaces,
            partial=True,
        ),
        Check(
            "weights",
            Grade.NUMERICAL,
            "real weights for random planes, by descent",
            _weights,
            partial=True,
        ),
    ),
    controls=(
        Control("other shares", _other_shares),
        Control(
            "row spaces with a product that does not say whether lines meet",
            lambda context: _row_spaces(context, another).bearing is Bearing.FAILED,
        ),
        Control(
            "random planes with such a product",
            lambda context: _weights(context, another, 60, 1).bearing is Bearing.FAILED,
        ),
    ),
)
