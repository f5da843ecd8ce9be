"""Critical points and training, and the memory of a product."""

import numpy as np

from fjlt import srht
from landscape import critical_points, fit, joint_critical_points, multi_start


class Landscape:
    """Auto-encoders of Gaussian data."""

    def setup(self):
        """Compile what is timed."""
        rng = np.random.default_rng(0)
        self.small, self.large = rng.standard_normal((8, 16)), rng.standard_normal((256, 256))
        self.J, self.B = srht(64, 256, rng=0), srht(32, 256, rng=1)
        self.time_siblings()
        self.time_training()

    def time_critical_points(self):
        """All critical points for a fixed encoder of four outputs, k = 2."""
        list(critical_points(self.small, self.small, srht(4, 8, rng=0), 2))

    def time_siblings(self):
        """The 224 complex critical points of two siblings of eight outputs."""
        joint_critical_points(self.small, self.small, [0, 4], 2, compiled=True)

    def time_descents(self):
        """Descents from 64 random starts."""
        multi_start(self.small, self.small, [0, 4], 2, starts=64, rng=0)

    def time_training(self):
        """Fifty steps of variable projection."""
        fit(self.large, self.large, 8, self.B, "all", "variable-projection", max_steps=50)

    def peakmem_product(self):
        """The memory of the process after a product."""
        self.J @ np.ones((256, 10_000))
