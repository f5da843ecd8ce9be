"""What is expected of every check of every claim: its certificate, or why it has none.

Each room of claims has a module here with a table ``CLAIMS``. To add a certificate:

1. In the claim, give the finding ``certificate={"kind": ..., ...}``: integers, rational numbers as
   text such as "-2/3", lists and objects; no floating point.
2. Here, put ``Certificate(kind, bearing, grade, entries)`` in the place of the reason. ``entries``
   is the pattern of the file. Write out all that fixes the meaning (sizes, matrices, vectors that
   the statement names); put ``WITNESS`` for what the certificate may choose, since the replay
   verifies it; ``Each(pattern, at_least)`` for a list; ``Digest(sha256)`` for long data.
3. For a new kind, write its replay in ``proofs_check/checker/kinds`` and list it in
   ``proofs_check/checker/certificates.KINDS``. It computes anew, by another way, and never believes
   a number of the file. It takes all numbers through ``proofs_check.checker.bounded``.

For a derivation, step 2 is ``proof(DERIVATION, bearing)`` with a ``Derivation`` of ``derivations``:
its assumptions with their marks, its goals, and a model.

A test holds that the tables name every check of every claim, with the digests of the statements in
force; its message is the line to put here.
"""

from __future__ import annotations

from collections.abc import Mapping

from proofs_check.checker.expectation import Claim
from proofs_check.checker.expected import (
    butterflies,
    dense_layer,
    embeddings,
    experiments,
    fixed_encoder,
    printed_numbers,
    trained_encoder,
)

__all__ = ["EXPECTED"]

EXPECTED: Mapping[str, Claim] = {
    **butterflies.CLAIMS,
    **embeddings.CLAIMS,
    **dense_layer.CLAIMS,
    **fixed_encoder.CLAIMS,
    **trained_encoder.CLAIMS,
    **experiments.CLAIMS,
    **printed_numbers.CLAIMS,
}
"""For each claim, by its id, what is expected."""
