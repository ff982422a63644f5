"""Costs in a run, one figure each: ns per cache line, of growing over reserving, and just after a
growth.
"""

from __future__ import annotations

import numpy as np
import pandas
from scipy import stats as scipy_stats

from mapscope.analysis import inference
from mapscope.analysis.runs import Runs, counters_of
from mapscope.errors import UsageError
from mapscope.store.records import Growth

LINES_OF = ("find_hit_chained", "find_hit")
GROWING, RESERVED = "insert_grow", "insert_reserved"


def cost_of_line(runs: Runs) -> pandas.DataFrame:
    """A straight line through the maps, ns over lines, for each workload and size: `slope`, `low`, `high`, `r2`.

    One payload, one hash: of the maps the run has with both a time and a count of lines.
    """
    found = []
    for (workload, n), part in points_of(runs).groupby(["workload", "n"], sort=False):
        if len(part) < 4:
            continue
        fit = scipy_stats.linregress(part["lines"], part["median"])
        reach = float(scipy_stats.t.ppf(0.975, len(part) - 2) * fit.stderr)
        found.append(
            {"workload": workload, "n": int(n), "maps": len(part), "slope": fit.slope, "low": fit.slope - reach,
             "high": fit.slope + reach, "intercept": fit.intercept, "r2": fit.rvalue**2}
        )  # fmt: skip
    if not found:
        raise UsageError(f"{runs.labels[0]}: too few maps with counted lines and times; measure with COUNTERS=sim")
    return pandas.DataFrame(found)


def cost_of_growth(runs: Runs) -> pandas.DataFrame:
    """How many times as long an insert takes into a table that grows as into one that was reserved for n."""
    table = runs.table[runs.table["hash"] == "shared"]
    grown = table[table["workload"] == GROWING].set_index(["kv", "n", "map"])["rounds"]
    reserved = table[table["workload"] == RESERVED].set_index(["kv", "n", "map"])["rounds"]
    both = [key for key in grown.index if key in reserved.index]
    if not both:
        raise UsageError(f"{runs.labels[0]}: {GROWING} and {RESERVED} were not both measured")
    a, b = (np.array(side.loc[both].tolist(), dtype=float) for side in (reserved, grown))
    ratio, low, high = inference.interval(inference.paired(a, b))
    extra = [float(np.nanmedian(y - x)) for x, y in zip(a, b, strict=True)]
    keys = pandas.DataFrame(both, columns=["kv", "n", "map"])
    return keys.assign(ratio=ratio, low=low, high=high, extra=extra)


def watched_growing(runs: Runs) -> list[Growth]:
    """Rows of the tables that were filled insert by insert in memory touched for the first time: the largest, all
    maps.
    """
    label = runs.labels[0]
    rows = [
        row for row in runs.measured[0].growth
        if row.mix == "insert" and row.memory == "first_touch" and not row.reserved and row.pages == "small"
    ]  # fmt: skip
    if not rows:
        raise UsageError(f"{label}: no growth was measured; measure without GROWTH=off")
    largest = max(rows, key=lambda row: row.n)
    return [row for row in rows if (row.n, row.kv) == (largest.n, largest.kv)]


def points_of(runs: Runs) -> pandas.DataFrame:
    """Rows of the first payload with both: median ns, and distinct cache lines of one operation."""
    counted = counters_of(runs.table)
    lines = counted[(counted["backend"] == "sim") & (counted["event"] == "lines_mean")]
    key = ["map", "workload", "kv", "hash", "n"]
    both = runs.table.merge(lines[[*key, "value"]], on=key).rename(columns={"value": "lines"})
    first = both["kv"].iloc[0] if len(both) else None
    chosen = (
        both["workload"].isin(LINES_OF) & (both["kv"] == first) & (both["hash"] == "shared") & both["lines"].notna()
    )
    return both[chosen].astype({"lines": float})


def sawtooth(runs: Runs) -> pandas.DataFrame:
    """At each growth point of hmap that was measured: the lookup in a table just grown, over the full one: `n`,
    `ratio`, `low`, `high`.
    """
    table = runs.table
    chosen = table[(table["map"] == "hmap") & (table["workload"] == "find_hit") & (table["hash"] == "shared")]
    first = chosen[chosen["kv"] == chosen["kv"].iloc[0]].set_index("n")["rounds"] if len(chosen) else chosen
    found = []
    for n in sorted(first.index):
        if n + 1 in first.index:
            sides = (np.array([first.loc[at]], dtype=float) for at in (n, n + 1))
            ratio, low, high = (float(x[0]) for x in inference.interval(inference.paired(*sides)))
            found.append((n, ratio, low, high))
    return pandas.DataFrame(found, columns=["n", "ratio", "low", "high"])
