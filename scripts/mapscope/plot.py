"""Pictures of a run, drawn from its stored results alone; the same results give the same bytes.

One figure per workload and hash setting, one panel per payload; and one overview per
hash setting. Every figure carries what is needed to judge it: machine, compiler,
commit, date, rounds, hash.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import matplotlib
import pandas

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from mapscope.errors import RunStopped
from mapscope.style import DPI, FAINT, GREY, PANEL_INCHES, RC, Look, looks
from mapscope.table import choose_sizes, maps_of, rows
from mapscope.text import count_of, significant

HEAD_INCHES = 0.85
FOOT_INCHES = 0.92


def plot_run(run: dict[str, Any], folder: Path, n: str | None = None) -> list[Path]:
    """Draw every figure of `run` into `folder`; the overview is taken at the sizes meant by `n`.

    Returns the PNG paths (an SVG lies beside each). Raises UsageError or RunStopped.
    """
    table = rows(run)
    sizes = choose_sizes(table, n)
    pictures = []
    with matplotlib.rc_context(RC):
        for (workload, hash_name), part in table.groupby(["workload", "hash"], sort=False):
            figure = _workload_figure(run, str(workload), str(hash_name), part)
            pictures.append(_save(figure, folder / f"{workload}-{hash_name}"))
        for hash_name, part in table.groupby("hash", sort=False):
            for size in sizes:
                figure = _overview_figure(run, str(hash_name), size, part[part["n"] == size])
                pictures.append(_save(figure, folder / f"overview-{hash_name}-n{size}"))
    return pictures


def _workload_figure(run: dict[str, Any], workload: str, hash_name: str, part: pandas.DataFrame) -> Figure:
    """ns per operation over n; with a single size, one row of dots per map instead."""
    summary = next((w for w in run["workloads"] if w["name"] == workload), {"summary": "", "operation": ""})
    operation = f"  (1 operation = {summary['operation']})" if summary["operation"] else ""
    single = part["n"].nunique() == 1
    at = f" at n = {part['n'].iloc[0]:,}" if single else ""
    figure, panels = _figure(run, list(dict.fromkeys(part["kv"])), f"{workload}{at}", hash_name, sharey=False)
    styles = looks(maps_of(run))
    present = [name for name in maps_of(run) if name in set(part["map"])]
    for kv, axes in panels.items():
        panel = part[part["kv"] == kv]
        axes.set_title(_payload_title(run, kv))
        if single:
            _draw_single(axes, panel, present, styles)
        else:
            _draw_sweep(axes, panel, present, styles)
            _draw_caches(axes, run, float(panel["payload_bytes"].mean()))
    if single:
        foot = "Dot: median over rounds. Bar: quartiles."
    else:
        foot = (
            "Line: median over rounds; bar: quartiles. Dotted: n at which keys and values alone would fill a cache.\n"
            "Both axes are logarithmic."
        )
        _legend(figure, present, styles)
    _foot(figure, f"{workload}: {summary['summary']}{operation}\n{foot}" if summary["summary"] else foot)
    return figure


def _draw_sweep(axes: Axes, panel: pandas.DataFrame, present: list[str], styles: dict[str, Look]) -> None:
    """One line a map, hmap last so that it lies on top."""
    for name in reversed(present):
        line = panel[panel["map"] == name].sort_values("n")
        if line.empty:
            continue
        look = styles[name]
        shrink = 0.5 if len(line) > 14 else 1.0
        axes.errorbar(
            line["n"], line["median"], yerr=_quartile_bars(line), color=look.colour, marker=look.marker,
            linestyle=look.dashes, linewidth=look.width, markersize=look.size * shrink,
            markeredgecolor="white", markeredgewidth=0.5 * (shrink == 1.0), elinewidth=0.9, capsize=2,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("n (entries in the map)")
    axes.set_ylabel("ns per operation")
    low, high = int(panel["n"].min()), int(panel["n"].max())
    margin = (high / low) ** 0.06
    axes.set_xlim(low / margin, high * margin)
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top * (top / bottom) ** 0.07)  # room for the names of the caches
    axes.grid(True, which="major", color=FAINT, linewidth=0.7)
    _decades(axes)
    _plain_ticks(axes.yaxis, *axes.get_ylim())


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


def _draw_caches(axes: Axes, run: dict[str, Any], payload_bytes: float) -> None:
    """A dotted line where the payload alone fills each data cache that lies inside the axes."""
    low, high = axes.get_xlim()
    for cache in run["environment"]["caches"]:
        n = cache["bytes"] / payload_bytes
        if cache["type"] == "Instruction" or not low < n < high:
            continue
        axes.axvline(n, color=GREY, linewidth=0.9, linestyle=(0, (1, 2)), zorder=0)
        right_of_middle = math.log(n / low) > 0.85 * math.log(high / low)
        axes.annotate(
            f"L{cache['level']} {_bytes(cache['bytes'])}", (n, 1), xycoords=("data", "axes fraction"),
            xytext=(-2 if right_of_middle else 2, -1), textcoords="offset points",
            ha="right" if right_of_middle else "left", va="top", fontsize=7.5, color=GREY,
            bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1},
        )  # fmt: skip


def _overview_figure(run: dict[str, Any], hash_name: str, n: int, part: pandas.DataFrame) -> Figure:
    """Ratio to the fastest, one row a workload, one dot a map."""
    title = f"Ratio to the fastest map at n = {n:,}"
    figure, panels = _figure(run, list(dict.fromkeys(part["kv"])), title, hash_name, sharey=True)
    styles = looks(maps_of(run))
    present = [name for name in maps_of(run) if name in set(part["map"])]
    workloads = list(dict.fromkeys(part["workload"]))
    step = 0.72 / max(1, len(present) - 1)
    high = 1.0
    for kv, axes in panels.items():
        panel = part[part["kv"] == kv].dropna(subset=["ratio_to_best"])
        axes.set_title(_payload_title(run, kv))
        for stripe in range(0, len(workloads), 2):
            axes.axhspan(stripe - 0.5, stripe + 0.5, color="#f4f4f4", zorder=0, linewidth=0)
        axes.axvline(1, color=GREY, linewidth=0.9)
        for place, name in enumerate(present):
            look = styles[name]
            dots = panel[panel["map"] == name]
            heights = [workloads.index(w) + (place - (len(present) - 1) / 2) * step for w in dots["workload"]]
            ratio = dots["ratio_to_best"]
            error = [(ratio - dots["ratio_min"]).tolist(), (dots["ratio_max"] - ratio).tolist()]
            axes.errorbar(
                ratio, heights, xerr=error, linestyle="none", color=look.colour, marker=look.marker,
                markersize=look.size, markeredgecolor="white", markeredgewidth=0.4, elinewidth=0.9,
            )  # fmt: skip
        high = max(high, float(panel["ratio_max"].max(skipna=True) or 1))
        axes.set_yticks(range(len(workloads)), workloads)
        axes.set_ylim(len(workloads) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("times the fastest (logarithmic)")
        axes.grid(True, axis="x", color=FAINT, linewidth=0.7)
    low = min(0.95, float(part["ratio_min"].min(skipna=True)) * 0.97)
    for axes in panels.values():
        axes.set_xscale("log")
        axes.set_xlim(low, high * 1.06)
        _plain_ticks(axes.xaxis, low, high * 1.06)
    _legend(figure, present, styles, lines=False)
    _foot(figure, "Dot: median of the per-round ratios to the fastest map of its row; bar: their extremes.")
    return figure


def _figure(
    run: dict[str, Any], payloads: list[str], title: str, hash_name: str, sharey: bool
) -> tuple[Figure, dict[str, Axes]]:
    """An empty figure with its head, and one panel a payload, two in a row."""
    columns = min(2, len(payloads))
    lines = math.ceil(len(payloads) / columns)
    width = max(PANEL_INCHES[0] * columns, 8.2)
    height = PANEL_INCHES[1] * lines + HEAD_INCHES + FOOT_INCHES
    figure, grid = pyplot.subplots(
        lines, columns, figsize=(width, height), squeeze=False, sharey=sharey,
        layout=ConstrainedLayoutEngine(
            rect=(0, FOOT_INCHES / height, 1, 1 - (HEAD_INCHES + FOOT_INCHES) / height), w_pad=0.12, h_pad=0.1
        ),
    )  # fmt: skip
    figure.text(0.012, 1 - 0.12 / height, title, fontsize=15, fontweight="bold", va="top")
    figure.text(
        0.012, 1 - 0.43 / height, _subtitle(run, hash_name), fontsize=8.5, color=GREY, va="top", linespacing=1.35
    )
    flat = list(grid.flat)
    for empty in flat[len(payloads) :]:
        empty.set_visible(False)
    return figure, dict(zip(payloads, flat, strict=False))


def _subtitle(run: dict[str, Any], hash_name: str) -> str:
    environment, tool, build = run["environment"], run["tool"], run["build"]
    commit = f"commit {tool['commit']['value']}" if tool["commit"]["value"] else "no commit"
    virtual = environment["virtualisation"]["value"]
    machine = environment["cpu_model"] + (f" ({virtual} guest)" if virtual not in (None, "none") else "")
    state = "" if run["complete"] else "   INCOMPLETE RUN"
    return (
        f"{machine}  ·  {build['compiler']}, {build['build_type']}  ·  "
        f"{commit}{' (dirty)' if tool['dirty'] else ''}  ·  {run['created'][:10]}\n"
        f"{hash_name} hash  ·  {count_of(run['selection']['rounds'], 'round')}, each a new process and seed  ·  "
        f"{run['selection']['memory']} memory{state}"
    )


def _payload_title(run: dict[str, Any], kv: str) -> str:
    payload = next((p for p in run["payloads"] if p["name"] == kv), None)
    return f"{kv}   {payload['key']} → {payload['value']}" if payload and payload["key"] else kv


def _legend(figure: Figure, present: list[str], styles: dict[str, Look], lines: bool = True) -> None:
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
    height = figure.get_size_inches()[1]
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=(0.5, 0.56 / height), ncols=len(handles),
        handlelength=3.2 if lines else 1.0, columnspacing=1.4, fontsize=8.5,
    )  # fmt: skip


def _foot(figure: Figure, text: str) -> None:
    height = figure.get_size_inches()[1]
    figure.text(0.012, 0.55 / height, text, fontsize=7.8, color=GREY, va="top", linespacing=1.3)


def _quartile_bars(part: pandas.DataFrame) -> list[list[float]]:
    """Distances below and above the median; nothing is drawn where one round has no quartiles."""
    q1, q3 = part["q1"].astype(float), part["q3"].astype(float)
    return [(part["median"] - q1).tolist(), (q3 - part["median"]).tolist()]


def _decades(axes: Axes) -> None:
    """Sizes as 1k, 10k, 1M; with a short range also 2 and 5 of each decade."""
    low, high = axes.get_xlim()
    subs = (1.0,) if high / low > 300 else (1.0, 2.0, 5.0)
    axes.xaxis.set_major_locator(LogLocator(subs=subs))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda n, _: _count(n)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _plain_ticks(axis: Any, low: float, high: float) -> None:
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


def _count(n: float) -> str:
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if n >= scale:
            return f"{n / scale:g}{letter}"
    return f"{n:g}"


def _bytes(count: int) -> str:
    for scale, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= scale:
            return f"{count / scale:g} {unit}"
    return f"{count} B"


def _save(figure: Figure, stem: Path) -> Path:
    """PNG and SVG without a date, so that equal results give equal files. Raises RunStopped."""
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")  # laid out once, not again for each format
        figure.savefig(stem.with_name(stem.name + ".svg"), metadata={"Date": None, "Creator": None})
        png = stem.with_name(stem.name + ".png")
        figure.savefig(png, dpi=DPI)
        return png
    except OSError as error:
        raise RunStopped(f"cannot write {stem}.svg: {error.strerror}") from None
    finally:
        pyplot.close(figure)
