"""Claims as data: a statement, its checks and negative controls, and how a verdict follows.

A check examines the statement by computation and returns a finding. A control gives a false variant
to the machinery of the checks, which must reject it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any

from figures.numbering import VERSION, paper

if TYPE_CHECKING:
    from numpy.random import Generator, SeedSequence

    from fjlt.runs.binomial import Design
    from fjlt.types import Array

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
    """What the evidence says of a statement. "Undecided" never means "false".

    Examples
    --------
    >>> from proofs_check import claims
    >>> next(claim for claim in claims() if claim.id == "lemma-s3.1").expected
    <Verdict.REFUTED: 'refuted'>
    >>> [str(verdict) for verdict in Verdict]
    ['holds', 'refuted', 'undecided']
    """

    HOLDS = "holds"
    REFUTED = "refuted"
    UNDECIDED = "undecided"

    @property
    def borne_out_by(self) -> Bearing:
        """What a finding says that agrees with this verdict."""
        bearings = {
            Verdict.HOLDS: Bearing.SUPPORTS,
            Verdict.REFUTED: Bearing.REFUTES,
            Verdict.UNDECIDED: Bearing.SILENT,
        }
        return bearings[self]


class Grade(StrEnum):
    """Strength of evidence, from the strongest to the weakest.

    Examples
    --------
    >>> [str(grade) for grade in Grade]
    ['formal', 'proof', 'exact', 'interval', 'statistical', 'numerical', 'cited']
    >>> Grade.EXACT.rank < Grade.STATISTICAL.rank
    True
    """

    FORMAL = "formal"  # a theorem of Rocq, its proof checked by the kernel, without axioms
    PROOF = "proof"  # for all sizes: its formulas have certificates, textbook steps are words
    EXACT = "exact"  # every case of a stated finite family, in rational arithmetic
    INTERVAL = "interval"  # ball arithmetic with rigorous error bounds
    STATISTICAL = "statistical"  # a designed test with stated error rates
    NUMERICAL = "numerical"  # floating point, without error bounds
    CITED = "cited"  # a proof in the literature

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return list(Grade).index(self)


class Bearing(StrEnum):
    """What one finding means for the statement."""

    SUPPORTS = "supports"
    REFUTES = "refutes"
    SILENT = "silent"  # the check ran and decided nothing
    FAILED = "failed"  # the computation contradicts the sentence of the check, or did not finish

    @property
    def opposite(self) -> Bearing:
        """What says the contrary; the bearing itself if it decides nothing."""
        pair = {Bearing.SUPPORTS: Bearing.REFUTES, Bearing.REFUTES: Bearing.SUPPORTS}
        return pair.get(self, self)

    @classmethod
    def tested(cls, test: Design, successes: int, meaning: Bearing) -> Bearing:
        """What a test says, where ``meaning`` is a probability above its threshold.

        A probability below it means the opposite. Between the critical values it is silent.
        """
        if test.says_so(successes):
            return meaning
        return meaning.opposite if test.says_not(successes) else cls.SILENT


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
        Unless k >= 1, 1e-6 <= ε <= 1e6 and 0 < probability <= 0.99. The number of draws that tell
        whether a probability is reached grows as 1/(1 − probability): 901 for 0.9, 9556 for 0.99.
    """

    k: int = 3
    epsilon: float = 0.5
    probability: float = 0.9

    def __post_init__(self) -> None:
        if self.k < 1 or not 1e-6 <= self.epsilon <= 1e6 or not 0 < self.probability <= 0.99:
            raise ValueError(
                f"k = {self.k}, epsilon = {self.epsilon}, probability = {self.probability}: "
                "k >= 1, 1e-6 <= epsilon <= 1e6 and 0 < probability <= 0.99 are needed"
            )


