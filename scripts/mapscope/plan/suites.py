"""The suites: how much is measured, as data with its reasons.

Time is spent where it buys trust: first in rounds (each of new processes, keys and
memory layout), then in sizes, and last in turns, because repeating a pass inside one
process cannot see the process's own luck. The number of turns and of further rounds
follows from the precision reached so far.

hmap grows when an insert would exceed 6.5 entries a bucket, so its growth points are
6.5 * 2^B: 6656 = 6.5 * 2^10 and 106496 = 6.5 * 2^14. A size and its successor are the
same work on a full table and on one that has just doubled: the two ends of the
sawtooth, which any set of round sizes misses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

MAX_ENTRIES_PER_BUCKET = 6.5
STEPS_PER_OCTAVE = 16


Variant = tuple[str, str, bool, str]
"""Mix, memory regime, whether reserved, size of pages."""


@dataclass(frozen=True)
class GrowthSuite:
    """Tables that are watched growing, operation by operation; every map at every combination."""

    sizes: tuple[int, ...]
    kv: tuple[str, ...]
    variants: tuple[Variant, ...]
    repetitions: int
    """In processes of their own; of each operation the shortest time counts. With five, an empty loop took
    less than 50 ns at its maximum in 14 of 16 tables (90 and 100 ns in the others), with eight in all."""
    churn: tuple[tuple[int, int], ...] = ()
    """Tables that stay full: entries, and how many leave and come for each of them."""


FIRST_TOUCH: Variant = ("insert", "first_touch", False, "small")
"""A table that grows as it goes, in memory that the kernel hands out page by page."""


@dataclass(frozen=True)
class Suite:
    """One preset; what an option names can be overridden on the command line."""

    name: str
    summary: str
    sizes: tuple[int, ...]
    rounds: int
    """At most, of each block."""
    least_rounds: int
    budget_s: float | None = None
    """Seconds that the run may take."""
    sizes_of: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Payloads that have sizes of their own."""
    whole_tables_up_to: Mapping[str, int] = field(default_factory=dict)
    """By payload, the largest size of workloads in CHANGING, whose passes or tables take seconds beyond."""
    hashes: tuple[str, ...] = ("shared",)
    maps: tuple[str, ...] | None = None
    """None: all that are built."""
    kv: tuple[str, ...] | None = None
    """None: all."""
    workloads: tuple[str, ...] | None = None
    """None: all but those left out and the states of a family."""
    leaves_out: tuple[str, ...] = ()
    """Workloads that only run when they are named."""
    states: tuple[str, ...] = ()
    """Further workloads: states of a family, as names or patterns."""
    state_sizes: tuple[int, ...] = ()
    """The sizes at which states are measured; empty: all."""
    growth: GrowthSuite | None = None
    """None: no table is watched growing."""
    is_concurrent: bool = False
    """Whether its maps are concurrent; workloads are then families, each run with several numbers of threads."""
    family_sizes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Of concurrent maps: sizes by patterns of families, the first that fits."""


REDUCED_RANGE = (
    *(f"range_load{load}_{left}" for load in (0, 50, 100) for left in ("live100", "live10", "one")),
    "range_keys",
    "range_copy",
    "range_cursor",
    "range_stuck",
)
"""The corners and the middle of range's surface, and one step aside in each further direction; nothing
cold, because filling tables with 256 MB takes longer than all the rest."""


def growth_point(log2_buckets: int) -> int:
    """The largest entry count that 2^log2_buckets of hmap's buckets hold."""
    return int(MAX_ENTRIES_PER_BUCKET * 2**log2_buckets)


def at_load(load: float, log2_buckets: int) -> int:
    """Entries of which each of hmap's buckets holds so many on average."""
    return math.ceil(load * 2**log2_buckets)


# hmap compacts itself when it has as many overflow buckets as buckets. At load 6.5 that takes some 8 replacements for
# each entry, at 5 some 25; at 3.3 it takes 160 and more where there are 32 buckets, and has not been seen from 1024 on.
SOME_CHURN = ((at_load(6.5, 10), 30),)
ALL_CHURN = (
    *((at_load(load, 5), 500) for load in (3.3, 5.0, 6.5)),
    *((at_load(load, 10), 60) for load in (3.3, 5.0, 6.5)),
    (at_load(6.5, 16), 12),
)
WHOLE_LIVES = ("life_grow", "life_reserved", "ttl_cache")
"""Workloads about growing and ageing; the growth suite has them."""


COPYING = ("copy", "insert_all", "clear", "pop_first", "fifo", "intersect", "unite")
EVERYDAY = (
    "find_mixed_0", "find_mixed_25", "find_mixed_50", "find_mixed_75", "find_mixed_100", "find_zipf", "find_small",
    "find_small_cold", "word_count", "insert_existing", "erase_missing", "construct_empty", *COPYING,
)  # fmt: skip
"""The further workloads, which have binaries of their own, and find_mixed_50, which has not."""
CHANGING = ("insert_grow", "insert_reserved", "erase", "churn", *WHOLE_LIVES, *COPYING)
"""Workloads that fill and change tables of their own."""


def spread(start: int, end: int, an_octave: int) -> tuple[int, ...]:
    """Sizes from `start` to `end`, evenly spaced in log n, so many an octave."""
    steps = math.floor(an_octave * math.log2(end / start))
    return tuple(sorted({*(round(start * 2 ** (i / an_octave)) for i in range(steps + 1)), end}))


def octave(log2_buckets: int) -> tuple[int, ...]:
    """Sizes from one growth point to the next, evenly spaced in log n, and one past each end."""
    start = growth_point(log2_buckets)
    steps = {round(start * 2 ** (i / STEPS_PER_OCTAVE)) for i in range(STEPS_PER_OCTAVE + 1)}
    return tuple(sorted(steps | {start + 1, 2 * start + 1}))


