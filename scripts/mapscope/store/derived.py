"""From rounds to figures. All times are nanoseconds per operation; a missing round is None.

A round is new processes, keys and memory layout for every map; its time is the centre of a process's turns
(store/turns.py). The figure of a row is the median over rounds, its uncertainty the quartiles. Maps are compared by
ratios: each taken inside the turns of a round, then averaged over rounds as logarithms. The interval is Student's
over rounds: it contains what differs from turn to turn as well as what differs from process to process. Its scatter
is moderated by the other rows of the same payload and size (store/moderated.py).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from mapscope.store.moderated import moderated

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
    places: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        places[row["kv"], row["n"]].append(number)
    for members in places.values():
        for place, found in zip(members, intervals([rows[each]["ratios"] for each in members]), strict=True):
            if found:
                middle, reach = found
                result[place]["ratio_to_best"] = float(np.exp(middle))
                if math.isfinite(reach):
                    result[place]["ratio_low"] = float(np.exp(middle - reach))
                    result[place]["ratio_high"] = float(np.exp(middle + reach))
    return result


def intervals(ratios: Sequence[Rounds]) -> list[tuple[float, float] | None]:
    """Of the ratios of rows that were measured together, round by round: middle and half-width of each one's interval,
    as logarithms. Infinite with a single round; None with none."""
    middle = np.full(len(ratios), np.nan)
    variance, df = np.zeros(len(ratios)), np.zeros(len(ratios))
    for places, present in by_presence(np.log(_matrix(ratios))):
        if count := present.shape[1]:
            middle[places] = present.mean(axis=1)
            df[places] = count - 1
            variance[places] = present.var(axis=1, ddof=1) if count > 1 else 0.0
    variance, whole = moderated(variance, df)
    reach = np.sqrt(variance / (df + 1)) * students(whole)
    reach = np.where(df == 0, np.inf, np.where(variance > 0, reach, 0.0))
    return [None if np.isnan(at) else (float(at), float(wide)) for at, wide in zip(middle, reach, strict=True)]


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


def students(df: np.ndarray) -> np.ndarray:
    """The reach of each, any degrees of freedom; whatever is not above 0 counts as 1."""
    from scipy.special import stdtrit  # 0.3 s, which a command that only prints targets must not take

    return stdtrit(np.maximum(df, 1.0), (1 + CONFIDENCE) / 2)


def half_widths(ratios: Sequence[Rounds]) -> list[float]:
    """Of the intervals of rows that were measured together, as shares of the ratios; infinite with fewer than two
    rounds."""
    return [math.expm1(found[1]) if found else math.inf for found in intervals(ratios)]


def is_tied(row: dict[str, Any]) -> bool:
    """Whether a map that is not the best is indistinguishable from it: its interval contains 1, or is not known."""
    return row["map"] != row["best"] and (row["ratio_low"] is None or row["ratio_low"] <= 1.0)


def agrees(stored: Any, computed: Any) -> bool:
    """Equal, or equal up to the rounding of another numpy."""
    if isinstance(stored, int | float) and isinstance(computed, int | float):
        return math.isclose(stored, computed, rel_tol=1e-9)
    return stored == computed
