"""Agreement across machines, as a person reads it in a terminal or a log."""

from __future__ import annotations

import string

import pandas
from rich.console import Console
from rich.table import Table

from mapscope.analysis.across import Agreement, of_subject, sentences, size_in_units
from mapscope.analysis.fingerprint import differences, fingerprint
from mapscope.analysis.ladder import in_words, reach_in_words
from mapscope.analysis.runs import Runs
from mapscope.output.terminal.tables import TitledTable
from mapscope.text import significant


def print_agreement(console: Console, runs: Runs, found: Agreement) -> None:
    """The machines and how they differ, the order of maps on each, and what holds or flips."""
    console.print()
    known = [run for run in runs.by_label.values() if run is not None]
    for letter, (label, run) in zip(string.ascii_uppercase, runs.by_label.items(), strict=False):
        about = fingerprint(run) if run else {"CPU": "machine unknown", "caches": "", "compiler": ""}
        reported = ", ".join(about[name] for name in ("CPU", "caches", "compiler") if about[name])
        console.print(f"{letter}  {label}: {reported}", highlight=False, markup=False)
    for hardware in differences(known[:1], known[1:])[0]:
        console.print(f"   differ in {hardware}", highlight=False, markup=False)
    console.print("   times are not compared across machines; what each machine says by itself is", highlight=False)
    console.print()
    console.print(_table(found))
    console.print("rank: Kendall's tau of the order of the maps, mean over pairs of runs; 1: the same order.\n"
                  "holds, flips: questions which of two maps is faster, by their answers on all machines.")  # fmt: skip
    console.print()
    for sentence in sentences(found):
        console.print(f"- {sentence}", highlight=False, markup=False)
    _print_in_own_units(console, runs, found)


def _print_in_own_units(console: Console, runs: Runs, found: Agreement) -> None:
    """Each machine's latencies, and times and sizes in its own units."""
    letters = dict(zip(runs.labels, string.ascii_uppercase, strict=False))
    console.print("\nLatency of a dependent load, and what caches and TLBs reach:", highlight=False, markup=False)
    for label, letter in letters.items():
        run = runs.by_label[label]
        reported = f"{in_words(run)}; TLB {reach_in_words(run)}" if run else "n/a: not a run of mapscope"
        console.print(f"  {letter}  {reported}", highlight=False, markup=False)
    chosen = of_subject(found.loads)
    if chosen.empty:
        return
    chosen = chosen[chosen["n"].isin({chosen["n"].min(), chosen["n"].max()})]
    name = chosen.iloc[0]["map"]
    console.print(f"\nOne operation of {name} in dependent loads of the machine, and its size in units of it:", highlight=False)
    console.print(_units_table(runs, chosen, letters))
    console.print(
        "loads: its time over that of a load from a working set as large as its keys and values.\n"
        "Independent operations overlap, and may take less than one.\n"
        "size: keys and values over what the largest cache or TLB that they exceed reaches.",
        highlight=False, markup=False,
    )  # fmt: skip


def _units_table(runs: Runs, chosen: pandas.DataFrame, letters: dict[str, str]) -> Table:
    table = TitledTable()
    for title in ("workload", "payload", "n"):
        table.add_column(title, overflow="fold")
    for what in ("loads", "size"):
        for letter in letters.values():
            table.add_column(f"{what} {letter}", justify="right", overflow="fold")
    for row in chosen.to_dict("records"):
        loads = ["n/a" if pandas.isna(each) else significant(each) for each in row["loads"]]
        sizes = [size_in_units(runs.by_label[label], row["bytes"]) for label in letters]
        table.add_row(row["workload"], row["kv"], str(row["n"]), *loads[: len(letters)], *sizes)
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
