"""Proofs that a floating-point row space is near exactly one critical point of the network with
trained B."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import Any, NamedTuple

from flint import acb, acb_mat, arb, arb_mat, ctx
from numpy.typing import ArrayLike, NDArray

from fjlt import boundary
from landscape import data
from landscape.certificates.ball_gain import BallGain
from landscape.certificates.json_document import document, enclosing, joined
from landscape.certificates.krawczyk import ball_box, contracted, inertia, newton
from landscape.certificates.regular_slice import (
    Refusal,
    coordinates,
    doubt,
    is_regular,
    midpoints,
    polished,
)
from landscape.planes.dimension import dimension_bound, kept_rows
from landscape.planes.gain import Forms, Gain
from landscape.planes.row_spaces import RowSpaces

__all__ = ["Certificate", "certify", "certify_complex", "distinct", "joined"]

Array = NDArray[Any]
Matrix = Any


@dataclass(frozen=True, eq=False)
class Certificate:
    """A critical point, proved, or the reason why not, which is no proof that there is none.

    Attributes
    ----------
    certified : bool
        In E and all weights of B exactly one critical row space is in a box around the point, and
        not degenerate.
    reason : str
        Why it is not certified; empty if it is.
    loss : tuple of Fraction, or None
        Lower and upper bound of ‖DEBX - Y‖_F² at the point, with the best D. None if not certified,
        or complex.
    index : int or None
        Negative directions of the loss; no direction is flat but those of the symmetries.
    row_space : flint.arb_mat or flint.acb_mat, or None
        Encloses the orthogonal projector to the row space, shape (n, n).
    document : dict
        For ``json.dump``: what an independent checker needs; empty if not certified, or complex.
    """

    certified: bool
    reason: str
    loss: tuple[Fraction, Fraction] | None = None
    index: int | None = None
    row_space: Any = field(default=None, repr=False)
    document: dict[str, Any] = field(default_factory=dict, repr=False)


class _Problem(NamedTuple):
    """C and M in balls and in floating point, divided by powers of 2."""

    spaces: RowSpaces
    C: Matrix
    M: Matrix
    unit: arb
    forms: Forms


class _Enclosed(NamedTuple):
    """A box of variables that holds one critical point of the gain in some of them, the others
    fixed."""

    gain: BallGain
    centre: list[Any]
    radius: list[arb]
    box: list[Any]


def certify(
    X: ArrayLike, Y: ArrayLike, rows: Iterable[int], k: int | None, x: ArrayLike, bits: int = 128
) -> Certificate:
    """Prove a critical point of ‖DEBX - Y‖_F² in D, E and the weights of B near x, with its loss
    and index.

    Parameters
    ----------
    X : array_like, shape (n, d)
        Real data, taken as exact; columns are samples.
    Y : array_like, shape (m, d)
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
        singular, or a box does not contract. That the dimension of the row spaces is known is part
        of the proof: exactly where it equals ``dimension_bound``, else up to what the document
        says.

    Raises
    ------
    ValueError
        If shapes do not fit, an entry is not finite, rows or k are out of range, or bits is.
    TypeError
        If an entry is not real.

    Notes
    -----
    The slice x + span of d coordinates, d the dimension of the set of row spaces, meets the row
    spaces near x in one point each: a minor of order d of the derivative of the row space is not
    zero in the box. No weight can move a row space out of the d directions, as its generic rank is
    d. XXᵀ may be singular as long as WXXᵀWᵀ is not. Cost: some ten Hessians of d variables in
    balls; milliseconds for d = 6. Source: Krawczyk, Computing 4, 1969.

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
    spaces = _spaces(*kept_rows(len(real_X), rows, k))
    start = _point(x, spaces, real=True)
    before, ctx.prec = ctx.prec, boundary.dimension(bits, "bits", low=64, high=4096)
    try:
        problem = _problem(spaces, arb_mat(real_X.tolist()), arb_mat(real_Y.tolist()))
        return _proved(problem, real_X, real_Y, start, bits)
    except Refusal as refusal:
        return Certificate(False, str(refusal))
    finally:
        ctx.prec = before


