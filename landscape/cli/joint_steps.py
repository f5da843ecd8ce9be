"""The long steps of ``landscape joint``: each is kept in a folder when it is done, and reused.

A step returns a JSON value, the form in which it is kept and recorded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fjlt.runs.jobs import Job, Store, run_jobs
from fjlt.runs.source_code import SourceCode
from fjlt.types import RealArray
from landscape.certificates.certificate import Certificate
from landscape.enumeration.joint import joint_critical_points
from landscape.enumeration.joint_points import JointCriticalPoint, JointCriticalPoints
from landscape.minima.random_starts import multi_start
from landscape.planes.row_spaces import RowSpaces
from landscape.training.outcomes import TrainingOutcomes, endings

__all__ = ["JointSteps"]

SOURCE = SourceCode(packages=("fjlt", "landscape"))
ABOUT = ("n_complex", "expected", "note", "method", "dominant", "dense_optimum")
"""What a list of critical points says besides the points."""


@dataclass(frozen=True)
class JointSteps:
    """The steps for one problem; each is computed only if the folder does not have it.

    Attributes
    ----------
    X, Y : ndarray, shapes (n, d) and (m, d)
    spaces : RowSpaces
        Kept outputs and width of the bottleneck.
    folder : path
        Where finished steps are kept, one file each.
    resume : bool
        Whether to reuse what the folder holds.
    workers : int
    scheduler : str or None
        As for ``joint_critical_points``; no result depends on them.
    """

    X: RealArray
    Y: RealArray
    spaces: RowSpaces
    folder: Path
    resume: bool
    workers: int
    scheduler: str | None

    @contextmanager
    def told(self) -> Iterator[None]:
        """Context in which what ends the command, an interrupt too, says what is kept."""
        try:
            yield
        except BaseException as error:
            if any(self.folder.glob("*.json")):
                error.add_note(
                    f"Finished steps are kept in {self.folder}; the same command goes on from "
                    f"there, unless it has --fresh"
                )
            raise

    def critical_points(
        self, stream: np.random.SeedSequence, progress: Callable[[str], object]
    ) -> JointCriticalPoints:
        """All critical points."""

        def compute() -> dict[str, Any]:
            found = joint_critical_points(*self._problem, rng=stream, progress=progress, **self._on)
            points = [
                {
                    "loss": p.loss,
                    "kind": p.kind,
                    "index": p.index,
                    "rows": p.rows.tolist(),
                    "variables": p.variables.tolist(),
                }
                for p in found
            ]
            return {"points": points, "about": {name: getattr(found, name) for name in ABOUT}}

        kept = self._kept("critical-points", {"stream": _number(stream)}, compute)
        problem = (self.spaces, self.X, self.Y)
        points = (
            JointCriticalPoint(
                **p | {name: np.array(p[name]) for name in ("rows", "variables")}, problem=problem
            )
            for p in kept["points"]
        )
        return JointCriticalPoints(tuple(points), **kept["about"])

    def certificates(self, points: JointCriticalPoints) -> list[Certificate]:
        """The certificate of each point, with no more than its document, or why there is none."""

        def compute() -> list[dict[str, Any]]:
            names = ("certified", "reason", "document")
            return [{name: getattr(p.certificate, name) for name in names} for p in points]

        kept = self._kept("certificates", [p.variables.tolist() for p in points], compute)
        return [Certificate(**certificate) for certificate in kept]

    def minima(
        self, starts: int, stream: np.random.SeedSequence, progress: Callable[[int, int], object]
    ) -> dict[str, Any]:
        """The minima that the second-order method reaches."""

        def compute() -> dict[str, Any]:
            reached = multi_start(*self._problem, starts, rng=stream, progress=progress, **self._on)
            names = ("loss", "count", "share", "interval", "index", "nullity")
            ends = [
                {name: getattr(end, name) for name in names}
                | {"spectrum": end.spectrum.tolist(), "variables": end.minimum.x.tolist()}
                for end in reached
            ]
            return {
                "starts": reached.starts,
                "ends": ends,
                "reasons": dict(reached.reasons),
                "dense_optimum": reached.dense_optimum,
            }

        return self._kept("minima", {"starts": starts, "stream": _number(stream)}, compute)

    def endings(
        self,
        losses: Sequence[float],
        runs: int,
        stream: np.random.SeedSequence,
        progress: Callable[[int, int], object],
    ) -> list[TrainingOutcomes]:
        """At which of these losses training ends."""

        def compute() -> list[dict[str, Any]]:
            outcomes = endings(
                *self._problem, losses, runs, rng=stream, progress=progress, **self._on
            )
            return [asdict(scheme) for scheme in outcomes]

        settings = {"losses": list(losses), "runs": runs, "stream": _number(stream)}
        return [
            TrainingOutcomes(s["scheme"], s["runs"], tuple(s["losses"]), tuple(s["counts"]))
            for s in self._kept("endings", settings, compute)
        ]

    @property
    def _problem(self) -> tuple[RealArray, RealArray, tuple[int, ...], int]:
        return self.X, self.Y, self.spaces.rows, self.spaces.k

    @property
    def _on(self) -> dict[str, Any]:
        return {"workers": self.workers, "scheduler": self.scheduler}

    def _kept(self, name: str, settings: Any, compute: Callable[[], Any]) -> Any:
        """The kept result of a step, or the computed one, which is then kept."""
        X, Y, rows, k = self._problem
        data = [[a.shape, hashlib.sha256(a.tobytes()).hexdigest()] for a in (X, Y)]
        job = Job(name, {"data": data, "rows": rows, "k": k, "step": settings}, ())
        store = Store(self.folder, self.resume, key_in_name=True)
        (done,) = run_jobs(compute, [job], SOURCE, store)
        return done.result


def _number(stream: np.random.SeedSequence) -> list[Any]:
    """What tells a stream of random numbers from others: the seed and the numbers of its spawns."""
    return [stream.entropy, *stream.spawn_key]
