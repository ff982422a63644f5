"""Rows of concurrent maps by family of workloads: what each map does with how many threads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isinf

from mapscope.analysis.caveats import half_width, is_often_disturbed
from mapscope.store import derived
from mapscope.store.records import Row, Run
from mapscope.text import count_of, significant


@dataclass(frozen=True)
class Panel:
    """A family at a size and payload."""

    family: str
    kv: str
    n: int
    threads: list[int]
    maps: list[str]
    """Those that have a row in it or a reason for none, in canonical order."""
    rows: dict[tuple[str, int], Row]
    """By map and threads."""
    never: dict[tuple[str, int], str]
    """What a map does not have, with the reason."""


def panels(run: Run) -> list[Panel]:
    """In the order of the workloads, then of the sizes; none of a run for one thread."""
    entries = {entry.name: (str(entry.family), entry.threads) for entry in run.workloads if entry.threads}
    found: dict[tuple[str, str, int], dict[tuple[str, int], Row]] = {}
    never: dict[tuple[str, str, int], dict[tuple[str, int], str]] = {}
    for row in run.rows:
        if row.workload in entries:
            family, threads = entries[row.workload]
            found.setdefault((family, row.kv, row.n), {})[row.map, threads] = row
    for each in run.not_applicable:
        if each.workload in entries:
            family, threads = entries[each.workload]
            never.setdefault((family, each.kv, each.n), {})[each.map, threads] = each.reason
    result = []
    for key, rows in found.items():
        places = [*rows, *never.get(key, {})]
        maps = [name for name in run.map_names if any(name == each for each, _ in places)]
        result.append(Panel(*key, sorted({threads for _, threads in places}), maps, rows, never.get(key, {})))
    return result


def never_in_words(run: Run) -> list[str]:
    """What is `n/a`, by map and reason; what a reason says of a single row, behind its colon, is in run.json."""
    counts = Counter((each.map, each.reason.split(":")[0]) for each in run.not_applicable)
    return [f"{name}: {count_of(count, 'row')}: {reason}" for (name, reason), count in counts.items()]


def millions_a_second(ns: float) -> float:
    """Throughput: the inverse of the time of one operation, as this is over the operations of all threads."""
    return 1e3 / ns


def throughput(ns: float) -> str:
    """The same as text, in as few digits as say something; what is not zero never reads as zero."""
    value = millions_a_second(ns)
    return significant(value) if value >= 0.01 else f"{value:.1g}"


def mark(run: Run, row: Row) -> str:
    """`*` of the fastest, `=` of what cannot be distinguished from it, and before it `!` where the row was often
    disturbed. Where there are more threads than CPUs they take these from each other, and nothing can be said."""
    disturbed = row.workload not in run.crowded and is_often_disturbed(row.disturbed_turns, row.turns)
    tied = derived.is_tied({name: getattr(row, name) for name in ("map", "best", "ratio_low")})
    return ("!" if disturbed else "") + ("*" if row.map == row.best else "=" if tied else "")


def width(row: Row) -> str:
    """` ±3%`, half of its ratio's interval; empty of the fastest, and where it is not known."""
    share = half_width(row)
    return "" if row.map == row.best or isinf(share) else f" ±{share:.0%}"


def cores(run: Run) -> int:
    """How many the threads share; of a machine that does not describe them, its CPUs."""
    return run.environment.usable_cores.value or run.cpus


def scaling_note(run: Run) -> str:
    """What a run on this machine cannot show."""
    count = cores(run)
    machine = count_of(count, "core")
    if count < run.cpus:
        machine += f" with {run.cpus} hardware threads"
    crowded = [f"t{each}" for each in run.selection.threads if each > count]
    more = f"; {', '.join(crowded)} {'has' if len(crowded) == 1 else 'have'} more threads than cores" if crowded else ""
    return f"scaling beyond {count_of(count, 'core')} not measured here: this machine has {machine}{more}"
