"""A benchmark over commits as a table."""

from __future__ import annotations

import pandas
from rich.console import Console

from mapscope.analysis.trend import title_of
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import significant


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