def certify_complex(
    X: ArrayLike, Y: ArrayLike, rows: Iterable[int], k: int | None, x: ArrayLike, bits: int = 128
) -> Certificate:
    """Prove a complex critical point of the gain tr (WCWᵀ)⁻¹WMWᵀ, C = XXᵀ, M = XYᵀYXᵀ, nothing
    conjugated.

    Parameters, errors and cost as for ``certify``, but X, Y and x may be complex. The certificate
    has neither loss nor index nor document.

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
            f"must have equally many"
        )
    spaces = _spaces(*kept_rows(len(complex_X), rows, k))
    start = _point(x, spaces, real=False)
    before, ctx.prec = ctx.prec, boundary.dimension(bits, "bits", low=64, high=4096)
    try:
        enclosed = _enclosed(
            _problem(spaces, acb_mat(complex_X.tolist()), acb_mat(complex_Y.tolist())), start
        )
        return Certificate(True, "", row_space=_projector(enclosed))
    except Refusal as refusal:
        return Certificate(False, str(refusal))
    finally:
        ctx.prec = before


def distinct(certificates: Sequence[Certificate]) -> bool:
    """Whether all are certified and their row spaces are proved to differ; False is no proof of the
    contrary.

    Cost: n² comparisons a pair.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]])
    >>> points = [certify(X, X, [0, 2], 2, x) for x in ([1, 0, 0, 1], [0, 1, 1, 0])]
    >>> distinct(points), distinct(points + points[:1])
    (True, False)
    """
    if not all(proof.certified for proof in certificates):
        return False
    return not any(a.row_space.overlaps(b.row_space) for a, b in combinations(certificates, 2))


def _proved(problem: _Problem, X: Array, Y: Array, start: Array, bits: int) -> Certificate:
    spaces, enclosed = problem.spaces, _enclosed(problem, start)
    gain, box = enclosed.gain, enclosed.box
    hessian = gain.derivatives(box)[1]
    try:
        definite = inertia(gain.gram(box))[1] == spaces.k
        index = inertia(hessian)[1]
    except ValueError as error:
        raise Refusal(
            f"{error}: the Hessian modulo the symmetries is nearly singular; change the data a "
            f"little"
        ) from None
    if not definite:
        raise Refusal("WXXᵀWᵀ is not positive definite in balls; use more bits")
    y = arb_mat(Y.tolist())
    loss = enclosing(
        (y * y.transpose()).trace() - _gain_at_the_point(enclosed, hessian) * problem.unit
    )
    dimension_proved = spaces.dimension == dimension_bound(spaces.n, spaces.rows, spaces.k)
    record = document(
        spaces,
        X,
        Y,
        enclosed.centre,
        gain.unknown,
        enclosed.radius,
        loss,
        index,
        bits,
        dimension_proved,
    )
    ends = Fraction(loss[0]), Fraction(loss[1])
    return Certificate(True, "", ends, index, _projector(enclosed), record)


@lru_cache(64)
def _spaces(n: int, rows: tuple[int, ...], k: int) -> RowSpaces:
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


def _problem(spaces: RowSpaces, X: Matrix, Y: Matrix) -> _Problem:
    """Forms with largest entries from 1/2 to 1, unless they are zero."""
    cross = Y * X.transpose()
    C, c = _scaled(X * X.transpose())
    M, m = _scaled(cross.transpose() * cross)
    return _Problem(spaces, C, M, arb(2) ** (m - c), Forms(midpoints(C), midpoints(M)))


def _scaled(a: Matrix) -> tuple[Matrix, int]:
    sizes = [abs(entry).mid().man_exp() for entry in a.entries()]
    exponent = max((int(e) + int(man).bit_length() for man, e in sizes if man), default=0)
    return a * arb(2) ** -exponent, exponent


def _enclosed(problem: _Problem, start: Array) -> _Enclosed:
    spaces, forms = problem.spaces, problem.forms
    x = polished(spaces, forms, start)
    float_gain = Gain(spaces, *forms)
    unknown = coordinates(float_gain, x)
    gain = BallGain(spaces, problem.C, problem.M, unknown)
    number = arb if isinstance(problem.C, arb_mat) else acb
    fixed = [number(value) for value in x.tolist()]

    def system(values: list[Any]) -> tuple[Matrix, Matrix]:
        return gain.derivatives(_with(fixed, unknown, values))

    solution = newton(system, [fixed[v] for v in unknown])
    radius = contracted(system, solution)
    if radius is None:
        wide = (
            "no box around x contracts under Krawczyk's operator; refine x first, or use more bits"
        )
        raise Refusal(doubt(float_gain, x, unknown, wide))
    box = _with(fixed, unknown, ball_box(solution, radius))
    if not is_regular(gain, box):
        raise Refusal(
            "no minor of the derivative of the row space is certain not to be zero; use more bits"
        )
    return _Enclosed(gain, _with(fixed, unknown, solution), radius, box)


def _with(x: list[Any], unknown: list[int], values: list[Any]) -> list[Any]:
    changed = list(x)
    for v, value in zip(unknown, values, strict=True):
        changed[v] = value
    return changed


def _gain_at_the_point(enclosed: _Enclosed, hessian: Matrix) -> arb:
    """By Taylor's formula from the centre, sharper than over the box; twice as far, as others round
    as well."""
    gain, d = enclosed.gain, len(enclosed.radius)
    step = arb_mat(d, 1, [arb(0, 2 * r) for r in enclosed.radius])
    change = (
        gain.gradient(enclosed.centre).transpose() * step + step.transpose() * hessian * step / 2
    )
    return gain.value(enclosed.centre) + change[0, 0]


def _projector(enclosed: _Enclosed) -> Matrix:
    W = enclosed.gain.rows_at(enclosed.box)
    adjoint = W.transpose() if isinstance(W, arb_mat) else W.transpose().conjugate()
    return adjoint * (W * adjoint).inv() * W
