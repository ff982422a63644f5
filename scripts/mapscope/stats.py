"""From rounds to figures. All times are nanoseconds per operation; a missing round is None.

The figure of a row is the median over rounds, its uncertainty the quartiles. Maps are
compared by paired ratios: the rounds share seed and moment, so a ratio taken inside a
round is free of what the round did to both.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
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
    present = np.array([value for value in rounds if value is not None], dtype=float)
    if present.size == 0:
        raise ValueError("no round to describe")
    median = float(np.median(present))
    q1, q3 = (float(q) for q in np.quantile(present, (0.25, 0.75))) if present.size > 1 else (None, None)
    return {
        "median": median,
        "min": float(present.min()),
        "max": float(present.max()),
        "q1": q1,
        "q3": q3,
        "spread": (q3 - q1) / median if q1 is not None and q3 is not None else None,
    }


def paired_ratios(rounds: Rounds, best: Rounds) -> np.ndarray:
    """rounds / best, for the rounds that both have."""
    return np.array([a / b for a, b in zip(rounds, best, strict=True) if a is not None and b is not None], dtype=float)


def add_ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each row with its group's best map (lowest median) and the ratios to it.

    `ratio_to_best` is the median over rounds of the paired ratio; `ratio_min` and
    `ratio_max` are its extremes, which enclose the true median ratio in 1 - 2^(1 - rounds)
    of all runs (five rounds: 94 %) whatever the distribution. All three are None when no
    round is shared.
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["workload"], row["kv"], row["hash"], row["n"]].append(row)
    best_of = {key: min(group, key=lambda row: row["median"]) for key, group in groups.items()}
    result = []
    for row in rows:
        best = best_of[row["workload"], row["kv"], row["hash"], row["n"]]
        ratios = paired_ratios(row["rounds"], best["rounds"])
        low, middle, high = (
            (float(ratios.min()), float(np.median(ratios)), float(ratios.max())) if ratios.size else (None, None, None)
        )
        result.append({**row, "best": best["map"], "ratio_to_best": middle, "ratio_min": low, "ratio_max": high})
    return result


def is_tied(row: dict[str, Any]) -> bool:
    """Whether a map that is not the best was as fast as it in at least one round."""
    return row["map"] != row["best"] and row["ratio_min"] is not None and row["ratio_min"] <= 1.0


def agrees(stored: Any, computed: Any) -> bool:
    """Equal, or equal up to the rounding of another numpy."""
    if isinstance(stored, int | float) and isinstance(computed, int | float):
        return math.isclose(stored, computed, rel_tol=1e-9)
    return stored == computed
