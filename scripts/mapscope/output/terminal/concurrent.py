"""Concurrent maps in a terminal: throughput by threads, read latency, memory per entry, figures published elsewhere.

A hundred columns, and nothing shown by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.text import Text

from mapscope.analysis.concurrent.published import NOTE, Line, beside_published
from mapscope.analysis.concurrent.read_latency import STATES, load_of
from mapscope.analysis.concurrent.throughput import (
    Panel,
    cores,
    mark,
    never_in_words,
    panels,
    scaling_note,
    throughput,
    width,
)
from mapscope.output.terminal.tables import TitledTable
from mapscope.store.records import ReadTimes, Run
from mapscope.text import duration, per_operation, significant

LONG_NS = 1e5
"""From there on nanoseconds are counted by the thousand (k) or million (M): a copy of a large table for each write."""
SHOWN = ("p50", "p99", "p99.9", "max")
"""Of a read latency; all are in run.json."""
KEY = (
    "ns: wall time over the operations of all threads together, median over rounds   M/s: its inverse,\n"
    "million operations a second   ratio: to the fastest map of the column, ± half its 95 % interval\n"
    "* fastest   = indistinguishable from the fastest   - no trustworthy row   ! often disturbed: another\n"
    "program took the CPU in many turns"
)
READ_KEY = (
    "Response times of lookups that arrive at a fixed rate (open-loop load, no coordinated\n"
    "omission): alone, and beside a thread that inserts and erases other keys without pause (written)."
)
MEMORY = "bytes per entry, the entries included, of a table that grew to n; in brackets: at most until then"


def print_concurrent(console: Console, run: Run, sizes: list[int] | None) -> None:
    """All tables, those of workloads at some sizes; without sizes, at the largest of each workload."""
    found = panels(run)
    largest = {panel.family: max(each.n for each in found if each.family == panel.family) for panel in found}
    for panel in found:
        if panel.n in (sizes or [largest[panel.family]]):
            for table in _fitting(console, panel.threads, partial(_throughput_table, run, panel)):
                console.print()
                console.print(table)
    console.print()
    _say(console, KEY)
    for line in never_in_words(run):
        _say(console, f"n/a of {line}")
    _say(console, f"\n{scaling_note(run)}")
    _print_reads(console, run)
    _print_memory(console, run)
    _print_published(console, run)


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, overflow="fold")


def _fitting(
    console: Console, columns: list[Any], table_of: Callable[[list[Any]], TitledTable]
) -> Iterator[TitledTable]:
    """One table, or as many as it takes to keep within the width."""
    wide = console.options.update(max_width=10 * console.width)
    chosen: list[Any] = []
    for column in columns:
        if chosen and Measurement.get(console, wide, table_of([*chosen, column])).maximum > console.width:
            yield table_of(chosen)
            chosen = []
        chosen.append(column)
    yield table_of(chosen)


def _throughput_table(run: Run, panel: Panel, counts: list[int]) -> TitledTable:
    """Maps down, threads across."""
    table = TitledTable(f"{panel.family}   {panel.kv}   n = {panel.n:,}", padding=0)
    table.add_column("map", no_wrap=True)
    for count in counts:
        crowd = ">cores" if count > cores(run) else ""
        for head in (f"t{count}\nns", f"{crowd}\nM/s", "\nratio"):
            table.add_column(head, justify="right", no_wrap=True)
    for name in panel.maps:
        table.add_row(name, *(cell for count in counts for cell in _cells(run, panel, name, count)))
    return table


def _cells(run: Run, panel: Panel, name: str, count: int) -> list[Text]:
    row = panel.rows.get((name, count))
    if row is None:
        return [Text("n/a" if (name, count) in panel.never else "-"), Text(), Text()]
    ratio = "-" if row.ratio_to_best is None else significant(row.ratio_to_best)
    ns = significant(row.median) if row.median < LONG_NS else per_operation(row.median)
    texts = (mark(run, row) + ns, throughput(row.median), ratio + width(row))
    return [Text(f" {text}", style="bold green" if row.map == row.best else "") for text in texts]


def _print_reads(console: Console, run: Run) -> None:
    """A table for each size, and why lookups of some maps were not timed."""
    known = [entry for entry in run.read_latency if entry.value]
    for (kv, n), group in groupby(known, key=attrgetter("kv", "n")):
        entries = [(entry.map, entry.value) for entry in group if entry.value]
        console.print()
        console.print(_read_table(f"read latency   {kv}   n = {n:,}   {load_of(entries[0][1])}", entries))
    if known:
        _say(console, READ_KEY)
    if run.why_no_read_latency:
        _say(console, f"\nread latency: n/a ({run.why_no_read_latency})")
    for entry in run.read_latency:
        if entry.reason:
            _say(console, f"read latency of {entry.map}, n = {entry.n:,}: n/a ({entry.reason})")


def _read_table(title: str, entries: list[tuple[str, ReadTimes]]) -> TitledTable:
    table = TitledTable(title)
    table.add_column("map", no_wrap=True)
    for state, _ in STATES:
        for place, name in enumerate(SHOWN):
            table.add_column(f"{state if place == 0 else ''}\n{name}", justify="right", no_wrap=True)
    table.add_column("\nwrites", justify="right", no_wrap=True)
    for name, times in entries:
        found = [duration(getattr(times, state)[each]) for state, _ in STATES for each in SHOWN]
        table.add_row(name, *found, f"{times.writes:,}")
    return table


def _print_memory(console: Console, run: Run) -> None:
    sizes = sorted({one.n for one in run.table_memory})
    if not sizes:
        if run.why_not_weighed:
            _say(console, f"\nbytes per entry: n/a ({run.why_not_weighed})")
        return
    table = TitledTable(MEMORY)
    table.add_column("map", no_wrap=True)
    for n in sizes:
        table.add_column(f"n = {n:,}", justify="right", no_wrap=True)
    for name in run.map_names:
        by_n = {one.n: one for one in run.table_memory if one.map == name}
        texts = [f"{by_n[n].grown_bytes / n:.1f} ({by_n[n].peak_bytes / n:.1f})" if n in by_n else "-" for n in sizes]
        table.add_row(name, *texts)
    console.print()
    console.print(table)


def _print_published(console: Console, run: Run) -> None:
    """Nothing where none of the maps was measured."""
    lines = beside_published(run)
    for (share, family), group in groupby(lines, key=attrgetter("share", "family")):
        part = list(group)
        places = sorted({place for line in part for place in line.rows})
        title = f"published elsewhere for {share}, and {family} as measured here: ns per operation"
        for table in _fitting(console, places, partial(_published_table, title, part)):
            console.print()
            console.print(table)
    if lines:
        _say(console, NOTE)


def _published_table(title: str, lines: list[Line], places: list[tuple[int, int]]) -> TitledTable:
    table = TitledTable(title)
    for head in ("\npublished for", "\nns", "\nmeasured map"):
        table.add_column(head, justify="right" if head == "\nns" else "left", no_wrap=True)
    for n, group in groupby(places, key=lambda place: place[0]):
        for first, (_, threads) in enumerate(group):
            table.add_column(f"{'' if first else f'n={n:,}'}\nt{threads}", justify="right", no_wrap=True)
    for line in lines:
        rows = (line.rows.get(place) for place in places)
        table.add_row(
            line.name, f"{line.ns:g}", line.map, *("-" if row is None else significant(row.median) for row in rows)
        )
    return table
