"""Pictures of a run's times, drawn from its stored results alone; the same results give the same bytes.

One figure per workload and hash setting, one panel per payload; and one overview per
hash setting. Pictures of counters, memory, the model, growth, iteration and concurrent maps are in modules of their
own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import matplotlib
import pandas
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapscope.analysis.table import choose_sizes, rows
from mapscope.output.plots.concurrent import concurrent_pictures
from mapscope.output.plots.counters import counter_pictures
from mapscope.output.plots.figure import Drawing, add_foot, add_legend, decades, make_figure, payload_title, plain_ticks
from mapscope.output.plots.growth import growth_pictures
from mapscope.output.plots.iteration import range_pictures
from mapscope.output.plots.memory import load_pictures, memory_pictures
from mapscope.output.plots.model import model_pictures
from mapscope.output.plots.parallel_render import ParallelRender
from mapscope.output.plots.regions import cache_sizes, draw_bands, in_words
from mapscope.output.plots.style import FAINT, GREY, RC, Look, looks
from mapscope.plan.records import WorkloadEntry
from mapscope.store.records import Run
from mapscope.text import significant

MOST_MARKS = 14
"""A line of more sizes is marked at every second, third, ... of them, each map at others."""


def plot_run(run: Run, folder: Path, n: str | None = None) -> list[Path]:
    """Draw every figure of `run` into `folder`; the overview is taken at the sizes meant by `n`.

    Returns the PNG paths (an SVG lies beside each). Raises UsageError or RunStopped.
    """
    with matplotlib.rc_context(RC), ParallelRender() as render:
        for name, draw in pictures(run, n):
            render.draw(draw, folder / name)
    return render.pictures


def pictures(run: Run, n: str | None = None) -> Iterator[tuple[str, Drawing]]:
    """Names and figures, all there are of a run. Raises UsageError."""
    table = rows(run)
    sizes = choose_sizes(table, n)
    if run.is_concurrent:
        yield from concurrent_pictures(run)
        yield from memory_pictures(run, table, sizes)
        return
    plain = table[table["family"].isna()]  # a picture of each state would be too many
    for (workload, hash_name), part in plain.groupby(["workload", "hash"], sort=False):
        yield f"{workload}-{hash_name}", partial(_workload_figure, run, str(workload), str(hash_name), part)
    for hash_name, part in plain.groupby("hash", sort=False):
        for shown in sizes if part["map"].nunique() > 1 else ():  # one map has none to be compared with
            draw = partial(_overview_figure, run, str(hash_name), shown, part[part["n"] == shown])
            yield f"overview-{hash_name}-n{shown}", draw
    yield from counter_pictures(run, plain, sizes)
    yield from memory_pictures(run, plain, sizes)
    yield from load_pictures(run, plain)
    yield from model_pictures(run, plain)
    yield from range_pictures(run, table)
    yield from growth_pictures(run)


def _workload_figure(run: Run, workload: str, hash_name: str, part: pandas.DataFrame) -> Figure:
    """ns per operation over n; with a single size, one row of dots per map instead."""
    unknown = WorkloadEntry(workload, "", "", None, None, "", None)
    entry = next((entry for entry in run.workloads if entry.name == workload), unknown)
    operation = f"  (1 operation = {entry.operation})" if entry.operation else ""
    single = part["n"].nunique() == 1
    at = f" at n = {part['n'].iloc[0]:,}" if single else ""
    figure, panels = make_figure(run, list(dict.fromkeys(part["kv"])), f"{workload}{at}", hash_name, sharey=False)
    styles = looks(run.map_names)
    present = [name for name in run.map_names if name in set(part["map"])]
    for kv, axes in panels.items():
        panel = part[part["kv"] == kv]
        axes.set_title(payload_title(run, kv))
        if single:
            _draw_single(axes, panel, present, styles)
        else:
            _draw_sweep(axes, panel, present, styles)
            draw_bands(axes, cache_sizes(run), float(panel["payload_bytes"].mean()))
    if single:
        foot = "Dot: median over rounds. Bar: quartiles."
    else:
        foot = (
            "Line: median over rounds; bar: quartiles; both axes are logarithmic. "
            + ("Marks and bars at some of the sizes. " if part["n"].nunique() > MOST_MARKS else "")
            + in_words(cache_sizes(run))
        )
        add_legend(figure, present, styles)
    add_foot(figure, f"{workload}: {entry.summary}{operation}\n{foot}" if entry.summary else foot)
    return figure


def _draw_sweep(axes: Axes, panel: pandas.DataFrame, present: list[str], styles: dict[str, Look]) -> None:
    """One line a map, hmap last so that it lies on top."""
    for place, name in reversed(list(enumerate(present))):
        line = panel[panel["map"] == name].sort_values("n")
        if line.empty:
            continue
        look = styles[name]
        step = -(-len(line) // MOST_MARKS)
        marked = (place % step, step)
        axes.errorbar(
            line["n"], line["median"], yerr=_quartile_bars(line), color=look.colour, marker=look.marker,
            linestyle=look.dashes, linewidth=look.width, markersize=look.size, markeredgecolor="white",
            markeredgewidth=0.5, elinewidth=0.9, capsize=2, markevery=marked, errorevery=marked,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("n (entries in the map)")
    axes.set_ylabel("ns per operation")
    low, high = int(panel["n"].min()), int(panel["n"].max())
    margin = (high / low) ** 0.06
    axes.set_xlim(low / margin, high * margin)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top * (top / bottom) ** 0.07)  # room for the names of the bands
    axes.grid(True, which="major", color=FAINT, linewidth=0.7)
    decades(axes)
    plain_ticks(axes.yaxis, *axes.get_ylim())


def _draw_single(axes: Axes, panel: pandas.DataFrame, present: list[str], styles: dict[str, Look]) -> None:
    """Maps down the page, time across from zero: with one size there is no line to draw."""
    by_map = panel.set_index("map")
    for place, name in enumerate(present):
        if name not in by_map.index:
            axes.text(0, place, "  no trustworthy row", va="center", color=GREY)
            continue
        row, look = by_map.loc[[name]], styles[name]
        median = float(row["median"].iloc[0])
        axes.hlines(place, 0, median, color=look.colour, linewidth=0.8)
        axes.errorbar(
            median, place, xerr=_quartile_bars(row), color=look.colour, marker=look.marker,
            markersize=look.size + 1.5, elinewidth=1.2, capsize=3,
        )  # fmt: skip
        axes.annotate(
            significant(median), (median, place), textcoords="offset points", xytext=(0, 6), ha="center", fontsize=8
        )
    axes.set_yticks(range(len(present)), present)
    axes.set_ylim(len(present) - 0.5, -0.7)
    axes.set_xlim(0, float(panel[["median", "q3"]].max(axis=None)) * 1.12)
    axes.set_xlabel("ns per operation")
    axes.grid(True, axis="x", color=FAINT, linewidth=0.7)


def _overview_figure(run: Run, hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """Ratio to the fastest, one row a workload, one dot a map."""
    title = f"Ratio to the fastest map at n = {n:,}"
    figure, panels = make_figure(run, list(dict.fromkeys(part["kv"])), title, hash_name, sharey=True)
    styles = looks(run.map_names)
    present = [name for name in run.map_names if name in set(part["map"])]
    workloads = list(dict.fromkeys(part["workload"]))
    step = 0.72 / max(1, len(present) - 1)
    high = 1.0
    for kv, axes in panels.items():
        panel = part[part["kv"] == kv].dropna(subset=["ratio_to_best"])
        axes.set_title(payload_title(run, kv))
        for stripe in range(0, len(workloads), 2):
            axes.axhspan(stripe - 0.5, stripe + 0.5, color="#f4f4f4", zorder=0, linewidth=0)
        axes.axvline(1, color=GREY, linewidth=0.9)
        for place, name in enumerate(present):
            look = styles[name]
            dots = panel[panel["map"] == name]
            heights = [workloads.index(w) + (place - (len(present) - 1) / 2) * step for w in dots["workload"]]
            ratio = dots["ratio_to_best"]
            error = [(ratio - dots["ratio_low"]).tolist(), (dots["ratio_high"] - ratio).tolist()]
            axes.errorbar(
                ratio, heights, xerr=error, linestyle="none", color=look.colour, marker=look.marker,
                markersize=look.size, markeredgecolor="white", markeredgewidth=0.4, elinewidth=0.9,
            )  # fmt: skip
        high = max(high, float(panel["ratio_high"].max(skipna=True) or 1))
        axes.set_yticks(range(len(workloads)), workloads)
        axes.set_ylim(len(workloads) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("times the fastest (logarithmic)")
        axes.grid(True, axis="x", color=FAINT, linewidth=0.7)
    low = min(0.95, float(part["ratio_low"].min(skipna=True)) * 0.97)
    for axes in panels.values():
        axes.set_xscale("log")
        axes.set_xlim(low, high * 1.06)
        plain_ticks(axes.xaxis, low, high * 1.06)
    add_legend(figure, present, styles, lines=False)
    add_foot(figure, "Dot: ratio to the fastest map of its row; bar: its 95 % interval over rounds.")
    return figure


def _quartile_bars(part: pandas.DataFrame) -> list[list[float]]:
    """Distances below and above the median; nothing is drawn where one round has no quartiles."""
    q1, q3 = part["q1"].astype(float), part["q3"].astype(float)
    return [(part["median"] - q1).tolist(), (q3 - part["median"]).tolist()]
