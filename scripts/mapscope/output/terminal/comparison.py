"""A comparison as a person reads it in a terminal or a log: 100 columns, nothing told by colour alone."""

from __future__ import annotations

from typing import Any

import pandas
from rich.console import Console
from rich.table import Table

from mapscope.analysis.compare import METHODS, Comparison
from mapscope.analysis.inference import CONFIDENCE, FALSE_DISCOVERIES, VERDICTS
from mapscope.output.terminal.comparison_growth import growth_sentence, print_growth
from mapscope.output.terminal.comparison_text import bracketed, marked, name_of
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import count_of, significant

SHOWN = 40
"""Rows that are listed one by one unless all are asked for."""


def print_comparison(console: Console, found: Comparison, everything: bool = False) -> None:
    """Sides, geometric means, the rows that differ, and what speaks against it."""
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
    print_growth(console, found.growth)
    for told in (sentence(found), growth_sentence(found.growth)) if len(found.growth) else (sentence(found),):
        console.print(f"\n{told}", highlight=False, markup=False, soft_wrap=False)


def sentence(found: Comparison) -> str:
    """`Of 48 rows 0 are slower, 0 faster, 40 the same and 8 undecided.`"""
    count = counts(found)
    return (
        f"Of {count_of(len(found.rows), 'row')}, {count['slower']} slower, {count['faster']} faster, "
        f"{count['same']} the same (within {found.margin:.0%}), {count['undecided']} undecided; "
        f"of those called slower or faster, at most {FALSE_DISCOVERIES:.0%} are expected to be so wrongly."
    )


def counts(found: Comparison) -> dict[str, int]:
    """How many rows got each verdict."""
    given = found.rows["verdict"].value_counts()
    return {verdict: int(given.get(verdict, 0)) for verdict in VERDICTS}


def too_slow(found: Comparison, percent: float) -> pandas.DataFrame:
    """The rows called slower whose ratio exceeds the limit, growing tables among them."""
    slow = [rows[(rows["verdict"] == "slower") & (rows["ratio"] > 1 + percent / 100)] for rows in (found.rows, found.growth)]
    return pandas.concat([rows for rows in slow if len(rows)] or slow[:1], ignore_index=True)


def _print_head(console: Console, found: Comparison) -> None:
    console.print()
    for side, runs in (("A", found.a), ("B", found.b)):
        for label in runs.labels:
            document = runs.documents[label]
            console.print(f"{side}  {label}{_state(document)}", highlight=False, markup=False)
    method = METHODS[found.method]
    if found.method == "apart":
        method += f" (inferred: ±{found.drift:.1%})"
    console.print(f"   {method}", highlight=False, markup=False)
    for unlike in found.unlike:
        console.print(f"   differs in {unlike}", highlight=False, markup=False)
    for side, missing in (("B", found.only_a), ("A", found.only_b)):
        if missing:
            console.print(f"   {count_of(missing, 'row')} left out, which {side} lacks", highlight=False)


def _state(document: dict[str, Any] | None) -> str:
    if document is None:
        return "  (Google Benchmark's file: machine and build unknown)"
    commit = document["tool"]["commit"]["value"] or "no commit"
    return f"  commit {commit}{', dirty' if document['tool']['dirty'] else ''}"


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
