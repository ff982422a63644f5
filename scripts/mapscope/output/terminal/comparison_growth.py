"""Growing tables of two sides, as a person reads them in a terminal or a log."""

from __future__ import annotations

from typing import Any

import pandas
from rich.console import Console

from mapscope.analysis.caveats import WIDE_HALVES
from mapscope.analysis.compare_growth import FIGURES, STALL_NS, agreement
from mapscope.analysis.inference import VERDICTS
from mapscope.analysis.split_half import PLACES
from mapscope.output.terminal.comparison_text import marked
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import count_of, duration

KEY = (
    "all inserts: B's sum over A's, as measured repetition by repetition where both took turns, else\n"
    "denoised. The other columns: A's time and B's, of each insert the shortest of all repetitions."
)


def print_growth(console: Console, rows: pandas.DataFrame) -> None:
    """One table a pass; nothing where no table was watched by both."""
    for title, part in rows.groupby("title", sort=False):
        console.print()
        console.print(_table(str(title), part))
    if len(rows):
        console.print(KEY, highlight=False, markup=False)


def growth_sentence(rows: pandas.DataFrame) -> str:
    """How many are slower or faster, and how near the denoised figures are."""
    given = rows["verdict"].value_counts()
    counted = ", ".join(f"{int(given.get(verdict, 0))} {'the same' if verdict == 'same' else verdict}" for verdict in VERDICTS)
    near = agreement(rows, WIDE_HALVES)
    text = (
        f"Of {count_of(len(rows), 'growing table')}, {counted}; {near.near} of {near.percentiles} percentiles "
        f"({', '.join(PLACES)}) are within {near.within:.0%} of each other"
    )
    if near.stalls:
        text += f", and {count_of(near.stalls, 'longest insert')} above {duration(STALL_NS)} at most {near.apart:.2f} times apart"
    if not rows["in_turns"].all():
        text += ". Not all were measured in turn: what the machine did in between is in their ratios (make growth AGAINST=<commit>)"
    return f"{text}."


def _table(title: str, part: pandas.DataFrame) -> TitledTable:
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
