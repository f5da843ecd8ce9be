"""What is expected of the claims on trained encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from proofs_check.checker.expectation import WITNESS, Certificate, Claim, Each, proof
from proofs_check.checker.expected.derivations import ELIMINATED, SEPARATION, TURNED
from proofs_check.checker.expected.reasons import DRAWN, FLOATING_POINT, NOT_YET

__all__ = ["CLAIMS"]

Rows = list[list[int]]

EXAMPLE: Rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1]]
STRETCHED: Rows = [[2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0], [0, 8, 0, 4]]
LOWER: Rows = [[2, 0, 0, 0], [0, 1, 0, 0], [0, 2, 1, 0], [0, 0, 0, 2]]
SMALLER: Sequence[tuple[Rows, Rows]] = (
    ([[1, 0, 0, 0], [0, 1, 2, 0], [0, 0, 1, 0], [0, 0, 0, 1]], [[0, 2, 0, 2], [1, 0, 0, 0]]),
    ([[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 1, 0, 1]], [[0, 0, 1, -1], [1, 0, 0, 0]]),
    (LOWER, LOWER),
)


def spurious(bearing: str, *problems: tuple[Rows, Rows]) -> Certificate:
    """The certificate of a spurious minimum for each problem X, Y; it delivers the rows."""
    witness = ("u", "v", "better_u", "better_v", "loss", "better_loss")
    points = [{"X": X, "Y": Y} | dict.fromkeys(witness, WITNESS) for X, Y in problems]
    numbers = {"loss": "points.0.loss", "global": "points.0.better_loss"}
    return Certificate(
        "spurious-minimum",
        bearing,
        "exact",
        {"points": points},
        numbers=numbers if len(problems) == 1 else {},
    )


CLAIMS: Mapping[str, Claim] = {
    "two-phase": Claim(
        "f3472ca3cba4d3d407b62d6fde2649a2951f3ce5516963e30f5f7789ec8da851",
        {
            "gauge": Certificate(
                "gauge",
                "refutes",
                "exact",
                {
                    "X": [["2", "0"], ["0", "1"]],
                    "Y": [["2", "0"], ["0", "1"]],
                    "B": [["1", "0"], ["0", "1"]],
                    "D": [["1"], ["0"]],
                    "E": [["1", "0"]],
                    "D2": [["2"], ["0"]],
                    "E2": [["1/2", "0"]],
                },
            ),
            "output": NOT_YET,
            "equal eigenvalues": Certificate(
                "gauge",
                "refutes",
                "exact",
                {
                    "X": [["1", "0"], ["0", "1"]],
                    "Y": [["1", "0"], ["0", "1"]],
                    "B": [["1", "0"], ["0", "1"]],
                    "D": WITNESS,
                    "E": WITNESS,
                    "D2": WITNESS,
                    "E2": WITNESS,
                },
                {"same": False},
            ),
            "loss bound": Certificate(
                "sketch-error-law",
                "refutes",
                "exact",
                {
                    "X": [[0, 1], [2, 0], [2, 0], [2, 0]],
                    "allowed": "2",
                    "law": WITNESS,
                    "success": "1/4",
                },
                numbers={"law": "law"},
            ),
            "training": FLOATING_POINT,
            "second phase": FLOATING_POINT,
        },
    ),
    "reachable": Claim(
        "198d18b26544dac3c5ff5ad55dc1534e7911d88e54ea8baef6a985cfe7f1fab0",
        {
            "ranks": Certificate(
                "reachable-dimension",
                "supports",
                "exact",
                {
                    "prime": WITNESS,
                    "points": Each({"rows": WITNESS, "weights": WITNESS, "encoder": WITNESS}, 9),
                    "dimensions": WITNESS,
                },
                {"sizes": (4, 8, 16)},
            ),
            "upper bound": NOT_YET,
            "realised": NOT_YET,
            "orbits": Certificate(
                "orbits",
                "supports",
                "exact",
                {"n": [2, 4, 8, 16], "orbits": [2, 5, 20, 230]},
                numbers={"n": "n", "orbits": "orbits"},
            ),
            "every set": NOT_YET,
        },
    ),
    "joint-minima": Claim(
        "732c832f46889ce8bfa687f4d2ba921ea8d013cbbffaf43357191df68c539c14",
        {
            "the best decoder, all sizes": proof(ELIMINATED, "supports"),
            "derivatives": NOT_YET,
            "corners": NOT_YET,
            "what the hypotheses are needed for": NOT_YET,
            "both ways": FLOATING_POINT,
        },
    ),
    "joint-submersion": Claim(
        "186868d53840125cb5d3454614c1310742d182ab2137ac94b2d34bc0fdef0a84",
        {
            "turning one eigenvector, all sizes": proof(TURNED, "supports"),
            "every critical subspace": NOT_YET,
            "training": FLOATING_POINT,
        },
    ),
    "joint-spurious": Claim(
        "6f83d34c791b22e7b2cc1cc0d4c647c5f10a0ad6782bdfbbb4cfb30d592da064",
        {
            "the example": spurious("supports", (EXAMPLE, EXAMPLE)),
            "all weights": NOT_YET,
            "every critical point": NOT_YET,
            "family": NOT_YET,
            "open set": NOT_YET,
            "smaller examples": spurious("supports", *SMALLER),
        },
    ),
    "whitened": Claim(
        "6f58da7c13fb7a6fdb92dbc8101faeb14dba7a948dd62c39cae4979a37f9c55a",
        {
            "separation, all sizes": proof(SEPARATION, "supports"),
            "every pair": NOT_YET,
            "a weight of zero": NOT_YET,
            "training": FLOATING_POINT,
        },
    ),
    "joint-dichotomy": Claim(
        "a406c1e19b7277cf45c21cccb87f84a6a20037ad02f1a1aa230c7c510fc0372b",
        {
            "full dimension": FLOATING_POINT,
            "a fold": FLOATING_POINT,
            "less than full dimension": FLOATING_POINT,
        },
    ),
    "two-phase-can-fail": Claim(
        "8878c3c51cd8e21ad27f9e257edcec7295758f2f240071e1ff043d78e57a0454",
        {
            "no way out": spurious("supports", (STRETCHED, EXAMPLE)),
            "two minima": NOT_YET,
            "training": FLOATING_POINT,
        },
    ),
    "joint-count": Claim(
        "d4df377a39dc999b60577d8a258e255e747044320323a3120766f5b2e8bb6466",
        {
            "ideals": NOT_YET,
            "topology": NOT_YET,
            "other outputs": NOT_YET,
            "monodromy": FLOATING_POINT,
            "start sets": FLOATING_POINT,
            "Morse sum": FLOATING_POINT,
        },
    ),
    "dynamics": Claim(
        "2d94898de706b5dd057cd9ff8d39dc3443816c253e6f1ff6c2d2543a51c28dd6",
        {
            "every FJLT start": Certificate(
                "fjlt-starts",
                "supports",
                "exact",
                {"X": EXAMPLE, "bound": "21/5", "losses": WITNESS},
            ),
            "joint training": DRAWN,
            "two phases from random weights": DRAWN,
            "minima": FLOATING_POINT,
            "Adam": FLOATING_POINT,
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
