"""How precisely a run knows its ratios so far, row by row, from the turns of its rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mapscope.store import derived
from mapscope.store.turns import Turns, centre, ratio

Group = tuple[Hashable, ...]
"""What is compared with each other: workload, payload, size, hash; of two builds the map as well."""


@dataclass(frozen=True)
class Ratios:
    """A group: who is fastest, and the ratio of every other to it inside each round."""

    best: str
    by_map: dict[str, dict[int, float]]


def ratios_to_best(rounds: Mapping[int, Mapping[str, Turns]]) -> Ratios:
    """Of rounds with the turns of each map. The fastest has the lowest median of its rounds' centres."""
    centres: dict[str, list[float]] = defaultdict(list)
    for by_name in rounds.values():
        for name, turns in by_name.items():
            centres[name].append(centre(turns))
    best = min(centres, key=lambda name: float(np.median(centres[name])))
    by_map: dict[str, dict[int, float]] = {name: {} for name in centres}
    for number, by_name in rounds.items():
        for name, turns in by_name.items():
            if best in by_name:
                by_map[name][number] = 1.0 if name == best else ratio(turns, by_name[best])
    return Ratios(best, by_map)


class Precision:
    """Half-widths of ratios, as shares of them; infinite where there are fewer than two rounds."""

    def __init__(self, target: float) -> None:
        self.target = target
        self._rounds: dict[Group, dict[int, dict[str, Turns]]] = defaultdict(lambda: defaultdict(dict))
        self._centres: dict[tuple[Group, int, str], float] = {}
        self._widths: dict[Group, dict[str, float]] = {}

    def add(self, group: Group, number: int, name: str, turns: Turns) -> None:
        """The turns of one map in one round."""
        self._rounds[group][number][name] = turns
        self._centres[group, number, name] = centre(turns)
        self._widths.pop(group, None)

    def rows(self) -> list[dict[str, Any]]:
        """The rows so far: what they are of, and the times of their rounds, as run.json has them."""
        numbers = sorted({number for rounds in self._rounds.values() for number in rounds})
        return [
            dict(zip(("workload", "kv", "n", "hash"), group, strict=True))
            | {"map": name, "rounds": [self._centres.get((group, number, name)) for number in numbers]}
            for group, rounds in self._rounds.items()
            for name in dict.fromkeys(name for by_name in rounds.values() for name in by_name)
        ]

    def half_widths(self, group: Group) -> dict[str, float]:
        """Of every map of a group but the fastest."""
        if group not in self._widths:
            found = ratios_to_best(self._rounds[group])
            self._widths[group] = {
                name: derived.half_width(list(each.values()))
                for name, each in found.by_map.items()
                if name != found.best
            }
        return self._widths[group]

    def is_precise(self, group: Group) -> bool:
        """Whether all of a group are within the target. One that nothing is known of is not."""
        return group in self._rounds and all(width <= self.target for width in self.half_widths(group).values())

    def summary(self) -> tuple[float, float] | None:
        """Median of all half-widths, and the share of rows within the target; None before two rounds."""
        widths = [width for group in self._rounds for width in self.half_widths(group).values()]
        if not widths or not np.isfinite(np.median(widths)):
            return None
        return float(np.median(widths)), float(np.mean(np.array(widths) <= self.target))
