"""Checks that prove a statement for all sizes from several parts, each with its certificate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from numpy.random import Generator

from proofs_check.claim import Bearing, Check, Context, Finding, Grade
from proofs_check.identities.derivation import Derivation
from proofs_check.identities.expansion import verify

__all__ = ["Identities", "Part", "proved_in_parts"]


class Part(Protocol):
    """A part of a proof."""

    def holds(self, rng: Generator) -> bool:
        """Whether it is seen to be true here, in another way than the checker's."""

    @property
    def names(self) -> list[str]:
        """What it states, one sentence or formula each."""

    def certificate(self) -> dict[str, Any]:
        """What the checker replays."""


class Identities:
    """A derivation as a part of a proof."""

    def __init__(self, derivation: Derivation) -> None:
        self._derivation = derivation

    def holds(self, rng: Generator) -> bool:
        """Whether SymPy expands goals and cofactors to the same."""
        return verify(self.certificate())[0]

    @property
    def names(self) -> list[str]:
        """The names of the steps."""
        return [step.name for step in self._derivation.steps]

    def certificate(self) -> dict[str, Any]:
        """The derivation with its cofactors."""
        return self._derivation.certificate()


def proved_in_parts(
    name: str,
    parts: Sequence[Part],
    bearing: Bearing,
    argument: str,
    partial: bool = False,
    scope: str = "all sizes",
) -> Check:
    """The check that a statement follows, for all sizes, from parts that have certificates.

    Parameters
    ----------
    name : str
        Name of the check.
    parts : sequence of Part
    bearing : Bearing
        What the proof shows about the claim.
    argument : str
        How the statement follows from the parts.
    partial : bool, optional
        Whether the proof covers a part of the claim only.
    scope : str, optional
        The scope of the finding, of a proof that covers a part or refutes.
    """

    def run(context: Context) -> Finding:
        certificates = [part.certificate() for part in parts]
        names = [name for part in parts for name in part.names]
        return Finding.of(
            all(part.holds(context.rng) for part in parts),
            bearing,
            f"For all sizes: {'; '.join(names)}. {argument}",
            len(names),
            certificate={"kind": "parts", "parts": certificates},
            scope=scope,
        )

    return Check(
        name,
        Grade.PROOF,
        "second moments, inequalities and identities, each with a certificate",
        run,
        partial=partial,
    )
