"""Proofs that exactly one critical point of the network with trained B is near a given one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from flint import acb, acb_mat, arb, arb_mat, ctx
from numpy.typing import ArrayLike

from fjlt import boundary
from fjlt.runs.backends import one_blas_thread
from fjlt.types import Array, RealArray
from landscape import data
from landscape.certificates.ball_gain import BallGain
from landscape.certificates.json_document import CertifiedPoint, decimal_enclosure, point_document
from landscape.certificates.krawczyk import (
    Ball,
    BallMatrix,
    ball_box,
    inertia,
    krawczyk_radii,
    newton,
)
from landscape.certificates.regular_slice import (
    NoPoint,
    NotCertified,
    failure_reason,
    is_regular,
    midpoints,
    refined_start,
    slice_variables,
)
from landscape.planes.dimension import kept_rows
from landscape.planes.gain import Forms, Gain
from landscape.planes.lined_spaces import LinedSpaces, with_lines
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Certificate", "all_distinct", "certify", "certify_complex"]

NAMES = {None: "", 0: "even", 1: "odd"}
"""Of nodes of a parity."""


@dataclass(frozen=True, eq=False)
class Certificate:
    """A proof of a critical point, or the reason why there is none.

    A missing proof does not mean that there is no critical point.

    Attributes
    ----------
    certified : bool
        Whether a box around the point is proved to hold exactly one critical row space, in E and
        all weights of B, and that it is not degenerate.
    reason : str
        Why it is not certified; empty if it is.
    loss : tuple of Fraction, or None
        Lower and upper bound of ‖DEBX - Y‖_F² at the point, with the best D. None if not certified,
        or complex.
    index : int or None
        Number of negative directions of the loss. Only the directions of the symmetries are flat.
    lines : {"", "even", "odd"}
        At a fold, where the row spaces have no regular coordinates, the parity of the first nodes
        whose lines serve as coordinates as well. Then it is the pair of row space and lines that is
        alone in its box, and the index is that on such pairs.
    row_space : flint.arb_mat or flint.acb_mat, or None
        Encloses the orthogonal projector onto the row space, shape (n, n).
    document : dict
        For ``json.dump``: what an independent checker needs. Empty if not certified, or complex.

    Examples
    --------
    >>> import numpy as np
    >>> from landscape import minimise_reduced
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> end = minimise_reduced(X, X, rows=[0, 2], k=2, rng=0)
    >>> proof = certify(X, X, rows=[0, 2], k=2, x=end.x)
    >>> low, high = proof.loss
    >>> proof.certified, proof.index, bool(abs(low - end.loss) < 1e-9 and high - low < 1e-9)
    (True, 0, True)
    """

    certified: bool
    reason: str
    loss: tuple[Fraction, Fraction] | None = None
    index: int | None = None
    lines: str = ""
    row_space: BallMatrix | None = field(default=None, repr=False)
    document: dict[str, Any] = field(default_factory=dict, repr=False)


class _Problem(NamedTuple):
    """C and M in balls and in floating point, both divided by powers of 2.

    The gain of the data is ``unit`` times that of C and M.
    """

    spaces: RowSpaces
    C: BallMatrix
    M: BallMatrix
    unit: arb
    forms: Forms


class _Enclosure(NamedTuple):
    """A box of variables that holds exactly one critical point of the gain on its slice.

    ``centre`` and ``box`` have all V variables, ``radius`` has the unknowns of the gain only: the
    other variables are fixed.
    """

    gain: BallGain
    centre: list[Ball]
    radius: list[arb]
    box: list[Ball]


@one_blas_thread()
def certify(
    X: ArrayLike, Y: ArrayLike, rows: Iterable[int], k: int | None, x: ArrayLike, bits: int = 128
) -> Certificate:
    """Prove a critical point of ‖DEBX - Y‖_F² near x, in D, E and the weights of B.

    The certificate encloses the loss and has the index.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, taken as exact; columns are samples.
    Y : array_like, shape (m, d)
        Real targets, taken as exact.
    rows : iterable of int
        Kept outputs of B, l of them.
    k : int or None
        Rows of E; None for l.
    x : array_like, shape (V,)
        Variables of ``RowSpaces(n, rows, k)``, at most about 1e-4 from those of a critical point.
    bits : int
        Precision of the balls, 64 to 4096.

    Returns
    -------
    Certificate
        Not certified, with a reason, if Newton's method leaves x, WXXᵀWᵀ is singular, W = EB, the
        row spaces near x have no regular coordinates, the Hessian modulo the symmetries is
        singular, or Krawczyk's test fails. The proof uses the dimension of the row spaces: it is
        proved where it equals ``dimension_bound``, else the document says that it is the rank at
        random points.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not finite, or rows, k or bits are out of range.
    TypeError
        If an entry is not real.

    See Also
    --------
    certify_complex : The same for complex data and points.

    Notes
    -----
    The proof has four steps. (1) On a slice, d variables are unknown and the others fixed, d the
    dimension of the set of row spaces. Krawczyk's operator proves one critical point of the gain on
    the slice in a box. (2) A minor of order d of the derivative of the row space is not zero in the
    box, so the slice meets the row spaces near x in one point each. (3) The generic rank is d, so
    no weight moves a row space out of these directions, and the point is critical in all weights.
    (4) The signs of the Hessian on the slice, over the box, give the index.

    At a fold the weights move the row space in fewer than d directions. There the same is tried
    with the pairs of a row space W and the lines of the first nodes of one parity. W meets the sum
    of these n/2 lines in dimension j at least, k less the number of outputs of the other parity;
    the pairs that meet in dimension j are a manifold, of known dimension. If the weights move the
    pair in as many directions, all pairs nearby are reached, and a point that is critical on them
    is critical in all weights. If its index is 0, it is a local minimum.

    XXᵀ may be singular as long as WXXᵀWᵀ is not. Cost: some ten Hessians of d variables in balls;
    milliseconds for d = 6. Source: Krawczyk, Computing 4, 1969; certification as in Breiding, Rose,
    Timme, ACM Trans. Math. Softw. 49, 2023.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> proof = certify(X, X, [0, 2], 2, [1, 0, 0, 1])
    >>> proof.certified, proof.index, [round(float(end), 9) for end in proof.loss]
    (True, 0, [4.2, 4.2])
    >>> certify(X, X, [0, 2], 2, [1, 1, 0, 1]).certified
    False
    """
    real_X, real_Y = data.pair(X, Y)
    spaces = _cached_spaces(*kept_rows(len(real_X), rows, k))
    start = _point(x, spaces, real=True)
    bits = boundary.dimension(bits, "bits", low=64, high=4096)
    with ctx.workprec(bits):
        try:
            problem = _problem(spaces, arb_mat(real_X.tolist()), arb_mat(real_Y.tolist()))
            return _proved(problem, real_X, real_Y, start, bits)
        except NotCertified as failure:
            # At a fold the row space has coordinates only together with the lines of some nodes.
            reason = str(failure)
            for lined in with_lines(spaces):
                try:
                    return _proved(problem._replace(spaces=lined), real_X, real_Y, start, bits)
                except NoPoint:
                    continue
                except NotCertified as another:
                    reason += f"; with the lines of the {NAMES[lined.parity]} nodes: {another}"
            return Certificate(False, reason)


@one_blas_thread()
def certify_complex(
    X: ArrayLike, Y: ArrayLike, rows: Iterable[int], k: int | None, x: ArrayLike, bits: int = 128
) -> Certificate:
    """Prove a complex critical point of the gain tr (WCWᵀ)⁻¹WMWᵀ near x.

    C = XXᵀ and M = XYᵀYXᵀ, nothing conjugated.

    Parameters
    ----------
    X, Y, rows, k, x, bits
        As for ``certify``, but X, Y and x may be complex.

    Returns
    -------
    Certificate
        Without loss, index and document. Not certified, with a reason, as in ``certify``.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit, an entry is not a finite number, or rows, k or bits are out of range.

    Notes
    -----
    Cost and source: those of ``certify``.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> certify_complex(X, X, [0, 2], 2, [1, 0, 0, 1]).certified
    True
    """
    complex_X, complex_Y = (
        boundary.matrix(a, name).astype(complex) for a, name in ((X, "X"), (Y, "Y"))
    )
    if complex_X.shape[1] != complex_Y.shape[1]:
        raise ValueError(
            f"X has {complex_X.shape[1]} samples (columns) and Y has {complex_Y.shape[1]}; they "
            "must have equally many"
        )
    spaces = _cached_spaces(*kept_rows(len(complex_X), rows, k))
    start = _point(x, spaces, real=False)
    with ctx.workprec(boundary.dimension(bits, "bits", low=64, high=4096)):
        try:
            problem = _problem(spaces, acb_mat(complex_X.tolist()), acb_mat(complex_Y.tolist()))
            return Certificate(True, "", row_space=_projector(_enclosed(problem, start)))
        except NotCertified as failure:
            return Certificate(False, str(failure))


def all_distinct(certificates: Sequence[Certificate]) -> bool:
    """Whether all are certified and their row spaces are proved to differ.

    False is no proof of the contrary. Cost: n² comparisons a pair.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> points = [certify(X, X, [0, 2], 2, x) for x in ([1, 0, 0, 1], [0, 1, 1, 0])]
    >>> all_distinct(points), all_distinct(points + points[:1])
    (True, False)
    """
    if not all(proof.certified for proof in certificates):
        return False
    row_spaces: list[BallMatrix] = [proof.row_space for proof in certificates]
    return not any(a.overlaps(b) for a, b in combinations(row_spaces, 2))


def _proved(problem: _Problem, X: RealArray, Y: RealArray, start: Array, bits: int) -> Certificate:
    spaces, enclosed = problem.spaces, _enclosed(problem, start)
    gain, box = enclosed.gain, enclosed.box
    hessian = gain.derivatives(box)[1]
    try:
        definite = inertia(gain.gram(box))[1] == spaces.k
        # Negative directions of the loss are positive directions of the gain.
        index = inertia(hessian)[1]
    except ValueError as error:
        raise NotCertified(
            f"{error}: the Hessian modulo the symmetries is nearly singular; change the data a "
            f"little"
        ) from None
    if not definite:
        raise NotCertified("WXXᵀWᵀ is not positive definite in balls; use more bits")
    # The loss with the best D is ‖Y‖_F² less the gain.
    y = arb_mat(Y.tolist())
    loss = decimal_enclosure(
        (y * y.transpose()).trace() - _gain_at_the_point(enclosed, hessian) * problem.unit
    )
    lines = spaces.parity if isinstance(spaces, LinedSpaces) else None
    point = CertifiedPoint(enclosed.centre, gain.unknown, enclosed.radius, loss, index, lines)
    record = point_document(spaces, X, Y, point, bits)
    ends = Fraction(loss[0]), Fraction(loss[1])
    return Certificate(True, "", ends, index, NAMES[lines], _projector(enclosed), record)


@lru_cache(64)
def _cached_spaces(n: int, rows: tuple[int, ...], k: int) -> RowSpaces:
    return RowSpaces(n, rows, k)


def _point(x: ArrayLike, spaces: RowSpaces, real: bool) -> Array:
    point = boundary.array(x, "x", real=real)
    if point.shape != (spaces.size,):
        raise ValueError(
            f"x has shape {point.shape}; the row spaces of outputs {spaces.rows} of {spaces.n} "
            f"with k = {spaces.k} have {spaces.size} variables: pass the variables of "
            f"RowSpaces(n, rows, k), shape ({spaces.size},)"
        )
    return point.astype(float if real else complex)


def _problem(spaces: RowSpaces, X: BallMatrix, Y: BallMatrix) -> _Problem:
    """C and M of the data, scaled so that their largest entries are from 1/2 to 1, unless zero."""
    cross = Y * X.transpose()
    C, c = _scaled(X * X.transpose())
    M, m = _scaled(cross.transpose() * cross)
    return _Problem(spaces, C, M, arb(2) ** (m - c), Forms(midpoints(C), midpoints(M)))


def _scaled(a: BallMatrix) -> tuple[BallMatrix, int]:
    """a/2^e and e."""
    sizes = [abs(entry).mid().man_exp() for entry in a.entries()]
    exponent = max((int(e) + int(man).bit_length() for man, e in sizes if man), default=0)
    return a * arb(2) ** -exponent, exponent


def _enclosed(problem: _Problem, start: Array) -> _Enclosure:
    """A box near the start with exactly one critical point on a slice.

    Raises
    ------
    NotCertified
        If that is not proved.
    """
    spaces, forms = problem.spaces, problem.forms
    # In floating point: the critical point. Where rounding errors move it too far for Newton's
    # method, as they may at a fold, the start itself is nearer.
    x = refined_start(spaces, forms, start)
    try:
        return _enclosed_near(problem, x)
    except NotCertified as failure:
        if not isinstance(spaces, LinedSpaces):
            raise
        with suppress(NotCertified):
            return _enclosed_near(problem, spaces.rescaled(start))
        raise failure from None


def _enclosed_near(problem: _Problem, x: Array) -> _Enclosure:
    """The same, by Newton's method in balls from x."""
    spaces = problem.spaces
    # The slice that kills the gauge at x.
    float_gain = Gain(spaces, *problem.forms)
    unknown = slice_variables(float_gain, x)
    gain = BallGain(spaces, problem.C, problem.M, unknown)
    number = arb if isinstance(problem.C, arb_mat) else acb
    fixed = [number(value) for value in x.tolist()]

    def system(values: list[Ball]) -> tuple[BallMatrix, BallMatrix]:
        return gain.derivatives(_replaced(fixed, unknown, values))

    # In balls: the zero of the gradient on the slice to full precision, and Krawczyk's test.
    solution = newton(system, [fixed[v] for v in unknown])
    radius = krawczyk_radii(system, solution)
    if radius is None:
        no_box = (
            "no box around x contracts under Krawczyk's operator; refine x first, or use more bits"
        )
        raise NotCertified(failure_reason(float_gain, x, unknown, no_box))
    box = _replaced(fixed, unknown, ball_box(solution, radius))
    # The slice is transversal to the gauge all over the box.
    if not is_regular(gain, box):
        raise NotCertified(
            "no minor of the derivative of the row space is certain not to be zero; use more bits"
        )
    return _Enclosure(gain, _replaced(fixed, unknown, solution), radius, box)


def _replaced(x: list[Ball], unknown: list[int], values: list[Ball]) -> list[Ball]:
    """x with other values of the unknowns."""
    changed = list(x)
    for v, value in zip(unknown, values, strict=True):
        changed[v] = value
    return changed


def _gain_at_the_point(enclosed: _Enclosure, hessian: BallMatrix) -> arb:
    """The gain at the critical point, by Taylor's formula from the centre of the box.

    That is sharper than the gain over the box. The radii are doubled because an independent checker
    rounds in another way.
    """
    gain, d = enclosed.gain, len(enclosed.radius)
    step = arb_mat(d, 1, [arb(0, 2 * r) for r in enclosed.radius])
    change = (
        gain.gradient(enclosed.centre).transpose() * step + step.transpose() * hessian * step / 2
    )
    return gain.value(enclosed.centre) + change[0, 0]


def _projector(enclosed: _Enclosure) -> BallMatrix:
    """The orthogonal projector W*(WW*)⁻¹W onto the row space, over the box."""
    W = enclosed.gain.rows_at(enclosed.box)
    adjoint = W.transpose() if isinstance(W, arb_mat) else W.transpose().conjugate()
    return adjoint * (W * adjoint).inv() * W
