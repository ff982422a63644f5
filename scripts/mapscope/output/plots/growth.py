"""Pictures of growing tables: every insert, every percentile, open-loop response times, and memory.

None of them grows with n: inserts are shown as the maximum and the median of spans that are as wide
as a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from mapscope.analysis.growth.draining import spread_of
from mapscope.analysis.split_half import at_most
from mapscope.output.plots.figure import Drawing, add_foot, add_legend, count_label, make_grid, put_legend
from mapscope.output.plots.style import FAINT, GREY, looks
from mapscope.store.records import Growth, Run
from mapscope.text import duration

SCATTER_PANEL = (4.0, 2.5)
CURVE_PANEL = (5.4, 4.2)
MOST_EVENTS = 128
"""So many the harness lists of one table (harness/growth/report.hpp)."""
COLUMNS = 2
FLOOR_NS = 10.0
"""A clock that advances in steps of 10 ns cannot say what is below."""
EVENT = "#d55e00"
DRAIN = "#f6d8c3"
DRAINING = "#d55e00"


def growth_pictures(run: Run) -> Iterator[tuple[str, Drawing]]:
    """Names and figures, for each pass."""
    for title, group in groupby(run.growth, key=attrgetter("title")):
        rows = list(group)
        first = rows[0]
        name = f"{first.stage.replace('/', '-')}-{first.kv}-n{first.n}"
        yield f"{name}-inserts", partial(_scatter_figure, run, title, rows)
        yield f"{name}-percentiles", partial(_percentile_figure, run, title, rows)
        yield f"{name}-open-loop", partial(_open_loop_figure, run, title, rows)
        if any(row.counted for row in rows):
            yield f"{name}-memory", partial(_memory_figure, run, title, rows)
        if first.churn is None and any(event.parts for row in rows for event in row.events):
            yield (
                f"{name}-parts",
                partial(_parts_figure, run, title, [row for row in rows if any(e.parts for e in row.events)]),
            )
        if any(row.drain for row in rows):
            yield f"{name}-drain", partial(_drain_figure, run, title, [row for row in rows if row.drain])


def _grid(run: Run, title: str, lines: int, columns: int, head: str, **options: Any) -> tuple[Figure, Any]:
    return make_grid(run, lines, columns, head, "shared", how=title, **options)


def _scatter_figure(run: Run, title: str, rows: list[Growth]) -> Figure:
    """One panel a map: the maximum and the median insert of each span, growths marked."""
    lines = math.ceil(len(rows) / COLUMNS)
    figure, grid = _grid(
        run, title, lines, min(COLUMNS, len(rows)), "Latency of each operation, in order",
        panel=SCATTER_PANEL, sharex=True, sharey=True,
    )  # fmt: skip
    styles = looks(run.map_names)
    panels = list(grid.flat)
    for axes, row in zip(panels, rows, strict=False):
        _draw_events(axes, row)
        timeline = row.denoised.timeline
        at = [span[0] + 1 for span in timeline]
        colour = styles[row.map].colour
        axes.vlines(at, [max(FLOOR_NS, s[1]) for s in timeline], [max(FLOOR_NS, s[3]) for s in timeline],
                    color=colour, alpha=0.25, linewidth=0.8)  # fmt: skip
        axes.plot(at, [max(FLOOR_NS, s[3]) for s in timeline], ".", color=colour, markersize=3.2)
        axes.plot(at, [max(FLOOR_NS, s[1]) for s in timeline], color=GREY, linewidth=1.2)
        axes.set_title(row.map)
        worst = row.denoised.inserts.max_ns
        axes.axhline(worst, color=GREY, linewidth=0.6, linestyle=(0, (1, 2)))
        axes.annotate(f"max {duration(worst)}", (1.3, worst), xytext=(0, 2), textcoords="offset points", fontsize=8)
        axes.set_xscale("log")
        axes.set_xlim(1, row.operations * 1.15)
        _time_axis(axes)
        axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    for axes in panels[len(rows) :]:
        axes.set_visible(False)
    top = max(row.denoised.inserts.max_ns for row in rows)
    for place, axes in enumerate(panels[: len(rows)]):
        axes.set_ylim(FLOOR_NS, top * 4)
        _count_axis(axes)
        if place % COLUMNS == 0:
            axes.set_ylabel("time of one operation")
        if place + COLUMNS >= len(rows):
            axes.set_xlabel("operation")
            axes.tick_params(labelbottom=True)
    handles = [
        Line2D([], [], color=GREY, marker=".", linestyle="none", markersize=6, label="maximum of a span"),
        Line2D([], [], color=GREY, linewidth=1.2, label="median of a span"),
        Line2D([], [], color=EVENT, linewidth=0.9, label="a growth begins"),
        Patch(color=DRAIN, label="draining (moving old buckets)"),
    ]
    put_legend(figure, handles)
    many = ", ".join(row.map for row in rows if len(row.events) >= MOST_EVENTS)
    unmarked = (
        f" Of {many} only the first {MOST_EVENTS} growths are marked: it grows a bucket at a time." if many else ""
    )
    add_foot(figure, f"{_denoised(rows)}\nSpans are 1/80 of a decade; of each its maximum is drawn.{unmarked}")
    return figure


def _draw_events(axes: Axes, row: Growth) -> None:
    for event in row.events:
        if event.capacity_before == 0:  # the first array of all
            continue
        begin = event.operation + 1
        if event.drain_operations:
            axes.axvspan(begin, begin + event.drain_operations, color=DRAIN, linewidth=0, zorder=0)
        axes.axvline(begin, color=EVENT, linewidth=0.6, alpha=0.7, zorder=0)


def _percentile_figure(run: Run, title: str, rows: list[Growth]) -> Figure:
    """Denoised and as it was, side by side, to the last insert."""
    figure, grid = _grid(run, title, 1, 2, "Insert latency by percentile", panel=CURVE_PANEL, sharey=True)
    styles = looks(run.map_names)
    for axes, head, kind in zip(
        grid.flat, ("denoised", "as measured: the first repetition"), ("denoised", "raw"), strict=True
    ):
        for row in reversed(rows):
            draw_curve(axes, getattr(row, kind).curve, styles[row.map])
        axes.set_title(head)
        curve_axes(axes)
    grid[0, 0].set_ylabel("time of one insert")
    add_legend(figure, [row.map for row in rows], styles)
    add_foot(figure, f"{_denoised(rows)}\nThe right end of a line is the maximum. Both axes are logarithmic.")
    return figure


def _open_loop_figure(run: Run, title: str, rows: list[Growth]) -> Figure:
    """Response times at the same rate for all, and at half of what each could do."""
    figure, grid = _grid(
        run, title, 1, 2, "Open-loop response time (no coordinated omission)", panel=CURVE_PANEL, sharey=True
    )
    styles = looks(run.map_names)
    heads = (("1M/s", "1 million arrivals a second"), ("half of its own", "half as many as the map can serve"))
    for axes, (name, head) in zip(grid.flat, heads, strict=True):
        for row in reversed(rows):
            draw_curve(axes, row.replay(name).curve, styles[row.map])
        axes.set_title(head)
        curve_axes(axes)
    grid[0, 0].set_ylabel("response time")
    add_legend(figure, [row.map for row in rows], styles)
    add_foot(
        figure,
        "Denoised times of all operations served in order to Poisson arrivals; response is from arrival to the "
        "end of service. "
        "An insert that stalls delays everyone who arrives meanwhile.",
    )
    return figure


def _memory_figure(run: Run, title: str, rows: list[Growth]) -> Figure:
    """Bytes an entry over n; the peaks of each growth as marks."""
    figure, grid = _grid(run, title, 1, 1, _memory_title(rows), panel=(9.0, 4.2))
    axes, styles = grid[0, 0], looks(run.map_names)
    for row in reversed(rows):
        if row.counted is None:
            continue
        look = styles[row.map]
        saw, peaks = _sawtooth(row)
        axes.plot(*zip(*saw, strict=True), color=look.colour, linestyle=look.dashes, linewidth=look.width)
        if peaks:
            axes.plot(*zip(*peaks, strict=True), color=look.colour, marker=look.marker, linestyle="none",
                      markersize=look.size, markeredgecolor="white", markeredgewidth=0.5)  # fmt: skip
    axes.set_ylim(bottom=0)
    if rows[0].churn is None:
        axes.set_xscale("log")
        _count_axis(axes)
        axes.set_xlabel("n (entries in the map)")
    else:
        axes.set_xlabel("how often each entry has been replaced")
    axes.set_ylabel("bytes per entry")
    axes.grid(True, color=FAINT, linewidth=0.7)
    add_legend(figure, [row.map for row in rows], styles)
    add_foot(
        figure,
        "Line: bytes requested from the allocator, as it rounds them. Mark: the most at once during a growth, old "
        "and new side by side. "
        "Pages that hmap gives back out of an old array are counted until the whole array goes: its line is "
        "too high during draining.",
    )
    return figure


def _memory_title(rows: list[Growth]) -> str:
    return "Memory while the table grows" if rows[0].churn is None else "Memory while entries come and go"


def _sawtooth(row: Growth) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Bytes per entry, and the most at each growth; over entries, or where these stay, over their replacements."""
    n, least = row.n, row.n / 100
    samples, events = row.counted.sawtooth, [e for e in row.events if e.memory]
    if row.churn is None:
        return (
            [(at, size / at) for at, size in samples if at >= least],
            [(e.entries, e.memory.bytes_peak / e.entries) for e in events if e.entries >= least],
        )
    return (
        [(at / 2 / n, size / n) for at, size in samples],
        [(e.operation / 2 / n, e.memory.bytes_peak / n) for e in events],
    )


