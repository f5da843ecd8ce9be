"""Faults in how operators meet other libraries, in sparse embeddings and in least squares."""

from mutants.fault import Fault

__all__ = ["FAULTS"]

OPERATOR = "fjlt/operators/operator.py"
APPLICATION = "fjlt/operators/application.py"
CONVERSION = "fjlt/operators/conversion.py"
COMBINATION = "fjlt/operators/combination.py"
LIBRARIES = "fjlt/array_libraries.py"
KANE_NELSON = "fjlt/operators/ensembles/kane_nelson.py"
SQUARES = "fjlt/sketching/least_squares.py"
BUTTERFLY = "fjlt/operators/butterfly.py"

BATCHES = "tests/fjlt/operators/test_batches.py"
ALGEBRA = "tests/fjlt/operators/test_algebra.py"
ARRAYS = "tests/fjlt/test_array_libraries.py"
LAW = "tests/fjlt/operators/ensembles/test_kane_nelson.py"
SOLVED = "tests/fjlt/sketching/test_least_squares.py"

FAULTS = (
    # Products.
    Fault(
        "a batch of vectors is flattened",
        APPLICATION,
        "y = operator._apply(x.reshape(-1, n).T)",
        "y = operator._apply(x.reshape(n, -1))",
        BATCHES,
    ),
    Fault(
        "a batch of matrices is put back in another order",
        APPLICATION,
        "columns = np.moveaxis(x, -2, 0)",
        "columns = np.moveaxis(x, -2, 0).swapaxes(1, -1)",
        BATCHES,
    ),
    Fault(
        "the transpose of a complex operator conjugates",
        OPERATOR,
        '_Transpose(self) if self.dtype.kind == "c" else self._adjoint()',
        "self._adjoint()",
        BATCHES,
    ),
    Fault(
        "a foreign operator is made dense",
        CONVERSION,
        "return ForeignOperator(aslinearoperator(operator), name)",
        "return MatrixOperator(aslinearoperator(operator) @ np.eye(operator.shape[1]))",
        f"{ALGEBRA}::test_a_foreign_operator_is_applied_only_when_asked",
    ),
    Fault(
        "an operator is an array in silence",
        OPERATOR,
        "def __array__(",
        "def _no_array(",
        ALGEBRA,
    ),
    Fault(
        "the adjoint of a multiple is not conjugated",
        COMBINATION,
        "tuple(c.conjugate() for c in self.factors)",
        "self.factors",
        ALGEBRA,
    ),
    Fault(
        "a token holds what is made on first use",
        OPERATOR,
        "if k not in self._caches}",
        "}",
        f"{ARRAYS}::test_tokens_are_those_of_the_values",
    ),
    Fault(
        "blocks of a mapped array overlap",
        APPLICATION,
        "y[part] = _of_block(x[part],",
        "y[part] = _of_block(x[part][..., ::-1],",
        f"{ARRAYS}::test_a_mapped_array_is_read_in_blocks",
    ),
    Fault(
        "a mapped array is read at once",
        APPLICATION,
        "if on_disk and x.ndim > 1 and x.nbytes > BLOCK:",
        "if False:",
        f"{ARRAYS}::test_an_entry_on_disk_that_is_not_finite_is_found",
    ),
    # Arrays of other libraries.
    Fault(
        "memory of an accelerator is read",
        LIBRARIES,
        "if device != _CPU:",
        "if False:",
        ARRAYS,
    ),
    Fault(
        "blocks of a Dask array are cut along the axis",
        LIBRARIES,
        "if x.numblocks[along] > 1:",
        "if False:",
        ARRAYS,
    ),
    Fault(
        "a tensor is copied",
        LIBRARIES,
        "array = np.from_dlpack(x)",
        "array = np.from_dlpack(x).copy()",
        ARRAYS,
    ),
    Fault(
        "residuals are of another library than the solution",
        SQUARES,
        "else back(norms)",
        "else norms",
        f"{ARRAYS}::test_what_is_computed_at_once_stays_in_its_library",
    ),
    Fault(
        "gradients are of another library than the input",
        BUTTERFLY,
        "return tuple(map(back, found))",
        "return found",
        f"{ARRAYS}::test_what_is_computed_at_once_stays_in_its_library",
    ),
    Fault(
        "a Dask array is computed in silence",
        LIBRARIES,
        "    if is_dask(x):\n        raise",
        "    if False:\n        raise",
        f"{ARRAYS}::test_what_is_computed_at_once_refuses_lazy_and_traced_arrays",
    ),
    # The sparse embedding.
    Fault(
        "all blocks of a column have one sign",
        KANE_NELSON,
        "rng.choice([-1.0, 1.0], size=(n, s))",
        "rng.choice([-1.0, 1.0], size=(n, 1)) * np.ones(s)",
        LAW,
    ),
    Fault(
        "rows of a column may be in one block",
        KANE_NELSON,
        "rng.integers(edges[:-1], edges[1:], size=(n, s))",
        "rng.integers(0, k, size=(n, s))",
        LAW,
    ),
    Fault(
        "the first row of a block is twice as likely",
        KANE_NELSON,
        "rng.integers(edges[:-1], edges[1:], size=(n, s))",
        "np.maximum(edges[:-1], rng.integers(edges[:-1] - 1, edges[1:], size=(n, s)))",
        LAW,
    ),
    Fault(
        "the scale of the sparse embedding is 1/s",
        KANE_NELSON,
        "* s**-0.5",
        "/ s",
        LAW,
    ),
    # Least squares.
    Fault(
        "LSQR begins at zero",
        SQUARES,
        "x0=start[:, i]",
        "x0=None",
        f"{SOLVED}::test_the_result_is_as_good_as_that_of_numpy",
    ),
    Fault(
        "a lost direction is not looked for",
        SQUARES,
        "if outside > 100 *",
        "if outside > 1e30 *",
        SOLVED,
    ),
    Fault(
        "no singular value is small",
        SQUARES,
        "rank = int(np.sum(sigma > cut * sigma[0]))",
        "rank = int(np.sum(sigma > 0))",
        SOLVED,
    ),
    Fault(
        "a sketch that fails is not drawn anew",
        SQUARES,
        "rows >= m or draw == DRAWS - 1",
        "True",
        SOLVED,
    ),
    Fault(
        "nothing is preconditioned",
        SQUARES,
        "sigma, v = sigma[:rank], vh[:rank].conj().T",
        "sigma, v = np.ones(rank), vh[:rank].conj().T",
        SOLVED,
    ),
    Fault(
        "an archive is unpacked outside of its folder by an older Python",
        "figures/data/download.py",
        "if not Path(folder, member.name).resolve().is_relative_to(folder.resolve()):",
        "if False:",
        "tests/figures/data/test_folders.py",
    ),
)
