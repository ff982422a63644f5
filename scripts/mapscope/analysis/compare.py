"""Two sides of one or more runs, row by row: ratio, interval, verdict; and their geometric means.

Which statistics apply is read off the runs (inference.py has them). A ratio is B's time over A's:
above 1, B is slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas

from mapscope.analysis import inference
from mapscope.analysis.fingerprint import differences
from mapscope.analysis.growth.compare_growth import compare_growth
from mapscope.analysis.runs import KEY, Runs
from mapscope.errors import UsageError
from mapscope.store.records import Run

METHODS = {
    "paired": "interleaved: ratios inside each round, Student's t over rounds",
    "runs": "several runs a side: Welch's t over the medians of runs",
    "apart": "one run a side, made at different times: bootstrap over rounds, widened by what rows differ between runs",
}
LEAST_UNDISTURBED = 5
"""Rounds during which another program took the CPU are left out if so many others remain."""
TWIN_SECONDS = 2.0
"""Two processes are twins when the later one started at most this long after the earlier had ended."""
TWIN_SHARE = 0.9
"""The share of processes that must have a twin for two runs to count as interleaved."""


@dataclass(frozen=True)
class Comparison:
    """What came of comparing B with A."""

    a: Runs
    b: Runs
    method: str
    """A key of METHODS."""
    rows: pandas.DataFrame
    """runs.KEY, `a` and `b` (median ns), `ratio`, `low`, `high`, `verdict`; one line a row that both have."""
    means: pandas.DataFrame
    """The same, without `n` and `hash`: geometric means over all rows of a map, workload and payload."""
    drift: float
    """Standard deviation of log ratios from one run to the next where it was inferred, else 0."""
    margin: float
    only_a: int
    only_b: int
    """How many rows the other side lacks."""
    unlike: list[str]
    """How the machines or builds of the two sides differ, in words."""
    growth: pandas.DataFrame
    """Tables that both sides have watched growing; compare_growth.COLUMNS."""


def compare(a: Runs, b: Runs, margin: float = inference.MARGIN) -> Comparison:
    """Raises UsageError when no row is on both sides, or the machines make the ratio meaningless."""
    hardware, other = differences([*a.by_label.values()], [*b.by_label.values()])
    if hardware:
        raise UsageError(
            f"A and B are of different machines ({'; '.join(hardware)}): their times cannot be compared; "
            "compare what holds inside each with `make across RUNS=...`"
        )
    pairs = twins(a, b)
    several = min(len(a.labels), len(b.labels)) > 1
    method = "paired" if pairs else "runs" if several else "apart"
    keys = _shared_keys(a, b)
    if keys.empty:
        raise UsageError("A and B have no row in common: nothing to compare")
    sides = [_times(side, keys, method) for side in (a, b)]
    times = _undisturbed(*sides, method)
    estimate, drift = _estimate(method, *times)
    rows = _judged(keys, *times, estimate, margin)
    groups = keys.groupby(["map", "workload", "kv"], sort=False)
    names = keys.drop_duplicates(["map", "workload", "kv"])[["map", "workload", "kv"]].reset_index(drop=True)
    means_of = [_means(side, groups.ngroup().to_numpy()) for side in sides]
    mean_times = _undisturbed(*means_of, method)
    of_means, _ = _estimate(method, *mean_times, drift)
    means = _judged(names, *mean_times, of_means, margin)
    means["rows"] = groups.size().to_numpy()
    size_a, size_b = (len(side.table.drop_duplicates(KEY)) for side in (a, b))
    return Comparison(
        a, b, method, rows, means, drift if method == "apart" else 0.0, margin,
        size_a - len(keys), size_b - len(keys), other, compare_growth(a, b, method == "paired", margin),
    )  # fmt: skip


def twins(a: Runs, b: Runs) -> list[tuple[str, str]]:
    """The runs of both sides that were interleaved, pair by pair; empty when not all were."""
    if len(a.labels) != len(b.labels):
        return []
    pairs = list(zip(a.labels, b.labels, strict=True))
    return pairs if all(_in_turn(a.by_label[x], b.by_label[y]) for x, y in pairs) else []


def _in_turn(a: Run | None, b: Run | None) -> bool:
    if a is None or b is None or a.seeds != b.seeds:
        return False
    started_a, started_b = _started(a), _started(b)
    shared = started_a.keys() & started_b.keys()
    gaps = [_gap(started_a[task], started_b[task]) for task in shared]
    return bool(gaps) and sum(gap <= TWIN_SECONDS for gap in gaps) >= TWIN_SHARE * len(gaps)


def _started(run: Run) -> dict[tuple[Any, ...], tuple[float, float]]:
    """When each timed process started, and for how long it ran, in seconds."""
    return {
        (p.round, p.kv, p.n, p.map, p.hashes): (datetime.fromisoformat(p.started).timestamp(), p.seconds)
        for p in run.timed_processes
    }


def _gap(a: tuple[float, float], b: tuple[float, float]) -> float:
    (first, seconds), (second, _) = sorted((a, b))
    return second - first - seconds


def _shared_keys(a: Runs, b: Runs) -> pandas.DataFrame:
    """The rows that every run of both sides has, in A's order."""
    counts: dict[tuple[Any, ...], int] = {}
    for side in (a, b):
        for key in side.table[KEY].itertuples(index=False, name=None):
            counts[key] = counts.get(key, 0) + 1
    everywhere = [key for key, count in counts.items() if count == len(a.labels) + len(b.labels)]
    return pandas.DataFrame(everywhere, columns=KEY)


