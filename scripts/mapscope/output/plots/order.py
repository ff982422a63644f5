"""Iteration order of hmap: counts of experiments/iteration_order, drawn beside those of a uniform shuffle."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import pandas
from matplotlib import pyplot
from matplotlib.ticker import FuncFormatter

from mapscope.errors import UsageError
from mapscope.output.plots.figure import save
from mapscope.output.plots.style import FAINT, GREY, RC

COLUMNS = ["measure", "order", "place", "count"]
LOOKS = {"range()": ("#000000", 1.3), "shuffle": ("#d55e00", 1.0)}


def read_counts(path: Path) -> pandas.DataFrame:
    """The program's output. Raises UsageError when the file is something else."""
    try:
        counts = pandas.read_csv(path)
    except (OSError, ValueError) as error:
        raise _foreign(path, f" ({error})") from None
    if list(counts.columns) != COLUMNS or set(counts["order"]) != set(LOOKS):
        raise _foreign(path, "")
    return counts


def _foreign(path: Path, why: str) -> UsageError:
    return UsageError(f"{path}: not the output of experiment_iteration_order{why}; run `make iteration_order`")


def draw_order(counts: pandas.DataFrame, stem: Path) -> Path:
    """PNG and SVG at `stem`; the PNG's path. Raises RunStopped."""
    entries = int(counts[counts["measure"] == "position"]["place"].max()) + 1
    repeats = counts[counts["measure"] == "repeat"].pivot(index="order", columns="place", values="count")
    orders = int(repeats[1].iloc[0])
    with matplotlib.rc_context(RC):
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(11.4, 4.6))
        figure.subplots_adjust(left=0.07, right=0.98, top=0.78, bottom=0.24, wspace=0.22)
        for name, (colour, width) in LOOKS.items():
            mine = counts[counts["order"] == name]
            position = mine[mine["measure"] == "position"]
            left.step(position["place"], position["count"], where="mid", color=colour, linewidth=width, label=name)
            successor = mine[(mine["measure"] == "successor") & (mine["count"] > 0)]
            right.plot(
                successor["place"] + 1, 100 * successor["count"] / orders, color=colour, marker="o", markersize=3.5,
                linewidth=width, label=name,
            )  # fmt: skip
        left.set_title("Position of one entry in the order")
        left.set_xlabel("position in the order, from 0")
        left.set_ylabel(f"times, of {orders:,} orders")
        left.set_xlim(0, entries - 1)
        left.set_ylim(bottom=0)
        right.set_title("Its successors")
        right.set_xlabel("entries, the most frequent successor first")
        right.set_ylabel("% of the orders")
        right.set_xscale("log")
        right.set_yscale("log")
        for axis in (right.xaxis, right.yaxis):
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        for axes in (left, right):
            axes.grid(True, axis="y", color=FAINT, linewidth=0.7)
        right.legend(loc="upper right")
        figure.text(
            0.008,
            0.975,
            "Iteration order of hmap's range() and of a true shuffle",
            fontsize=15,
            fontweight="bold",
            va="top",
        )
        figure.text(
            0.008, 0.895, f"A map of {entries} entries, iterated over {orders:,} times without changing it.",
            fontsize=8.5, color=GREY, va="top",
        )  # fmt: skip
        figure.text(
            0.008, 0.09,
            f"range() draws a first bucket and a first cell, and that is all: {orders:,} times it came in "
            f"{orders - int(repeats.loc['range()', 0]):,} different orders, the shuffle in "
            f"{orders - int(repeats.loc['shuffle', 0]):,}.\nSome positions are frequent and some never occur, "
            f"and an entry is always followed by one of the same few.",
            fontsize=7.8, color=GREY, va="top", linespacing=1.3,
        )  # fmt: skip
        return save(figure, stem)
