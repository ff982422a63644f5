"""A comparison as a person reads it in a terminal or a log: 100 columns, nothing shown by colour alone."""

from __future__ import annotations

from typing import Any

import pandas
from rich.console import Console
from rich.table import Table

from mapscope.analysis.compare import METHODS, Comparison
from mapscope.analysis.conclusions import growth_sentence, sentence
from mapscope.analysis.growth.compare_growth import FIGURES
from mapscope.analysis.inference import CONFIDENCE
from mapscope.output.terminal.tables import TitledTable
from mapscope.store.records import Run
from mapscope.text import count_of, duration, significant

MARKS = {"slower": "+", "faster": "-", "same": "=", "undecided": "?"}
SHOWN = 40
"""Rows that are listed one by one unless all are asked for."""


GROWTH_KEY = (
    "all inserts: B's sum over A's, as measured repetition by repetition where both were interleaved, else\n"
    "denoised. The other columns: A's time and B's, of each insert the shortest of all repetitions."
)


def print_comparison(console: Console, found: Comparison, everything: bool = False) -> None:
    """Sides, geometric means, the rows that differ, and the caveats."""
    _print_head(console, found)
    for name, part in found.means.groupby("map", sort=False):
        console.print()
        console.print(_means_table(str(name), part))
    console.print(
        "ratio: B's time over A's, geometric mean over sizes and hashes; above 1, B is slower. "
        f"Brackets: {CONFIDENCE:.0%} interval.\n+ slower   - faster   = the same   ? undecided",
        highlight=False, markup=False,
    )  # fmt: skip
    listed = found.rows if everything else found.rows[found.rows["verdict"].isin(("slower", "faster"))]
    if not listed.empty:
        ordered = listed if everything else listed.sort_values("ratio", ascending=False)
        console.print()
        console.print(_rows_table(ordered if everything else ordered.head(SHOWN)))
        if not everything and len(listed) > SHOWN:
            console.print(f"and {len(listed) - SHOWN} more; --all (ALL=1) lists every row", highlight=False)
    _print_growth(console, found.growth)
    for reported in (sentence(found), growth_sentence(found.growth)) if len(found.growth) else (sentence(found),):
        console.print(f"\n{reported}", highlight=False, markup=False, soft_wrap=False)


def too_slow(found: Comparison, percent: float) -> pandas.DataFrame:
    """The rows called slower whose ratio exceeds the limit, growing tables among them."""
    slow = [
        rows[(rows["verdict"] == "slower") & (rows["ratio"] > 1 + percent / 100)] for rows in (found.rows, found.growth)
    ]
    return pandas.concat([rows for rows in slow if len(rows)] or slow[:1], ignore_index=True)


def _print_head(console: Console, found: Comparison) -> None:
    console.print()
    for side, runs in (("A", found.a), ("B", found.b)):
        for label in runs.labels:
            console.print(f"{side}  {label}{_state(runs.by_label[label])}", highlight=False, markup=False)
    method = METHODS[found.method]
    if found.method == "apart":
        method += f" (inferred: ±{found.drift:.1%})"
    console.print(f"   {method}", highlight=False, markup=False)
    for unlike in found.unlike:
        console.print(f"   differs in {unlike}", highlight=False, markup=False)
    for side, missing in (("B", found.only_a), ("A", found.only_b)):
        if missing:
            console.print(f"   {count_of(missing, 'row')} left out, which {side} lacks", highlight=False)


def _state(run: Run | None) -> str:
    if run is None:
        return "  (Google Benchmark's file: machine and build unknown)"
    return f"  commit {run.tool.commit.value or 'no commit'}{', dirty' if run.tool.dirty else ''}"


def _means_table(name: str, part: pandas.DataFrame) -> Table:
    table = TitledTable(f"{name}: B over A" if name else "B over A")
    table.add_column("workload", overflow="fold")
    payloads = list(dict.fromkeys(part["kv"]))
    for kv in payloads:
        table.add_column(kv or "ratio", overflow="fold")
    for workload, group in part.groupby("workload", sort=False):
        by_kv = {row["kv"]: row for row in group.to_dict("records")}
        cells = [marked(by_kv[kv]) if kv in by_kv else "" for kv in payloads]
        table.add_row(str(workload), *cells)
    return table


def _rows_table(rows: pandas.DataFrame) -> Table:
    table = TitledTable()
    table.add_column("row", overflow="fold")
    for title in ("A ns", "B ns", "B over A"):
        table.add_column(title, justify="right")
    table.add_column("verdict")
    for row in rows.to_dict("records"):
        table.add_row(name_of(row), significant(row["a"]), significant(row["b"]), bracketed(row), row["verdict"])
    return table


def name_of(row: dict[str, Any]) -> str:
    """A row in words: `hmap find_hit int_int n=1000`."""
    parts = [row["map"], row["workload"], row["kv"], f"n={row['n']}" if row["n"] else ""]
    own = "own hash" if row["hash"] == "own" else ""
    return " ".join(part for part in (*parts, own) if part)


def bracketed(row: dict[str, Any]) -> str:
    """`1.100 [1.05, 1.16]`; the ratio alone where there is no interval."""
    if pandas.isna(row["ratio"]):
        return "-"
    ratio = f"{row['ratio']:.3f}"
    return ratio if pandas.isna(row["low"]) else f"{ratio} [{significant(row['low'])}, {significant(row['high'])}]"


def marked(row: dict[str, Any]) -> str:
    """The same behind the mark of its verdict."""
    return f"{MARKS[row['verdict']]} {bracketed(row)}"


def _print_growth(console: Console, rows: pandas.DataFrame) -> None:
    """One table a pass; nothing where no table was watched by both."""
    for title, part in rows.groupby("title", sort=False):
        console.print()
        console.print(_growth_table(str(title), part))
    if len(rows):
        console.print(GROWTH_KEY, highlight=False, markup=False)


def _growth_table(title: str, part: pandas.DataFrame) -> TitledTable:
    table = TitledTable(f"growth   {title}", collapse_padding=True)
    table.add_column("map", no_wrap=True)
    table.add_column("all inserts", no_wrap=True)
    for name in FIGURES:
        table.add_column(f"{name}\n{'A':>6} {'B':>6}", justify="right", no_wrap=True)
    for row in part.to_dict("records"):
        table.add_row(row["map"], marked(row), *(_both(row, name) for name in FIGURES))
    return table


def _both(row: dict[str, Any], name: str) -> str:
    return " ".join(f"{duration(row[side][name]):>6}" for side in ("figures_a", "figures_b"))
