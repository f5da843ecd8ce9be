"""Check all theorems anew and compare with the record: ``python -m proofs_check.formal``."""

from __future__ import annotations

import argparse
import json
import sys
import time

from proofs_check.formal.record import CLOSED, RECORD, faults, stored
from proofs_check.formal.rocq import checked

__all__ = ["main"]


def main() -> int:
    """Compile, print and check; 0 if all is as recorded, 1 if not, 2 if Rocq is not there."""
    parser = argparse.ArgumentParser(prog="python -m proofs_check.formal", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the record anew")
    parser.add_argument("--quick", action="store_true", help="leave out coqchk")
    options = parser.parse_args()
    if options.write and options.quick:
        parser.error("a record needs coqchk")
    start = time.perf_counter()
    try:
        anew = checked(coqchk=not options.quick, say=lambda what: print(f"{what} ...", flush=True))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(
        f"{len(anew['theorems'])} theorems in {time.perf_counter() - start:.0f} s, each: {CLOSED}"
    )
    if options.write:
        text = json.dumps(anew, indent=1, ensure_ascii=False, sort_keys=True)
        RECORD.write_text(text + "\n", encoding="utf-8")
        print(f"Wrote {RECORD}")
        return 0
    found = faults(stored()["theorems"], anew=anew)
    found += [f"the record lacks {name}" for name in anew["theorems"].keys() - stored()["theorems"]]
    found += [
        f"the values of {name} are not those of the record"
        for name, value in anew["values"].items()
        if stored()["values"].get(name) != value
    ]
    for fault in dict.fromkeys(found):
        print(f"Not as recorded: {fault}", file=sys.stderr)
    print("All as recorded." if not found else "Write the record anew: make formal ARGS=--write")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
