"""Parts of every picture: the head names what it shows, the foot explains how to read it.

Every figure carries what is needed to judge it: machine, compiler, commit, date, rounds, hash.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from mapscope.errors import RunStopped
from mapscope.files import whole_file
from mapscope.output.plots.style import DPI, GREY, PANEL_INCHES, Look
from mapscope.plan.key_sets import RANDOM
from mapscope.plan.records import Payload
from mapscope.store.records import Run

Drawing = Callable[[], Figure]
"""Makes a picture when it is asked to."""

HEAD_INCHES = 0.85
FOOT_INCHES = 1.05
LEGEND_INCHES = 0.69
FOOT_TEXT_INCHES = 0.68
FOOT_LETTERS_PER_INCH = 17


def make_figure(
    run: Run, payloads: list[str], title: str, hash_name: str, sharey: bool, counted: bool = False
) -> tuple[Figure, dict[str, Axes]]:
    """An empty figure with its head, and one panel a payload, two in a row. `counted`: it shows no times."""
    columns = min(2, len(payloads))
    lines = math.ceil(len(payloads) / columns)
    figure, grid = make_grid(run, lines, columns, title, hash_name, counted=counted, sharey=sharey)
    flat = list(grid.flat)
    for empty in flat[len(payloads) :]:
        empty.set_visible(False)
    return figure, dict(zip(payloads, flat, strict=False))


def make_grid(
    run: Run,
    lines: int,
    columns: int,
    title: str,
    hash_name: str,
    *,
    panel: tuple[float, float] = PANEL_INCHES,
    counted: bool = False,
    how: str | None = None,
    **sharing: Any,
) -> tuple[Figure, Any]:
    """An empty figure with its head and an array of panels of so many inches.

    `counted`: it shows no times; `how`: what was done, in place of the rounds.
    """
    width = max(panel[0] * columns, 8.2)
    height = panel[1] * lines + HEAD_INCHES + FOOT_INCHES
    figure, grid = pyplot.subplots(
        lines, columns, figsize=(width, height), squeeze=False, layout=_layout(height, FOOT_INCHES), **sharing
    )
    figure.text(0.09 / width, 1 - 0.12 / height, title, fontsize=15, fontweight="bold", va="top")
    figure.text(
        0.09 / width, 1 - 0.43 / height, _subtitle(run, hash_name, counted, how),
        fontsize=8.5, color=GREY, va="top", linespacing=1.35,
    )  # fmt: skip
    return figure, grid


def _subtitle(run: Run, hash_name: str, counted: bool, done: str | None) -> str:
    environment, tool, build = run.environment, run.tool, run.build
    commit = f"commit {tool.commit.value}" if tool.commit.value else "no commit"
    virtual = environment.virtualisation.value
    machine = environment.cpu_model + (f" ({virtual} guest)" if virtual not in (None, "none") else "")
    state = "" if run.complete else "   INCOMPLETE RUN"
    rounds = f"{run.rounds_measured} round{'' if run.rounds_measured == '1' else 's'}"
    how = "counted in processes of their own" if counted else f"{rounds}, each a new process and seed"
    below = f"{hash_name} hash  ·  {how}  ·  {run.selection.memory} memory" if done is None else done
    return (
        f"{machine}  ·  {build.compiler}, {build.build_type}  ·  "
        f"{commit}{' (dirty)' if tool.dirty else ''}  ·  {run.created[:10]}\n"
        f"{below}{state}"
    )


def payload_title(run: Run, kv: str) -> str:
    """Its name, its types and, where they are not random, its keys."""
    payload = next((entry for entry in run.payloads if entry.name == kv), None)
    return f"{kv}   {_keys(payload)} → {payload.value}" if payload and payload.key else kv


def _keys(payload: Payload) -> str:
    if payload.key_list:
        return f"{payload.key_list.lines:,} {payload.keys} of {payload.key_list.mean_bytes:g} bytes"
    return payload.key if payload.keys == RANDOM else f"{payload.key} ({payload.keys.replace('_', ' ')})"


def add_legend(figure: Figure, present: list[str], styles: dict[str, Look], lines: bool = True) -> None:
    """One legend in canonical order, above the foot."""
    handles = []
    for name in present:
        look = styles[name]
        dashes = look.dashes if lines else "none"
        handles.append(
            Line2D(
                [], [], color=look.colour, marker=look.marker, linestyle=dashes, linewidth=look.width,
                markersize=look.size, label=name,
            )
        )  # fmt: skip
    put_legend(figure, handles, handlelength=3.2 if lines else 1.0)


def put_legend(figure: Figure, handles: list[Any], **look: Any) -> None:
    """A legend of these above the foot, to be added before it: in rows, for which the figure grows, where it is too
    wide for one.
    """
    options = {"columnspacing": 1.4, "fontsize": 8.5} | look

    def lay_out(columns: int) -> Legend:
        place = (0.5, LEGEND_INCHES / figure.get_size_inches()[1])
        return figure.legend(
            handles=by_rows(handles, columns), ncols=columns, loc="lower center", bbox_to_anchor=place, **options
        )

    one_row = lay_out(len(handles))
    lower = one_row.get_window_extent().height
    one_row.remove()
    columns = widest(figure, len(handles), lay_out)
    legend = lay_out(columns)
    if (further := (legend.get_window_extent().height - lower) / figure.dpi) > 0:
        legend.remove()
        _grow_foot(figure, further)
        lay_out(columns)


def widest(figure: Figure, count: int, lay_out: Callable[[int], Legend]) -> int:
    """The columns of a legend of so many entries in the fewest rows, each as full as the others, that fit the
    figure.
    """
    for rows in range(1, count):
        columns = math.ceil(count / rows)
        legend = lay_out(columns)
        fits = legend.get_window_extent().width < figure.bbox.width
        legend.remove()
        if fits:
            return columns
    return 1


def by_rows(handles: list[Any], columns: int) -> list[Any]:
    """In the order in which matplotlib, which fills columns, shows them row by row."""
    return [handle for first in range(columns) for handle in handles[first::columns]]


def _grow_foot(figure: Figure, inches: float) -> None:
    """More room below the panels, which keep their size; the head stays at its distance from the upper edge."""
    width, before = figure.get_size_inches()
    height = before + inches
    figure.set_size_inches(width, height)
    for text in figure.texts:
        text.set_y(1 - (1 - text.get_position()[1]) * before / height)
    figure.set_layout_engine(_layout(height, FOOT_INCHES + inches))


def _layout(height: float, foot: float) -> ConstrainedLayoutEngine:
    """Panels between the head and a foot of so many inches."""
    return ConstrainedLayoutEngine(rect=(0, foot / height, 1, 1 - (HEAD_INCHES + foot) / height), w_pad=0.12, h_pad=0.1)


def add_foot(figure: Figure, text: str) -> None:
    """How to read it, in up to four lines; a paragraph of more than two is cut, as all of it is in run.json."""
    width, height = figure.get_size_inches()
    letters = int(width * FOOT_LETTERS_PER_INCH)
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, letters, max_lines=2, placeholder=" …")]
    text = "\n".join(lines)
    figure.text(0.09 / width, FOOT_TEXT_INCHES / height, text, fontsize=7.8, color=GREY, va="top", linespacing=1.3)


def decades(axes: Axes) -> None:
    """Sizes as 1k, 10k, 1M; with a short range also 2 and 5 of each decade."""
    low, high = axes.get_xlim()
    subs = (1.0,) if high / low > 300 else (1.0, 2.0, 5.0)
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: count_label(n)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def powers_of_ten(axes: Axes) -> None:
    """Sizes in panels too narrow for more; the ends where no power lies between."""
    low, high = axes.get_xlim()
    if math.ceil(math.log10(low)) <= math.floor(math.log10(high)):
        axes.xaxis.set_major_locator(LogLocator())
    else:
        axes.xaxis.set_major_locator(FixedLocator([low, high]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: count_label(n)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def plain_ticks(axis: Any, low: float, high: float) -> None:
    """Ticks at 1, 2 and 5 of each decade in plain digits, closer in a short range, fewer in a long one."""
    if high / low > 2000:
        subs: tuple[float, ...] = (1.0,)
    elif high / low > 6:
        subs = (1.0, 2.0, 5.0)
    elif high / low > 2.2:
        subs = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0)
    else:
        subs = tuple(1 + i / 10 for i in range(20)) + tuple(3 + i / 4 for i in range(28))
    axis.set_major_locator(LogLocator(subs=subs, numticks=30))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: _plain(value)))


def _plain(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"


def count_label(n: float) -> str:
    """`1k`, `10M`."""
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if n >= scale:
            return f"{n / scale:.3g}{letter}"
    return f"{n:g}"


def save(figure: Figure, stem: Path) -> Path:
    """PNG and SVG without a date, so that equal results give equal files. Raises RunStopped."""
    try:
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out once, not again for each format
        for axes in figure.axes:  # the solver's last digits are not the same every time; an SVG's names are
            axes.set_position([round(edge, 6) for edge in axes.get_position(original=True).bounds])
        png = stem.with_name(stem.name + ".png")
        with whole_file(stem.with_name(stem.name + ".svg"), "wb") as stream:
            figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
        with whole_file(png, "wb") as stream:
            figure.savefig(stream, format="png", dpi=DPI)
        return png
    except OSError as error:
        raise RunStopped(f"cannot write {stem}.svg and .png: {error.strerror}") from None
    finally:
        pyplot.close(figure)
