"""Growing tables of two sides: is an insert dearer in B, and do both agree on insert tail latency?

The ratio is of all inserts of a repetition as they were measured. Where both builds were interleaved it is
taken repetition by repetition, which leaves out what the machine did in that minute; of several runs a
side, run by run; one run a side, made at another time, gives a ratio of unknown uncertainty.

Percentiles and the maximum are denoised, one figure a run: they have no interval. What they are
worth is shown by two interleaved runs of the same build (`make growth AGAINST=HEAD`).
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from statistics import median
from typing import Any

import numpy as np
import pandas

from mapscope.analysis import inference
from mapscope.analysis.runs import Runs
from mapscope.analysis.split_half import MAX, PLACES, STEP
from mapscope.store.records import Growth

FIGURES = (*PLACES, MAX)
PASS = attrgetter("stage", "kv", "n", "churn")
"""What identifies a pass."""
STALL_NS = 100_000.0
"""What is longer is a stall: one map in hundreds of inserts, another in a single one."""
COLUMNS = [
    "title", "map", "workload", "kv", "hash", "n", "in_turns", "a", "b", "ratio", "low", "high", "verdict",
    "figures_a", "figures_b", "step",
]  # fmt: skip
"""`title` is what was measured, `workload` is its stage; `a` and `b`: ns an insert; `step`: of the clock, ns."""


@dataclass(frozen=True)
class Agreement:
    """How near the denoised figures of both sides are."""

    percentiles: int
    near: int
    """How many of them differ by no more than `within`."""
    within: float
    stalls: int
    """Maxima that are stalls on either side."""
    apart: float
    """The largest of their ratios, whichever side is the longer."""


def compare_growth(a: Runs, b: Runs, paired: bool, margin: float) -> pandas.DataFrame:
    """One line a table that both sides have watched growing; empty when there is none."""
    rows_a, rows_b = _rows(a), _rows(b)
    keys = [key for key in rows_a if len(rows_a[key]) == len(a.labels) and len(rows_b.get(key, ())) == len(b.labels)]
    lines, times = [], []
    for key in keys:
        side_a, side_b = rows_a[key], rows_b[key]
        in_turns = paired and all(turns for _, turns in side_a + side_b)
        of_a, of_b = (_observed([row for row, _ in side], in_turns) for side in (side_a, side_b))
        times.append((of_a, of_b))
        lines.append(_line(key, [row for row, _ in side_a], [row for row, _ in side_b], of_a, of_b, in_turns))
    if not lines:
        return pandas.DataFrame(columns=COLUMNS)
    estimate = _estimate(times, [line["in_turns"] for line in lines])
    ratio, low, high = inference.interval(estimate)
    return pandas.DataFrame(lines).assign(
        ratio=ratio, low=low, high=high, verdict=inference.verdicts(estimate, margin)
    )[COLUMNS]  # fmt: skip


def agreement(rows: pandas.DataFrame, within: float) -> Agreement:
    """Of the percentiles that both sides have, and the maxima where one side stalls."""
    pairs = [
        (a[name], b[name], step)
        for a, b, step in rows[["figures_a", "figures_b", "step"]].itertuples(index=False)
        for name in PLACES
    ]
    near = sum(abs(x - y) <= step or (min(x, y) > 0 and max(x, y) / min(x, y) - 1 <= within) for x, y, step in pairs)
    maxima = [
        (a[MAX], b[MAX]) for a, b in rows[["figures_a", "figures_b"]].itertuples(index=False)
        if max(a[MAX], b[MAX]) > STALL_NS
    ]  # fmt: skip
    return Agreement(
        len(pairs), near, within, len(maxima), max((max(pair) / min(pair) for pair in maxima), default=1.0)
    )


def _rows(side: Runs) -> dict[tuple[Any, ...], list[tuple[Growth, bool]]]:
    """What was watched, by pass and map: of each run its row, and whether it was interleaved."""
    found: dict[tuple[Any, ...], list[tuple[Growth, bool]]] = {}
    for run in side.measured:
        turns = {PASS(one): one.in_turns for one in run.growth_passes}
        for row in run.growth:
            found.setdefault((*PASS(row), row.map), []).append((row, turns[PASS(row)]))
    return found


def _observed(rows: list[Growth], in_turns: bool) -> np.ndarray:
    """ns an insert: of each repetition where they were interleaved, else of each run, denoised."""
    if in_turns:
        return np.array([one.total_ns / one.count for row in rows for one in row.raw.inserts])
    return np.array([row.denoised.inserts.total_ns / row.denoised.inserts.count for row in rows])


def _estimate(times: list[tuple[np.ndarray, np.ndarray]], in_turns: list[bool]) -> inference.Estimate:
    """Of each line separately: the number of repetitions may differ. A single time per side has no error."""
    parts = []
    for (a, b), turns in zip(times, in_turns, strict=True):
        if turns:
            parts.append(inference.paired(a[None], b[None]))
        elif min(a.size, b.size) > 1:
            parts.append(inference.between_runs(a[None], b[None]))
        else:
            parts.append(inference.paired(np.median(a, keepdims=True)[None], np.median(b, keepdims=True)[None]))
    columns = zip(*((part.log_ratio, part.error, part.df) for part in parts), strict=True)
    return inference.Estimate(*map(np.concatenate, columns))


def _line(
    key: tuple[Any, ...], a: list[Growth], b: list[Growth], of_a: np.ndarray, of_b: np.ndarray, in_turns: bool
) -> dict[str, Any]:
    stage, kv, n, _, name = key
    return {
        "title": a[0].title, "map": name, "workload": stage, "kv": kv, "hash": "", "n": n, "in_turns": in_turns,
        "a": float(np.median(of_a)), "b": float(np.median(of_b)), "figures_a": _figures(a), "figures_b": _figures(b),
        "step": STEP * max(row.clock.resolution_ns for row in (*a, *b)),
    }  # fmt: skip


def _figures(rows: list[Growth]) -> dict[str, float]:
    """Denoised, by name; the median where there are several runs."""
    inserts = [row.denoised.inserts for row in rows]
    percentiles = {name: median(one.percentiles_ns[at] for one in inserts) for name, at in PLACES.items()}
    return percentiles | {MAX: median(one.max_ns for one in inserts)}
