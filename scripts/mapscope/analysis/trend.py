"""A benchmark over commits: every stored run that has it, in the order in which they were made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import pandas
from matplotlib.figure import Figure
from rich.console import Console

from mapscope.analysis.runs import KEY, Runs, read_what_can_be
from mapscope.analysis.table import maps_of
from mapscope.errors import UsageError
from mapscope.output.plots.figure import save
from mapscope.output.plots.style import FAINT, GREY, RC, looks
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import significant


def stored(results: Path) -> tuple[Runs, list[str]]:
    """The runs below `results` that can be read; and why others cannot, one line each."""
    paths = sorted([*results.glob("*/run.json"), *results.glob("fleet/*/*/run.json")])
    return read_what_can_be([str(path) for path in paths], results)


def history(runs: Runs, chosen: dict[str, Any]) -> pandas.DataFrame:
    """The rows of one benchmark (any of runs.KEY, but for the map), oldest first. Raises UsageError."""
    table = runs.table
    for name, value in chosen.items():
        if value is None:
            continue
        if value not in set(table[name]):
            known = ", ".join(map(str, sorted(set(table[name]))))
            raise UsageError(f"--{name} ({name.upper()}): no stored run has '{value}'; choose one of {known}")
        table = table[table[name] == value]
    for name in [name for name in KEY if name != "map"]:
        if table[name].nunique() > 1:
            first = "find_hit" if name == "workload" and "find_hit" in set(table[name]) else table[name].iloc[0]
            table = table[table[name] == first]
    if table.empty:
        raise UsageError("no stored run has this combination; see `make summary RUN=...` for what one has")
    return table.sort_values("created", kind="stable").reset_index(drop=True)


def print_trend(console: Console, table: pandas.DataFrame) -> None:
    """One line a run and map."""
    shown = TitledTable(title_of(table))
    for name, justify in (
        ("when", "left"),
        ("commit", "left"),
        ("map", "left"),
        ("ns", "right"),
        ("to the fastest", "right"),
    ):
        shown.add_column(name, justify=justify)  # type: ignore[arg-type]
    for row in table.to_dict("records"):
        ratio = "-" if pandas.isna(row["ratio_to_best"]) else significant(row["ratio_to_best"])
        shown.add_row(row["created"][:16], row["commit"] or "-", row["map"], significant(row["median"]), ratio)
    console.print(shown)


def draw_trend(runs: Runs, table: pandas.DataFrame, stem: Path) -> Path:
    """ns and the ratio to the fastest, over runs; a machine of its own is a line of its own. Raises RunStopped."""
    with matplotlib.rc_context(RC):
        return save(_figure(runs, table), stem)


def title_of(table: pandas.DataFrame) -> str:
    """`find_hit, int_int, shared hash, n = 1,000`."""
    first = table.iloc[0]
    return f"{first['workload']}, {first['kv']}, {first['hash']} hash, n = {first['n']:,}"


def _figure(runs: Runs, table: pandas.DataFrame) -> Figure:
    order = list(dict.fromkeys(name for run in runs.documents.values() if run for name in maps_of(run)))
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
    upper.legend(ncols=4, fontsize=7.5, loc="upper center", bbox_to_anchor=(0.5, -0.04))
    foot = (
        "runs, oldest first. Point: median over rounds; bar: quartiles. Times of different days are\n"
        "not measured in turn: believe the ratio below before the time above."
    )
    figure.supxlabel(foot, fontsize=8, color=GREY)
    return figure
