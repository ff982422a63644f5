"""Concurrent maps beside Go's own: for the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter

from rich.table import Table

from mapscope.analysis.concurrent.go_sync import TARGET, Compared
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import significant

FORMAT = "1"
HEADS = ("scenario", "threads", "C++, ns", "Go, ns", "C++ / Go", "95 % interval")
METHOD = (
    "ns: wall time over the operations of all threads, median of the rounds, as Go's benchmark counts it. Ratio: "
    "C++ / Go inside each round, whose turns are interleaved; below 1 C++ is faster. Not the same work: Go's keys and "
    f"values are boxed integers (`any`), hashed through an interface; in C++ they are 64-bit integers. "
    f"!: more than {TARGET} times Go."
)


def tables(found: list[Compared]) -> list[Table]:
    """One for each map."""
    made = []
    for (name, reference), group in groupby(found, key=attrgetter("map", "reference")):
        table = TitledTable(f"{name} beside Go's {reference}")
        for place, head in enumerate(HEADS):
            table.add_column(head, justify="left" if place == 0 else "right", no_wrap=True)
        for one in group:
            table.add_row(*_cells(one))
        made.append(table)
    return made


def markdown(found: list[Compared], title: str) -> str:
    """The same tables, and what their numbers are."""
    lines = [f"# {title}", "", METHOD]
    for (name, reference), group in groupby(found, key=attrgetter("map", "reference")):
        lines += ["", f"## {name} beside Go's {reference}", ""]
        lines += ["| " + " | ".join(HEADS) + " |", "|---|" + "--:|" * (len(HEADS) - 1)]
        lines += ["| " + " | ".join(_cells(one)) + " |" for one in group]
    return "\n".join(lines) + "\n"


def document(found: list[Compared], about: dict[str, str | int | None]) -> str:
    """As JSON; an interval of one round is null."""
    entries = [
        {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in asdict(one).items()}
        for one in found
    ]
    return json.dumps({"mapscope_go_sync": FORMAT, **about, "compared": entries}, indent=1) + "\n"


def verdict(found: list[Compared]) -> list[str]:
    """A sentence for each map: how many places are within the target."""
    said = []
    for (name, reference), group in groupby(found, key=attrgetter("map", "reference")):
        places = list(group)
        within = sum(one.is_within_target for one in places)
        worst = max(places, key=attrgetter("ratio"))
        said.append(
            f"{name}: within {TARGET} of Go's {reference} in {within} of {len(places)} places; the most is "
            f"{significant(worst.ratio)} ({worst.scenario}, {worst.threads} "
            f"{'thread' if worst.threads == 1 else 'threads'})"
        )
    return said


def _cells(one: Compared) -> tuple[str, ...]:
    ends = "-" if math.isnan(one.low) else f"{significant(one.low)} to {significant(one.high)}"
    mark = "" if one.is_within_target else "!"
    return (
        one.scenario, str(one.threads), significant(one.ns), significant(one.reference_ns),
        mark + significant(one.ratio), ends,
    )  # fmt: skip
