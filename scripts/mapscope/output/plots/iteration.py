"""Pictures of the cost of iteration: load against what erasing has left, lines against load, cold against warm."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from mapscope.analysis import model
from mapscope.output.plots.figure import (
    Drawing,
    add_foot,
    add_legend,
    make_figure,
    make_grid,
    payload_title,
    put_legend,
)
from mapscope.output.plots.style import FAINT, looks
from mapscope.store.records import Run
from mapscope.text import significant

FAMILY = "range"
SURFACE = re.compile(r"load(\d+)_(?:live(\d+)|one)$")
ONE = 0
"""Represents a single entry among the percentages that are left."""
HEAT_PANEL = (2.75, 2.5)
MODELLED = "hmap"
WAYS = {
    "load100_live100": ("by reference", "#000000", ""),
    "copy": ("for (auto kv : map)", "#0072b2", "//"),
    "value": ("copying each entry", "#56b4e9", "\\\\"),
    "keys": ("keys only", "#e69f00", ""),
    "cursor": ("Go's cursor", "#009e73", "xx"),
    "stuck": ("growth stuck half-way", "#cc79a7", ".."),
    "cursor_stuck": ("Go's cursor, stuck", "#d55e00", "++"),
}
"""States that are shown side by side, all of a full table just before it grows."""
COLD = {
    "load100_live100": ("warm", "#e69f00", ""),
    "cold": ("cold", "#0072b2", ""),
    "keys": ("warm, keys only", "#f5d28c", "//"),
    "cold_keys": ("cold, keys only", "#8fc1e3", "//"),
}


def range_pictures(run: Run, table: pandas.DataFrame) -> Iterator[tuple[str, Drawing]]:
    """Those that the states in the run are enough for."""
    states = table[table["family"] == FAMILY]
    for (hash_name, n), part in states.groupby(["hash", "n"], sort=False):
        surface = _surface(part)
        for kv, panel in surface.groupby("kv", sort=False):
            if panel["load"].nunique() > 1 and panel["left"].nunique() > 1:
                yield (
                    f"range-surface-{kv}-{hash_name}-n{n}",
                    partial(_heat_figure, run, str(kv), str(hash_name), int(n), panel),
                )
        full = surface[surface["left"] == 100]
        lines = full[
            full["counters"].map(lambda counters: counters.value("sim", "lines_mean") is not None).astype(bool)
        ]
        if lines["load"].nunique() > 1:
            yield f"range-lines-{hash_name}-n{n}", partial(_lines_figure, run, str(hash_name), int(n), lines)
        if part["state"].isin(list(WAYS)[1:]).any():
            title = f"range: ways to iterate over a full table of about {n:,} entries"
            yield f"range-ways-{hash_name}-n{n}", partial(_bars_figure, run, title, str(hash_name), part, WAYS)
        if part["state"].isin(["cold", "cold_keys"]).any():
            title = f"range: warm and cold tables of about {n:,} entries"
            yield f"range-cold-{hash_name}-n{n}", partial(_bars_figure, run, title, str(hash_name), part, COLD)


def _surface(part: pandas.DataFrame) -> pandas.DataFrame:
    """The states that are a load and the share of entries remaining, with both as numbers."""
    found = part["state"].str.extract(SURFACE)
    surface = part.assign(load=found[0], left=found[1].where(found[1].notna(), ONE))
    surface = surface[surface["load"].notna()]
    return surface.astype({"load": int, "left": int})


def _heat_figure(run: Run, kv: str, hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """A panel a map: load upwards, remaining entries across, one scale of colours for all."""
    present = [name for name in run.map_names if name in set(part["map"])]
    columns = min(4, len(present))
    figure, grid = make_grid(
        run, math.ceil(len(present) / columns), columns, f"range, {kv}: ns for each live entry, tables of about {n:,}",
        hash_name, panel=HEAT_PANEL, sharex=True, sharey=True,
    )  # fmt: skip
    loads, lefts = sorted(part["load"].unique()), sorted(part["left"].unique(), reverse=True)
    scale = LogNorm(part["median"].min(), part["median"].max())
    for axes, name in zip(grid.flat, present, strict=False):
        cells = part[part["map"] == name].set_index(["load", "left"])["median"]
        values = np.array([[cells.get((load, left), np.nan) for left in lefts] for load in loads])
        axes.imshow(values, origin="lower", aspect="auto", cmap="cividis", norm=scale)
        for (y, x), value in np.ndenumerate(values):
            dark = not math.isnan(value) and scale(value) < 0.55
            text = "–" if math.isnan(value) else significant(value)
            axes.text(x, y, text, ha="center", va="center", fontsize=7.5, color="white" if dark else "black")
        axes.set_title(name, fontsize=9)
        axes.set_xticks(range(len(lefts)), ["one" if left == ONE else f"{left} %" for left in lefts])
        axes.set_yticks(range(len(loads)), [f"{load} %" for load in loads])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    for axes in list(grid.flat)[len(present) :]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("way to the next growth")
    for column in range(columns):
        axes = [a for a in grid[:, column] if a.get_visible()][-1]
        axes.set_xlabel("entries left by erasing")
        axes.tick_params(labelbottom=True)
    add_foot(
        figure,
        "Up: from just after a growth (0 %) to just before the next (100 %), each map by its own growths, so "
        "that tables "
        "differ in size by up to a factor of two.\nColour: logarithmic, one scale for all maps. – is no number.",
    )
    return figure


def _lines_figure(run: Run, hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """A panel a payload: distinct cache lines of one entry, and the model of hmap."""
    figure, panels = make_figure(
        run,
        list(dict.fromkeys(part["kv"])),
        f"range: cache lines for each entry, tables of about {n:,}",
        hash_name,
        False,
    )
    styles = looks(run.map_names)
    present = [name for name in run.map_names if name in set(part["map"])]
    for kv, axes in panels.items():
        axes.set_title(payload_title(run, kv))
        for name in reversed(present):
            line = part[(part["kv"] == kv) & (part["map"] == name)].sort_values("load")
            look = styles[name]
            axes.plot(
                line["load"], [counters.value("sim", "heap_lines_mean") for counters in line["counters"]],
                color=look.colour, marker=look.marker, linestyle=look.dashes, linewidth=look.width,
                markersize=look.size,
            )  # fmt: skip
        if MODELLED in present and (layout := model.layout_of(MODELLED, kv)):
            loads = np.linspace(0, 100, 41)
            buckets = model.buckets_for(int(part["n"].iloc[0]))
            predicted = [model.ranged(layout, model.Table(entries_a_bucket(load), buckets=buckets)) for load in loads]
            axes.plot(loads, predicted, color="#b2182b", linewidth=1.1, linestyle=(0, (1, 1)), zorder=9)
        axes.set_xlabel("% of the way from one growth to the next")
        axes.set_ylabel("distinct lines of the heap")
        axes.set_ylim(bottom=0)
        axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    add_legend(figure, present, styles)
    add_foot(
        figure,
        "Counted by sim: lines that one step of the iteration touches, the table object left out. "
        f"Red dots: the model of {MODELLED}, for the payloads that it covers.",
    )
    return figure


def entries_a_bucket(percent: float) -> float:
    """hmap's, so far on the way from the end of one growth to the start of the next."""
    first = (model.MAX_LOAD + model.GROWTH_INSERTS) / 2
    return first + (model.MAX_LOAD - first) * percent / 100


