"""Time against memory: one point a map, and which maps nobody beats in both.

A point is a geometric mean over the sizes of one octave, n/2 < size <= n: at a single size, what a table takes is a
matter of where it has grown last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas


@dataclass(frozen=True, slots=True)
class Point:
    """A map: its means, and its least and most in the octave."""

    map: str
    ns: float
    ns_range: tuple[float, float]
    bytes: float
    bytes_range: tuple[float, float]
    sizes: int
    is_on_front: bool = False
    """No other map is faster and smaller."""


def tradeoff(table: pandas.DataFrame, workload: str, kv: str, hash_name: str, n: int) -> list[Point]:
    """Of the rows of one run; maps whose bytes are not known have no point."""
    chosen = table[
        (table["workload"] == workload) & (table["kv"] == kv) & (table["hash"] == hash_name)
        & (table["n"] > n / 2) & (table["n"] <= n)
    ]  # fmt: skip
    chosen = chosen.assign(bytes=[fact.value for fact in chosen["bytes_per_entry"]]).dropna(subset=["bytes"])
    common = set(chosen["n"]) if len(chosen) else set()
    for _, part in chosen.groupby("map"):
        common &= set(part["n"])
    points = [
        _point(str(name), part[part["n"].isin(common)])
        for name, part in chosen.groupby("map", sort=False)
        if common
    ]  # fmt: skip
    front = pareto_front([(point.ns, point.bytes) for point in points])
    return [_with_front(point, is_on_front) for point, is_on_front in zip(points, front, strict=True)]


def pareto_front(points: Sequence[tuple[float, ...]]) -> list[bool]:
    """Of each point: whether no other one is at most as large in everything and smaller in something."""
    values = np.array(points, dtype=float)
    return [
        not bool(np.any(np.all(values <= one, axis=1) & np.any(values < one, axis=1))) for one in values
    ]  # fmt: skip


def mean_of(values: Iterable[Any]) -> float:
    """Geometric."""
    return float(np.exp(np.mean(np.log(np.array(list(values), dtype=float)))))


def _point(name: str, part: pandas.DataFrame) -> Point:
    ns, held = part["median"].astype(float), part["bytes"].astype(float)
    return Point(name, mean_of(ns), _range(ns), mean_of(held), _range(held), len(part))


def _range(values: pandas.Series) -> tuple[float, float]:
    """Around the mean also where rounding puts it outside."""
    mean = mean_of(values)
    return min(mean, values.min()), max(mean, values.max())


def _with_front(point: Point, is_on_front: bool) -> Point:
    return replace(point, is_on_front=is_on_front)
