"""The kinds of certificates, and whether one certificate is what is expected and is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from proofs_check.checker.bounded import Refused
from proofs_check.checker.expectation import Certificate, disagreement
from proofs_check.checker.kinds import derivations, formal_theorems
from proofs_check.checker.kinds.butterflies import (
    butterfly_graph,
    butterfly_structure,
    row_space_forms,
    sibling_minors,
)
from proofs_check.checker.kinds.embeddings import (
    enclosures,
    exact_laws,
    gaussian_laws,
    inequalities,
    low_rank,
    random_embeddings,
    replacements,
    second_moments,
)
from proofs_check.checker.kinds.encoder_decoder import (
    critical_families,
    critical_points,
    critical_values,
    families,
    gauge_points,
    index_tables,
    joint_certificates,
    printed_steps,
)
from proofs_check.checker.kinds.trained_encoder import (
    count_series,
    critical_counts,
    gradient_flows,
    hidden_motions,
    persistent_minima,
    planted_minima,
    row_spaces,
    sibling_census,
    small_sizes,
    trained_networks,
)

__all__ = ["KINDS", "judged", "valid"]

KINDS: Mapping[str, Callable[..., tuple[bool, str]]] = {
    "srht-error-floor": random_embeddings.error_floor,
    "norm-law": random_embeddings.norm_law,
    "prop1-law": random_embeddings.prop1_law,
    "moments": random_embeddings.moments,
    "sketch-error-law": random_embeddings.sketch_error_law,
    "paths": butterfly_graph.paths,
    "matrix-dimension": butterfly_graph.matrix_dimension,
    "norm-laws": exact_laws.norm_laws,
    "prop1-laws": exact_laws.prop1_laws,
    "lost-vectors": exact_laws.lost_vectors,
    "drawn-errors": exact_laws.drawn_errors,
    "smallest-error": exact_laws.smallest_error,
    "one-sided-tail": exact_laws.one_sided_tail,
    "bilinear-tail": exact_laws.bilinear_tail,
    "two-sided-mean": exact_laws.two_sided_mean,
    "same-class": exact_laws.same_class,
    "spike": exact_laws.spike,
    "sketch-success": exact_laws.sketch_success,
    "success-bound": replacements.success_bound,
    "best-multiple": replacements.best_multiple,
    "best-multiple-per-draw": replacements.best_multiple_per_draw,
    "proof-steps": replacements.proof_steps,
    "gaussian-moments": gaussian_laws.moments,
    "gaussian-reconstruction": gaussian_laws.reconstruction,
    "inverse-gram": gaussian_laws.inverse_gram,
    "rank-barrier": low_rank.rank_barrier,
    "sketch-laws": low_rank.sketch_laws,
    "sketch-moments": low_rank.sketch_moments,
    "structural-lemma": low_rank.structural_lemma,
    "weight-extremes": butterfly_graph.weight_extremes,
    "effective-weights": butterfly_graph.effective_weights,
    "weight-bound": butterfly_graph.weight_bound,
    "printed-sizes": butterfly_graph.printed_sizes,
    "printed-weights": butterfly_graph.printed_weights,
    "replacement-growth": butterfly_graph.replacement_growth,
    "sibling-minors": sibling_minors.factor,
    "sparse-factor": sibling_minors.sparse_factor,
    "two-rounds": sibling_minors.two_rounds,
    "reachable-dimension": butterfly_structure.reachable_dimension,
    "forms-of-pairs": row_space_forms.forms_of_pairs,
    "realised-forms": row_space_forms.realised_forms,
    "dimensions-of-all-sets": row_space_forms.dimensions_of_all_sets,
    "dominant-outputs": row_space_forms.dominant_outputs,
    "separated-inputs": row_space_forms.separated_inputs,
    "descent": critical_points.descent,
    "singular-encoder": critical_points.singular_encoder,
    "encoder-form": critical_points.encoder_form,
    "gauge": critical_points.gauge,
    "several-minima": critical_points.several_minima,
    "eigenvalues": critical_points.eigenvalues,
    "spurious-minimum": critical_points.spurious_minimum,
    "critical-points": critical_families.check,
    "critical-values": critical_values.all_values,
    "gradients": printed_steps.gradients,
    "isolated-points": gauge_points.isolated,
    "critical-lines": gauge_points.lines,
    "morse-indices": index_tables.morse_indices,
    "turn-pairs": index_tables.turn_pairs,
    "orbits": row_space_forms.orbits,
    "fjlt-starts": families.fjlt_starts,
    "encoders": families.encoders,
    "loewner-order": families.loewner_order,
    "identities": derivations.check,
    "formal-theorems": formal_theorems.check,
    "enclosures": enclosures.check,
    "second-moments": second_moments.check,
    "polynomial-inequalities": inequalities.polynomials,
    "logarithm-inequalities": inequalities.logarithms,
    "parts": lambda certificate, **given: _parts(certificate, **given),
    "joint-critical-points": joint_certificates.check,
    "sibling-census": sibling_census.census,
    "flow-into-box": gradient_flows.into_a_box,
    "trapped-starts": gradient_flows.trapped_starts,
    "count-series": count_series.generating_function,
    "critical-ideals": critical_counts.ideals,
    "euler-characteristics": critical_counts.euler_characteristics,
    "counts-by-residues": small_sizes.by_residues,
    "persistent-minima": persistent_minima.check,
    "planted-minima": planted_minima.nondegenerate,
    "fold": planted_minima.fold,
    "hidden-motions": hidden_motions.motions,
    "separated-eigenvectors": hidden_motions.separated,
    "critical-subspaces": row_spaces.critical_subspaces,
    "maxima-of-family": row_spaces.maxima_of_family,
    "eliminated-decoder": trained_networks.eliminated_decoder,
    "rank-deficient-minimum": trained_networks.rank_deficient_minimum,
    "sibling-networks": trained_networks.sibling_networks,
    "trained-networks": trained_networks.in_all_weights,
}
"""For each kind of certificate, the function that rechecks it."""


def valid(certificate: dict[str, Any], **given: Any) -> tuple[bool, str]:
    """Whether what a certificate says is true, and a sentence on what was replayed.

    It may be true and yet have nothing to do with a claim: see ``judged``.

    Parameters
    ----------
    certificate : dict
        Its entry "kind" is a key of ``KINDS``; the other entries depend on the kind.
    **given
        What the replay of this kind needs to know besides.

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
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f"unknown kind {str(kind)[:40]!r}; known: {', '.join(KINDS)}")
    return KINDS[kind](certificate, **given)


