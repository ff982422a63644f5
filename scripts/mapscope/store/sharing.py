"""What somebody else on the core did to the times of a row, and what they are without it.

A core runs two hardware threads. A guest sees one of them, and nothing of the other, where another guest's program
comes and goes within milliseconds: on an AMD EPYC guest (Zen 3) it was there for 30 to 90 % of the time. Maps bear it
differently (find_hit, n = 1000: boost_flat takes 1.5 times as long, std 1.1 times), so that a ratio depended on
who happened to be there. Each turn therefore has its pace, the time of a fixed piece of arithmetic right before and
after its passes (harness/turns/pace.hpp). How the times of a map and workload follow the pace is a line through the
turns of all sizes nearby, log against log; along it every turn is brought to the pace of a core that is ours alone.
This is an analysis of covariance.

    time at the lowest pace = time / (pace / lowest) ** slope
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np

from mapscope.store.turns import Turns

ALONE = 1.08
"""Up to so many times the lowest pace, a core is ours alone. With somebody else on it the arithmetic took 1.25 to 1.8
times as long on an AMD EPYC guest, Zen 3; alone, the clock moved by 3 % between programs."""
USUAL_SLOPE, ITS_SPREAD = 0.6, 0.4
"""Of turns that say little themselves: mean and standard deviation over workloads, maps and sizes up to 32,768."""
USUAL_NOISE = 0.1
"""Of the logarithm of a turn's time around the line."""
WEIGHT = (USUAL_NOISE / ITS_SPREAD) ** 2
"""Of the usual slope, beside the squares of the paces."""
TRIES = 3
"""Of the line of a row, each without what lay far off the one before."""
OUTLYING = 3.0
"""Turns that lie so many times the usual distance (median absolute deviation) off the line do not bend it."""
NORMAL_MAD = 1.4826
NEARBY = 5.0
"""Octaves, with less and less weight. What a shared core costs changes slowly with the size: of two runs half an hour
apart, the median ratio of a row differed by 4.6 % with 1.5 octaves, 3.8 % with 5 and 3.9 % with 8 (n up to 9,000)."""
MANY_TURNS = 6
"""In a round: they say by themselves how its times follow the pace. Fewer are compared with those of other rounds."""

Sums = tuple[float, float]
"""Of squares of the paces and of products with the times, both around their means."""
Series = tuple[Hashable, ...]
"""Map, workload, payload and hash; of two builds also which."""


class Lines:
    """How much longer passes take, in logarithms, where the pace does, by series and size: a slope of 0 not at all, of
    1 as much as the arithmetic."""

    def __init__(self) -> None:
        self._sums: dict[Series, dict[int, dict[int, Sums]]] = defaultdict(dict)

    def learn(self, series: Series, n: int, by_round: Mapping[int, Turns]) -> None:
        """All rounds of a row, in place of what was known of it."""
        known = {number: turns for number, turns in by_round.items() if len(turns.paces)}
        if known:
            self._sums[series][n] = _sums_of(known)

    def slope(self, series: Series, n: int) -> float:
        """Of the turns nearby; where they say little, near the usual one."""
        return _slope(*self._nearby(series, n).sum(axis=0))

    def _nearby(self, series: Series, n: int) -> np.ndarray:
        """The sums of each round over the sizes nearby: a line a round, from round 0."""
        rounds = self._sums.get(series, {})
        sums = np.zeros((1 + max((number for each in rounds.values() for number in each), default=0), 2))
        for size, each in rounds.items():
            if (weight := 1 - abs(math.log2(size / n)) / NEARBY) > 0:
                for number, (squares, products) in each.items():
                    sums[number] += weight * squares, weight * products
        return sums

    def alone(self, series: Series, n: int, by_round: Mapping[int, Turns], lowest: float) -> dict[int, Turns]:
        """The turns of each round of a row with their times as they would be at the lowest pace.

        The line is the same for all rounds, so that its error would not show in how they scatter. Therefore each round
        is moved by what it does to the line: the jackknife's pseudo-values. Their mean is the figure, and their scatter
        contains the error of the line.
        """
        distances = {number: _distance(turns, lowest) for number, turns in by_round.items() if len(turns.paces)}
        if not distances:
            return dict(by_round)
        nearby = self._nearby(series, n)
        whole = nearby.sum(axis=0)
        slope = _slope(*whole)
        reach = (len(by_round) - 1) * float(np.mean([each.mean() for each in distances.values()]))
        moved = dict(by_round)
        for number, distance in distances.items():
            by = reach * (_slope(*(whole - nearby[number])) - slope) - slope * distance
            moved[number] = replace(by_round[number], times=np.array(by_round[number].times) * np.exp(by))
        return moved


def _distance(turns: Turns, lowest: float) -> np.ndarray:
    """From the lowest pace, in logarithms."""
    return np.maximum(0.0, np.log(np.divide(turns.paces, lowest)))


def _sums_of(rounds: Mapping[int, Turns]) -> dict[int, Sums]:
    """Of each round."""
    pace = np.log(np.concatenate([turns.paces for turns in rounds.values()]))
    time = np.log(np.concatenate([turns.times for turns in rounds.values()]))
    counts = [len(turns.times) for turns in rounds.values()]
    many = np.mean(counts) >= MANY_TURNS
    of_round = np.repeat(np.arange(len(counts)), counts) if many else np.zeros(len(pace), dtype=int)
    believed = np.ones(len(pace), dtype=bool)
    slope = USUAL_SLOPE
    for _ in range(TRIES):
        x, y = (_around_means(values, of_round, believed) for values in (pace, time))
        off = np.abs(y - slope * x)
        believed = off <= OUTLYING * NORMAL_MAD * np.median(off) + 1e-9
        xx, xy = x * x * believed, x * y * believed
        slope = _slope(float(xx.sum()), float(xy.sum()))
    ends = np.cumsum(counts)[:-1]
    each = zip(rounds, np.split(xx, ends), np.split(xy, ends), strict=True)
    return {number: (float(squares.sum()), float(products.sum())) for number, squares, products in each}


def _around_means(values: np.ndarray, of_round: np.ndarray, believed: np.ndarray) -> np.ndarray:
    counts = np.bincount(of_round, weights=believed)
    means = np.bincount(of_round, weights=values * believed) / np.maximum(counts, 1)
    return values - means[of_round]


def _slope(squares: float, products: float) -> float:
    return max(0.0, (products + WEIGHT * USUAL_SLOPE) / (squares + WEIGHT))