def _bars_figure(
    run: Run, title: str, hash_name: str, part: pandas.DataFrame, states: dict[str, tuple[str, str, str]]
) -> Figure:
    """A panel a payload, a group of bars a map, a bar a state."""
    present = [name for name in run.map_names if name in set(part["map"])]
    shown = [state for state in states if state in set(part["state"])]
    figure, panels = make_figure(run, list(dict.fromkeys(part["kv"])), title, hash_name, False)
    width = 0.82 / len(shown)
    handles: dict[str, Any] = {}
    for kv, axes in panels.items():
        panel = part[part["kv"] == kv].set_index(["state", "map"])
        axes.set_title(payload_title(run, kv))
        for place, state in enumerate(shown):
            words, colour, hatch = states[state]
            there = [(x, panel.loc[(state, name)]) for x, name in enumerate(present) if (state, name) in panel.index]
            bars = axes.bar(
                [x + (place - (len(shown) - 1) / 2) * width for x, _ in there], [row["median"] for _, row in there],
                width, color=colour, hatch=hatch, edgecolor="white", linewidth=0.3, label=words,
            )  # fmt: skip
            handles.setdefault(words, bars)
        axes.set_xticks(range(len(present)), [name.replace("_", "_\n") for name in present], fontsize=7.5)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("ns for each entry")
        axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    put_legend(figure, list(handles.values()), columnspacing=1.2, handlelength=1.6)
    add_foot(
        figure,
        "Full tables just before they grow, median over rounds. A missing bar: the map is never in "
        "that state. Of hmap, auto copies two references and no entry.",
    )
    return figure
