"""A benchmark over commits as a picture."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import pandas
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend

from mapscope.analysis.runs import Runs
from mapscope.analysis.trend import title_of
from mapscope.output.plots.figure import by_rows, save, widest
from mapscope.output.plots.style import FAINT, GREY, RC, looks


def draw_trend(runs: Runs, table: pandas.DataFrame, stem: Path) -> Path:
    """ns and the ratio to the fastest, over runs; a machine of its own is a line of its own. Raises RunStopped."""
    with matplotlib.rc_context(RC):
        return save(_figure(runs, table), stem)


def _figure(runs: Runs, table: pandas.DataFrame) -> Figure:
    order = list(dict.fromkeys(name for run in runs.measured for name in run.map_names))
    styles = looks(order)
    whens = list(dict.fromkeys(table["run"]))
    figure = Figure(figsize=(max(7.5, 0.55 * len(whens) + 4), 6.4), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True)
    machines = list(dict.fromkeys(table["machine"]))
    for (machine, name), line in table.groupby(["machine", "map"], sort=False):
        look, places = styles[name], [whens.index(run) for run in line["run"]]
        label = name if len(machines) == 1 else f"{name}, {machine}"
        shared = {"color": look.colour, "marker": look.marker, "markersize": look.size, "linestyle": look.dashes}
        bars = [
            (line["median"] - line["q1"].astype(float)).tolist(),
            (line["q3"].astype(float) - line["median"]).tolist(),
        ]
        upper.errorbar(places, line["median"], yerr=bars, linewidth=look.width, elinewidth=0.9, label=label, **shared)
        lower.plot(places, line["ratio_to_best"].astype(float), linewidth=look.width, **shared)
    upper.set_title(title_of(table))
    upper.set_ylabel("ns per operation")
    upper.set_ylim(bottom=0)
    lower.set_ylabel("times the fastest of its run")
    for axes in (upper, lower):
        axes.grid(True, color=FAINT, linewidth=0.7)
    commits = table.drop_duplicates("run").set_index("run")["commit"]
    lower.set_xticks(range(len(whens)), [commits[run] or run for run in whens], rotation=35, ha="right", fontsize=7.5)
    _add_legend(figure, upper)
    foot = (
        "runs, oldest first. Point: median over rounds; bar: quartiles. Times of different days are\n"
        "not interleaved: the ratio below is more reliable than the time above."
    )
    figure.supxlabel(foot, fontsize=8, color=GREY)
    return figure


def _add_legend(figure: Figure, axes: Axes) -> None:
    """Below the upper panel, in as many rows as it takes."""
    handles, _ = axes.get_legend_handles_labels()

    def lay_out(columns: int) -> Legend:
        return axes.legend(
            handles=by_rows(handles, columns),
            ncols=columns,
            fontsize=7.5,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.04),
        )

    lay_out(widest(figure, len(handles), lay_out))