STATES = (
    ("before", "full, before the growth", "#999999"),
    ("draining", "draining", DRAINING),
    ("after", "drained", "#56b4e9"),
)


def _drain_figure(run: Run, title: str, rows: list[Growth]) -> Figure:
    """What each operation costs before, in and after a growth, and the memory that is held meanwhile."""
    figure, grid = _grid(
        run,
        title,
        len(rows),
        2,
        "Cost of operations during draining",
        panel=(5.6, 3.4),
        gridspec_kw={"width_ratios": (4, 1)},
    )
    for (axes, beside), row in zip(grid, rows, strict=True):
        drain = row.drain
        names = list(drain.ns)
        for place, (state, _, colour) in enumerate(STATES):
            middles = [spread_of(getattr(drain.ns[name], state)) for name in names]
            at = [i + (place - 1) * 0.27 for i in range(len(names))]
            heights = [m[0] if m else math.nan for m in middles]
            axes.bar(at, heights, width=0.25, color=colour, yerr=[m[1] if m else 0 for m in middles],
                     error_kw={"linewidth": 0.8, "ecolor": GREY})  # fmt: skip
            for x, middle in zip(at, middles, strict=True):
                text = "n/a" if middle is None else f"{middle[0]:.0f}" if middle[0] >= 100 else f"{middle[0]:.3g}"
                axes.annotate(text, (x, sum(middle) if middle else 1), xytext=(0, 2), textcoords="offset points",
                              ha="center", fontsize=7)  # fmt: skip
            beside.bar(place, median(getattr(drain.resident_bytes, state)) / drain.entries, color=colour, width=0.8)
        axes.margins(y=0.15)
        _time_axis(axes)
        axes.set_ylim(bottom=1)
        axes.set_xticks(range(len(names)), names)
        axes.set_ylabel("time per operation (ns)")
        axes.set_title(f"{row.map}, growth at {drain.entries:,} entries")
        beside.set_xticks(range(len(STATES)), ["full", "half", "drained"], fontsize=8)
        beside.set_title("resident B/entry")
        for each in (axes, beside):
            each.grid(True, axis="y", color=FAINT, linewidth=0.7)
    put_legend(figure, [Patch(color=colour, label=label) for _, label, colour in STATES])
    add_foot(
        figure,
        "Reads: with the migration paused half-way, as when writes stop there. Writes move old buckets: from "
        "the growth's first "
        f"insert on, for a quarter of it. Medians of {rows[0].repetitions} new processes; whiskers: the middle "
        "half of them.",
    )
    return figure


