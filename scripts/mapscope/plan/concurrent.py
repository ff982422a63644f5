"""Runs of concurrent maps: their workloads, which many threads carry out together, and what such a run cannot have.

A workload is a family with a number of threads, `mixed_10_zipf_shared_t2`. Its time is that of the wall over the
operations of all threads, so that throughput is its inverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from mapscope.errors import UsageError

MOST_THREADS = 256
ALWAYS = (1, 2, 4)
"""Numbers of threads that run by default on any machine: alone, together, and on two CPUs more threads than these."""
NAME = re.compile(r"(.+)_t(\d+)")
MIXED = re.compile(r"mixed_(\d+)_(\w+)_(\w+)")
"""Percent of updates, popularity of the keys, sharing."""
GO = "go_"
"""Begins the families that are the benchmarks of Go's sync.Map."""
WHOLE_TABLES = ("fill", "range_written")
"""Families whose pass takes a whole table: of a million entries, a second for each map and number of threads. They have
processes of their own, so that a budget buys the others further rounds."""
EVERY_CPU = "the threads of a concurrent map use all CPUs that the process may use"
NO_LADDER = "not measured in a run of concurrent maps"
GO_FILLS = "Go's scenarios do not fill a table with n entries"
NO_READER = "lookups beside a writer are measured where a workload mixed_* is"
NOT_CONCURRENT = "not a run of concurrent maps"
REFUSED: Mapping[str, tuple[str, str]] = {
    "hash": ("shared", "they are built with the shared hash"),
    "keys": ("random", "their keys are random"),
    "start": ("warm", "caches are not emptied for several threads"),
    "counters": ("off", "counters are of one thread"),
    "cache": ("", "counters are of one thread"),
    "papi_events": ("", "counters are of one thread"),
    "growth": ("off", "single operations are timed in one thread"),
    "growth_sizes": ("", "single operations are timed in one thread"),
    "growth_repetitions": ("", "single operations are timed in one thread"),
    "cpu": ("", "their threads use all CPUs that the process may use; taskset narrows these"),
}
"""Options that mean nothing to them: the only value that may be given, and why."""


def refuse_meaningless(words: Mapping[str, str | None]) -> None:
    """Raises UsageError for an option that would be ignored."""
    for name, (allowed, why) in REFUSED.items():
        if (given := words.get(name)) and given != allowed:
            option = name.replace("_", "-")
            raise UsageError(f"--{option} ({name.upper()}): '{given}' is not for concurrent maps: {why}")


def workload(family: str, threads: int) -> str:
    """Its name."""
    return f"{family}_t{threads}"


def parts(name: str) -> tuple[str, int] | None:
    """Family and threads; None of a workload that has no number of threads."""
    found = NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else None


def family_of(name: str) -> str:
    """The family of a workload; of one without a number of threads, itself."""
    found = parts(name)
    return found[0] if found else name


def default_threads(cpus: int) -> list[int]:
    """Powers of two as far as the first one that is more than the CPUs; ALWAYS among them."""
    chosen = list(ALWAYS)
    while chosen[-1] <= cpus and chosen[-1] < MOST_THREADS:
        chosen.append(2 * chosen[-1])
    return chosen


def parse_threads(word: str) -> list[int]:
    """Of a comma list. Raises UsageError."""
    found = set()
    for each in (part.strip() for part in word.split(",")):
        count = int(each) if each.isascii() and each.isdigit() else 0
        if not 0 < count <= MOST_THREADS or count & (count - 1):
            raise UsageError(f"--threads (THREADS): '{each}' is not a power of two from 1 to {MOST_THREADS}")
        found.add(count)
    return sorted(found)


def expand(wanted: Iterable[str], families: Sequence[str], threads: Sequence[int]) -> list[str]:
    """The workloads that are meant: by families, single workloads, or patterns of either. Raises UsageError."""
    known = [(family, workload(family, count)) for family in families for count in threads]
    chosen = set()
    for each in wanted:
        fitting = [name for family, name in known if fnmatchcase(name, each) or fnmatchcase(family, each)]
        if not fitting:
            counts = ", ".join(map(str, threads))
            raise UsageError(
                f"--workloads (WORKLOADS): concurrent maps have no '{each}' with {counts} threads; "
                f"available: {', '.join(families)}"
            )
        chosen.update(fitting)
    return [name for _, name in known if name in chosen]


def only_theirs(wanted: Iterable[str], families: Sequence[str], others: Sequence[str]) -> list[str]:
    """Of names and patterns, those that fit workloads of concurrent maps and none of the others."""
    return [
        each
        for each in wanted
        if any(fnmatchcase(family, family_of(each)) for family in families)
        and not any(fnmatchcase(name, each) for name in others)
    ]


def sizes_of(family: str, by_pattern: Mapping[str, Sequence[int]]) -> list[int]:
    """Those of the first pattern that fits; empty where none does."""
    return next((list(sizes) for pattern, sizes in by_pattern.items() if fnmatchcase(family, pattern)), [])


def takes_whole_tables(name: str) -> bool:
    """Whether a pass of a workload does."""
    return family_of(name) in WHOLE_TABLES


def fills_to_n(family: str) -> bool:
    """Whether its tables hold n entries."""
    return not family.startswith(GO)


def has_reader(family: str) -> bool:
    """Whether read latency is measured at its sizes."""
    return MIXED.fullmatch(family) is not None
