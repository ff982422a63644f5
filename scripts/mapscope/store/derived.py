"""From rounds to figures. All times are nanoseconds per operation; a missing round is None.

The figure of a row is the median over rounds, its uncertainty the quartiles. Maps are
compared by paired ratios: the rounds share seed and moment, so a ratio taken inside a
round is free of what the round did to both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

DERIVED = ("median", "min", "max", "q1", "q3", "spread", "best", "ratio_to_best", "ratio_min", "ratio_max")
"""The fields of a row that follow from the `rounds` of its group."""

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
    """Each row with its group's best map (lowest median) and the ratios to it.

    `ratio_to_best` is the median over rounds of the ratios taken inside each round, among those
    that both have; `ratio_min` and `ratio_max` are its extremes, which enclose the true median
    ratio in 1 - 2^(1 - rounds) of all runs (five rounds: 94 %) whatever the distribution. All
    three are None when no round is shared.
    """
    best_of: dict[tuple[Any, ...], int] = {}
    keys = [(row["workload"], row["kv"], row["hash"], row["n"]) for row in rows]
    for place, (key, row) in enumerate(zip(keys, rows, strict=True)):
        if key not in best_of or row["median"] < rows[best_of[key]]["median"]:
            best_of[key] = place
    best = [best_of[key] for key in keys]
    result = [
        {**row, "best": rows[at]["map"], "ratio_to_best": None, "ratio_min": None, "ratio_max": None}
        for row, at in zip(rows, best, strict=True)
    ]
    times = _matrix([row["rounds"] for row in rows])
    for places, ratios in by_presence(times / times[best] if rows else times):
        if ratios.shape[1]:
            low, middle, high = np.quantile(ratios, (0, 0.5, 1), axis=1).tolist()
            for at, place in enumerate(places.tolist()):
                result[place] |= {"ratio_to_best": middle[at], "ratio_min": low[at], "ratio_max": high[at]}
    return result


def is_tied(row: dict[str, Any]) -> bool:
    """Whether a map that is not the best was as fast as it in at least one round."""
    return row["map"] != row["best"] and row["ratio_min"] is not None and row["ratio_min"] <= 1.0


def agrees(stored: Any, computed: Any) -> bool:
    """Equal, or equal up to the rounding of another numpy."""
    if isinstance(stored, int | float) and isinstance(computed, int | float):
        return math.isclose(stored, computed, rel_tol=1e-9)
    return stored == computed
