"""The first screen of `across`: the machines, what holds on all of them, what flips, and the caveats."""

from __future__ import annotations

import string
from typing import Any

import pandas
from rich.console import Console
from rich.table import Table

from mapscope.analysis.across import OUTCOMES, Agreement
from mapscope.analysis.caveats import caveats
from mapscope.analysis.conclusions import SUBJECT
from mapscope.analysis.fingerprint import differences, fingerprint
from mapscope.analysis.runs import Runs
from mapscope.output.terminal.tables import TitledTable
from mapscope.store.records import Run
from mapscope.text import count_of

MOST_FLIPS = 8
"""So many are listed; the details have all of them."""
BUILT = ("compiler", "flags", "memory regime")
MOST_CAVEATS = 2
"""So many of each machine, the gravest; `summary` has all of them."""


def print_summary(console: Console, runs: Runs, found: Agreement) -> None:
    """About one screen."""

    def say(text: str = "") -> None:
        console.print(text, highlight=False, markup=False)

    console.print(f"\n[bold]Which map is faster, on {count_of(len(found.labels), 'run')}[/bold]", highlight=False)
    for letter, label in zip(string.ascii_uppercase, runs.labels, strict=False):
        say(f"{letter}  {label}: {_machine(runs.by_label[label])}")
    say()
    say(_counts(found))
    say(_order(found))
    say()
    name = subject_of(found.pairs)
    console.print(_against_table(found.pairs, name))
    flips = turned(found.pairs[found.pairs["outcome"] == "flips"], name)
    if not flips.empty:
        say("\nFlips: ratio of times, below 1 the first map is faster")
        for row in flips.to_dict("records")[:MOST_FLIPS]:
            ratios = ", ".join(
                f"{letter} {ratio:.2f}" for letter, ratio in zip(string.ascii_uppercase, row["ratios"], strict=False)
            )
            say(f"  {work_of(row)}: {row['one']} / {row['other']}: {ratios}")
        if (more := len(flips) - MOST_FLIPS) > 0:
            say(f"  and {more} more, in the details below")
    say("\nCaveats")
    for text in caveats_across(runs, found):
        say(f"  {text}")


def subject_of(pairs: pandas.DataFrame) -> str:
    """hmap where it was measured, else the first map."""
    return SUBJECT if SUBJECT in {*pairs["one"], *pairs["other"]} else str(pairs.iloc[0]["one"])


def turned(pairs: pandas.DataFrame, name: str) -> pandas.DataFrame:
    """The same pairs, those with `name` first and with it as `one`: below 1 it is the faster one."""
    is_other = pairs["other"] == name
    swapped = pairs.assign(
        one=pairs["one"].where(~is_other, pairs["other"]),
        other=pairs["other"].where(~is_other, pairs["one"]),
        ratios=[
            [1 / each for each in ratios] if turn else ratios
            for ratios, turn in zip(pairs["ratios"], is_other, strict=True)
        ],
    )
    return swapped.sort_values("one", key=lambda ones: ones != name, kind="stable")


def work_of(row: dict[str, Any]) -> str:
    """`find_hit int_int`, and that the hashes are the libraries' own."""
    return f"{row['workload']} {row['kv']}{' (own hash)' if row['hash'] == 'own' else ''}"


def caveats_across(runs: Runs, found: Agreement) -> list[str]:
    """What limits these conclusions: rows that are not everywhere, versions that differ, each run's own weaknesses."""
    shared = f"{len(found.loads)} rows are in every run{_left_out(runs, found)}"
    limits = [f"{shared}; times of different machines are never divided."]
    commits = {
        letter: runs.of(label)["commit"].iloc[0]
        for letter, label in zip(string.ascii_uppercase, runs.labels, strict=False)
    }
    if len(set(commits.values())) > 1:
        several = ", ".join(f"{letter} {commit or 'unknown'}" for letter, commit in commits.items())
        limits.append(f"The runs are of different commits ({several}): what flips may be the code.")
    others = differences(runs.measured[:1], runs.measured[1:])[1]
    limits += [f"They differ in {each}" for each in others if each.startswith(BUILT)]
    for letter, run in zip(string.ascii_uppercase, runs.by_label.values(), strict=False):
        weak = caveats(run) if run else ["Google Benchmark's file: machine and build unknown"]
        limits += [f"{letter}: {text.removesuffix(' (marked !)')}" for text in weak[:MOST_CAVEATS]]
        if (more := len(weak) - MOST_CAVEATS) > 0:
            limits.append(f"{letter}: {more} more, see `make summary RUN=`")
    return limits


def _machine(run: Run | None) -> str:
    about = fingerprint(run) if run else {"CPU": "machine unknown", "caches": ""}
    return ", ".join(about[name] for name in ("CPU", "caches") if about[name])


def _counts(found: Agreement) -> str:
    count = found.pairs["outcome"].value_counts()
    holds, flips, undecided = (int(count.get(name, 0)) for name in ("holds", "flips", "undecided"))
    return (
        f"Of {len(found.pairs)} comparisons of two maps (one workload, one payload, all sizes that every run has), "
        f"{holds} hold on every machine, {flips} {'flips' if flips == 1 else 'flip'}, and {undecided} are "
        "undecided on one or more."
    )


def _order(found: Agreement) -> str:
    same = sum(len(set(names)) == 1 for names in found.work["fastest"])
    rank = found.work["rank"].median()
    rank_text = (
        ""
        if pandas.isna(rank)
        else f"; the order of all maps agrees by a median Kendall's tau of {rank:.2f} (1: the same)"
    )
    return f"The fastest map is the same everywhere in {same} of {len(found.work)} workloads and payloads{rank_text}."


def _against_table(pairs: pandas.DataFrame, name: str) -> Table:
    """The subject against each other map: how many comparisons hold which way, flip, or are undecided."""
    table = TitledTable(f"{name} against each other map, in comparisons")
    for title in (name, "faster everywhere", "slower everywhere", "flips", "undecided", "ratio of times"):
        table.add_column(title, justify="left" if title == name else "right")
    about = turned(pairs, name)
    for other, part in about[about["one"] == name].groupby("other", sort=False):
        ratios = [ratio for each in part["ratios"] for ratio in each]
        faster = pandas.Series([max(each) < 1 for each in part["ratios"]], index=part.index)
        is_of = {outcome: part["outcome"] == outcome for outcome in OUTCOMES}
        counts = (is_of["holds"] & faster, is_of["holds"] & ~faster, is_of["flips"], is_of["undecided"])
        table.add_row(
            f"against {other}", *(str(int(each.sum())) for each in counts), f"{min(ratios):.2f} to {max(ratios):.2f}"
        )
    return table


def _left_out(runs: Runs, found: Agreement) -> str:
    further = {
        letter: len(runs.of(label)) - len(found.loads)
        for letter, label in zip(string.ascii_uppercase, runs.labels, strict=False)
    }
    counts = ", ".join(f"{count} of {letter}" for letter, count in further.items() if count)
    return f" ({counts} are not, and are left out)" if counts else ""
