"""Faults in what ``fjlt.embedding`` says of embeddings and points."""

from mutants.fault import Fault

__all__ = ["FAULTS"]

RATIOS = "fjlt/embedding/ratios.py"
PAIRS = "fjlt/embedding/pairs.py"
POINTS = "fjlt/embedding/points.py"
NEIGHBOURS = "fjlt/embedding/neighbours.py"
ISOMETRY = "fjlt/embedding/isometry.py"
SUBSPACES = "fjlt/embedding/subspaces.py"
LAW = "fjlt/embedding/exact_law.py"
EVIDENCE = "fjlt/embedding/sequential.py"
TEST = "fjlt/embedding/kept_norms.py"
TESTS = "tests/fjlt/embedding"

FAULTS = (
    Fault(
        "pairs of all points are compared block by block only",
        PAIRS,
        "i, j = np.triu_indices(size, 1, left)",
        "i, j = np.triu_indices(size, 1)",
        f"{TESTS}/test_ratios.py::test_every_kind_of_map",
    ),
    Fault(
        "drawn pairs leave out the last point",
        PAIRS,
        "i, j = rng.integers(count, size=m), rng.integers(count - 1, size=m)",
        "i, j = rng.integers(count - 1, size=m), rng.integers(count - 2, size=m)",
        f"{TESTS}/test_ratios.py::test_drawn_pairs_are_uniform_and_different",
    ),
    Fault(
        "the interval of a sample has no width",
        RATIOS,
        "        if not self.sampled:",
        "        if self.sampled or not self.sampled:",
        f"{TESTS}/test_ratios.py::test_the_interval_of_a_sample_covers_the_share_of_all",
    ),
    Fault(
        "a transformer gets columns",
        POINTS,
        "op.transform(x.T).T",
        "op.transform(x)",
        f"{TESTS}/test_ratios.py::test_a_transformer_gets_rows",
    ),
    Fault(
        "a point is its own nearest neighbour",
        NEIGHBOURS,
        "    distances[np.arange(len(queries)), queries] = np.inf\n",
        "",
        f"{TESTS}/test_ratios.py::test_recall_against_sorted_distances",
    ),
    Fault(
        "the numerical rank of a basis is its number of columns",
        SUBSPACES,
        "q = u[:, sigma > max(given.shape) * eps * sigma[0]]",
        "q = u",
        f"{TESTS}/test_subspaces.py::test_a_dependent_basis_is_noticed_and_does_no_harm",
    ),
    Fault(
        "a disc of Gershgorin lacks a neighbour",
        ISOMETRY,
        "len(gram) - (sparsity - 1) :]",
        "len(gram) - (sparsity - 2) :]",
        f"{TESTS}/test_subspaces.py::test_the_upper_bound_is_that_of_the_discs_or_of_the_norm",
    ),
    Fault(
        "the search looks for one end only",
        ISOMETRY,
        "(bound * np.eye(n) - gram, np.argmin(norms)),",
        "(gram, np.argmin(norms)),",
        f"{TESTS}/test_subspaces.py::test_bounds_hold_and_are_near",
    ),
    Fault(
        "equal sets of squares are counted once",
        LAW,
        "kept += count * ways",
        "kept += ways",
        f"{TESTS}/test_exact_law.py::test_every_draw_is_counted",
    ),
    Fault(
        "signs are fixed on dependent entries too",
        LAW,
        "rest = min(rest, rest ^ vector)",
        "rest = min(rest, rest)",
        f"{TESTS}/test_exact_law.py::test_every_draw_is_counted",
    ),
    Fault(
        "the evidence is not divided by the length of its half",
        EVIDENCE,
        "np.log(betainc(a, b, delta)) - log(delta)",
        "np.log(betainc(a, b, delta)) - 2 * log(delta)",
        f"{TESTS}/test_sequential.py::test_false_alarms_over_all_looks",
    ),
    Fault(
        "the capitals of all shares are added, not averaged",
        EVIDENCE,
        "logsumexp(capital, axis=0) - log(len(_SHARES))",
        "logsumexp(capital, axis=0)",
        f"{TESTS}/test_sequential.py::test_the_mean_capital_is_one_at_the_mean_and_less_beyond_it",
    ),
    Fault(
        "bets that a mean is below have the odds of the other side",
        EVIDENCE,
        "_log_capital(1 - y, 1 - mean)",
        "_log_capital(1 - y, mean)",
        f"{TESTS}/test_sequential.py::test_the_evidence_of_a_mean_against_products",
    ),
    Fault(
        "many vectors have the threshold of one",
        TEST,
        "refuted = open_[over >= log(m / alpha)]",
        "refuted = open_[over >= log(1 / alpha)]",
        f"{TESTS}/test_kept_norms.py::test_it_stops_as_soon_as_it_knows",
    ),
    Fault(
        "a vector is judged by the draws that found it",
        TEST,
        "found = ascend(draw, k, n, epsilon, of_search)",
        "found = ascend(draw, k, n, epsilon, of_judgement)",
        f"{TESTS}/test_kept_norms.py::test_search_and_judgement_do_not_share_draws",
    ),
)
