"""The tables of growing tables: what an insert waits for, and what each growth is made of."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from mapscope.text import duration, per_operation

PERCENTILES = ("p50", "p90", "p99", "p99.9", "p99.99", "p99.999", "p99.9999")
SHOWN = (0, 2, 3, 4, 5)
"""Of these, in the terminal; all are in run.json."""
KEY = (
    "Of each insert the shortest time of all repetitions: noise is gone, what the map does is not.\n"
    "raw: the longest insert of the repetitions, from the best to the worst of them   >10us: how many\n"
    "open loop: response at 1M arrivals/s (Poisson), which do not wait for one another\n"
    "B/entry: resident bytes at most and in the end"
)


def print_growth(console: Console, run: dict[str, Any]) -> None:
    """One table a pass, the events of the largest growth, and what could not be measured."""
    for key, rows in groupby(run["growth"], key=title_of):
        part = list(rows)
        console.print()
        console.print(_latency_table(f"growth   {key}", part))
        console.print(_event_table(part))
    if run["growth"]:
        console.print(KEY, highlight=False, markup=False)
        _print_noise(console, run["growth"])
    for entry in run["growth_passes"]:
        if entry["reason"] is not None:
            text = f"{entry['stage']} {entry['kv']} n = {entry['n']}: n/a ({entry['reason']})"
            console.print(text, highlight=False, markup=False)


def title_of(row: dict[str, Any]) -> str:
    """What the maps of one table have in common, in words."""
    mix = "inserts" if row["mix"] == "insert" else "inserts, each followed by a lookup"
    reserved = ", reserved" if row["reserved"] else ""
    pages = ", huge pages" if row["pages"] == "huge" else ""
    return f"{row['kv']}   n = {row['n']:,}   {mix}{reserved}   {row['memory']} memory{pages}"


def _latency_table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = _table(title)
    for head in ("map", *(PERCENTILES[i] for i in SHOWN), "max", "raw", ">10us", "total", "open loop\np99.9", "\nmax", "B/entry"):
        table.add_column(head, justify="left" if head == "map" else "right", overflow="fold")
    for row in rows:
        inserts, raw = row["denoised"]["inserts"], [one["max_ns"] for one in row["raw"]["inserts"]]
        responses = open_loop(row, "1M/s", "poisson")["responses"]
        table.add_row(
            row["map"], *(duration(inserts["percentiles_ns"][i]) for i in SHOWN), duration(inserts["max_ns"]),
            f"{duration(min(raw))}\n{duration(max(raw))}", per_operation(inserts["longer_than_10us_100us_1ms"][0]),
            duration(inserts["total_ns"]), duration(responses["percentiles_ns"][3]), duration(responses["max_ns"]),
            "n/a" if row["resident"] is None
            else f"{row['resident']['peak_per_entry']:.0f}\n{row['resident']['final_per_entry']:.0f}",
        )  # fmt: skip
    return table


def _event_table(rows: list[dict[str, Any]]) -> Table:
    """The last growth of each map, which is its largest."""
    table = _table("its last growth")
    for head in (
        "map", "growths", "at n", "trigger", "drained\nin ops", "\nin time", "MB before", "peak", "after", "faults",
        "alloc", "move", "overflow", "release",
    ):  # fmt: skip
        table.add_column(head, justify="left" if head == "map" else "right", overflow="fold")
    for row in rows:
        events = row["events"]
        if not events:
            table.add_row(row["map"], "0", *["-"] * 12)
            continue
        last = events[-1]
        table.add_row(
            row["map"], str(len(events)), per_operation(last["entries"]), duration(last["trigger_ns"]),
            _or_dash(last["drain_operations"], per_operation), _or_dash(last["drain_ns"], duration),
            *_memory_cells(last), *_part_cells(last),
        )  # fmt: skip
    return table


def _memory_cells(event: dict[str, Any]) -> list[str]:
    memory = event["memory"]
    if memory is None:
        return ["n/a"] * 4
    after = memory["bytes_drained"] if event["drain_operations"] is not None else memory["bytes_after"]
    faults = memory["trigger_faults"] + (memory["drain_faults"] or 0)
    sizes = (memory["bytes_before"], memory["bytes_peak"], after)
    return [*(_or_dash(size, lambda n: f"{n / 1e6:.4g}") for size in sizes), per_operation(faults)]


def _part_cells(event: dict[str, Any]) -> list[str]:
    if event["parts"] is None:
        return ["-"] * 4
    return [duration(event["parts"][name]) for name in ("allocation_ns", "migration_ns", "overflow_ns", "release_ns")]


def _print_noise(console: Console, rows: list[dict[str, Any]]) -> None:
    """What is left of noise, and how fine the clock is."""
    worst = max(row["null_loop"]["denoised"]["max_ns"] for row in rows)
    raw = max(one["max_ns"] for row in rows for one in row["null_loop"]["raw"])
    clock = rows[0]["clock"]
    text = (
        f"Empty loop: {duration(worst)} at most, raw {duration(raw)}.  Clock: {clock['source']}, steps of "
        f"{clock['resolution_ns']:.0f} ns, {clock['overhead_ns']:.0f} ns of its own subtracted."
    )
    console.print(text, highlight=False, markup=False, overflow="fold")
    for reason in sorted({row["why_not_counted"] for row in rows if row["why_not_counted"]}):
        console.print(f"allocations: n/a ({reason})", highlight=False, markup=False)


def open_loop(row: dict[str, Any], name: str, arrivals: str) -> dict[str, Any]:
    """One of the replays of a row."""
    return next(one for one in row["open_loop"] if (one["name"], one["arrivals"]) == (name, arrivals))


def _table(title: str) -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", box=box.HORIZONTALS, padding=(0, 1, 0, 0),
        collapse_padding=True,
    )  # fmt: skip


def _or_dash(value: float | None, text: Any) -> str:
    return "-" if value is None else text(value)