@dataclass(frozen=True)
class Context:
    """What a check may depend on.

    Attributes
    ----------
    profile : {"quick", "full"}
    seed : SeedSequence
        Derived from the seed of the run and the names of claim and check.
    data : mapping from name to ndarray
        The reader's own matrices, any of W, X, Y, B.
    target : SketchTarget
        What a sketch of these matrices should reach.
    formal : mapping, optional
        What Rocq has printed in this run of the theorems in ``proofs_check.formal``, if it ran.
    """

    profile: str
    seed: SeedSequence
    data: Mapping[str, Array] = field(default_factory=dict)
    target: SketchTarget = field(default_factory=SketchTarget)
    formal: Mapping[str, Any] | None = None

    @property
    def full(self) -> bool:
        """Whether this is the profile with the larger families."""
        return self.profile == "full"

    @property
    def drawn(self) -> bool:
        """Whether random numbers were asked for, so that another seed could change the result."""
        asked = {"rng", "integers"} & self.__dict__.keys()
        return bool(asked) or self.seed.n_children_spawned > 0

    @cached_property
    def rng(self) -> Generator:
        """The generator of the check: one, which goes on, so that no number is drawn twice."""
        import numpy as np

        return np.random.default_rng(self.seed)

    @cached_property
    def integers(self) -> Random:
        """The generator of Python integers of the check: one, which goes on."""
        return Random(int(self.seed.generate_state(1)[0]))


@dataclass(frozen=True)
class Finding:
    """Result of one check.

    Attributes
    ----------
    bearing : Bearing
    detail : str
        A sentence with the numbers of this run, its formulas in the plain form that a terminal
        shows and the page sets: <= and >=, x^2 or l^(2n), e_1 or λ_(k+1), 2e-15.
    cases : int
        Number of instances examined. A finding from no instance is no evidence.
    numbers : mapping from str to JSON value
        The results for other programs, and for the correction of the claim.
    certificate : mapping, optional
        With it, independent code can recheck the finding.
    scope : str
        The family that was examined, or the witness, to stand after "holds for" or "refuted for":
        "n <= 8, every k and subset". It is computed from what the check looped over. A claim that
        holds without a proof for all sizes needs it.
    """

    bearing: Bearing
    detail: str
    cases: int
    numbers: Mapping[str, Any] = field(default_factory=dict)
    certificate: Mapping[str, Any] | None = None
    scope: str = ""

    @classmethod
    def of(cls, agrees: bool, bearing: Bearing, detail: str, cases: int, **more: Any) -> Finding:
        """A finding that fails unless the computation agrees with it.

        Parameters
        ----------
        agrees : bool
            Whether the computation confirms what ``detail`` says.
        bearing : Bearing
            The bearing if it does and at least one instance was examined; otherwise "failed".
        detail, cases, **more
            As for ``Finding``.
        """
        if agrees and cases > 0:
            return cls(bearing, detail, cases, **more)
        return cls(Bearing.FAILED, f"NOT SO, or from no case: {detail}", cases, **more)


