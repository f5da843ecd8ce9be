"""Small complex matrices in compiled functions: products, equations, orthonormal rows."""

from __future__ import annotations

import numpy as np

from fjlt.kernels.simd import part

__all__ = ["lu", "multiply", "orthonormalise", "solve", "square", "times_transpose"]


@part
def square(z):  # type: ignore[no-untyped-def]
    """The square of the modulus of z."""
    return z.real * z.real + z.imag * z.imag


@part
def lu(A, order):  # type: ignore[no-untyped-def]
    """A = LU with pivots, in place, the diagonal of U inverted."""
    n = A.shape[0]
    for j in range(n):
        best, largest = j, -1.0
        for i in range(j, n):
            size = square(A[i, j])
            if size > largest:
                best, largest = i, size
        order[j] = best
        if best != j:
            for c in range(n):
                A[j, c], A[best, c] = A[best, c], A[j, c]
        inverse = complex(A[j, j].real / largest, -A[j, j].imag / largest)
        A[j, j] = inverse
        for i in range(j + 1, n):
            factor = A[i, j] * inverse
            A[i, j] = factor
            for c in range(j + 1, n):
                A[i, c] -= factor * A[j, c]


@part
def solve(A, order, b, row):  # type: ignore[no-untyped-def]
    """The solution of the equations that ``lu`` prepared, in place of a row of b."""
    n = A.shape[0]
    for j in range(n):
        b[row, j], b[row, order[j]] = b[row, order[j]], b[row, j]
        total = b[row, j]
        for i in range(j):
            total -= A[j, i] * b[row, i]
        b[row, j] = total
    for j in range(n - 1, -1, -1):
        total = b[row, j]
        for i in range(j + 1, n):
            total -= A[j, i] * b[row, i]
        b[row, j] = total * A[j, j]


@part
def multiply(A, B, result):  # type: ignore[no-untyped-def]
    """The product AB; zeros of A cost nothing."""
    for i in range(A.shape[0]):
        for c in range(B.shape[1]):
            result[i, c] = 0
        for j in range(A.shape[1]):
            factor = A[i, j]
            if factor != 0:
                for c in range(B.shape[1]):
                    result[i, c] += factor * B[j, c]


@part
def times_transpose(A, B, result):  # type: ignore[no-untyped-def]
    """The product ABᵀ."""
    for i in range(A.shape[0]):
        for c in range(B.shape[0]):
            total = 0j
            for j in range(A.shape[1]):
                total += A[i, j] * B[c, j]
            result[i, c] = total


@part
def orthonormalise(a, rows, columns):  # type: ignore[no-untyped-def]
    """Gram-Schmidt for the rows of a matrix stored as a vector; twice, as that keeps the digits."""
    for i in range(rows):
        size = 0.0
        for _ in range(2):
            for j in range(i):
                product = 0j
                for c in range(columns):
                    product += a[i * columns + c] * np.conj(a[j * columns + c])
                for c in range(columns):
                    a[i * columns + c] -= product * a[j * columns + c]
        for c in range(columns):
            size += square(a[i * columns + c])
        size = np.sqrt(size)
        for c in range(columns):
            a[i * columns + c] /= size
