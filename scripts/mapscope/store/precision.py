"""How precisely a run knows its ratios so far, row by row, from the turns of its rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapscope.store import derived
from mapscope.store.pace import Pace
from mapscope.store.sharing import Lines
from mapscope.store.turns import Turns, centre, ratio

Group = tuple[Any, ...]
"""What is compared with each other: workload, payload, size, hash; of two builds the map as well."""


@dataclass(frozen=True)
class Ratios:
    """A group: who is fastest, and the ratio of every other to it inside each round."""

    best: str
    by_map: dict[str, dict[int, float]]


def ratios_to_best(turns: Mapping[str, Mapping[int, Turns]]) -> Ratios:
    """Of the turns of each map and round. The fastest has the lowest median of its rounds' centres."""
    best = min(turns, key=lambda name: float(np.median([centre(each) for each in turns[name].values()])))
    return Ratios(
        best,
        {
            name: {
                number: 1.0 if name == best else ratio(each, turns[best][number])
                for number, each in by_round.items()
                if number in turns[best]
            }
            for name, by_round in turns.items()
        },
    )


class Precision:
    """Half-widths of ratios, as shares of them; infinite where there are fewer than two rounds."""

    def __init__(self, target: float, pace: Pace) -> None:
        self.target = target
        self.pace = pace
        self._turns: dict[Group, dict[str, dict[int, Turns]]] = defaultdict(lambda: defaultdict(dict))
        self._lines = Lines()
        self._alone: dict[Group, dict[str, dict[int, Turns]]] = {}
        self._places: dict[Group, set[Group]] = defaultdict(set)
        """The groups of each payload and size."""
        self._widths: dict[Group, dict[Group, dict[str, float]]] = {}
        """By payload and size."""

    def add(self, group: Group, number: int, name: str, turns: Turns) -> None:
        """The turns of one map in one round."""
        self._turns[group][name][number] = turns
        self._alone.pop(group, None)
        self._places[group[1:3]].add(group)
        self._widths.pop(group[1:3], None)

    def rows(self) -> list[dict[str, Any]]:
        """The rows so far: what they are of, and the times of their rounds, as run.json has them."""
        numbers = sorted(
            {number for of_maps in self._turns.values() for by_round in of_maps.values() for number in by_round}
        )
        return [
            dict(zip(("workload", "kv", "n", "hash"), group, strict=True))
            | {
                "map": name,
                "rounds": [centre(by_round[number]) if number in by_round else None for number in numbers],
            }
            for group in self._turns
            for name, by_round in self._of(group).items()
        ]

    def _of(self, group: Group) -> dict[str, dict[int, Turns]]:
        """The turns of each map as they are with the core alone."""
        if group not in self._alone:
            self._alone[group] = {
                name: self._of_row(group, name, by_round) for name, by_round in self._turns[group].items()
            }
        return self._alone[group]

    def _of_row(self, group: Group, name: str, by_round: dict[int, Turns]) -> dict[int, Turns]:
        workload, kv, n, *further = group
        series = (name, workload, kv, *further)
        self._lines.learn(series, n, by_round)
        return self._lines.alone(series, n, by_round, self.pace.lowest)

    def half_widths(self, group: Group) -> dict[str, float]:
        """Of every map of a group but the fastest."""
        place = group[1:3]
        if place not in self._widths:
            found = {each: ratios_to_best(self._of(each)) for each in self._places[place]}
            rows = [(each, name) for each in found for name in found[each].by_map if name != found[each].best]
            widths = derived.half_widths([list(found[each].by_map[name].values()) for each, name in rows])
            self._widths[place] = {each: {} for each in found}
            for (each, name), width in zip(rows, widths, strict=True):
                self._widths[place][each][name] = width
        return self._widths[place].get(group, {})

    def is_precise(self, group: Group) -> bool:
        """Whether all of a group are within the target. One that nothing is known of is not."""
        return group in self._turns and all(width <= self.target for width in self.half_widths(group).values())

    def summary(self) -> tuple[float, float] | None:
        """Median of all half-widths, and the share of rows within the target; None before two rounds."""
        widths = [width for group in list(self._turns) for width in self.half_widths(group).values()]
        if not widths or not np.isfinite(np.median(widths)):
            return None
        return float(np.median(widths)), float(np.mean(np.array(widths) <= self.target))
