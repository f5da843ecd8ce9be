"""Faults in ``fjlt.factorise`` and in the known transforms."""

from mutants.fault import Fault

__all__ = ["FAULTS"]

HIERARCHY = "fjlt/factorisation/hierarchy.py"
SWEEPS = "fjlt/factorisation/sweeps.py"
RANK_ONE = "fjlt/factorisation/rank_one.py"
NEAREST = "fjlt/factorisation/nearest.py"
SHARES = "proofs_check/experiments/kept_share.py"
FOURIER = "fjlt/transforms/fourier.py"
TRIGONOMETRIC = "fjlt/transforms/trigonometric.py"
CONVOLUTION = "fjlt/transforms/convolution.py"

FACTORISE = "tests/fjlt/factorisation/test_factorise.py::test_"
TRANSFORMS = "tests/fjlt/transforms/test_transforms.py::test_"

FAULTS = (
    Fault(
        "upper columns keep their lengths in the projection",
        HIERARCHY,
        "upper = upper / length",
        "upper = upper + 0 * length",
        f"{FACTORISE}the_error_keeps_its_guarantee",
    ),
    Fault(
        "the layers keep the lengths that the lower ones have as well",
        HIERARCHY,
        "above[0] = above[0] / length.reshape(h, 1, 2, l)",
        "above[0] = above[0] * (length.reshape(h, 1, 2, l) > 0)",
        f"{FACTORISE}a_butterfly_is_found_exactly",
    ),
    Fault(
        "the second vectors of a block in place of the first",
        RANK_ONE,
        "_lower(v[..., 0, :])",
        "_lower(v[..., -1, :])",
        f"{FACTORISE}descent_goes_down_to_a_critical_point",
    ),
    Fault(
        "the floor is the sum of all splits",
        NEAREST,
        "floors(whole).max(initial=0)",
        "floors(whole).sum()",
        f"{FACTORISE}the_error_keeps_its_guarantee",
    ),
    Fault(
        "the floor forgets the split next to the output",
        RANK_ONE,
        "for s in range(1, p)]",
        "for s in range(1, max(p - 1, 2)) if s < p]",
        f"{FACTORISE}the_error_keeps_its_guarantee",
    ),
    Fault(
        "a projection without conjugation",
        RANK_ONE,
        "rows.conj()[..., None]",
        "rows[..., None]",
        f"{FACTORISE}descent_goes_down_to_a_critical_point",
    ),
    Fault(
        "descent projects to the wrong layers below",
        SWEEPS,
        "below = joined(layers[c], below)",
        "below = joined(pair[:, ::2, ::2].repeat(2, 0).reshape(layers[c].shape), below)",
        f"{FACTORISE}descent_keeps_a_butterfly",
    ),
    Fault(
        "an odd number of passes is not turned back",
        NEAREST,
        "if polish % 2:",
        "if polish < 0:",
        f"{FACTORISE}descent_goes_down_to_a_critical_point",
    ),
    Fault(
        "the nearest butterfly says half of its error",
        NEAREST,
        "np.linalg.norm(whole - product(layers))) / total",
        "np.linalg.norm(whole - product(layers))) / (2 * total)",
        f"{FACTORISE}the_error_keeps_its_guarantee",
        "expressibility: bit reversal",
    ),
    Fault(
        "descent goes up",
        SHARES,
        "slope = 2 * np.concatenate(",
        "slope = -2 * np.concatenate(",
        claim="expressibility: W = J2ᵀ·C·J1 of rank k, of which descent finds nearly all",
    ),
    Fault(
        "the best rank has a singular value more",
        SHARES,
        "squares[:r].sum()",
        "squares[: r + 1].sum()",
        claim="expressibility: drawn",
    ),
    Fault(
        "the twiddle of the inverse transform",
        FOURIER,
        "np.exp(-1j * np.pi * (j % (1 << i)) / (1 << i))",
        "np.exp(1j * np.pi * (j % (1 << i)) / (1 << i))",
        f"{TRANSFORMS}fourier",
    ),
    Fault(
        "type 3 has the length of type 2 at 0",
        TRIGONOMETRIC,
        "lengths[0] *= 0.5\n",
        "lengths[0] *= 1.0\n",
        f"{TRANSFORMS}cosine_and_sine",
    ),
    Fault(
        "type 4 forgets the signs of the odd inputs",
        TRIGONOMETRIC,
        "signs[n // 2 :] = -1",
        "signs[n:] = -1",
        f"{TRANSFORMS}cosine_and_sine",
    ),
    Fault(
        "the eigenvalues of a circulant are in the common order",
        CONVOLUTION,
        "(np.fft.fft(column) / size)[bit_reversal(size)]",
        "np.fft.fft(column) / size",
        f"{TRANSFORMS}toeplitz_and_circulant",
    ),
    Fault(
        "the first entry of the row of a Toeplitz matrix counts",
        CONVOLUTION,
        "column[:m] = c",
        "column[:m] = c\n    column[0] = r[0]",
        f"{TRANSFORMS}toeplitz_and_circulant",
    ),
)
