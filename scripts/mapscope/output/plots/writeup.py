"""The figures of the article, in the style of all others."""

from __future__ import annotations

import numpy as np
import pandas
from matplotlib.figure import Figure

from mapscope.output.plots.figure import add_foot, add_legend, make_grid
from mapscope.output.plots.growth import CURVE_PANEL, curve_axes, draw_curve
from mapscope.output.plots.style import FAINT, GREY, looks
from mapscope.store.records import Growth, Run

PANEL = (4.2, 3.4)
WIDE_PANEL = (5.4, 3.4)
"""Two of these are as wide as a legend of eight maps."""


def cost_of_line_figure(run: Run, points: pandas.DataFrame, fits: pandas.DataFrame) -> Figure:
    """ns over distinct cache lines, one point a map, at the smallest and the largest size."""
    sizes = sorted({int(points["n"].min()), int(points["n"].max())})
    workloads = list(dict.fromkeys(points["workload"]))
    figure, grid = make_grid(run, len(workloads), len(sizes), "Cost of a cache line", "shared", panel=WIDE_PANEL)
    styles = looks(run.map_names)
    for line, workload in zip(grid, workloads, strict=True):
        for axes, n in zip(line, sizes, strict=True):
            part = points[(points["workload"] == workload) & (points["n"] == n)]
            axes.set_title(f"{workload}, n = {n:,}")
            for row in part.to_dict("records"):
                look = styles[row["map"]]
                axes.errorbar(
                    row["lines"], row["median"], yerr=[[row["median"] - row["q1"]], [row["q3"] - row["median"]]],
                    color=look.colour, marker=look.marker, markersize=look.size + 1, linestyle="none", elinewidth=0.9,
                )  # fmt: skip
            fit = fits[(fits["workload"] == workload) & (fits["n"] == n)]
            for row in fit.to_dict("records"):
                ends = np.array([part["lines"].min(), part["lines"].max()])
                axes.plot(ends, row["intercept"] + row["slope"] * ends, color=GREY, linewidth=0.9, zorder=0)
                axes.annotate(
                    f"{row['slope']:.1f} ns a line  [{row['low']:.1f}, {row['high']:.1f}]\nr² = {row['r2']:.2f}",
                    (0.03, 0.97), xycoords="axes fraction", va="top", fontsize=8, color=GREY,
                )  # fmt: skip
            axes.set_ylim(0, axes.get_ylim()[1] * 1.25)
            axes.set_xlabel("distinct cache lines of one lookup")
            axes.set_ylabel("ns per lookup")
            axes.grid(True, color=FAINT, linewidth=0.7)
    present = [name for name in run.map_names if name in set(points["map"])]
    add_legend(figure, present, styles, lines=False)
    add_foot(
        figure,
        "Point: median over rounds; bar: quartiles. Lines: simulated (addresses touched). Grey: least squares "
        "through the maps; brackets: its 95 % interval. With so few maps, an order of magnitude only.",
    )
    return figure


def cost_of_growth_figure(run: Run, growth: pandas.DataFrame) -> Figure:
    """An insert into a growing table over one into a reserved one, by size; one panel a payload."""
    payloads = list(dict.fromkeys(growth["kv"]))
    figure, grid = make_grid(run, 1, len(payloads), "Cost of growth", "shared", panel=PANEL, sharey=True)
    styles = looks(run.map_names)
    present = [name for name in run.map_names if name in set(growth["map"])]
    for axes, kv in zip(grid.flat, payloads, strict=True):
        part = growth[growth["kv"] == kv]
        sizes = sorted(part["n"].unique())
        axes.set_title(kv)
        axes.axhline(1, color=GREY, linewidth=0.9)
        for place, name in enumerate(present):
            line, look = part[part["map"] == name].sort_values("n"), styles[name]
            shift = (place - (len(present) - 1) / 2) * 0.8 / max(1, len(present))
            axes.errorbar(
                [sizes.index(n) + shift for n in line["n"]], line["ratio"],
                yerr=[line["ratio"] - line["low"], line["high"] - line["ratio"]],
                color=look.colour, marker=look.marker, markersize=look.size, linestyle="none", elinewidth=0.9,
            )  # fmt: skip
        axes.set_xticks(range(len(sizes)), [f"{n:,}" for n in sizes])
        axes.set_xlabel("n (entries inserted)")
        axes.set_ylabel("times an insert without growth")
        axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    add_legend(figure, present, styles, lines=False)
    add_foot(
        figure,
        "insert_grow over insert_reserved, per insert. Point: geometric mean of per-round ratios; bar: 95 % interval.",
    )
    return figure


def waiting_figure(run: Run, rows: list[Growth]) -> Figure:
    """How long inserts take, and how long those wait who come while another one takes long."""
    head = "Insert tail latency"
    figure, grid = make_grid(run, 1, 2, head, "shared", how=rows[0].title, panel=CURVE_PANEL, sharey=True)
    styles = looks(run.map_names)
    one, response = grid.flat
    for row in reversed(rows):
        draw_curve(one, row.denoised.curve, styles[row.map])
        draw_curve(response, row.replay("1M/s").curve, styles[row.map])
    for axes, title in ((one, "one insert"), (response, "response, a million arrivals a second")):
        axes.set_title(title)
        curve_axes(axes)
    one.set_ylabel("time")
    add_legend(figure, [row.map for row in rows], styles)
    add_foot(
        figure,
        "Of each insert the shortest time of all repetitions. The right end of a line is the maximum. Both "
        "axes are logarithmic.",
    )
    return figure
