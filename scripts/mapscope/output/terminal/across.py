"""Agreement across machines, as a person reads it in a terminal or a log: a summary, then the details."""

from __future__ import annotations

import string

import pandas
from rich.console import Console
from rich.table import Table

from mapscope.analysis.across import Agreement, of_subject, size_in_units
from mapscope.analysis.fingerprint import differences
from mapscope.analysis.ladder import in_words, reach_in_words
from mapscope.analysis.runs import Runs
from mapscope.output.terminal.across_summary import print_summary, subject_of, turned, work_of
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import significant


def print_agreement(console: Console, runs: Runs, found: Agreement) -> None:
    """The summary; then the order of maps on each machine, every pair of maps, and latencies."""
    print_summary(console, runs, found)
    console.print("\n[bold]Details[/bold]", highlight=False)
    for hardware in differences(runs.measured[:1], runs.measured[1:])[0]:
        console.print(f"machines differ in {hardware}", highlight=False, markup=False)
    console.print(
        "times are not compared across machines; the results of each machine by itself are\n", highlight=False
    )
    console.print(_table(found))
    console.print(
        "rank: Kendall's tau of the order of the maps, mean over pairs of runs; 1: the same order.\n"
        "holds, flips: questions which of two maps is faster, by their answers on all machines.\n"
    )
    _print_pairs(console, found)
    _print_in_own_units(console, runs, found)


def _print_pairs(console: Console, found: Agreement) -> None:
    """The subject against each other map, by workload and payload; and what flips between others."""
    name = subject_of(found.pairs)
    pairs = turned(found.pairs, name)
    about = pairs[pairs["one"] == name]
    others = list(dict.fromkeys(about["other"]))
    console.print(f"{name} over each other map: ratio of times, least and most of all machines", highlight=False)
    for (kv, hash_name), group in about.groupby(["kv", "hash"], sort=False):
        table = TitledTable(f"{kv}{' (own hash)' if hash_name == 'own' else ''}", collapse_padding=True)
        table.add_column("workload", overflow="fold")
        for other in others:
            table.add_column(other.replace("_", "_\n"), justify="right", no_wrap=True)
        for workload, part in group.groupby("workload", sort=False):
            cells = {row["other"]: _range(row["ratios"], row["outcome"]) for row in part.to_dict("records")}
            table.add_row(str(workload), *(cells.get(other, "") for other in others))
        console.print(table)
    console.print("!: flips. ?: undecided on one machine or more. Without a mark: holds on every machine.",
                  highlight=False, markup=False)  # fmt: skip
    flips = pairs[(pairs["one"] != name) & (pairs["outcome"] == "flips")]
    for row in flips.to_dict("records"):
        console.print(f"flips: {work_of(row)}, {row['one']} over {row['other']}: {_range(row['ratios'], 'holds')}",
                      highlight=False, markup=False)  # fmt: skip


def _range(ratios: list[float], outcome: str) -> str:
    if outcome == "undecided":
        return "?"
    return f"{'!' if outcome == 'flips' else ''}{min(ratios):.2f}-{max(ratios):.2f}"


def _print_in_own_units(console: Console, runs: Runs, found: Agreement) -> None:
    """Each machine's latencies, and times and sizes in its own units."""
    letters = dict(zip(runs.labels, string.ascii_uppercase, strict=False))
    console.print("\nLatency of a dependent load, and what caches and TLBs reach:", highlight=False, markup=False)
    for label, letter in letters.items():
        run = runs.by_label[label]
        latencies = f"{in_words(run)}; TLB {reach_in_words(run)}" if run else "n/a: not a run of mapscope"
        console.print(f"  {letter}  {latencies}", highlight=False, markup=False)
    chosen = of_subject(found.loads)
    if chosen.empty:
        return
    chosen = chosen[chosen["n"].isin({chosen["n"].min(), chosen["n"].max()})]
    name = chosen.iloc[0]["map"]
    console.print(f"\nOne operation of {name} in dependent loads of the machine:", highlight=False)
    console.print(_loads_table(chosen, letters))
    console.print(
        "Its time over that of a load from a working set as large as its keys and values.\n"
        "Independent operations overlap, and may take less than one.\n\n"
        "Keys and values over what the largest cache or TLB that they exceed reaches:",
        highlight=False, markup=False,
    )  # fmt: skip
    console.print(_sizes_table(runs, chosen, letters))


def _loads_table(chosen: pandas.DataFrame, letters: dict[str, str]) -> Table:
    table = TitledTable()
    table.add_column("workload, payload", overflow="fold")
    sizes = sorted(chosen["n"].unique())
    for n in sizes:
        for letter in letters.values():
            table.add_column(f"{letter}, n = {n:,}", justify="right")
    for (workload, kv), part in chosen.groupby(["workload", "kv"], sort=False):
        by_n = {row["n"]: row["loads"] for row in part.to_dict("records")}
        none = [float("nan")] * len(letters)
        cells = [each for n in sizes for each in by_n.get(n, none)[: len(letters)]]
        table.add_row(f"{workload} {kv}", *("n/a" if pandas.isna(each) else significant(each) for each in cells))
    return table


def _sizes_table(runs: Runs, chosen: pandas.DataFrame, letters: dict[str, str]) -> Table:
    table = TitledTable()
    for title in ("payload", "n"):
        table.add_column(title, overflow="fold", justify="right" if title == "n" else "left")
    for letter in letters.values():
        table.add_column(f"size {letter}", justify="right", overflow="fold")
    for row in chosen.drop_duplicates(["kv", "n"]).to_dict("records"):
        table.add_row(
            row["kv"], f"{row['n']:,}", *(size_in_units(runs.by_label[label], row["bytes"]) for label in letters)
        )
    return table


def _table(found: Agreement) -> Table:
    table = TitledTable()
    for title in ("workload", "payload", "fastest on each", "rank", "holds", "flips", "open"):
        table.add_column(title, overflow="fold")
    for row in found.work.to_dict("records"):
        fastest = row["fastest"][0] if len(set(row["fastest"])) == 1 else ", ".join(row["fastest"])
        rank = "-" if pandas.isna(row["rank"]) else f"{row['rank']:.2f}"
        table.add_row(
            row["workload"], f"{row['kv']}{' (own)' if row['hash'] == 'own' else ''}", fastest, rank,
            str(row["holds"]), str(row["flips"]), str(row["undecided"]),
        )  # fmt: skip
    return table
