"""Which map for me, in a terminal: the candidates in order, then what is undecided, left out and interpolated."""

from __future__ import annotations

import math

from rich.console import Console

from mapscope.analysis.choice import EXCEEDS, FITS, UNDECIDED, Candidate, Choice, Wish
from mapscope.output.terminal.tables import TitledTable
from mapscope.store.records import Run
from mapscope.text import duration, significant

KEY = (
    "ns: of one operation of the mix, median over rounds; = cannot be distinguished from the first.\n"
    "ratio: to the least of all, ± half its 95 % interval. max insert: the maximum insert latency while\n"
    "a table grew from empty to n, of each insert the shortest time of all repetitions. front: * no other\n"
    "map is as low in time, bytes and maximum insert latency."
)
IN_WORDS = {FITS: "fits", EXCEEDS: "exceeds", UNDECIDED: "undecided"}


def print_choice(console: Console, run: Run, wish: Wish, found: Choice) -> None:
    """For a person who decides."""
    for line in (_question(wish), f"from {run.created[:10]}, {run.environment.cpu_model}, {run.build.compiler}, "
                 f"suite {run.suite.name}; maps of one run, measured interleaved"):  # fmt: skip
        console.print(line, highlight=False, markup=False, overflow="fold")
    if found.candidates:
        console.print()
        console.print(_table(found))
        console.print(KEY, highlight=False, markup=False)
    for line in [*_sentences(wish, found), *(f"left out: {each}" for each in found.left_out), *found.notes]:
        console.print(f"  - {line}", highlight=False, markup=False, overflow="fold")


def _question(wish: Wish) -> str:
    total = sum(wish.mix.values())
    parts = [f"{weight / total:.0%} {workload}" for workload, weight in wish.mix.items()]
    limits = []
    if wish.max_latency_ns is not None:
        limits.append(f"no insert longer than {duration(wish.max_latency_ns)}")
    if wish.bytes_per_entry is not None:
        limits.append(f"at most {wish.bytes_per_entry:g} bytes per entry")
    with_limits = f"; {', '.join(limits)}" if limits else ""
    return f"{wish.kv}, {wish.n:,} entries, {wish.hash} hash: {', '.join(parts)}{with_limits}"


def _table(found: Choice) -> TitledTable:
    table = TitledTable()
    for head in ("map", "ns", "ratio", "bytes per entry", "max insert", "limits", "front"):
        table.add_column(head, justify="left" if head in ("map", "limits") else "right", no_wrap=True)
    for one in found.candidates:
        table.add_row(
            one.map, ("=" if one.is_tied else "") + significant(one.ns), _ratio(one),
            "unknown" if one.bytes is None else f"{one.bytes:.1f}",
            "unknown" if one.longest_ns is None else duration(one.longest_ns), _limits(one),
            "*" if one.is_on_front else "",
        )  # fmt: skip
    return table


def _ratio(one: Candidate) -> str:
    if math.isnan(one.low):
        return f"{one.ratio:.2f}"
    return f"{one.ratio:.2f} ±{(one.high / one.low) ** 0.5 - 1:.0%}"


def _limits(one: Candidate) -> str:
    parts = [f"{what} {IN_WORDS[word]}" for what, word in (("latency", one.latency), ("memory", one.memory))
             if word != FITS]  # fmt: skip
    return ", ".join(parts) or "met"


def _sentences(wish: Wish, found: Choice) -> list[str]:
    if not found.candidates:
        return ["no map has all that the mix asks for"]
    first = found.candidates[0]
    if first.verdict == EXCEEDS:
        return ["no map meets the limits"]
    tied = [one.map for one in found.candidates if one.is_tied]
    met = "" if wish.max_latency_ns is None and wish.bytes_per_entry is None else " that meets the limits"
    if first.verdict == UNDECIDED:
        said = [f"whether any map meets the limits is undecided; {first.map} has the lowest time of those that may"]
    elif tied:
        said = [
            f"which of {', '.join([first.map, *tied])} is the fastest{met} is undecided by this run; {first.map} has "
            "the lowest median"
        ]
    else:
        said = [f"{first.map} is the fastest{met}"]
    if may := [one.map for one in found.candidates if one.verdict == UNDECIDED and first.verdict == FITS]:
        said.append(f"whether {', '.join(may)} meet the limits is undecided")
    return said
