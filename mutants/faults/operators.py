"""Faults in the operators of ``fjlt`` and in the kernels below them."""

from mutants.fault import Fault

__all__ = ["FAULTS"]

SRHT = "fjlt/operators/ensembles/subsampled_hadamard.py"
BUTTERFLY = "fjlt/operators/butterfly.py"
SPARSE = "fjlt/operators/ensembles/sparse_projection.py"
SKETCH = "fjlt/operators/ensembles/clarkson_woodruff.py"
GAUSSIAN = "fjlt/operators/ensembles/gaussian_matrix.py"
BCH = "fjlt/operators/ensembles/dual_bch.py"
TRUNCATED = "fjlt/operators/truncated.py"
REPLACEMENT = "fjlt/operators/replacement.py"

TESTS = "tests/fjlt/operators/test_"
DRAWS = "tests/fjlt/operators/ensembles/test_"
LAWS = f"{DRAWS}laws.py::test_"
DRAWN = f"{LAWS}rows_and_signs_of_the_srht"
MATRIX = f"{LAWS}the_srht_is_the_matrix_of_its_rows_and_signs"
NORMAL = f"{LAWS}gaussian_entries_are_independent_normal"
NETWORK = f"{TESTS}butterfly.py"
KERNELS = f"{TESTS}butterfly.py {TESTS}truncated.py"

SIGNS = "signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else np.ones(1)"
KEPT = "rng.choice(size, size=k, replace=False)"
DRAW = "np.random.default_rng(rng).normal(scale=k**-0.5, size=(k, n))"

