"""What it costs to compile a map, as tables: for the terminal and as Markdown."""

from __future__ import annotations

from rich.table import Table

from mapscope.output.terminal.tables import TitledTable
from mapscope.store.compiled import BARE, Compiled

HEADS = ("map", "header, s", "used, s", "over no map", "find, bytes", "insert, bytes")
METHOD = (
    "Seconds are CPU time of the compiler, median of the rounds and half the distance of the quartiles: of a source "
    "that only includes the map, and of one that finds, inserts, erases, iterates, reserves and destroys. Over no map: "
    "what the second takes more than a source without a map. Bytes are machine code of a source that only finds, or "
    "only inserts: with all that is instantiated for it, without what lies in a library."
)


def table(found: list[Compiled], title: str) -> Table:
    """For the terminal, the fastest to compile first."""
    made = TitledTable(title)
    for head in HEADS:
        made.add_column(head, justify="left" if head == "map" else "right", no_wrap=True)
    for line in lines(found):
        made.add_row(*line)
    return made


def markdown(found: list[Compiled], title: str) -> str:
    """The table, and what its numbers are."""
    head = ["| " + " | ".join(HEADS) + " |", "|---|" + "--:|" * (len(HEADS) - 1)]
    return (
        "\n".join([f"# {title}", "", METHOD, "", *head, *("| " + " | ".join(line) + " |" for line in lines(found))])
        + "\n"
    )


def lines(found: list[Compiled]) -> list[list[str]]:
    """Cells of each map."""
    bare = next(one for one in found if one.map == BARE).seconds["header"]["median"] or 0.0
    in_order = sorted((one for one in found if one.map != BARE), key=lambda one: one.seconds["all"]["median"] or 0.0)
    last = [BARE, _seconds(next(one for one in found if one.map == BARE).seconds["header"]), "", "", "", ""]
    return [
        [
            one.map, _seconds(one.seconds["header"]), _seconds(one.seconds["all"]),
            f"{(one.seconds['all']['median'] or 0.0) - bare:.2f}",
            *(f"{one.text_bytes[name]:,}" for name in ("find", "insert")),
        ]
        for one in in_order
    ] + [last]  # fmt: skip


def _seconds(described: dict[str, float | None]) -> str:
    spread = described["spread"]
    width = "" if spread is None else f" ±{spread / 2:.0%}"
    return f"{described['median']:.2f}{width}"
