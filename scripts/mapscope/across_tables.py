"""Agreement across machines, as a person reads it in a terminal or a log."""

from __future__ import annotations

import string

import pandas
from rich import box
from rich.console import Console
from rich.table import Table

from mapscope.across import Agreement, sentences
from mapscope.fingerprint import differences, fingerprint
from mapscope.runs import Runs


def print_agreement(console: Console, runs: Runs, found: Agreement) -> None:
    """The machines and how they differ, the order of maps on each, and what holds or flips."""
    console.print()
    documents = [document for document in runs.documents.values() if document is not None]
    for letter, (label, document) in zip(string.ascii_uppercase, runs.documents.items(), strict=False):
        about = fingerprint(document) if document else {"CPU": "machine unknown", "caches": "", "compiler": ""}
        told = ", ".join(about[name] for name in ("CPU", "caches", "compiler") if about[name])
        console.print(f"{letter}  {label}: {told}", highlight=False, markup=False)
    for hardware in differences(documents[:1], documents[1:])[0]:
        console.print(f"   differ in {hardware}", highlight=False, markup=False)
    console.print("   times are not compared across machines; what each machine says by itself is", highlight=False)
    console.print()
    console.print(_table(found))
    console.print("rank: Kendall's tau of the order of the maps, mean over pairs of runs; 1: the same order.\n"
                  "holds, flips: questions which of two maps is faster, by their answers on all machines.")  # fmt: skip
    console.print()
    for sentence in sentences(found):
        console.print(f"- {sentence}", highlight=False, markup=False)


def _table(found: Agreement) -> Table:
    table = Table(box=box.HORIZONTALS, padding=(0, 1, 0, 0))
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
