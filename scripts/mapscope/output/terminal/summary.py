"""The tables a person reads in a terminal or a log: 100 columns, and nothing shown by colour alone."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pandas
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mapscope.analysis.caveats import caveats, is_often_disturbed
from mapscope.analysis.heatmap import heatmap, versions
from mapscope.analysis.ladder import in_words, reach_in_words
from mapscope.analysis.table import choose_sizes, rows
from mapscope.output.terminal.concurrent import print_concurrent
from mapscope.output.terminal.counters import print_calibration, print_counters
from mapscope.output.terminal.growth import print_growth
from mapscope.output.terminal.heatmap import heatmap_lines
from mapscope.output.terminal.key_sets import print_key_sets
from mapscope.output.terminal.tables import TitledTable
from mapscope.plan.table_memory import LOAD, RESERVES
from mapscope.store import derived
from mapscope.store.records import Run
from mapscope.text import count_of, significant

KEY = (
    "ns per operation (median over rounds), below it the ratio to the fastest ± half its 95 % interval.\n"
    "* fastest   = indistinguishable from the fastest   - no trustworthy row   ! often disturbed: another\n"
    "program took the CPU in many turns   ratio: inside the turns of each round, averaged over rounds\n"
    "bytes per entry: what a table of n entries holds, the entries included; peak while growing: run.json"
)


def print_summary(console: Console, run: Run, n: str | None = None) -> None:
    """The heatmap, then all tables of a run at the sizes meant by `n` (see table.choose_sizes). Raises UsageError."""
    table = rows(run)
    sizes = choose_sizes(table, n)
    _print_head(console, run)
    if (found := heatmap(run)).compares:
        console.print()
        console.print(heatmap_lines(found, console.width))
    if run.is_concurrent:
        print_concurrent(console, run, None if n is None else sizes)
    else:
        _print_tables(console, run, table, sizes)
    if weaknesses := caveats(run):
        console.print("\nCaveats:", highlight=False, markup=False)
        for caveat in weaknesses:
            console.print(f"  - {caveat}", highlight=False, markup=False, overflow="fold")


def _print_tables(console: Console, run: Run, table: pandas.DataFrame, sizes: list[int]) -> None:
    """Of maps for one thread: times, other keys, counters and growth."""
    present = table[table["n"].isin(sizes)]
    for (hash_name, size, kv), part in present.groupby(["hash", "n", "kv"], sort=False):
        console.print()
        never = {(e.workload, e.map) for e in run.not_applicable if (e.hash, e.n, e.kv) == (hash_name, size, kv)}
        console.print(_table(f"{kv}   n = {size}   {hash_name} hash", part, run.map_names, never))
    console.print()
    console.print(KEY, highlight=False, markup=False)
    for line in _never(run):
        console.print(line, highlight=False, markup=False)
    print_key_sets(console, table, run.map_names)
    print_counters(console, run, present)
    print_calibration(console, run)
    print_growth(console, run)


def _print_head(console: Console, run: Run) -> None:
    environment, build, selection = run.environment, run.build, run.selection
    commit = (run.tool.commit.value or "unknown") + (" (dirty)" if run.tool.dirty else "")
    lines = (
        ("machine", f"{environment.cpu_model}, {environment.os}, {environment.kernel}"),
        ("pinned to", pinned_in_words(run)),
        ("maps", versions(run.maps)),
        ("build", f"{build.compiler}, {build.build_type}, {build.flags}"),
        ("latencies", in_words(run)),
        ("TLB reach", reach_in_words(run)),
        ("run", f"{run.created}, suite {run.suite.name}, commit {commit}"),
        ("", f"{rounds_in_words(run)}, seed {run.seeds.base}, {selection.memory} memory, {selection.start} caches"),
    )
    console.print()
    for label, text in lines:
        console.print(f"{label:<10} {text}", highlight=False, markup=False, overflow="fold")


def pinned_in_words(run: Run) -> str:
    """Where the measured threads ran."""
    environment = run.environment
    if run.is_concurrent:
        cpus = ", ".join(map(str, environment.usable_cpus or []))
        return f"CPUs {cpus}: a thread to each, further ones from the first"
    return "no CPU" if environment.pinned_cpu.reason else f"CPU {environment.pinned_cpu.value}"


def rounds_in_words(run: Run) -> str:
    """How often rows were measured."""
    counts = [sum(ns is not None for ns in row.rounds) for row in run.rows] or [0]
    least, most = min(counts), max(counts)
    return count_of(most, "round") if least == most else f"{least} to {most} rounds"


def _never(run: Run) -> list[str]:
    """Which maps are never in which states, by reason."""
    found: dict[str, dict[str, list[str]]] = {}
    for entry in run.not_applicable:
        maps = found.setdefault(entry.reason, {}).setdefault(entry.workload, [])
        if entry.map not in maps:
            maps.append(entry.map)
    return [
        f"n/a {', '.join(workloads)} ({', '.join(dict.fromkeys(chain(*workloads.values())))}): {reason}"
        for reason, workloads in found.items()
    ]


def _table(title: str, part: pandas.DataFrame, maps: list[str], never: set[tuple[str, str]]) -> Table:
    """Workloads down, maps across, two lines a cell."""
    table = TitledTable(title)
    # A cell too wide is folded: an ellipsis would hide the very digits that matter.
    table.add_column("workload", overflow="fold")
    for name in maps:
        table.add_column(name.replace("_", "_\n"), justify="right", overflow="fold")
    for workload, group in part.groupby("workload", sort=False):
        by_map = {row["map"]: row for row in group.to_dict("records")}
        cells = (Text("n/a") if (workload, name) in never else _cell(by_map.get(name)) for name in maps)
        table.add_row(str(workload), *cells)
    table.add_section()
    for label, of_tables in part.groupby(part["workload"].map(_label_of_bytes), sort=False):
        if any(fact.value is not None for fact in of_tables["bytes_per_entry"]):
            table.add_row(str(label), *(Text(_bytes(of_tables[of_tables["map"] == name])) for name in maps))
    return table


def _label_of_bytes(workload: str) -> str:
    """Of the line with what the tables of a workload hold."""
    if found := LOAD.fullmatch(workload):
        return f"at load 0.{found[1]}"
    return "reserved" if workload in RESERVES else "bytes per\nentry"


def _bytes(of_map: pandas.DataFrame) -> str:
    """Of a table of n entries; the same for all workloads that have such."""
    found = [fact.value for fact in of_map["bytes_per_entry"] if fact.value is not None]
    return f"{found[0]:.1f}" if found else "-"


def _cell(row: dict[str, Any] | None) -> Text:
    """`!*12.3` over `1.00 ±2%`."""
    if row is None:
        return Text("-")
    is_best = row["map"] == row["best"]
    mark = "*" if is_best else "=" if derived.is_tied(row) else ""
    ratio = "-" if pandas.isna(row["ratio_to_best"]) else significant(row["ratio_to_best"])
    is_known = not is_best and not pandas.isna(row["ratio_low"])
    width = f" ±{(row['ratio_high'] / row['ratio_low']) ** 0.5 - 1:.0%}" if is_known else ""
    disturbed = "!" if is_often_disturbed(row["disturbed_turns"], row["turns"]) else ""
    text = f"{disturbed}{mark}{significant(row['median'])}\n{ratio}{width}"
    return Text(text, style="bold green" if is_best else "")
