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
        "d744a9daed688c4c03d07753d87b053467ea754bc989b3e64ac2a9d354934f83",
        {
            "digits, variable projection": DRAWN,
            "paper sizes": FLOATING_POINT,
            "order": FLOATING_POINT,
        },
        parts=("order",),
    ),
    "trained-loss-adam": Claim(
        "ad13e0e13c686a4a62a4fc25fa32c3e593c4e38f2622de3a01d51ed17b2e6dca",
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
        "ecdb4c3b38be739a91cfa4b347d98325ac08cb96034679c42d68a4e24d3b5284",
        {
            "images": STORED,
            "sentences": STORED,
        },
    ),
    "prediction-time": Claim(
        "3c35a13606c3918c32fa2b56f3ec0e4b6f09408e347cc73a882cf2214dae7d09",
        {
            "images": STORED,
            "sentences": STORED,
        },
    ),
    "replacement-speed": Claim(
        "62a838c6d86f68798a862edf69e9583670a4f63ccd40a3e4ecdddcad2552bd9a",
        {
            "wide layer": STORED,
            "sizes": FLOATING_POINT,
            "pair": FLOATING_POINT,
        },
        parts=("sizes", "pair"),
    ),
    "replacement-accuracy": Claim(
        "76ddf1df2c26b8eb9f297e1c51d248522b78832c46435a64eaff8339d544dc22",
        {
            "tasks": FLOATING_POINT,
            "digits": STORED,
        },
    ),
    "replacement-early": Claim(
        "38d1195606ada5d4c658aa10dc5b373d8ed88aca3c4fbebeb12c8675c42e60af",
        {
            "tasks": FLOATING_POINT,
            "digits": STORED,
        },
    ),
    "replacement-low-rank": Claim(
        "648389d1cac88b308b33c9dc14de67554ce739f33f2b03147f06cbbaddadadce",
        {
            "first epoch": STORED,
        },
    ),
    "replacement-several": Claim(
        "c081f17e0ea35a04a6f0b82aec33a2ad59d474df7ea5eb502c5e7688751de10a",
        {
            "last epoch": STORED,
        },
    ),
    "replacement-rectified": Claim(
        "fb9f99a54d32a543eb249af2f71f8e046bc77f2eaa350720bb5605fdc5b83e67",
        {
            "last epoch": STORED,
        },
    ),
    "replacement-few-data": Claim(
        "f1c8f7a934230d707e92e2ca6a0a8b41e7aceb9d157c820cbc323d64fe4e88ac",
        {
            "last epoch": STORED,
        },
    ),
    "replacement-start": Claim(
        "4d60edf701aea969e2d45dbafa57a476b8c198816db6352930b281a5910cf670",
        {
            "last epoch": STORED,
        },
    ),
}
"""For each claim the digest of its statement, and what is expected of every check."""
