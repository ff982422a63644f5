"""Figures that an article about Go's maps gives for sync.Map, a map behind an RWMutex and an atomic snapshot, beside
what the counterparts in C++ took here.

The article names neither entries, threads nor processor. Its figures and these are of different machines and languages:
they are not divided by each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapscope.analysis.concurrent.throughput import Panel, panels
from mapscope.plan.concurrent import MIXED
from mapscope.store.records import Row, Run

READ_ONLY, WRITTEN = "read only", "30 % writes"
PERCENT = {READ_ONLY: 0, WRITTEN: 30}
FIGURES = {
    "sync.Map": {READ_ONLY: 2.1, WRITTEN: 89.0},
    "map + RWMutex": {READ_ONLY: 3.8, WRITTEN: 41.0},
    "atomic snapshot": {READ_ONLY: 2.3, WRITTEN: 37.0},
}
"""ns per operation, published elsewhere."""
COUNTERPARTS = (
    ("sync.Map", "go_sync_map"), ("sync.Map", "hash_trie_map"), ("map + RWMutex", "rwlocked_hmap"),
    ("atomic snapshot", "snapshot_hmap"),
)  # fmt: skip
"""Go's sync.Map is the first up to 1.23, the second from 1.24 on; which of them was measured is not said."""
NOTE = (
    "Published elsewhere, in Go, for an unknown number of entries and threads on an unknown machine: compare orders of "
    "magnitude and the order of the three, not times."
)


@dataclass(frozen=True)
class Line:
    """A published figure, and the rows here that come nearest."""

    share: str
    name: str
    ns: float
    map: str
    family: str
    rows: dict[tuple[int, int], Row]
    """By n and threads."""


def beside_published(run: Run) -> list[Line]:
    """Of the maps and workloads that the run has; empty without any."""
    found = panels(run)
    lines = []
    for share, percent in PERCENT.items():
        if (family := _nearest(found, percent)) is None:
            continue
        for name, map_name in COUNTERPARTS:
            rows = {
                (panel.n, threads): row
                for panel in found
                for (each, threads), row in panel.rows.items()
                if (panel.family, each) == (family, map_name)
            }
            if rows:
                lines.append(Line(share, name, FIGURES[name][share], map_name, family, rows))
    return lines


def _nearest(found: list[Panel], percent: int) -> str | None:
    """The family of uniform, shared keys whose share of updates is nearest."""
    shares = {
        panel.family: int(parts[1])
        for panel in found
        if (parts := MIXED.fullmatch(panel.family)) and parts.groups()[1:] == ("uniform", "shared")
    }
    return min(shares, key=lambda family: abs(shares[family] - percent), default=None)
