"""Pictures of concurrent maps: throughput over threads, and response times of lookups beside a writer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from mapscope.analysis.concurrent.read_latency import STATES, curve_of, load_of
from mapscope.analysis.concurrent.throughput import Panel, cores, millions_a_second, panels, scaling_note
from mapscope.output.plots.figure import Drawing, add_foot, add_legend, make_grid, plain_ticks
from mapscope.output.plots.growth import CURVE_PANEL, curve_axes, draw_curve
from mapscope.output.plots.style import FAINT, GREY, Look, looks
from mapscope.store.records import ReadTimes, Run

PANEL = (3.3, 2.6)
COLUMNS = 4
CROWD = "#f3f3f3"


def concurrent_pictures(run: Run) -> Iterator[tuple[str, Drawing]]:
    """Names and figures: one of throughput for each payload and size, and of read latency where it was measured."""
    by_size = sorted(panels(run), key=lambda panel: (panel.kv, panel.n))
    for (kv, n), group in groupby(by_size, key=attrgetter("kv", "n")):
        yield f"throughput-{kv}-n{n}", partial(_throughput_figure, run, kv, n, list(group))
    known = [entry for entry in run.read_latency if entry.value]
    for (kv, n), entries in groupby(known, key=attrgetter("kv", "n")):
        times = {entry.map: entry.value for entry in entries if entry.value}
        yield f"read-latency-{kv}-n{n}", partial(_read_figure, run, kv, n, times)


def _throughput_figure(run: Run, kv: str, n: int, group: list[Panel]) -> Figure:
    """A panel a family, with a scale of its own: families differ by orders of magnitude."""
    columns = min(COLUMNS, len(group))
    title = f"Throughput over threads, {kv}, n = {n:,}"
    figure, grid = make_grid(run, math.ceil(len(group) / columns), columns, title, "shared", panel=PANEL)
    styles = looks(run.map_names)
    flat = list(grid.flat)
    for axes, panel in zip(flat, group, strict=False):
        axes.set_title(panel.family, fontsize=8.5)
        for name in reversed(panel.maps):
            _draw_line(axes, panel, name, styles[name])
        _thread_axis(axes, panel.threads, cores(run))
        _throughput_axis(axes)
    for empty in flat[len(group) :]:
        empty.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_ylabel("million operations a second")
    add_legend(figure, [name for name in run.map_names if any(name in panel.maps for panel in group)], styles)
    add_foot(
        figure,
        "Line: operations of all threads together over the wall time, median over rounds; bar: quartiles. Both axes "
        f"are logarithmic.\nShaded: more threads than cores; {scaling_note(run)}.",
    )
    return figure


def _draw_line(axes: Axes, panel: Panel, name: str, look: Look) -> None:
    line = [(count, panel.rows[name, count]) for count in panel.threads if (name, count) in panel.rows]
    middle = [millions_a_second(row.median) for _, row in line]
    below = [at - millions_a_second(row.q3 or row.median) for at, (_, row) in zip(middle, line, strict=True)]
    above = [millions_a_second(row.q1 or row.median) - at for at, (_, row) in zip(middle, line, strict=True)]
    axes.errorbar(
        [count for count, _ in line], middle, yerr=[below, above], color=look.colour, marker=look.marker,
        linestyle=look.dashes, linewidth=look.width, markersize=look.size - 1, markeredgecolor="white",
        markeredgewidth=0.5, elinewidth=0.9, capsize=2,
    )  # fmt: skip


def _thread_axis(axes: Axes, threads: list[int], count: int) -> None:
    """Each number of threads, and where they become more than the cores."""
    axes.set_xscale("log", base=2)
    axes.set_xlim(threads[0] / 1.25, threads[-1] * 1.25)
    if threads[-1] > count:
        begin = max(count * math.sqrt(2), threads[0] / 1.25)
        axes.axvspan(begin, threads[-1] * 1.25, color=CROWD, linewidth=0, zorder=-1)
        axes.axvline(begin, color=GREY, linewidth=0.8, linestyle=(0, (1, 2)))
    axes.xaxis.set_major_locator(FixedLocator(threads))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlabel("threads")


def _throughput_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    axes.yaxis.set_minor_formatter(NullFormatter())
    plain_ticks(axes.yaxis, *axes.get_ylim())


def _read_figure(run: Run, kv: str, n: int, times: dict[str, ReadTimes]) -> Figure:
    """Alone and beside a writer, side by side, to the last lookup."""
    first = next(iter(times.values()))
    title = f"Read latency by percentile, {kv}, n = {n:,}"
    figure, grid = make_grid(run, 1, 2, title, "shared", how=load_of(first), panel=CURVE_PANEL, sharey=True)
    styles = looks(run.map_names)
    for axes, (state, head) in zip(grid.flat, STATES, strict=True):
        for name in reversed(list(times)):
            draw_curve(axes, curve_of(getattr(times[name], state), times[name].reads), styles[name])
        axes.set_title(head)
        curve_axes(axes)
    grid[0, 0].set_ylabel("response time")
    add_legend(figure, list(times), styles)
    add_foot(
        figure,
        "Lookups arrive at a fixed rate, whether or not the one before is done (open-loop load, no coordinated "
        f"omission). {first.reads:,} lookups; the right end of a line is the maximum.\nBoth axes are logarithmic.",
    )
    return figure