PARTS = (
    ("allocation_ns", "allocation", "#0072b2"), ("migration_ns", "moving chains", "#e69f00"),
    ("overflow_ns", "overflow buckets", "#009e73"), ("release_ns", "giving back", "#cc79a7"),
)  # fmt: skip


def _parts_figure(run: Run, title: str, rows: list[Growth]) -> Figure:
    """Where the time of each growth goes, per entry that it moves."""
    figure, grid = _grid(run, title, len(rows), 1, "Parts of a growth", panel=(9.0, 3.4))
    for axes, row in zip(grid.flat, rows, strict=True):
        events = [e for e in row.events if e.parts and e.entries >= 1000]
        bottom = [0.0] * len(events)
        for field, label, colour in PARTS:
            heights = [getattr(e.parts, field) / e.entries for e in events]
            axes.bar(range(len(events)), heights, bottom=bottom, color=colour, label=label, width=0.7)
            bottom = [a + b for a, b in zip(bottom, heights, strict=True)]
        axes.set_title(row.map)
        axes.set_xticks(range(len(events)), [count_label(e.entries) for e in events])
        axes.set_ylabel("ns per entry moved")
        axes.set_xlabel("entries when the growth began")
        axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    put_legend(figure, [Patch(color=colour, label=label) for _, label, colour in PARTS])
    add_foot(
        figure,
        "Time between the calls of the map's observer, in one pass that is not denoised. Zeroing is in no part "
        "of its own: fresh pages "
        "come zeroed, at the page fault of their first use.",
    )
    return figure


