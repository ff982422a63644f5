"""What other keys cost, in a terminal: a table for each workload and hash, and who collapses on which keys."""

from __future__ import annotations

import pandas
from rich.console import Console
from rich.text import Text

from mapscope.analysis.key_sets import COLLAPSE, collapses, compared_keys
from mapscope.output.terminal.tables import TitledTable


def print_key_sets(console: Console, table: pandas.DataFrame, maps: list[str]) -> None:
    """Of a run with random keys and others; of any other, nothing."""
    found = compared_keys(table)
    for each in found:
        lines = TitledTable(f"\n{each.types}   {each.workload}   {each.hash} hash: time on other keys over random ones")
        lines.add_column("keys")
        for name in maps:
            lines.add_column(name.replace("_", "_\n"), justify="right", overflow="fold")
        for keys in each.keys:
            lines.add_row(keys, *(_cell(each.ratios.get(name, {}).get(keys)) for name in maps))
        console.print(lines)
    for sentence in collapses(found):
        console.print(f"  - {sentence}", highlight=False, markup=False, overflow="fold")


def _cell(ratio: float | None) -> Text:
    if ratio is None:
        return Text("-")
    return Text(f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.3g}", style="bold" if ratio >= COLLAPSE else "")