@dataclass(frozen=True)
class Check:
    """One way to examine a claim.

    Attributes
    ----------
    name : str
        Unique within the claim; part of the seed.
    grade : Grade
    method : str
        How it examines the statement, and on what family.
    run : callable(Context) -> Finding
    alpha : float
        Bound on the probability that its finding is wrong; 0 if it is not statistical.
    partial : bool
        Whether it examines only a step or a part of the statement. Then its grade is not that of
        the verdict.
    needs : str
        For a check of the reader's own data: the matrix, W or X, without which it does not run.
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
    """A false variant of a statement, given to the machinery of its checks.

    ``rejected`` must return True: the machinery noticed that the variant is false.
    """

    name: str
    rejected: Callable[[Context], bool]


@dataclass(frozen=True)
class Claim:
    """A formal statement of the paper, or the correction of one.

    Attributes
    ----------
    id, title : str
        Its short name on the command line, and its title.
    source : str
        Where the statement stands.
    statement : str
        Prose with LaTeX between dollar signs.
    expected : Verdict, optional
        What earlier work found; a run that reaches another verdict fails.
    correction : str
        What holds instead, in the same form; ``<<check:number>>`` stands for a number of a finding.
    depends_on : tuple of str
        Ids of the claims that this one rests on: its proof uses them as true. For a refuted claim
        it is the argument of the paper that does.
    follows_up : tuple of str
        Ids of refuted claims of which this one says what holds instead, or how far they fail.
    checks : tuple of Check
        A claim without checks counts as not yet checked.
    controls : tuple of Control
        False variants that the checks must reject.
    on_data : tuple of Check
        Checks of the reader's own matrices, which do not change the verdict.

    Examples
    --------
    >>> from proofs_check import claims
    >>> claim = next(claim for claim in claims() if claim.id == "definition-3.1")
    >>> claim.source
    'Definition 3.1 of arXiv 2007.08864v2; Definition 4.1 of the ICLR 2021 submission'
    >>> len(claim.checks) >= 1, len(claim.controls) >= 2
    (True, True)
    """

    id: str
    title: str
    source: str
    statement: str
    expected: Verdict | None = None
    correction: str = ""
    depends_on: tuple[str, ...] = ()
    follows_up: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    controls: tuple[Control, ...] = ()
    on_data: tuple[Check, ...] = ()

    @property
    def printed(self) -> bool:
        """Whether the paper prints the statement; the others are corrections and additions."""
        return VERSION in self.source


@dataclass(frozen=True)
class Evidence:
    """A finding together with the check that made it, as it enters the report.

    Attributes
    ----------
    check, method : str
        Name of the check and what it does.
    grade : Grade
        Strength of the evidence.
    finding : Finding
        What the check found in this run.
    seconds : float
        Time that it took.
    seed : tuple of int
        Seed of its random numbers.
    alpha : float
        Bound on the probability that the finding is wrong; 0 if the check is not statistical.
    partial : bool
        Whether it examines only a step or a part of the statement.

    Examples
    --------
    >>> from proofs_check import run
    >>> evidence = run(["definition-3.1"]).claims[0].evidence[0]
    >>> str(evidence.grade), evidence.finding.cases > 0
    ('exact', True)
    """

    check: str
    method: str
    grade: Grade
    finding: Finding
    seconds: float
    seed: tuple[int, ...]
    alpha: float
    partial: bool = False


def judge(evidence: Sequence[Evidence]) -> tuple[Verdict, Grade | None]:
    """The verdict that the evidence gives, and the grade of the evidence for it.

    One witness refutes a statement. Otherwise the statement holds if at least one check supports it
    and none refutes it or failed. Otherwise it is undecided. Statements are universal, so "holds"
    means that the families that the checks state contain no counterexample.

    Returns
    -------
    verdict : Verdict
    grade : Grade or None
        The strongest grade among the checks that agree with the verdict and examine the whole
        statement. Where every one examines a part, the weakest grade among the parts.
    """
    found = {b: [e for e in evidence if e.finding.bearing is b] for b in Bearing}
    # a witness in floating point without error bounds refutes nothing
    witnesses = [e for e in found[Bearing.REFUTES] if e.grade is not Grade.NUMERICAL]
    if witnesses:
        return Verdict.REFUTED, _grade(witnesses)
    if found[Bearing.SUPPORTS] and not found[Bearing.REFUTES] and not found[Bearing.FAILED]:
        return Verdict.HOLDS, _grade(found[Bearing.SUPPORTS])
    return Verdict.UNDECIDED, None


def _grade(agreeing: Sequence[Evidence]) -> Grade:
    """The strongest grade for the whole statement, or the weakest of the parts."""
    whole = [e.grade for e in agreeing if not e.partial]
    if whole:
        return min(whole, key=lambda g: g.rank)
    return max((e.grade for e in agreeing), key=lambda g: g.rank)