GROWTH_POINTS = tuple(n for b in (10, 14) for n in (growth_point(b), growth_point(b) + 1))
STANDARD_INTS = tuple(sorted({
    *spread(16, 2**23, 1), *spread(2**10, 2**12, 4), *spread(2**14, 2**16, 4), *spread(2**20, 2**21, 4), *GROWTH_POINTS,
}))  # fmt: skip
"""One an octave from a table of a few lines to one of hundreds of MB; four where the first-level (32 to 48 KB),
second-level (0.5 to 2 MB) and last-level cache (32 MB) of usual processors end; both sides of two of hmap's growth
points.
"""
STANDARD_OTHERS = tuple(sorted({*spread(16, 2**20, 2)[::3], *GROWTH_POINTS, 1_000_000}))

SUITES: dict[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            name="smoke",
            summary="two minutes: does everything run, and is the order of magnitude right?",
            sizes=(1_000, growth_point(10), growth_point(10) + 1),
            rounds=2,
            least_rounds=2,
            leaves_out=WHOLE_LIVES,
            growth=GrowthSuite(sizes=(20_000,), kv=("int_int",), variants=(FIRST_TOUCH,), repetitions=3),
        ),
        Suite(
            name="standard",
            summary="eleven minutes: curves from 16 entries to 8.4 million, through every cache into memory",
            sizes=STANDARD_OTHERS,
            sizes_of={"int_int": STANDARD_INTS},
            rounds=12,
            least_rounds=3,
            budget_s=660,
            whole_tables_up_to={"int_int": 2**18, "int_struct": 2**17, "string_string": 2**16, "string_int": 2**16},
            leaves_out=WHOLE_LIVES,
            states=REDUCED_RANGE,
            state_sizes=(growth_point(10),),
            growth=GrowthSuite(
                sizes=(1_000_000,), kv=("int_int",), variants=(FIRST_TOUCH,), repetitions=8, churn=SOME_CHURN
            ),
        ),
        Suite(
            name="everyday",
            summary="ten minutes: what programs do as well: mixed and popular lookups, small tables, counting, copies",
            sizes=(8, 64, 1_000, growth_point(10), growth_point(10) + 1, 50_000, 1_000_000),
            sizes_of=dict.fromkeys(("string_string", "int_struct"), (8, 64, 1_000, growth_point(10), 50_000)),
            rounds=12,
            least_rounds=3,
            budget_s=600,
            workloads=EVERYDAY,
            whole_tables_up_to=dict.fromkeys(("int_int", "string_string", "int_struct", "string_int"), 50_000),
        ),
        Suite(
            name="full",
            summary="days: twelve sizes an octave from 16 to 100 million where memory allows, both hashes",
            sizes=spread(16, 10**8, 12),
            rounds=12,
            least_rounds=5,
            hashes=("shared", "own"),
            states=("range_*",),
            state_sizes=(1_000, 100_000),
        ),
        Suite(
            name="range",
            summary="hours: the cost of iteration over load, what erasing left, cold tables, growth and ways to look",
            sizes=(1_000, 100_000, 1_000_000),
            rounds=3,
            least_rounds=3,
            workloads=("range",),
            states=("range_*",),
        ),
        Suite(
            name="growth",
            summary="hours: ten million inserts one by one, in every regime, what each growth costs and why",
            sizes=(growth_point(10), growth_point(14)),
            rounds=5,
            least_rounds=5,
            workloads=("insert_grow", "insert_reserved", "churn", *WHOLE_LIVES),
            growth=GrowthSuite(
                sizes=(10_000_000,),
                kv=("int_int", "string_string", "int_struct"),
                variants=(
                    FIRST_TOUCH,
                    ("insert", "resident", False, "small"),
                    ("insert", "first_touch", True, "small"),
                    ("insert", "first_touch", False, "huge"),
                    ("mixed", "first_touch", False, "small"),
                ),
                repetitions=16,
                churn=ALL_CHURN,
            ),
        ),
        Suite(
            name="octave",
            summary="minutes: hmap from one growth point to the next, its cache lines beside the model's",
            sizes=octave(14),
            rounds=5,
            least_rounds=3,
            maps=("hmap",),
            kv=("int_int",),
            workloads=("insert_reserved", "find_hit", "find_miss", "range"),
        ),
        Suite(
            name="layout",
            summary="minutes: hmap's buckets split or paired, as they fall or on cache lines; lines beside time",
            sizes=(1_000, growth_point(10), growth_point(14), growth_point(17)),
            rounds=9,
            least_rounds=9,
            maps=("hmap", "hmap_split_aligned", "hmap_paired", "hmap_paired_aligned"),
            kv=("int_int",),
            workloads=("find_hit", "find_miss", "range"),
        ),
        # Go's benchmarks have tables of about a thousand entries. Of the other two sizes, the small table fits a
        # second-level cache, and the large one no cache but the last one of a large machine.
        Suite(
            name="concurrent",
            summary="nine minutes: concurrent maps, with as many threads as CPUs, fewer and more; read latency",
            sizes=(1_024, 10_000, 1_000_000),
            rounds=24,
            least_rounds=3,
            budget_s=540,
            kv=("int_int",),
            is_concurrent=True,
            family_sizes={"go_*": (1_024,), "*": (10_000, 1_000_000)},
        ),
    )
}
DEFAULT_SUITE = "standard"
CONCURRENT_SUITE = "concurrent"
"""The one that is meant where concurrent maps, or their workloads, are named."""
