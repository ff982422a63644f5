"""Concurrent maps beside Go's own, in the scenarios of Go's benchmark: which is compared with which, and how far apart.

A ratio is taken inside each round, in which both took their turns; its interval is Student's over rounds.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from mapscope.analysis.inference import interval, matrix, paired
from mapscope.plan.go_sync import SCENARIOS, Times

TARGET = 1.3
"""A port should take at most so many times as long as what it is a port of."""


@dataclass(frozen=True)
class Compared:
    """A map and its reference in one place; medians over rounds."""

    scenario: str
    threads: int
    map: str
    reference: str
    ns: float
    reference_ns: float
    ratio: float
    low: float
    high: float
    """Of the 95 % interval; NaN where there was one round."""

    @property
    def is_within_target(self) -> bool:
        """Whether the ratio is at most TARGET."""
        return self.ratio <= TARGET


def compare(times: Sequence[Times], labels: dict[str, str]) -> list[Compared]:
    """`labels`: of each map, the name of its reference."""
    by_place = {(one.scenario, one.threads, one.name): one.ns for one in times}
    places = [
        (scenario, count, name, reference)
        for name, reference in labels.items()
        for scenario in SCENARIOS
        for count in sorted({one.threads for one in times})
        if (scenario, count, name) in by_place and (scenario, count, reference) in by_place
    ]
    if not places:
        return []
    ours = [by_place[scenario, count, name] for scenario, count, name, _ in places]
    theirs = [by_place[scenario, count, reference] for scenario, count, _, reference in places]
    ratio, low, high = interval(paired(matrix(theirs), matrix(ours)))
    return [
        Compared(
            scenario, count, name, reference, statistics.median(mine), statistics.median(other),
            float(ratio[i]), float(low[i]), float(high[i]),
        )
        for i, ((scenario, count, name, reference), mine, other) in enumerate(zip(places, ours, theirs, strict=True))
    ]  # fmt: skip
