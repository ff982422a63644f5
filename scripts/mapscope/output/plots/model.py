"""The model of hmap's cache lines, drawn over what was simulated and measured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mapscope.analysis import model
from mapscope.output.plots.counters import absent_hardware, predicted_lines
from mapscope.output.plots.figure import Drawing, add_foot, decades, make_grid, put_legend
from mapscope.output.plots.regions import cache_sizes, draw_bands, in_words
from mapscope.output.plots.style import FAINT, GREY
from mapscope.plan.counters import HARDWARE
from mapscope.store.records import Counters, Run

SUBJECT = "hmap"
FEWEST_SIZES = 3
STEPS = 120
PANELS = {
    "find_hit": "successful lookup",
    "find_miss": "unsuccessful lookup",
    "insert_reserved": "insert into a reserved table",
    "range": "one entry of a full iteration",
}
SERIES = (
    ("sim", "heap_lines_mean", "lines on the heap [sim]", "#000000", "o"),
    ("sim", "l1_misses", "L1 misses without the keys' own [sim]", "#0072b2", "v"),
    *((source, "l1_misses", f"L1 misses [hw {source}]", "#009e73", "s") for source in HARDWARE),
)


def model_pictures(run: Run, table: pandas.DataFrame) -> Iterator[tuple[str, Drawing]]:
    """One per payload that the model covers and hash setting, where there are sizes enough to see a course."""
    subject = table[
        (table["map"] == SUBJECT)
        & table["kv"].map(lambda kv: model.layout_of(SUBJECT, kv) is not None)
        & table["workload"].isin(PANELS)
    ]
    for (kv, hash_name), part in subject.groupby(["kv", "hash"], sort=False):
        there = [counters.value("sim", "heap_lines_mean") is not None for counters in part["counters"]]
        if part[there]["n"].nunique() >= FEWEST_SIZES:
            yield f"model-{kv}-{hash_name}", partial(_model_figure, run, str(kv), str(hash_name), part)


def _model_figure(run: Run, kv: str, hash_name: str, part: pandas.DataFrame) -> Figure:
    figure, grid = make_grid(run, 2, 2, f"{SUBJECT}, {kv}: cache lines per operation, model and readings", hash_name)
    handles: dict[str, Any] = {}
    for axes, (workload, meaning) in zip(grid.flat, PANELS.items(), strict=True):
        axes.set_title(f"{workload}   {meaning}")
        panel = part[part["workload"] == workload].sort_values("n")
        if panel.empty:
            axes.set_visible(False)
            continue
        handles |= _draw(run, axes, panel, kv, workload)
    for name, handle in handles.items():
        handle.set_label(name)
    put_legend(figure, list(handles.values()))
    layout = model.layout_of(SUBJECT, kv)
    foot = (
        f"Model: Poisson chains, buckets of {layout.size} bytes that begin at any of {len(layout.phases)} places in a "
        f"line. Grey, right axis: time, median of rounds. {in_words(cache_sizes(run))}"
    )
    add_foot(figure, "\n".join(filter(None, (foot, absent_hardware(run)))))
    return figure


def _reading(counters: Counters, source: str, event: str) -> float | None:
    """A reading; simulated misses without those of the keys to look up, which no model of a table predicts."""
    value, stream = counters.value(source, event), counters.value(source, f"stream_{event}")
    return value if value is None or stream is None else value - stream


def _draw(run: Run, axes: Axes, panel: pandas.DataFrame, kv: str, workload: str) -> dict[str, Any]:
    """Counts on the left axis, time on the right, both from zero; returns handles for the legend."""
    handles = {}
    low, high = int(panel["n"].min()), int(panel["n"].max())
    sizes = sorted({*np.geomspace(low, high, STEPS).astype(int).tolist(), *panel["n"].tolist()})
    predicted = [predicted_lines(run, kv, workload, SUBJECT, n) for n in sizes]
    (handles["model: lines on the heap"],) = axes.plot(sizes, predicted, color="#b2182b", linewidth=1.8)
    top = max(predicted)
    for source, event, name, colour, marker in SERIES:
        values = [_reading(counters, source, event) for counters in panel["counters"]]
        if all(value is None for value in values):
            continue
        (handles[name],) = axes.plot(
            panel["n"], [np.nan if v is None else v for v in values], color=colour, marker=marker, markersize=5,
            linestyle="none", markeredgecolor="white", markeredgewidth=0.5,
        )  # fmt: skip
        top = max(top, max(v for v in values if v is not None))
    time = axes.twinx()
    (handles["ns"],) = time.plot(
        panel["n"], panel["median"], color=GREY, linestyle=(0, (1, 1.5)), linewidth=1.3, marker="x", markersize=4
    )
    time.set_ylim(0, float(panel["median"].max()) * 1.6)
    time.set_ylabel("ns", color=GREY)
    time.spines["right"].set_visible(True)
    time.spines["right"].set_color(GREY)
    time.tick_params(axis="y", colors=GREY)
    axes.set_xscale("log")
    margin = (high / low) ** 0.03
    axes.set_xlim(low / margin, high * margin)
    decades(axes)
    axes.set_ylim(0, top * 1.12)
    draw_bands(axes, cache_sizes(run), float(panel["payload_bytes"].mean()))
    axes.set_xlabel("n (entries in the map)")
    axes.set_ylabel("per operation")
    axes.grid(True, color=FAINT, linewidth=0.7)
    return handles
