"""What a run comes down to: the ratio of each map to the fastest, workload by workload."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

import pandas

from mapscope.analysis.ranking import WORK, half_width, ranking
from mapscope.analysis.runs import KEY
from mapscope.plan.key_sets import RANDOM, parts
from mapscope.plan.plan import Plan
from mapscope.plan.records import MapEntry
from mapscope.store.records import Run
from mapscope.text import count_of

FASTEST, LEVEL, ALONE, NO_DATA = "*", "=", "?", "-"
"""Marks: the fastest; indistinguishable from it; a single round, of unknown uncertainty; no row."""


@dataclass(frozen=True)
class Cell:
    """A map in a workload, as a geometric mean over sizes and payloads."""

    ratio: float
    low: float
    high: float
    """The ends of the interval; NaN where there is none."""
    mark: str
    """FASTEST, LEVEL, ALONE, or empty where the map is slower."""
    rows: int

    @property
    def text(self) -> str:
        """`1.35`, at most four digits."""
        return f"{self.ratio:.2f}" if self.ratio < 9.995 else f"{self.ratio:.1f}" if self.ratio < 99.95 else "99+"


@dataclass(frozen=True)
class Heatmap:
    """One cell a map and workload, of those that have data."""

    suite: str
    maps: list[str]
    workloads: list[str]
    cells: dict[tuple[str, str], Cell]
    hash: str
    kv: list[str]
    sizes: list[int]
    half_width: float | None
    """Median half-width of the intervals, as a share of the ratio."""
    versions: str
    threads: list[int] = field(default_factory=list)
    """Of concurrent maps: a workload is a family, and its means are over these as well."""
    omitted: int = 0
    """How many workloads are left out to fit one screen."""

    @property
    def compares(self) -> bool:
        """Whether any workload was measured with two maps: else each is the fastest of itself."""
        return any(cell.mark != FASTEST for cell in self.cells.values())


ON_ONE_SCREEN = (
    "mixed_0_uniform_shared", "mixed_1_uniform_shared", "mixed_10_uniform_shared", "mixed_50_uniform_shared",
    "mixed_10_zipf_shared", "fill", "range_written",
)  # fmt: skip
"""Of concurrent maps' thirty families, those that the end of a run shows."""


def on_one_screen(found: Heatmap) -> Heatmap:
    """Without most families of concurrent maps, where all were measured; `omitted` counts those."""
    kept = [name for name in found.workloads if name in ON_ONE_SCREEN]
    if not found.threads or len(kept) < len(ON_ONE_SCREEN):
        return found
    return replace(found, workloads=kept, omitted=len(found.workloads) - len(kept))


def heatmap(run: Run) -> Heatmap:
    """Of a run, finished or not. States of a family, a second kind of hash, and keys that are not random have
    tables of their own."""
    table = pandas.DataFrame(map(attrgetter(*KEY, "rounds"), run.rows), columns=[*KEY, "rounds"])
    return heatmap_of(run, table)


def heatmap_of(run: Run | Plan, table: pandas.DataFrame) -> Heatmap:
    """Of rows as KEY and `rounds`, of a run or of a plan that is being carried out."""
    states = {entry.name for entry in run.workloads if entry.is_state}
    hashes = [*run.selection.hashes, *table["hash"]]
    table = usual_rows(run, table)
    family = families(run)
    table = table.assign(
        threads=[parts[1] if (parts := family.get(name)) else 0 for name in table["workload"]],
        workload=[parts[0] if (parts := family.get(name)) else name for name in table["workload"]],
    )
    named = [parts[0] if (parts := family.get(name)) else name for name in run.selection.workloads]
    workloads = dict.fromkeys([*named, *table["workload"]])
    found = ranking(table, ["workload"], [*WORK, "threads"])
    return Heatmap(
        run.suite.name,
        [entry.name for entry in run.maps],
        [name for name in workloads if name not in states],
        {(line["map"], line["workload"]): _cell(line) for line in found.to_dict("records")},
        hashes[0], list(dict.fromkeys(table["kv"])), sorted(set(table["n"])), half_width(found),
        versions(run.maps), sorted(set(table["threads"]) - {0}),
    )  # fmt: skip


def families(run: Run | Plan) -> dict[str, tuple[str, int]]:
    """Of workloads of concurrent maps, the family and the number of threads."""
    return {entry.name: (str(entry.family), entry.threads) for entry in run.workloads if entry.threads}


def usual_rows(run: Run | Plan, table: pandas.DataFrame) -> pandas.DataFrame:
    """Without states of a family, without a second kind of hash and, where some keys were random, without others."""
    states = {entry.name for entry in run.workloads if entry.is_state}
    table = table[~table["workload"].isin(states) & (table["hash"] == run.selection.hashes[0])]
    usual = table["kv"].map(parts).str[1] == RANDOM
    return table[usual] if usual.any() else table


def versions(maps: Iterable[MapEntry]) -> str:
    """Which release each map is of: `hmap, steady 0.1.0; std libstdc++ 12`."""
    by_version: dict[str, list[str]] = defaultdict(list)
    for entry in maps:
        by_version[entry.version].append(entry.name)
    return "; ".join(f"{', '.join(names)} {version}" for version, names in by_version.items())


def _cell(line: dict[str, Any]) -> Cell:
    alone = pandas.isna(line["low"])
    mark = {"fastest": FASTEST, "slower": ""}.get(line["verdict"], ALONE if alone else LEVEL)
    return Cell(line["ratio"], line["low"], line["high"], mark, line["rows"])


def marks(table: Heatmap) -> list[str]:
    """What the marks that occur in it mean."""
    meaning = {FASTEST: "fastest", LEVEL: "indistinguishable from it", ALONE: "a single round, uncertainty unknown"}
    present = {cell.mark for cell in table.cells.values()}
    found = [f"{mark} {text}" for mark, text in meaning.items() if mark in present]
    complete = len(table.cells) == len(table.maps) * len(table.workloads)
    return found if complete else [*found, f"{NO_DATA} no data"]


def title(table: Heatmap, line: str) -> str:
    """What its numbers are; `line` is where the maps of a workload are, a row or a column."""
    return f"suite {table.suite}: geometric mean of ns/op, ratio to the fastest map of the {line}"


def scope(table: Heatmap) -> str:
    """Which rows its means are over."""
    if not table.cells:
        return "no row yet"
    sizes = f"n = {table.sizes[0]:,}" + (f" to {table.sizes[-1]:,}" if len(table.sizes) > 1 else "")
    hash_name = "" if table.hash == "shared" else f"{table.hash} hash; "
    threads = f"{', '.join(map(str, table.threads))} threads; " if table.threads else ""
    return (
        f"{', '.join(table.kv)}; {count_of(len(table.sizes), 'size')}, {sizes}; {threads}{hash_name}"
        f"{sum(cell.rows for cell in table.cells.values()):,} rows"
    )