def draw_curve(axes: Axes, curve: list[list[float]], look: Any) -> None:
    """Durations over the share of operations that take no longer, to the last."""
    axes.plot(
        [1 / (1 - share) for share, _ in curve], [max(FLOOR_NS, ns) for _, ns in curve],
        color=look.colour, linestyle=look.dashes, linewidth=look.width, marker=look.marker, markersize=look.size,
        markevery=[-1], clip_on=False,
    )  # fmt: skip


def curve_axes(axes: Axes) -> None:
    """For curves: each step to the right a nine more."""
    axes.set_xscale("log")
    axes.set_xlim(left=1)
    ticks = [10**k for k in range(0, 9) if 10**k <= axes.get_xlim()[1]]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _percentile(x)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("percentile, axis 1/(1−p)")
    _time_axis(axes)
    axes.grid(True, color=FAINT, linewidth=0.7)


def _percentile(x: float) -> str:
    """1 - 1/x in percent, for powers of ten."""
    nines = round(math.log10(x))
    if nines == 0:
        return "0"
    return "90" if nines == 1 else "99" if nines == 2 else "99." + "9" * (nines - 2)


def _time_axis(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=12))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda ns, _: duration(ns)))


def _count_axis(axes: Axes) -> None:
    axes.xaxis.set_major_locator(LogLocator(numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: count_label(n)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _denoised(rows: list[Growth]) -> str:
    worst = max(row.null_loop.denoised.max_ns for row in rows)
    repetitions = rows[0].repetitions
    left = at_most(rows)
    return (
        f"Denoised: of each operation the shortest of {repetitions} repetitions in new processes; "
        f"an empty loop is then {duration(worst)} at most{f'; {left}' if left else ''}."
    )
