r"""
Prove a critical point, and have the proof checked again
========================================================

A descent ends near a point that *looks* like a minimum. Is there truly one, what is its loss, and
is it a minimum? ``certify`` proves it in ball arithmetic and writes a certificate; an independent
checker replays it.
"""

# %%
# A point from a descent
# ----------------------
# The data are measurements of iris flowers, four numbers each, and the butterfly keeps the
# outputs 0 and 2.

import json
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import matplotlib.pyplot as plt
from sklearn.datasets import load_iris

import landscape

X = load_iris().data.T
X = X - X.mean(axis=1, keepdims=True)
end = landscape.minimise_reduced(X, X, rows=[0, 2], k=2, rng=0)
print(
    f"the descent ends at loss {end.loss!r}",
    f"with a gradient of {end.gradient_norm:.0e}",
)

# %%
# The proof
# ---------
# Krawczyk's operator :math:`K` maps a box :math:`b` around the point to
#
# .. math::
#
#    K(b) = x - C\,g(x) + (I - C\,g'(b))\,(b - x) , \qquad C \approx g'(x)^{-1} ,
#
# where :math:`g` is the gradient on a slice. If :math:`K(b)` lies inside :math:`b`, then
# :math:`b` holds exactly one critical point. All numbers are balls, which enclose every rounding
# error. The signs of the Hessian over the box give the index.

proof = landscape.certify(X, X, rows=[0, 2], k=2, x=end.x)
low, high = proof.loss
print(
    f"certified: {proof.certified}; index {proof.index},",
    f"so it is a minimum: {proof.index == 0}",
)
print(
    f"the loss is {float(low)!r},",
    f"in an interval of width {float(high - low):.1e}",
)

# %%
# A point nearby is refused, with a reason: it is not enough to be close.

wrong = landscape.certify(X, X, rows=[0, 2], k=2, x=end.x + 0.3)
print(f"certified: {wrong.certified}")
print(textwrap.fill(wrong.reason, 80))

# %%
# More bits, sharper proof
# ------------------------

precisions = [64, 96, 128, 192, 256, 384, 512]
widths = []
for bits in precisions:
    low, high = landscape.certify(X, X, [0, 2], 2, end.x, bits).loss
    widths.append(high - low)

figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
ax.plot(
    precisions,
    [float(width) for width in widths],
    "o-",
    color="#0072B2",
    label="proved interval of the loss",
)
rounding = abs(end.loss) * 2.0**-53
ax.axhline(
    rounding,
    color="#D55E00",
    linestyle="--",
    label="rounding of the loss in double precision",
)
ax.set(
    yscale="log",
    xlabel="bits of precision",
    ylabel="width of the interval",
    xticks=precisions,
)
ax.grid(alpha=0.3)
ax.legend()
plt.show()

# %%
# Check it again, with other code
# -------------------------------
# ``proof.document`` holds exact numbers for ``json.dump``. The command ``proofs-check recheck``
# reads them and imports nothing of what made them. We give it a forgery as well, which claims a
# larger loss: the checker must refuse it.

forged = json.loads(json.dumps(proof.document))
ends = forged["points"][0]["loss"]
forged["points"][0]["loss"] = ["1" + end for end in ends]
print(f"forged loss: {float(forged['points'][0]['loss'][0]):.6f}")

with tempfile.TemporaryDirectory() as folder:
    certificates = Path(folder) / "certificates"
    certificates.mkdir()
    for name, document in {"mine": proof.document, "forged": forged}.items():
        (certificates / f"{name}.json").write_text(json.dumps(document))
    command = [sys.executable, "-m", "proofs_check", "recheck", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
print(done.stdout)
print(f"exit status {done.returncode}")