def _parts(
    certificate: dict[str, Any], given: Sequence[Mapping[str, Any]] = ()
) -> tuple[bool, str]:
    """Whether all parts of a proof, which are certificates themselves, are true."""
    parts = certificate["parts"]
    if any(part["kind"] == "parts" for part in parts):
        raise Refused("a part has parts")
    results = [
        valid(part, **known) for part, known in zip(parts, given or [{}] * len(parts), strict=True)
    ]
    return all(true for true, _ in results) and bool(results), "; ".join(s for _, s in results)


def judged(certificate: Any, expected: Certificate | None = None) -> tuple[bool, str]:
    """Whether a certificate is what is expected, and true; nothing that it holds raises an error.

    Parameters
    ----------
    certificate : JSON value
        Without its entries "claim" and "check", if it is expected.
    expected : Certificate, optional
        Without it, only the truth is asked for.

    Examples
    --------
    >>> judged({"kind": "norm-law", "x": [1]})
    (False, "refused: KeyError: 'k'")
    """
    try:
        if not isinstance(certificate, dict):
            raise Refused("it is no object")
        if expected is not None:
            pattern = {"kind": expected.kind, **expected.entries}
            if departure := disagreement(pattern, certificate):
                raise Refused(departure)
        true, sentence = valid(certificate, **(expected.given if expected else {}))
    except Refused as error:
        return False, f"refused: {error}"
    except Exception as error:
        return False, f"refused: {type(error).__name__}: {str(error)[:200]}"
    return true, sentence if true else f"refused: {sentence}"
