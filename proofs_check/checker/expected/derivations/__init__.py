"""The proofs by matrix identities: what they assume, why they may, and what they must prove.

The texts stand here a second time, so that no change of a claim, or of a certificate, changes what
is proved without a change here. A test compares the two.
"""

from proofs_check.checker.expected.derivations.critical_points import (
    CRITICAL_POINTS,
    ENCODER,
    LOEWNER,
    REALISED,
    SPLITTING,
)
from proofs_check.checker.expected.derivations.embeddings import (
    BEST_CORE,
    MULTIPLE,
    NEAREST,
    RANGE,
    RECONSTRUCTION,
    SPIKED,
    STRUCTURAL,
)
from proofs_check.checker.expected.derivations.printed_proof import FORM, GAP, KERNEL, ORBIT
from proofs_check.checker.expected.derivations.trained_encoder import (
    ELIMINATED,
    HIDDEN,
    SEPARATION,
    TURNED,
)

__all__ = [
    "BEST_CORE",
    "CRITICAL_POINTS",
    "ELIMINATED",
    "ENCODER",
    "FORM",
    "GAP",
    "HIDDEN",
    "KERNEL",
    "LOEWNER",
    "MULTIPLE",
    "NEAREST",
    "ORBIT",
    "RANGE",
    "REALISED",
    "RECONSTRUCTION",
    "SEPARATION",
    "SPIKED",
    "SPLITTING",
    "STRUCTURAL",
    "TURNED",
]
