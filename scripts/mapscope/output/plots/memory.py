"""Pictures of the memory of tables: bytes per entry over n, and time against memory with one point a map."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapscope.analysis.tradeoff import Point, tradeoff
from mapscope.output.plots.figure import (
    Drawing,
    add_foot,
    add_legend,
    decades,
    make_figure,
    make_grid,
    payload_title,
    plain_ticks,
)  # fmt: skip
from mapscope.output.plots.style import FAINT, GREY, Look, looks
from mapscope.plan.table_memory import LOAD, RESERVES
from mapscope.store.records import Run

TRADED = ("find_hit", "find_miss", "insert_grow", "range")
"""Workloads whose time is set against memory; of the others the page has the same."""


def memory_pictures(run: Run, table: pandas.DataFrame, sizes: list[int]) -> Iterator[tuple[str, Drawing]]:
    """Nothing of a run that weighed no tables."""
    for hash_name in dict.fromkeys(one.hash for one in run.table_memory):
        if len({one.n for one in run.table_memory if one.hash == hash_name}) > 1:
            yield f"memory-{hash_name}", partial(_memory_figure, run, hash_name)
    known = table[table["bytes_per_entry"].map(lambda fact: fact.value is not None) & ~table["workload"].isin(RESERVES)]
    for (workload, hash_name), part in known.groupby(["workload", "hash"], sort=False):
        if workload in TRADED and part["map"].nunique() > 1:
            for n in sizes:
                if (part["n"] == n).any():
                    draw = partial(_tradeoff_figure, run, str(workload), str(hash_name), n, part)
                    yield f"tradeoff-{workload}-{hash_name}-n{n}", draw


def load_pictures(run: Run, table: pandas.DataFrame) -> Iterator[tuple[str, Drawing]]:
    """What a maximum load factor costs and saves: of find_load_*, where more than one was measured."""
    loads = table["workload"].map(lambda name: int(found[1]) if (found := LOAD.fullmatch(name)) else None)
    chosen = table.assign(load=loads).dropna(subset=["load"])
    for (kv, hash_name, n), part in chosen.groupby(["kv", "hash", "n"], sort=False):
        if part["load"].nunique() > 1:
            yield f"load-{kv}-{hash_name}-n{n}", partial(_load_figure, run, str(kv), str(hash_name), int(n), part)


def _load_figure(run: Run, kv: str, hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """Time on the left, memory on the right."""
    title = f"Maximum load factor: lookups in full tables of {n:,} entries or more"
    figure, grid = make_grid(run, 1, 2, title, hash_name)
    styles = looks(run.map_names)
    present = [name for name in run.map_names if name in set(part["map"])]
    held = part.assign(bytes=[fact.value for fact in part["bytes_per_entry"]])
    for axes, column, label in zip(grid.flat, ("median", "bytes"), ("ns per lookup", "bytes per entry"), strict=True):
        for name in reversed(present):
            line, look = held[held["map"] == name].dropna(subset=[column]).sort_values("load"), styles[name]
            if column == "median":
                axes.vlines(line["load"], line["q1"].fillna(line["median"]), line["q3"].fillna(line["median"]),
                            color=look.colour, linewidth=0.9)  # fmt: skip
            axes.plot(
                line["load"], line[column], color=look.colour, marker=look.marker, linestyle=look.dashes,
                linewidth=look.width, markersize=look.size, markeredgecolor="white", markeredgewidth=0.5,
            )  # fmt: skip
        axes.set_title(payload_title(run, kv) if column == "median" else "")
        axes.set_xlabel("maximum load factor, percent")
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
        axes.grid(True, color=FAINT, linewidth=0.7)
    add_legend(figure, present, styles)
    add_foot(
        figure,
        "Each table was filled on to just before it grows, so that it is as full as its maximum load factor allows. "
        "Points: median over rounds; bars: quartiles.\nMaps whose maximum cannot be set are absent.",
    )
    return figure


def _memory_figure(run: Run, hash_name: str) -> Figure:
    """Bytes per entry over n: what a table holds, and above it, faint, the most that it held while it grew."""
    tables = [one for one in run.table_memory if one.hash == hash_name]
    payloads = list(dict.fromkeys(one.kv for one in tables))
    figure, panels = make_figure(
        run, payloads, "Memory of a table: bytes per entry", hash_name, sharey=False, counted=True
    )
    styles = looks(run.map_names)
    present = [name for name in run.map_names if any(one.map == name for one in tables)]
    for kv, axes in panels.items():
        axes.set_title(payload_title(run, kv))
        for name in reversed(present):
            line = sorted((one for one in tables if (one.kv, one.map) == (kv, name)), key=lambda one: one.n)
            n, look = [one.n for one in line], styles[name]
            held, most = ([getattr(one, field) / one.n for one in line] for field in ("grown_bytes", "peak_bytes"))
            axes.plot(n, most, color=look.colour, linewidth=0.8, alpha=0.35)
            axes.plot(
                n, held, color=look.colour, marker=look.marker, linestyle=look.dashes, linewidth=look.width,
                markersize=look.size - 1, markeredgecolor="white", markeredgewidth=0.5,
            )  # fmt: skip
        payload = next((row.payload_bytes for row in run.rows if row.kv == kv), None)
        if payload is not None:
            axes.axhline(payload, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)))
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("n (entries in the map)")
        axes.set_ylabel("bytes per entry")
        axes.grid(True, which="major", color=FAINT, linewidth=0.7)
        decades(axes)
        plain_ticks(axes.yaxis, *axes.get_ylim())
    add_legend(figure, present, styles)
    add_foot(
        figure,
        "Line: what a table of n entries holds after n inserts, the entries and the table object included. Faint line: "
        "the most until then, where a table grows by copying.\nDotted: keys and values alone. Allocator's chunks with "
        "their headers, and pages that a map maps itself; counted, not timed.",
    )
    return figure


def _tradeoff_figure(run: Run, workload: str, hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """A point a map: bytes across, time upwards; the best corner is at the lower left."""
    payloads = [
        kv for kv in dict.fromkeys(part["kv"]) if len(tradeoff(part, workload, str(kv), hash_name, n)) > 1
    ] or list(dict.fromkeys(part["kv"]))  # fmt: skip
    octave = sorted({int(size) for size in part["n"] if n / 2 < size <= n})
    sizes = f"n = {n:,}" if len(octave) == 1 else f"{len(octave)} sizes from {octave[0]:,} to {n:,}"
    title = f"Time and memory: {workload}, {sizes}"
    figure, panels = make_figure(run, payloads, title, hash_name, sharey=False)
    styles = looks(run.map_names)
    shown: set[str] = set()
    for kv, axes in panels.items():
        axes.set_title(payload_title(run, kv))
        points = tradeoff(part, workload, kv, hash_name, n)
        shown |= {point.map for point in points}
        _draw_points(axes, points, styles)
    add_legend(figure, [name for name in run.map_names if name in shown], styles, lines=False)
    add_foot(
        figure,
        "Point: a map, geometric means over the sizes of this octave; bars: its least and most in it.\n"
        "Dotted: the maps that no other one beats in both. Bytes are of the whole table, entries included.",
    )
    return figure


def _draw_points(axes: Axes, points: list[Point], styles: dict[str, Look]) -> None:
    front = sorted((point for point in points if point.is_on_front), key=lambda point: point.bytes)
    axes.step(
        [point.bytes for point in front], [point.ns for point in front], where="post", color=GREY, linewidth=1.0,
        linestyle=(0, (1, 2)),
    )  # fmt: skip
    for point in points:
        look = styles[point.map]
        (least_ns, most_ns), (least, most) = point.ns_range, point.bytes_range
        axes.errorbar(
            point.bytes, point.ns, xerr=[[point.bytes - least], [most - point.bytes]],
            yerr=[[point.ns - least_ns], [most_ns - point.ns]], color=look.colour, marker=look.marker,
            markersize=look.size + 1.5, markeredgecolor="white", markeredgewidth=0.5, elinewidth=0.7, capsize=2,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("bytes per entry")
    axes.set_ylabel("ns per operation")
    axes.margins(0.12)
    axes.grid(True, which="major", color=FAINT, linewidth=0.7)
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        plain_ticks(axis, *limits)
