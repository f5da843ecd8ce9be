"""Products, each beside a copy of the same array, the floor."""

import numpy as np

from fjlt import Butterfly, fwht, srht

SHAPE = (1024, 4096)


class Products:
    """Of arrays of shape (1024, 4096)."""

    params = ("float32", "float64")
    param_names = ("dtype",)

    def setup(self, dtype):
        """Compile what is timed."""
        rng = np.random.default_rng(0)
        self.x = rng.standard_normal(SHAPE).astype(dtype)
        self.out = np.empty_like(self.x)
        self.B = Butterfly(rng.standard_normal((10, 1024, 2)).astype(dtype))
        self.J = srht(64, 1024, rng=0, dtype=self.x.dtype)
        for time in (self.time_fwht, self.time_butterfly, self.time_gradient, self.time_srht):
            time(dtype)

    def time_copy(self, dtype):
        """A copy of the array."""
        np.copyto(self.out, self.x)

    def time_fwht(self, dtype):
        """The Walsh-Hadamard transform along axis 0."""
        fwht(self.x, out=self.out)

    def time_butterfly(self, dtype):
        """A product with a butterfly of general weights."""
        self.B @ self.x

    def time_gradient(self, dtype):
        """Both gradients of a butterfly of general weights."""
        self.B.vjp(self.x, self.x)

    def time_srht(self, dtype):
        """An SRHT with 64 outputs."""
        self.J @ self.x
