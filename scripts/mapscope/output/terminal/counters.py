"""The tables of counters: backends side by side, never merged, and what they read of kernels that are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pandas
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from mapscope.output.terminal.tables import TitledTable
from mapscope.plan.counters import BACKENDS
from mapscope.plan.records import BackendEntry
from mapscope.store.records import Calibration, Counters, Run
from mapscope.text import per_operation

HEADS = {
    "lines_mean": "lines", "lines_p99": "p99", "lines_max": "max", "l1_misses": "L1", "l2_misses": "L2",
    "l3_misses": "L3", "tlb_misses": "TLB", "cold_l1_misses": "L1", "cold_l2_misses": "L2", "cold_l3_misses": "L3",
    "cold_tlb_misses": "TLB", "instructions": "instr", "cycles": "cycl", "branch_misses": "brnch",
}  # fmt: skip
"""The events with a column of their own, and its head; native ones named by the user have theirs as well."""
STREAM = ("stream_l1_misses", "stream_l2_misses", "stream_l3_misses")
NOT_SHOWN = {
    "os": set(BACKENDS["os"].events),
    "sim": {"heap_lines_mean", *STREAM, "loads", "stores"},
    "callgrind": {"loads", "stores"},
}
"""In run.json only."""
COLD = "cold_"
"""Events of passes from empty caches begin so; they have columns of their own."""
KEY = (
    "lines: distinct cache lines one operation touches (mean, 99th percentile, most)\n"
    "L1 to TLB: misses per operation, those of reading the keys and values to work with included\n"
    "0 is a count of none, <.01 is not   n/a: not counted, for the reason given\n"
    "Columns of different sources are different measurements."
)


@dataclass(frozen=True)
class Group:
    """Columns of one backend under one title."""

    backend: str
    title: str
    events: tuple[str, ...]
    """Empty: none of its events could be counted; one column reports that."""

    @property
    def columns(self) -> int:
        return max(1, len(self.events))


def print_counters(console: Console, run: Run, present: pandas.DataFrame) -> None:
    """A table per hash, size and payload of `present`, after what the columns mean; nothing without counters."""
    backends = [backend for backend in run.counter_backends if backend.name != "os"]
    if not backends or present.empty:
        return
    console.print("\nCounters per operation, sources side by side:", highlight=False, markup=False)
    for backend in backends:
        what = backend.label if backend.available else f"n/a: {backend.reason}"
        _line(console, f"  {_title(backend.name):<10} {what}")
    groups = [group for backend in backends for group in _groups(backend, present)]
    groups.sort(key=lambda group: group.title.endswith("cold"))  # callgrind belongs beside warm sim
    for (hash_name, size, kv), part in present.groupby(["hash", "n", "kv"], sort=False):
        title = f"{kv}   n = {size}   {hash_name} hash   counters"
        for table in _fitting(console, title, part, groups):
            console.print()
            console.print(table)
    console.print()
    console.print(KEY, highlight=False, markup=False)
    for text in _reasons(present, groups):
        _line(console, f"  n/a {text}")


def print_calibration(console: Console, run: Run) -> None:
    """What kernels of known behaviour should have read, and did; nothing without counters."""
    if not run.calibration:
        return
    table = TitledTable("Calibration")
    for head in ("source", "kernel", "event", "expected", "read", "error", ""):
        table.add_column(head, justify="right" if head in ("expected", "read", "error") else "left", overflow="fold")
    for sources, result in _merged(run.calibration):
        error = "" if result.error is None else f"{result.error:+.2%}"
        verdict = "" if result.accepted else f"REJECTED in {result.rejected} of {result.processes}"
        table.add_row(
            sources, result.kernel, result.event,
            f"{'≥ ' if result.relation == '>=' else ''}{_number(result.expected)}",
            _number(result.read) if result.reason is None else f"n/a ({result.reason})", error, verdict,
            style="" if result.accepted else "bold red",
        )  # fmt: skip
    console.print()
    console.print(table)
    console.print("Worst of all processes. What misses by more than 5 % is rejected, and its readings are withheld.")


def _groups(backend: BackendEntry, present: pandas.DataFrame) -> Iterator[Group]:
    name, title = backend.name, _title(backend.name)
    if not backend.available:
        yield Group(name, title, ())
        return
    there = {event for counters in present["counters"] for event in counters.events(name)}
    wanted = there - NOT_SHOWN.get(name, set())
    order = [*HEADS, *sorted(wanted - set(HEADS))]
    yield Group(name, title, tuple(event for event in order if event in wanted and not event.startswith(COLD)))
    if cold := tuple(event for event in order if event in wanted and event.startswith(COLD)):
        yield Group(name, f"{title} cold", cold)


def _fitting(console: Console, title: str, part: pandas.DataFrame, groups: list[Group]) -> Iterator[Table]:
    """One table, or as many as it takes to keep within the width."""
    chosen: list[Group] = []
    for group in groups:
        if chosen and _width(console, _table(title, part, [*chosen, group])) > console.width:
            yield _table(title, part, chosen)
            chosen = []
        chosen.append(group)
    yield _table(title, part, chosen)


def _width(console: Console, table: Table) -> int:
    """What a table takes when nothing in it is folded."""
    return Measurement.get(console, console.options.update(max_width=10 * console.width), table).maximum


def _table(title: str, part: pandas.DataFrame, groups: list[Group]) -> Table:
    """Maps down the page, by workload."""
    table = TitledTable(title, collapse_padding=True)
    table.add_column("workload\n map", no_wrap=True)
    for group in groups:
        for place, event in enumerate(group.events or ("",)):
            source = group.title if place == 0 else ""
            table.add_column(f"{source}\n{HEADS.get(event, event)}", justify="right", overflow="fold")
    for workload, rows in part.groupby("workload", sort=False):
        table.add_row(str(workload), style="bold")
        for row in rows.to_dict("records"):
            table.add_row(f" {row['map']}", *(text for group in groups for text in _cells(row["counters"], group)))
    return table


def _cells(counters: Counters, group: Group) -> list[str]:
    values = [counters.value(group.backend, event) for event in group.events] or [None]
    return ["n/a" if value is None else per_operation(value) for value in values]


def _reasons(present: pandas.DataFrame, groups: list[Group]) -> list[str]:
    """Why single cells are not there, each reason once."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for counters in present["counters"]:
        for group in groups:
            for event in group.events:
                fact = counters.get(group.backend, event)
                if fact and fact.value is None:
                    found[group.title, str(fact.reason)].add(HEADS.get(event, event))
    return [f"{title} {', '.join(sorted(events))}: {reason}" for (title, reason), events in found.items()]


def _merged(calibration: list[Calibration]) -> list[tuple[str, Calibration]]:
    """Results that are equal but for their source, together."""
    groups: dict[Calibration, list[Calibration]] = defaultdict(list)
    for result in calibration:
        groups[replace(result, backend="")].append(result)
    return [(", ".join(_title(r.backend) for r in results), results[0]) for results in groups.values()]


def _title(backend: str) -> str:
    return backend.replace("_", " ")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def _line(console: Console, text: str) -> None:
    console.print(text, highlight=False, markup=False, overflow="fold")
