"""Pictures of the counters: misses against n, stacked by the level that answered, and lines of one operation.

Each source has pictures of its own. A source that could not count is named in the foot.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator

from mapscope.analysis import model
from mapscope.output.plots.figure import Drawing, add_foot, make_grid, payload_title, powers_of_ten, put_legend
from mapscope.output.plots.regions import cache_sizes, draw_bands, in_words
from mapscope.output.plots.style import FAINT, GREY, looks
from mapscope.plan.counters import HARDWARE
from mapscope.store.records import Counters, Run
from mapscope.text import per_operation

MISSES_PANEL = (1.8, 1.75)
LINES_PANEL = (11.0, 2.5)
STACK = (
    ("l2_misses", "answered by L2", "#cfe3f1", ""),
    ("l3_misses", "answered by L3", "#6aaed6", ".."),
    (None, "from memory", "#08306b", ""),
)
"""What becomes of an L1 miss: the next counter is how many go further; light is near, dark is far."""
BAND_ROOM = 1.18
"""Height of a panel of misses in its highest reading: room for the names of the bands."""
HEADROOM = 1.7
"""Height of a panel in means: room for the percentiles of most."""
TLB_STYLE: dict[str, Any] = {"color": "#d55e00", "linestyle": "dashed", "linewidth": 1.2}
STREAM_STYLE: dict[str, Any] = {"color": "black", "linestyle": (0, (1, 1.3)), "linewidth": 1.2}
MODELLED = {"find_hit": model.hit, "find_miss": model.miss, "range": model.ranged}


def counter_pictures(run: Run, table: pandas.DataFrame, sizes: list[int]) -> Iterator[tuple[str, Drawing]]:
    """Names and figures: misses of every workload and source, lines at the chosen sizes."""
    for source in (*HARDWARE, "sim"):  # cold misses of a few thousand operations are a matter of n: tables show them
        for (workload, hash_name), part in table.groupby(["workload", "hash"], sort=False):
            counted = _with(part, source, "l1_misses")
            if not counted.empty:
                draw = partial(_misses_figure, run, source, str(workload), str(hash_name), counted)
                yield f"misses-{source}-{workload}-{hash_name}", draw
    for (hash_name, n), part in table.groupby(["hash", "n"], sort=False):
        counted = _with(part, "sim", "lines_mean")
        if n in sizes and not counted.empty:
            yield f"lines-{hash_name}-n{n}", partial(_lines_figure, run, str(hash_name), int(n), counted)


def absent_hardware(run: Run) -> str:
    """Why hardware counters are missing from a picture; empty when they need not be."""
    absent = [b for b in run.counter_backends if b.name in HARDWARE and not b.available]
    return "; ".join(f"{backend.name}: n/a ({backend.reason})" for backend in absent)


def _with(part: pandas.DataFrame, source: str, event: str) -> pandas.DataFrame:
    return part[[counters.value(source, event) is not None for counters in part["counters"]]]


def _misses_figure(run: Run, source: str, workload: str, hash_name: str, part: pandas.DataFrame) -> Figure:
    """Payloads down, maps across; one scale for the maps of a payload."""
    payloads = list(dict.fromkeys(part["kv"]))
    present = [name for name in run.map_names if name in set(part["map"])]
    figure, grid = make_grid(
        run, len(payloads), len(present), f"{workload}: data cache misses per operation", hash_name,
        panel=MISSES_PANEL, counted=True, sharex=True, sharey="row",
    )  # fmt: skip
    for axes in grid.flat:
        axes.set_autoscale_on(False)  # with so many panels that share axes it takes longer than all the rest
    single = part["n"].nunique() == 1
    caches = cache_sizes(run, source)
    for line, kv in enumerate(payloads):
        for column, name in enumerate(present):
            axes = grid[line, column]
            panel = part[(part["kv"] == kv) & (part["map"] == name)].sort_values("n")
            if panel.empty:
                axes.text(0.5, 0.5, "n/a", transform=axes.transAxes, ha="center", color=GREY)
            else:
                _draw_stack(axes, panel, source)
            if line == 0:
                axes.set_title(name, fontsize=9)
            if column == 0:
                axes.set_ylabel(kv)
            if line == len(payloads) - 1:
                axes.set_xlabel("" if single else "n")
    if single:
        grid[0, 0].set_xticks([0], [f"n = {part['n'].iloc[0]:,}"])
    else:
        grid[0, 0].set_xscale("log")  # of all panels: they share it
        grid[0, 0].set_xlim(part["n"].min(), part["n"].max())
        powers_of_ten(grid[0, 0])
        grid[0, 0].xaxis.set_minor_locator(NullLocator())  # in panels this narrow they are a grey bar
    for line, kv in enumerate(payloads):
        readings = part.loc[part["kv"] == kv, "counters"]
        room = 1.05 if single else BAND_ROOM
        grid[line, 0].set_ylim(0, room * max(_height(counters, source) for counters in readings) or 1.0)
        if not single:
            payload_bytes = float(part.loc[part["kv"] == kv, "payload_bytes"].mean())
            for axes in grid[line]:
                draw_bands(axes, caches, payload_bytes, fontsize=6.5)
    for axes in grid.flat:
        axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
    _stack_legend(figure)
    foot = f"{run.label_of(source)}\nHeight: L1 misses per operation, by where the line was found. " + (
        "" if single else f"The x axis is logarithmic. {in_words(caches)}"
    )
    add_foot(figure, "\n".join(filter(None, (foot, absent_hardware(run)))))
    return figure


def _height(counters: Counters, source: str) -> float:
    """The highest of what is drawn of one row."""
    events = ("l1_misses", "tlb_misses", "stream_l1_misses")
    return max(counters.value(source, event) or 0.0 for event in events)


def _draw_stack(axes: Axes, panel: pandas.DataFrame, source: str) -> None:
    """What each level answered; a level that is not counted passes its share on to the one before."""

    def column(event: str) -> list[float] | None:
        values = [counters.value(source, event) for counters in panel["counters"]]
        return None if None in values else values

    left = column("l1_misses")
    layers, colours, hatches = [], [], []
    for event, _, colour, hatch in STACK:
        further = column(event) if event else [0.0] * len(left)
        if further is None:
            continue
        layers.append([max(0.0, a - b) for a, b in zip(left, further, strict=True)])
        colours.append(colour)
        hatches.append(hatch)
        left = further
    lines = [(column("tlb_misses"), TLB_STYLE), (column("stream_l1_misses"), STREAM_STYLE)]
    if len(panel) == 1:
        bottom = 0.0
        for layer, colour, hatch in zip(layers, colours, hatches, strict=True):
            axes.bar(0, layer[0], bottom=bottom, color=colour, hatch=hatch, edgecolor="white", width=0.6)
            bottom += layer[0]
        axes.set_xlim(-0.8, 0.8)
        for values, style in lines:
            if values:
                axes.plot([-0.4, 0.4], values * 2, **style)
        return
    axes.stackplot(panel["n"], layers, colors=colours, hatch=hatches, edgecolor="white", linewidth=0.4)
    for values, style in lines:
        if values:
            axes.plot(panel["n"], values, **style)


def _stack_legend(figure: Figure) -> None:
    handles: list[Any] = [
        Patch(facecolor=colour, hatch=hatch, edgecolor=GREY, linewidth=0.4, label=name)
        for _, name, colour, hatch in STACK
    ]
    handles.append(Line2D([], [], label="below: for the workload's keys", **STREAM_STYLE))
    handles.append(Line2D([], [], label="TLB misses", **TLB_STYLE))
    put_legend(figure, handles, columnspacing=1.2, handlelength=1.8)


def _lines_figure(run: Run, hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """One panel a payload; workloads across, in each a bar a map."""
    payloads = list(dict.fromkeys(part["kv"]))
    present = [name for name in run.map_names if name in set(part["map"])]
    figure, grid = make_grid(
        run, len(payloads), 1, f"Distinct cache lines per operation at n = {n:,}", hash_name,
        panel=LINES_PANEL, counted=True,
    )  # fmt: skip
    for axes, kv in zip(grid.flat, payloads, strict=True):
        axes.set_title(payload_title(run, kv))
        _draw_lines(run, axes, part[part["kv"] == kv], kv, present)
    styles = looks(run.map_names)
    handles: list[Any] = [Patch(color=styles[name].colour, label=name) for name in present]
    handles.append(Patch(color=_pale(GREY), label="pale: table object, stack, constants"))
    handles.append(Line2D([], [], color="black", marker="_", linestyle="none", markersize=7, label="99th percentile"))
    handles.append(_model_mark(label="hmap's model"))
    put_legend(figure, handles, handlelength=1.0, columnspacing=1.2)
    foot = (
        f"{run.label_of('sim')}\n"
        "Bar: mean; its lower part: lines on the heap. A percentile above the panel is written at its edge."
    )
    add_foot(figure, "\n".join(filter(None, (foot, absent_hardware(run)))))
    return figure


def _draw_lines(run: Run, axes: Axes, panel: pandas.DataFrame, kv: str, present: list[str]) -> None:
    styles = looks(present)
    workloads = list(dict.fromkeys(panel["workload"]))
    step = 0.84 / len(present)
    top = max(counters.value("sim", "lines_mean") for counters in panel["counters"])
    for row in panel.to_dict("records"):
        at = workloads.index(row["workload"]) + (present.index(row["map"]) - (len(present) - 1) / 2) * step
        mean, heap, p99 = (
            row["counters"].value("sim", event) for event in ("lines_mean", "heap_lines_mean", "lines_p99")
        )
        colour = styles[row["map"]].colour
        axes.bar(at, mean, width=step * 0.9, color=_pale(colour))
        axes.bar(at, mean if heap is None else heap, width=step * 0.9, color=colour)
        if p99 is not None:
            _draw_percentile(axes, at, p99, HEADROOM * top)
        if (predicted := predicted_lines(run, kv, row["workload"], row["map"], row["n"])) is not None:
            axes.add_line(_model_mark(at, predicted))
    for place in range(1, len(workloads)):
        axes.axvline(place - 0.5, color=FAINT, linewidth=0.8)
    axes.set_xticks(range(len(workloads)), workloads)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.5, len(workloads) - 0.5)
    axes.set_ylim(0, HEADROOM * top)
    axes.set_ylabel("lines")
    axes.grid(True, axis="y", color=FAINT, linewidth=0.7)


def _pale(colour: str) -> tuple[float, ...]:
    """Opaque, so that no grid shows through."""
    return tuple(1 - 0.4 * (1 - part) for part in to_rgb(colour))


def _draw_percentile(axes: Axes, at: float, value: float, ceiling: float) -> None:
    """A mark, or where it would lie above the panel, its figure at the upper edge."""
    if value < 0.97 * ceiling:
        axes.plot(at, value, color="black", marker="_", markersize=6, markeredgewidth=0.9)
    else:
        axes.annotate(
            f"{per_operation(value)}", (at, ceiling), rotation=90, ha="center", va="top", fontsize=6.5,
            xytext=(0, -1), textcoords="offset points",
        )  # fmt: skip


def predicted_lines(run: Run, kv: str, workload: str, map_name: str, n: int) -> float | None:
    """The model's answer where it has one: hmap and its other layouts, with plain keys and values."""
    layout = model.layout_of(map_name, kv)
    if layout is None:
        return None
    if workload == "insert_reserved":
        return model.insert(layout, n / model.buckets_for(n)) + (
            model.cleared(layout, n) if run.selection.memory == "resident" else 0.0
        )
    if workload in MODELLED:
        return MODELLED[workload](layout, model.table(n))
    return None


def _model_mark(x: float | None = None, y: float | None = None, **options: Any) -> Line2D:
    return Line2D(
        [] if x is None else [x], [] if y is None else [y], color="white", marker="D", linestyle="none",
        markersize=5.5, markeredgecolor="#b2182b", markeredgewidth=1.4, zorder=5, **options,
    )  # fmt: skip