FAULTS = (
    # The SRHT.
    Fault(
        "kept rows only from the first half, n > 256",
        SRHT,
        KEPT,
        "rng.choice(size if size <= 256 or 2 * k > size else size // 2, size=k, replace=False)",
        DRAWN,
    ),
    Fault(
        "kept rows follow each other",
        SRHT,
        KEPT,
        "(rng.integers(size) + np.arange(k)) % size",
        DRAWN,
        "jl-norm: drawn SRHTs",
    ),
    Fault("kept rows with replacement", SRHT, KEPT, "rng.integers(size, size=k)", DRAWN),
    Fault(
        "row 0 is always kept",
        SRHT,
        KEPT,
        "np.append(0, 1 + rng.choice(size - 1, size=k - 1, "
        "replace=False)) if size > 1 else np.zeros(1, int)",
        DRAWN,
    ),
    Fault(
        "signs of period 32",
        SRHT,
        SIGNS,
        "signs = np.resize(rng.choice([-1.0, 1.0], size=min(size, 32)), size)",
        DRAWN,
    ),
    Fault(
        "signs in pairs",
        SRHT,
        SIGNS,
        "signs = np.repeat(rng.choice([-1.0, 1.0], size=-(-size // 2)), 2)[:size]",
        DRAWN,
    ),
    Fault(
        "signs of period 37",
        SRHT,
        SIGNS,
        "signs = np.resize(rng.choice([-1.0, 1.0], size=min(size, 37)), size)",
        DRAWN,
    ),
    Fault(
        "three signs of four are positive",
        SRHT,
        SIGNS,
        "signs = rng.choice([-1.0, 1.0, 1.0, 1.0], size=size)",
        DRAWN,
    ),
    Fault("no signs", SRHT, SIGNS, "signs = np.ones(size)", DRAWN, "jl-norm: drawn SRHTs"),
    Fault(
        "the scale of the SRHT is N/k",
        SRHT,
        "(signs.size / k) ** 0.5",
        "(signs.size / k)",
        f"{DRAWS}subsampled_hadamard.py::test_rows_are_orthogonal_of_squared_norm_n_over_k",
    ),
    Fault(
        "rows are drawn anew at every product, n > 256",
        SRHT,
        "x, self.signs.astype(x.real.dtype, copy=False), self.rows, len(self.rows) ** -0.5",
        "x, self.signs.astype(x.real.dtype, copy=False), self.rows if self.signs.size <= 256 else "
        "np.random.default_rng().permutation(self.signs.size)[: len(self.rows)], "
        "len(self.rows) ** -0.5",
        MATRIX,
    ),
    Fault(
        "the adjoint of the SRHT forgets the signs", SRHT, "        y *= self.signs\n", "", MATRIX
    ),
    Fault(
        "the adjoint of the SRHT has the scale of the product of two",
        SRHT,
        "hadamard(real, real, len(self.rows) ** -0.5)",
        "hadamard(real, real, 1 / len(self.rows))",
        MATRIX,
    ),
    # The butterfly.
    Fault(
        "a stage of the Hadamard matrix is lost, n >= 256",
        BUTTERFLY,
        "        for i in range(p):\n            w[i,",
        "        for i in range(p - (p > 7)):\n            w[i,",
        MATRIX,
    ),
    Fault(
        "the Hadamard matrix has its signs at even nodes",
        BUTTERFLY,
        "w[i, (j >> i) & 1 == 1, 0] = -c",
        "w[i, (j >> i) & 1 == 0, 0] = -c",
        NETWORK,
    ),
    Fault(
        "a sign is absorbed by the wrong node",
        BUTTERFLY,
        "w[0, :, 1] *= s[j ^ 1]",
        "w[0, :, 1] *= s",
        NETWORK,
    ),
    Fault(
        "random weights have variance 1",
        BUTTERFLY,
        ".normal(scale=2**-0.5, size=(p, n, 2))",
        ".normal(size=(p, n, 2))",
        f"{LAWS}random_butterflies_have_independent_weights",
    ),
    Fault(
        "random weights repeat from layer to layer",
        BUTTERFLY,
        ".normal(scale=2**-0.5, size=(p, n, 2))",
        ".normal(scale=2**-0.5, size=(1, n, 2)).repeat(p, axis=0)",
        f"{LAWS}random_butterflies_have_independent_weights",
    ),
    Fault(
        "every layer joins bit 0",
        BUTTERFLY,
        "np.stack([j, j ^ (1 << i)], axis=1)",
        "np.stack([j, j ^ 1], axis=1)",
        NETWORK,
        "definition-3.1: structure",
    ),
    Fault(
        "the gradient of a real network is that of the imaginary part",
        BUTTERFLY,
        "g_columns = g_columns.real",
        "g_columns = g_columns.imag",
        NETWORK,
    ),
    Fault(
        "a gradient in a real x keeps its imaginary part",
        BUTTERFLY,
        "        grad_x = grad_x.real\n",
        "        pass\n",
        NETWORK,
    ),
    # Gaussian matrices.
    Fault(
        "a Haar matrix under the name of Gaussian",
        GAUSSIAN,
        DRAW,
        "np.linalg.qr(np.random.default_rng(rng).normal(size=(n, k)))[0].T * (n / k) ** 0.5",
        NORMAL,
    ),
    Fault(
        "signs under the name of Gaussian",
        GAUSSIAN,
        DRAW,
        "np.random.default_rng(rng).choice([-1.0, 1.0], size=(k, n)) * k**-0.5",
        NORMAL,
    ),
    Fault(
        "Gaussian columns repeat, n > 256",
        GAUSSIAN,
        DRAW,
        "np.resize(np.random.default_rng(rng).normal(scale=k**-0.5, "
        "size=(n if n <= 256 else n // 2, k)), (n, k)).T",
        NORMAL,
    ),
    Fault(
        "a Gaussian matrix has its rows normalised",
        GAUSSIAN,
        DRAW,
        "(lambda g: g / np.linalg.norm(g, axis=1, keepdims=True) * (n / k) ** 0.5)"
        "(np.random.default_rng(rng).normal(size=(k, n)))",
        NORMAL,
    ),
    # Sparse projections and sketches.
    Fault(
        "the number of sparse entries is fixed",
        SPARSE,
        "size=rng.binomial(k * size, q)",
        "size=round(k * size * q)",
        f"{LAWS}sparse_projection_has_independent_entries",
    ),
    Fault(
        "the sparse entries are signs",
        SPARSE,
        "entries = rng.normal(scale=(q * k) ** -0.5, size=len(places))",
        "entries = rng.choice([-1.0, 1.0], size=len(places)) * (q * k) ** -0.5",
        f"{LAWS}sparse_projection_has_independent_entries",
    ),
    Fault(
        "the sparse entries stand in even columns",
        SPARSE,
        "np.divmod(places, size)",
        "np.divmod(places - places % 2, size)",
        f"{LAWS}sparse_projection_has_independent_entries",
    ),
    Fault(
        "the signs of Ailon and Chazelle are lost",
        SPARSE,
        "signs = rng.choice([-1.0, 1.0], size=size) if size > 1 else None",
        "signs = None",
        f"{LAWS}sparse_projection_has_independent_entries",
    ),
    Fault(
        "the density is ln m / N",
        SPARSE,
        "log(m) ** 2 / size",
        "log(m) / size",
        f"{DRAWS}sparse_projection.py::test_density_rule",
    ),
    Fault(
        "the buckets of the count sketch go round",
        SKETCH,
        "bucket = rng.integers(k, size=n)",
        "bucket = np.arange(n) % k",
        f"{LAWS}count_sketch_has_independent_rows_and_signs",
    ),
    Fault(
        "two columns share a bucket",
        SKETCH,
        "bucket = rng.integers(k, size=n)",
        "bucket = rng.integers(k, size=n)[np.arange(n) // 2 * 2]",
        f"{LAWS}count_sketch_has_independent_rows_and_signs",
    ),
    Fault(
        "the sign is that of the bucket",
        SKETCH,
        "signs = rng.choice([-1.0, 1.0], size=n)",
        "signs = 1.0 - 2 * (bucket % 2)",
        f"{LAWS}count_sketch_has_independent_rows_and_signs",
    ),
    # Ailon and Liberty.
    Fault(
        "squares in place of cubes",
        BCH,
        "multiply(x, multiply(x, x, m), m)",
        "multiply(x, x, m)",
        f"{DRAWS}dual_bch.py",
    ),
    Fault(
        "all rounds have the same signs",
        BCH,
        "rng.choice([-1.0, 1.0], size=size)",
        "np.random.default_rng(1).choice([-1.0, 1.0], size=size)",
        f"{LAWS}every_round_of_ailon_liberty_has_independent_signs",
    ),
    Fault(
        "the code has the scale of a Hadamard matrix",
        BCH,
        "code[-1] *= (size / k) ** 0.5",
        "code[-1] *= 1.0",
        f"{DRAWS}dual_bch.py",
    ),
    Fault(
        "a product in GF(2^m) is not reduced",
        "fjlt/operators/ensembles/galois.py",
        "x = np.where(x >> m & 1, x ^ f, x)",
        "x = x & (1 << m) - 1",
        f"{DRAWS}galois.py",
    ),
    Fault(
        "a polynomial is called irreducible too soon",
        "fjlt/operators/ensembles/galois.py",
        "divisors = range(2, 2 << (m // 2))",
        "divisors = range(2, 4)",
        f"{DRAWS}galois.py",
    ),
    # Products, truncation, replacement.
    Fault(
        "the adjoint of a product has the order of the product",
        "fjlt/operators/product.py",
        "        for a in self.factors:\n            g =",
        "        for a in reversed(self.factors):\n            g =",
        "tests/fjlt/test_all_operators.py",
    ),
    Fault(
        "the adjoint of a matrix is its transpose",
        "fjlt/operators/conversion.py",
        "return (self.matrix.T @ g.conj()).conj()",
        "return self.matrix.T @ g",
        "tests/fjlt/test_all_operators.py",
    ),
    Fault(
        "a NaN in the input is not looked for",
        "fjlt/operators/application.py",
        "if operator._output_shows_nonfinite and not np.isfinite(y[0]).all():",
        "if False:",
        "tests/fjlt/test_all_operators.py",
    ),
    Fault(
        "inputs beyond n count as effective",
        TRUNCATED,
        "live = (node >> i) << i < n_inputs",
        "live = node >= 0",
        f"{TESTS}truncated.py",
        "weight-bound: implementation",
    ),
    Fault(
        "a crossed weight is effective where its own input is",
        TRUNCATED,
        "mask[i, :, 1] = reaches & live[node ^ (1 << i)]",
        "mask[i, :, 1] = reaches & live",
        f"{TESTS}truncated.py",
    ),
    Fault(
        "weights are effective by one residue bit less",
        TRUNCATED,
        "kept[rows % (2 << i)] = True",
        "kept[rows % (1 << i)] = kept[rows % (1 << i) | 1 << i] = True",
        f"{TESTS}truncated.py",
        "weight-bound: implementation",
    ),
    Fault(
        "both sides of a replacement draw alike",
        REPLACEMENT,
        "j1, j2 = srht(k1, w.shape[1], rng), srht(k2, w.shape[0], rng)",
        "j1, j2 = srht(k1, w.shape[1], int(rng.integers(2**31))), srht(k2, w.shape[0], 1)",
        f"{LAWS}a_replacement_draws_both_sides_independently",
    ),
    Fault(
        "a replacement conjugates",
        REPLACEMENT,
        "return self.j2._transpose()._apply(",
        "return self.j2._adjoint()._apply(",
        f"{TESTS}replacement.py",
    ),
    Fault(
        "the core does not count as weights",
        REPLACEMENT,
        "_n_weights(self.j1) + self.core.size +",
        "_n_weights(self.j1) +",
        f"{TESTS}replacement.py::test_number_of_weights",
        "param-count: dense layer",
    ),
    # Kernels.
    Fault(
        "a pass forgets a layer of residues",
        "fjlt/kernels/pass_plan.py",
        "used[:, a, : 1 << a] = (target >= 0)",
        "used[:, a, : 1 << a] = (target > 0)",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "outputs are handed on in the order of their residues",
        "fjlt/kernels/pass_plan.py",
        "kept = outputs if done == p else np.unique(outputs % (1 << done))",
        "kept = np.unique(outputs % (1 << done))",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "weights are packed with blocks and rows exchanged",
        "fjlt/kernels/pass_plan.py",
        "        3, 1, 0, 2, 4\n",
        "        3, 2, 0, 1, 4\n",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "the transposed layer has the weights of the layer",
        "fjlt/kernels/codelets.py",
        "rows[t ^ (1 << i)] * w(i, t ^ (1 << i), 1) for t",
        "rows[t ^ (1 << i)] * w(i, t, 1) for t",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "a gradient meets its own input twice",
        "fjlt/kernels/codelets.py",
        "(g[t], inputs[i][t ^ (1 << i)])",
        "(g[t], inputs[i][t])",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "dropped outputs keep old numbers",
        "fjlt/kernels/butterfly_passes.py",
        "buffer.flat[i] = 0",
        "buffer.flat[i] = 1",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "groups of rows are joined at the wrong bit",
        "fjlt/kernels/butterfly_passes.py",
        "return (group >> a << (a + b)) + (group & ((1 << a) - 1))",
        "return (group >> a << (a + b)) + (group & ((1 << a) - 2))",
        KERNELS,
        interpreted=True,
    ),
    Fault(
        "the difference of the Hadamard codelet is turned",
        "fjlt/kernels/codelets.py",
        "rows[t ^ s] - row if t & s else",
        "row - rows[t ^ s] if t & s else",
        "tests/fjlt/test_hadamard.py --deselect "
        "tests/fjlt/test_hadamard.py::test_overflow_is_no_bad_input",
        interpreted=True,
    ),
    Fault(
        "a network of more passes is compiled anew",
        "fjlt/kernels/executor.py",
        "(_N_PASSES - count)",
        "0",
        "tests/fjlt/kernels/test_simd.py",
    ),
    Fault(
        "stored code does not follow the sources beside it",
        "fjlt/kernels/simd.py",
        "for file in (__file__, self._py_func.__code__.co_filename)",
        "for file in (__file__,)",
        "tests/fjlt/kernels/test_simd.py::test_a_source_beside_a_function_is_followed",
    ),
    Fault(
        "the mask of what is left of a row has an entry too many",
        "fjlt/kernels/simd.py",
        'some = builder.icmp_signed("<", ',
        'some = builder.icmp_signed("<=", ',
        "tests/fjlt/test_hadamard.py tests/fjlt/kernels/test_executor.py",
    ),
    Fault(
        "complex numbers are multiplied without the sign of i²",
        "fjlt/kernels/codelets.py",
        "return row * re - other * signs * im",
        "return row * re + other * im",
        "tests/fjlt/kernels/test_complex_executor.py",
    ),
    Fault(
        "complex rows that are not given keep what was there",
        "fjlt/kernels/complex_executor.py",
        "        space[:] = 0\n",
        "",
        "tests/fjlt/kernels/test_complex_executor.py",
    ),
    Fault(
        "the parts of complex vectors are exchanged",
        "fjlt/kernels/executor.py",
        "np.stack([z.real.T, z.imag.T])",
        "np.stack([z.imag.T, z.real.T])",
        "tests/fjlt/kernels/test_complex_executor.py",
    ),
    Fault(
        "the adjoint of a complex layer is not conjugated",
        "fjlt/kernels/complex_executor.py",
        "layer_weights[partner, 1]], axis=1).conj()",
        "layer_weights[partner, 1]], axis=1)",
        NETWORK,
        interpreted=True,
    ),
    Fault(
        "Floyd's subset keeps a number twice",
        "fjlt/kernels/subsets.py",
        "j = n - k + i",
        "j = choices[draw, i]",
        "tests/fjlt/embedding/test_squared_norms.py",
        interpreted=True,
    ),
    Fault(
        "a transform of short rows lacks a step",
        "fjlt/kernels/hadamard_passes.py",
        "_between(buffer, 0, size, group, low, middle, scale)",
        "_between(buffer, 0, size, group, low, 0, scale)",
        "tests/fjlt/test_hadamard.py",
    ),
)
