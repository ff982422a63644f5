"""Prints how hmap::map compares with Go's map, from the JSON lines of compare.sh."""

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path

# hmap iterates in two ways; both are compared with Go's one.
TWIN = {"cursor": "range", "cursor_one": "range_one"}
NAMES = {
    "range": "range, begin/end",
    "cursor": "range, m.range()",
    "range_one": "one entry, sweep",
    "cursor_one": "one entry, range()",
}


def read(path):
    """Times and checksums by (operation, entries)."""
    times, checksums = defaultdict(list), defaultdict(set)
    with Path(path).open(encoding="utf-8") as lines:
        for line in lines:
            result = json.loads(line)
            key = result["op"], result["n"]
            times[key].append(result["ns"])
            checksums[key].add(result["checksum"])
    return times, checksums


def spread(values):
    return f"{min(values):.1f}-{max(values):.1f}"


def main(go_path, hmap_path):
    go_times, go_sums = read(go_path)
    hmap_times, hmap_sums = read(hmap_path)
    if not hmap_times:
        sys.exit("compare.py: no results")
    different = []
    print(f"{'entries':>9}  {'operation':<17}{'Go ns':>8}{'hmap ns':>9}{'hmap/Go':>9}   Go min-max    hmap min-max")
    for (op, n), ours in sorted(hmap_times.items(), key=lambda item: item[0][1]):
        twin = TWIN.get(op, op), n
        theirs = go_times[twin]
        if go_sums[twin] != hmap_sums[op, n]:
            different.append(f"{op} at {n}")
        go_median, hmap_median = statistics.median(theirs), statistics.median(ours)
        print(
            f"{n:>9}  {NAMES.get(op, op):<17}{go_median:>8.1f}{hmap_median:>9.1f}"
            f"{hmap_median / go_median:>9.2f}   {spread(theirs):<13} {spread(ours)}"
        )
    if different:
        sys.exit("compare.py: checksums differ, the work was not the same: " + ", ".join(different))
    print(f"medians of {len(next(iter(hmap_times.values())))} rounds; all checksums agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
