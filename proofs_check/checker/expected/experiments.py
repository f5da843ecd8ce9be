"""What is expected of the claims on experiments."""

from __future__ import annotations

from collections.abc import Mapping

from proofs_check.checker.expectation import Claim
from proofs_check.checker.expected.reasons import DRAWN, FLOATING_POINT, STORED

__all__ = ["CLAIMS"]

CLAIMS: Mapping[str, Claim] = {
    "trained-loss": Claim(
        "21c33a25f9aa95f549b3df2250a1f69d2e48132936251bbb28191026bd000900",
        {
            "joint Adam": STORED,
        },
    ),
    "trained-loss-reachable": Claim(
        "19895a2298701ad20aac0b063b50c276355d3a6a0c94e2dc0c7222b0e9d0f3d8",
        {
            "digits, variable projection": DRAWN,
            "paper sizes": FLOATING_POINT,
            "order": FLOATING_POINT,
        },
        parts=("order",),
    ),
    "trained-loss-adam": Claim(
        "42142882147488c43dfb1a01639157426a2c8d49958f1f37334751c64278d3da",
        {
            "digits, Adam": DRAWN,
            "paper sizes": FLOATING_POINT,
        },
    ),
    "trained-loss-small-large-k": Claim(
        "a6b09e7561b6ba8dfda4f5ca1c69f9d36ab8872c24c81386a982a515b7e66d81",
        {
            "joint Adam": STORED,
        },
    ),
    "learned-sketch": Claim(
        "c7b0ca2a7267a7e480b8796b6c456a892c83c65f08a3ab890922942033a01ead",
        {
            "dense": STORED,
            "factor five": STORED,
            "digits": FLOATING_POINT,
        },
        parts=("factor five",),
    ),
    "learned-sketch-corrected": Claim(
        "d36c9ecca1c275fa213dcafca075c560a469766a25b3b83a3c1f6f1fd7190552",
        {
            "sparse": STORED,
            "dense": STORED,
            "non-zeros": FLOATING_POINT,
            "all of Table S1": FLOATING_POINT,
            "digits": FLOATING_POINT,
        },
    ),
    "training-time": Claim(
        "49f2710fe69b8d87c1cac58870eef0ee8418cc6698fd0e9e3a5016cdc76c88ad",
        {
            "images": STORED,
            "sentences": STORED,
        },
    ),
    "prediction-time": Claim(
        "5d4e5128b71004a78f2f1c3b50438b8cff8a50a9473308e9e7bf5a7e364846e6",
        {
            "images": STORED,
            "sentences": STORED,
        },
    ),
    "replacement-speed": Claim(
        "4b2d5b0220daaa8c8759f122bf02b35f93f952cc6355629de4ca5f3b81961318",
        {
            "wide layer": STORED,
            "sizes": FLOATING_POINT,
            "pair": FLOATING_POINT,
        },
        parts=("sizes", "pair"),
    ),
    "replacement-accuracy": Claim(
        "f284e67c2d53c7dcf6c633fc5feef9978b2f096187e05e2bab10265e2b5f98e8",
        {
            "tasks": FLOATING_POINT,
            "digits": STORED,
            "sizes": FLOATING_POINT,
            "photographs": FLOATING_POINT,
        },
    ),
    "replacement-early": Claim(
        "741d3523f6ef5101304c4b526c715691d0b2c6b5f352275ec21efd0354627e3b",
        {
            "tasks": FLOATING_POINT,
            "digits": STORED,
            "first scores": FLOATING_POINT,
            "first steps": FLOATING_POINT,
        },
    ),
    "replacement-low-rank": Claim(
        "112a821cc823b6e42f1ce8a7991af283c09fedccd57f13e589f876b3cbc391d6",
        {
            "first epoch": STORED,
        },
    ),
    "replacement-several": Claim(
        "2f4bab6d9e099352457cb13a2ff2652be01f94c6e1858490de726f89ff7c569c",
        {
            "last epoch": STORED,
        },
    ),
    "replacement-rectified": Claim(
        "35525a70aa092271b5d67dcdb7448a946614ecc13728b003b3a6cb28298ebfa7",
        {
            "last epoch": STORED,
        },
    ),
    "replacement-few-data": Claim(
        "3942cf18da80d7732d45690456f7ed7d6027c8385731cc88899f95f86addfc02",
        {
            "last epoch": STORED,
        },
    ),
    "replacement-start": Claim(
        "7b236e38f81371d29349e723d4f689a42d20b9164523015d535344f35e952513",
        {
            "last epoch": STORED,
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
