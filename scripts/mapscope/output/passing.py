"""What passing a map as an argument costs, as tables: for the terminal, as Markdown, and for the page."""

from __future__ import annotations

from rich.table import Table

from mapscope.analysis.passing import Passing, Way
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import significant

METHOD = (
    "Each function reads the size of the map that it is given; caller and callee are compiled separately. "
    "Times are ns a call, medians of interleaved repetitions in one process, in brackets the spread "
    "(q3 - q1) / median. Differences of less than half a nanosecond mean nothing: they come from code alignment, and a "
    "reference and a pointer are the same instructions. Instructions are those of caller + callee, without "
    "what they call."
)


def table(found: Passing) -> Table:
    """For the terminal."""
    ways = found.ways
    made = TitledTable("Passing a map as an argument, ns a call: median of repetitions")
    for column, right in zip(heads(ways), _right(ways), strict=True):
        made.add_column(column, justify="right" if right else "left", no_wrap=True)
    for way in ways:
        made.add_row(*cells(way, spreads=False))
    return made


def markdown(found: Passing) -> str:
    """The table, and the instructions below it."""
    ways = found.ways
    head, right = heads(ways), _right(ways)
    lines = [
        "# Passing a map as an argument",
        "",
        METHOD,
        "",
        f"Measured on {found.cpu}, compiled by {found.compiler}.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "|".join("--:" if each else "---" for each in right) + "|",
        *("| " + " | ".join(cells(way)) + " |" for way in ways),
    ]
    for way in ways:
        lines += ["", f"## {way.description()[0].upper()}{way.description()[1:]}", "", "```asm"]
        for name, body in way.instructions.items():
            lines += [f"{name}:", *(f"    {each}" for each in body)]
        lines += ["```"]
    return "\n".join(lines) + "\n"


def heads(ways: list[Way]) -> list[str]:
    """Of the table's columns."""
    return ["what is passed", "bytes", "in", "instr.", *(f"n={n}" for n in ways[0].times)]


def _right(ways: list[Way]) -> list[bool]:
    return [False, True, False, True, *([True] * len(ways[0].times))]


def cells(way: Way, *, spreads: bool = True) -> list[str]:
    """Of the way's line."""
    counts = " + ".join(str(len(body)) for body in way.instructions.values())
    return [
        way.description(), str(way.bytes), "registers" if way.registers else "memory", counts,
        *(_time(described, spreads) for described in way.times.values()),
    ]  # fmt: skip


def _time(described: dict[str, float | None], spreads: bool) -> str:
    known = spreads and described["spread"] is not None
    spread = f" ({described['spread']:.0%})" if known else ""
    return f"{significant(described['median'])}{spread}"
