"""Recheck the stored certificates of a report, each from its numbers alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from proofs_check.checker import (
    algebra,
    butterfly_structure,
    critical_points,
    enclosures,
    joint_certificates,
    random_embeddings,
)

__all__ = ["KINDS", "recheck", "valid"]

KINDS: Mapping[str, Callable[[dict[str, Any]], tuple[bool, str]]] = {
    "srht-error-floor": random_embeddings.error_floor,
    "norm-law": random_embeddings.norm_law,
    "prop1-law": random_embeddings.prop1_law,
    "moments": random_embeddings.moments,
    "sketch-error-law": random_embeddings.sketch_error_law,
    "weight-extremes": butterfly_structure.weight_extremes,
    "reachable-dimension": butterfly_structure.reachable_dimension,
    "descent": critical_points.descent,
    "singular-encoder": critical_points.singular_encoder,
    "gauge": critical_points.gauge,
    "eigenvalues": critical_points.eigenvalues,
    "spurious-minimum": critical_points.spurious_minimum,
    "identities": algebra.check,
    "enclosures": enclosures.check,
    "joint-critical-points": joint_certificates.check,
}
"""For each kind of certificate, the function that rechecks it."""

_UNREADABLE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    ZeroDivisionError,
    RecursionError,
)


def recheck(folder: str | os.PathLike[str]) -> dict[str, tuple[bool, str]]:
    """Recheck all certificates of a report.

    Parameters
    ----------
    folder : path
        The report; its certificates are the files ``certificates/*.json``.

    Returns
    -------
    dict
        For each file name, whether the certificate is valid, and a sentence on what was replayed.

    Raises
    ------
    ValueError
        If there is no certificate, or if a file cannot be read as one.
    """
    files = sorted((Path(folder) / "certificates").glob("*.json"))
    if not files:
        raise ValueError(
            f"{Path(folder) / 'certificates'} holds no certificate; make them with: proofs-check "
            f"run"
        )
    results = {}
    for file in files:
        try:
            results[file.name] = valid(json.loads(file.read_text(encoding="utf-8")))
        except _UNREADABLE as error:
            raise ValueError(
                f"{file} is no readable certificate: {type(error).__name__}: {error}"
            ) from None
    return results


def valid(certificate: dict[str, Any]) -> tuple[bool, str]:
    """Whether what a certificate states is true, and a sentence on what was replayed.

    Parameters
    ----------
    certificate : dict
        Its entry "kind" is a key of ``KINDS``; the other entries depend on the kind.

    Raises
    ------
    ValueError
        If the kind is unknown.

    Examples
    --------
    >>> valid({"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "1"})[0]
    True
    >>> valid({"kind": "srht-error-floor", "x": [1, 0], "k": 1, "floor": "2"})[0]
    False
    """
    kind: Any = certificate.get("kind")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}; known: {', '.join(KINDS)}")
    return KINDS[kind](certificate)
