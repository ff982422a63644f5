"""The tables of growing tables: insert tail latency, and the parts of each growth."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from mapscope.analysis.growth.draining import HEADS, drain_of
from mapscope.analysis.growth.draining import KEY as DRAIN_KEY
from mapscope.analysis.split_half import by_map
from mapscope.output.terminal.tables import TitledTable
from mapscope.store.records import PERCENTILES, Growth, GrowthEvent, Run
from mapscope.text import duration, per_operation

SHOWN = (0, 2, 3, 4, 5)
"""Of PERCENTILES, in the terminal; all are in run.json."""
KEY = (
    "Of each insert the shortest time of all repetitions: noise is gone, what the map does is not.\n"
    "raw max: as measured, median over the repetitions   >10us: how many were longer\n"
    "open loop (no coordinated omission): 1M/s, or half as many as the map can serve\n"
    "B/entry: resident at most and in the end; erased: allocated when all entries are gone"
)


def print_growth(console: Console, run: Run) -> None:
    """One table a pass, the events of the largest growth, and what could not be measured."""
    for key, rows in groupby(run.growth, key=attrgetter("title")):
        part = list(rows)
        console.print()
        console.print(_latency_table(f"growth   {key}", part, "inserts"))
        if part[0].churn:
            console.print(_latency_table("their erases", part, "erases"))
        console.print(_waiting_table(part))
        console.print(_event_table(part))
        _print_parts(console, part)
        _print_drains(console, part)
        if halves := by_map(part):
            console.print(halves, highlight=False, markup=False, overflow="fold")
    if run.growth:
        console.print(KEY, highlight=False, markup=False)
        _print_noise(console, run.growth)
    for entry in run.growth_passes:
        if entry.reason is not None:
            text = f"{entry.stage} {entry.kv} n = {entry.n}: n/a ({entry.reason})"
            console.print(text, highlight=False, markup=False)


def _latency_table(title: str, rows: list[Growth], what: str) -> Table:
    table = _table(title)
    heads = ("map", *(PERCENTILES[i] for i in SHOWN), "max", "raw max", ">10us", ">100us", ">1ms", "total")
    for head in heads:
        table.add_column(head, justify="left" if head == "map" else "right", no_wrap=True)
    for row in rows:
        table.add_row(row.map, *_latency_cells(row, what))
    return table


def _latency_cells(row: Growth, what: str) -> list[str]:
    times = getattr(row.denoised, what)
    raw = median(one.max_ns for one in getattr(row.raw, what))
    return [
        *(duration(times.percentiles_ns[i]) for i in SHOWN), duration(times.max_ns), duration(raw),
        *(per_operation(count) for count in times.longer_than_10us_100us_1ms), duration(times.total_ns),
    ]  # fmt: skip


def _waiting_table(rows: list[Growth]) -> Table:
    table = _table("open loop: response to Poisson arrivals; memory")
    for head in (
        "map", "1M/s p99", "p99.99", "max", "half p99", "p99.99", "max", "B/entry peak", "final", "erased", "allocs/op",
    ):  # fmt: skip
        table.add_column(head.replace(" ", "\n"), justify="left" if head == "map" else "right", no_wrap=True)
    for row in rows:
        table.add_row(row.map, *_responses(row, "1M/s"), *_responses(row, "half of its own"), *_entry_cells(row))
    return table


def _responses(row: Growth, name: str) -> list[str]:
    responses = row.replay(name).responses
    return [duration(ns) for ns in (responses.percentiles_ns[2], responses.percentiles_ns[4], responses.max_ns)]


def _entry_cells(row: Growth) -> list[str]:
    resident, counted = row.resident, row.counted
    sizes = (
        [f"{getattr(resident, name):.1f}" for name in ("peak_per_entry", "final_per_entry")]
        if resident
        else ["n/a"] * 2
    )
    if counted is None:
        return [*sizes, "n/a", "n/a"]
    return [*sizes, f"{counted.bytes_after_erasing / row.n:.1f}", per_operation(counted.allocations_per_operation)]


def _event_table(rows: list[Growth]) -> Table:
    """The last growth of each map, which is its largest; of a table that stays full, to the same size perhaps."""
    table = _table(
        "its last growth" if rows[0].churn is None else "its last growth, in place or to an array of the same size"
    )
    for head in (
        "map", "growths", "at n", "trigger", "drain\nops", "\ntime", "MB\nbefore", "\npeak", "\nafter", "page\nfaults",
    ):  # fmt: skip
        table.add_column(head, justify="left" if head == "map" else "right", no_wrap=True)
    for row in rows:
        events = row.events
        if not events:
            table.add_row(row.map, "0", *["-"] * 8)
            continue
        last = events[-1]
        table.add_row(
            row.map, str(len(events)), per_operation(last.entries), duration(last.trigger_ns),
            _or_dash(last.drain_operations, per_operation), _or_dash(last.drain_ns, duration),
            *_memory_cells(last),
        )  # fmt: skip
    return table


def _memory_cells(event: GrowthEvent) -> list[str]:
    memory = event.memory
    if memory is None:
        return ["n/a"] * 4
    after = memory.bytes_drained if event.drain_operations is not None else memory.bytes_after
    faults = memory.trigger_faults + (memory.drain_faults or 0)
    sizes = (memory.bytes_before, memory.bytes_peak, after)
    return [*(_or_dash(size, lambda n: f"{n / 1e6:.4g}") for size in sizes), per_operation(faults)]


def _print_parts(console: Console, rows: list[Growth]) -> None:
    """Where the time of the last growth went, for the maps that can be observed."""
    for row in rows:
        observed = [event for event in row.events if event.parts]
        if not observed:
            continue
        parts = observed[-1].parts
        text = (
            f"{row.map}, its parts (once, not denoised): allocation {duration(parts.allocation_ns)}, moving "
            f"{per_operation(parts.chains)} chains {duration(parts.migration_ns)}, "
            f"{per_operation(parts.overflow_buckets)} overflow buckets {duration(parts.overflow_ns)}, giving back in "
            f"{per_operation(parts.releases)} pieces {duration(parts.release_ns)}; "
            "zeroing: none, pages come zeroed with their faults"
        )
        console.print(text, highlight=False, markup=False, overflow="fold")


def _print_drains(console: Console, rows: list[Growth]) -> None:
    """What operations cost in a growth that drains, beside before and after."""
    drains = [drain for drain in map(drain_of, rows) if drain]
    for drain in drains:
        table = _table(drain.title)
        for head in HEADS:
            table.add_column(head, justify="left" if head == HEADS[0] else "right", no_wrap=True)
        for line in drain.lines:
            table.add_row(*line)
        console.print(table)
    if drains:
        console.print(DRAIN_KEY, highlight=False, markup=False)


def _print_noise(console: Console, rows: list[Growth]) -> None:
    """The remaining noise, and the resolution of the clock."""
    worst = max(row.null_loop.denoised.max_ns for row in rows)
    raw = max(one.max_ns for row in rows for one in row.null_loop.raw)
    clock = rows[0].clock
    text = (
        f"Empty loop: {duration(worst)} at most, raw {duration(raw)}.  Clock: {clock.source}, steps of "
        f"{clock.resolution_ns:.3g} ns, {clock.overhead_ns:.0f} ns of its own subtracted."
    )
    console.print(text, highlight=False, markup=False, overflow="fold")
    for reason in sorted({row.why_not_counted for row in rows if row.why_not_counted}):
        console.print(f"allocations: n/a ({reason})", highlight=False, markup=False)


def _table(title: str) -> Table:
    return TitledTable(title, collapse_padding=True)


def _or_dash(value: float | None, text: Any) -> str:
    return "-" if value is None else text(value)