@dataclass(frozen=True)
class _Times:
    """One side: ns, rows by rounds (by runs where a run is one observation), NaN where missing."""

    ns: np.ndarray
    disturbed: np.ndarray
    """Whether another program took the CPU during the round; False where that is not reported."""


def _times(side: Runs, keys: pandas.DataFrame, method: str) -> _Times:
    ns, disturbed = [], []
    for label in side.labels:
        lines = side.of(label).set_index(KEY).loc[list(keys.itertuples(index=False, name=None))]
        if method == "runs":
            ns.append(lines["median"].to_numpy(dtype=float).reshape(-1, 1))
            disturbed.append(np.zeros(ns[-1].shape, dtype=bool))
        else:
            ns.append(inference.matrix(lines["rounds"]))
            disturbed.append(inference.matrix(lines["involuntary_switches"]) > 0)
    return _Times(np.hstack(ns), np.hstack(disturbed))


def _undisturbed(a: _Times, b: _Times, method: str) -> tuple[np.ndarray, np.ndarray]:
    """The times without the rounds that were disturbed, in the rows that have enough others.

    A round that is paired goes if either side of it was disturbed.
    """
    if method == "paired":
        both = a.disturbed | b.disturbed
        a, b = replace(a, disturbed=both), replace(b, disturbed=both)
    return _without(a), _without(b)


def _without(side: _Times) -> np.ndarray:
    left = np.where(side.disturbed, np.nan, side.ns)
    enough = (~np.isnan(left)).sum(axis=1, keepdims=True) >= LEAST_UNDISTURBED
    return np.where(enough, left, side.ns)


def _estimate(
    method: str, a: np.ndarray, b: np.ndarray, drift: float | None = None
) -> tuple[inference.Estimate, float]:
    if method == "apart":
        return inference.apart(a, b, drift)
    return (inference.paired if method == "paired" else inference.between_runs)(a, b), 0.0


def _means(side: _Times, group: np.ndarray) -> _Times:
    """The geometric mean over the rows of each group, round by round (or run by run).

    A round counts only if every row of the group has it: a mean over other rows is of something else.
    It is disturbed if any of its rows was.
    """
    parts = [group == number for number in range(group.max() + 1)]
    logs = np.log(side.ns)
    return _Times(
        np.exp([logs[part].mean(axis=0) for part in parts]),
        np.array([side.disturbed[part].any(axis=0) for part in parts]),
    )


def _judged(
    keys: pandas.DataFrame, a: np.ndarray, b: np.ndarray, estimate: inference.Estimate, margin: float
) -> pandas.DataFrame:
    ratio, low, high = inference.interval(estimate)
    return keys.assign(
        a=_medians(a), b=_medians(b), ratio=ratio, low=low, high=high, verdict=inference.verdicts(estimate, margin)
    )


def _medians(times: np.ndarray) -> Sequence[float]:
    return [float(np.median(row[~np.isnan(row)])) if not np.isnan(row).all() else float("nan") for row in times]
