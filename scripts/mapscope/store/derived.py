"""From rounds to figures. All times are nanoseconds per operation; a missing round is None.

A round is new processes, keys and memory layout for every map; its time is the centre of a process's turns
(store/turns.py). The figure of a row is the median over rounds, its uncertainty the quartiles. Maps are compared by
ratios: each taken inside the turns of a round, then averaged over rounds as logarithms. The interval is Student's
over rounds: it contains what differs from turn to turn as well as what differs from process to process.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

DERIVED = ("median", "min", "max", "q1", "q3", "spread", "best", "ratio_to_best", "ratio_low", "ratio_high")
"""The fields of a row that follow from its `rounds` and `ratios`, `best` from the `rounds` of its group."""
CONFIDENCE = 0.95

Rounds = Sequence[float | None]


def describe(rounds: Rounds) -> dict[str, float | None]:
    """Median, extremes, quartiles and spread = (q3 - q1) / median of the rounds present.

    One round alone has no spread: quartiles and spread are then None, not zero.
    Raises ValueError when no round is present.
    """
    return describe_all([rounds])[0]


def describe_all(rows: Sequence[Rounds]) -> list[dict[str, float | None]]:
    """`describe` of each, thousands at once."""
    result: list[dict[str, float | None]] = [{} for _ in rows]
    for places, present in by_presence(_matrix(rows)):
        if present.shape[1] == 0:
            raise ValueError("no round to describe")
        low, q1, median, q3, high = np.quantile(present, (0, 0.25, 0.5, 0.75, 1), axis=1).tolist()
        alone = present.shape[1] == 1
        for at, place in enumerate(places.tolist()):
            result[place] = {
                "median": median[at],
                "min": low[at],
                "max": high[at],
                "q1": None if alone else q1[at],
                "q3": None if alone else q3[at],
                "spread": None if alone else (q3[at] - q1[at]) / median[at],
            }
    return result


def by_presence(matrix: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The rows of a matrix in which NaN is a missing round, those with equally many rounds together:
    their places, and them without their gaps."""
    there = ~np.isnan(matrix)
    counts = there.sum(axis=1)
    for count in np.unique(counts):
        places = np.flatnonzero(counts == count)
        yield places, matrix[places][there[places]].reshape(len(places), count)


def _matrix(rows: Sequence[Rounds]) -> np.ndarray:
    """One line a row, as long as the longest; None and what a shorter one lacks are NaN."""
    longest = max(map(len, rows), default=0)
    padded = [[*row, *[None] * (longest - len(row))] for row in rows]
    return np.array(padded, dtype=float).reshape(len(rows), longest)


def add_ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with its group's best map (lowest median) and its ratio to it, from its `ratios`, one a round.

    `ratio_low` and `ratio_high` are the ends of the interval; None with a single round, where its width is not known.
    All three are None when no round is shared with the best.
    """
    result = [
        {**row, "best": best["map"], "ratio_to_best": None, "ratio_low": None, "ratio_high": None}
        for row, best in zip(rows, _best_of(rows), strict=True)
    ]
    logs = np.log(_matrix([row["ratios"] for row in rows]))
    for places, (middle, error, df) in by_rounds(logs):
        reach = np.where(error > 0, student(df), 0.0) * error
        for at, place in enumerate(places.tolist()):
            result[place]["ratio_to_best"] = float(np.exp(middle[at]))
            if df:
                result[place]["ratio_low"] = float(np.exp(middle[at] - reach[at]))
                result[place]["ratio_high"] = float(np.exp(middle[at] + reach[at]))
    return result


def ratios_of_rounds(rows: list[dict[str, Any]]) -> list[list[float | None]]:
    """The `ratios` of rows that have no turns: to the best of the group, round by round."""
    return [
        [a / b if a and b else None for a, b in zip_longest(row["rounds"], best["rounds"][: len(row["rounds"])])]
        for row, best in zip(rows, _best_of(rows), strict=True)
    ]


def _best_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each row the fastest one of its group."""
    best: dict[tuple[Any, ...], dict[str, Any]] = {}
    keys = [(row["workload"], row["kv"], row["hash"], row["n"]) for row in rows]
    for key, row in zip(keys, rows, strict=True):
        if key not in best or row["median"] < best[key]["median"]:
            best[key] = row
    return [best[key] for key in keys]


def by_rounds(logs: np.ndarray) -> Iterator[tuple[np.ndarray, tuple[np.ndarray, np.ndarray, int]]]:
    """Of rows with equally many rounds: their places; mean, its standard error and degrees of freedom.

    `logs`: rows by rounds, NaN where missing. With a single round the error is NaN.
    """
    for places, present in by_presence(logs):
        count = present.shape[1]
        if count:
            error = present.std(axis=1, ddof=1) / math.sqrt(count) if count > 1 else np.full(len(places), np.nan)
            yield places, (present.mean(axis=1), error, count - 1)


@functools.cache
def student(df: int) -> float:
    """The reach of an interval in standard errors; infinite without degrees of freedom."""
    from scipy.special import stdtrit  # 0.3 s, which a command that only prints targets must not take

    return float(stdtrit(df, (1 + CONFIDENCE) / 2)) if df else math.inf


def half_width(ratios: Sequence[float]) -> float:
    """Of the interval of a row's ratio, as a share of it; infinite with fewer than two rounds."""
    if len(ratios) < 2:
        return math.inf
    ((_, (_, error, df)),) = by_rounds(np.log([ratios]))
    return float(np.expm1(student(df) * error[0])) if error[0] > 0 else 0.0


def is_tied(row: dict[str, Any]) -> bool:
    """Whether a map that is not the best is indistinguishable from it: its interval contains 1, or is not known."""
    return row["map"] != row["best"] and (row["ratio_low"] is None or row["ratio_low"] <= 1.0)


def agrees(stored: Any, computed: Any) -> bool:
    """Equal, or equal up to the rounding of another numpy."""
    if isinstance(stored, int | float) and isinstance(computed, int | float):
        return math.isclose(stored, computed, rel_tol=1e-9)
    return stored == computed
