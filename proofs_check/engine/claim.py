"""A claim of the paper as data: its statement, its checks, their negative controls, and how a
verdict follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence

__all__ = [
    "Bearing",
    "Check",
    "Claim",
    "Context",
    "Control",
    "Evidence",
    "Finding",
    "Grade",
    "SketchTarget",
    "Verdict",
    "judge",
    "paper",
]


class Verdict(StrEnum):
    """What the evidence says of a statement; "undecided" never means "false"."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNDECIDED = "undecided"

    @property
    def borne_out_by(self) -> Bearing:
        """What each finding says where this is the verdict."""
        found = {
            Verdict.HOLDS: Bearing.SUPPORTS,
            Verdict.REFUTED: Bearing.REFUTES,
            Verdict.UNDECIDED: Bearing.SILENT,
        }
        return found[self]


class Grade(StrEnum):
    """Strength of evidence, strongest first."""

    PROOF = "proof"  # all sizes, a certificate that a small checker expands
    EXACT = "exact"  # exhaustive, rational arithmetic, a stated finite family
    INTERVAL = "interval"  # rigorous balls
    STATISTICAL = "statistical"  # a designed test with stated error rates
    NUMERICAL = "numerical"  # floating point, no guarantee
    CITED = "cited"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Grade).index(self)


class Bearing(StrEnum):
    """What one finding means for the statement."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    SILENT = "silent"  # a designed test that did not decide
    FAILED = "failed"  # the computation disagrees with what the check says, or did not finish


@dataclass(frozen=True)
class SketchTarget:
    """What a sketch of the reader's own matrices should reach.

    Attributes
    ----------
    k : int
        Rank of the approximation, width of the bottleneck.
    epsilon : float
        Relative accuracy ε.
    probability : float
        How often the sketch should reach it.

    Raises
    ------
    ValueError
        Unless k >= 1, ε > 0 and 0 < probability < 1.
    """

    k: int = 3
    epsilon: float = 0.5
    probability: float = 0.9

    def __post_init__(self) -> None:
        if self.k < 1 or not 0 < self.epsilon < np.inf or not 0 < self.probability < 1:
            raise ValueError(
                f"k = {self.k}, epsilon = {self.epsilon}, probability = {self.probability}: "
                "k >= 1, epsilon > 0 and 0 < probability < 1 are needed"
            )


@dataclass(frozen=True)
class Context:
    """What a check may use: the profile, its own seed; for own data, the reader's arrays and
    wishes."""

    profile: str
    seed: SeedSequence
    data: Mapping[str, np.ndarray] = field(default_factory=dict)
    target: SketchTarget = field(default_factory=SketchTarget)

    @property
    def full(self) -> bool:
        """Whether the large profile runs."""
        return self.profile == "full"

    @property
    def rng(self) -> Generator:
        """A generator that starts anew from the seed of the check."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True)
class Finding:
    """Result of one check.

    ``detail`` is a sentence with the numbers of this run; ``cases`` counts the instances examined,
    and a finding from no instance is no evidence; ``numbers`` are the results for other programs; a
    ``certificate`` lets a reader recheck the finding with independent code.
    """

    bearing: Bearing
    detail: str
    cases: int
    numbers: Mapping[str, Any] = field(default_factory=dict)
    certificate: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, agrees: bool, bearing: Bearing, detail: str, cases: int, **more: Any) -> Finding:
        """The bearing if the computation agrees with ``detail`` and met at least one instance, else
        failed."""
        if agrees and cases > 0:
            return cls(bearing, detail, cases, **more)
        return cls(Bearing.FAILED, f"NOT SO, or from no case: {detail}", cases, **more)


@dataclass(frozen=True)
class Check:
    """One way to examine a claim.

    ``alpha``: the chance that its finding is wrong, 0 if not statistical. ``partial``: it examines
    a step or a part of the statement, so that its grade is not that of the verdict. ``needs``: the
    array of the reader's data, W or X, without which it does not run.
    """

    name: str
    grade: Grade
    method: str
    run: Callable[[Context], Finding]
    alpha: float = 0.0
    partial: bool = False
    needs: str = ""


@dataclass(frozen=True)
class Control:
    """A false variant, given to the machinery of the checks, which must reject it (return True)."""

    name: str
    rejected: Callable[[Context], bool]


@dataclass(frozen=True)
class Claim:
    """A formal statement of the paper, or the correction of one.

    ``statement`` and ``correction`` are prose with LaTeX between dollar signs. ``expected`` is what
    earlier work found; a run that reaches another verdict fails. ``on_data`` examines the reader's
    own matrices and bears on no verdict. A claim without checks is not yet checked.
    """

    id: str
    title: str
    source: str
    statement: str
    expected: Verdict | None = None
    correction: str = ""
    depends_on: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    controls: tuple[Control, ...] = ()
    on_data: tuple[Check, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """A finding as it enters the report."""

    check: str
    method: str
    grade: Grade
    finding: Finding
    seconds: float
    seed: tuple[int, ...]
    alpha: float
    partial: bool = False


def judge(evidence: Sequence[Evidence]) -> tuple[Verdict, Grade | None]:
    """Verdict and its grade: refuted by a witness; else holds, by support without a failed check;
    else undecided.

    Floating point without guarantee cannot refute. Statements are universal, so support means: no
    counterexample in the family that the checks state, at the strongest grade among those of the
    whole statement.
    """
    grades = {b: [e.grade for e in evidence if e.finding.bearing is b] for b in Bearing}
    witnesses = [g for g in grades[Bearing.REFUTES] if g is not Grade.NUMERICAL]
    if witnesses:
        return Verdict.REFUTED, min(witnesses, key=lambda g: g.rank)
    if grades[Bearing.SUPPORTS] and not grades[Bearing.REFUTES] and not grades[Bearing.FAILED]:
        whole = [
            e.grade for e in evidence if e.finding.bearing is Bearing.SUPPORTS and not e.partial
        ]
        return Verdict.HOLDS, min(whole or grades[Bearing.SUPPORTS], key=lambda g: g.rank)
    return Verdict.UNDECIDED, None


def paper(where: str) -> str:
    """Source line of a statement of the paper, with the version whose numbering is used.

    Examples
    --------
    >>> paper("Lemma B.1")
    'Lemma B.1 of arXiv 2007.08864, numbered as in the ICLR 2021 submission'
    """
    return f"{where} of arXiv 2007.08864, numbered as in the ICLR 2021 submission"
