"""How many cache lines an operation of hmap must touch, worked out without running anything.

From the layout of a bucket, its alignment, and the load. Keys fall into buckets at random, so
a chain holds Poisson(load) entries; entry j of a chain sits in cell j % 8 of its bucket
j // 8. Hence, for whatever costs c(j) at position j, the mean over all entries of a table
and the mean over all inserts that filled it are the same sum:

    mean = sum over j of c(j) * P(chain > j) / load

Buckets of 144 bytes begin at one of four places in a line, each equally often, which is why
they touch two or three lines where 128 would do: everything is averaged over these phases.
Counted are the distinct lines of buckets that one operation touches, without those of the
table object, which is always at hand, and without software prefetches. Keys and values are plain
numbers or structs: a string's own block is the string's cost, not the map's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from scipy.stats import poisson

LINE = 64
CELLS = 8
MALLOC_ALIGNMENT = 16
MAX_LOAD = 6.5
TOPHASH = (0, CELLS)
TOPHASH_MATCHES = (246 + 5 * 2**2) / 2**16
"""Chance that another key has the same tophash: of 251 values the 5 lowest are twice as frequent."""
LONGEST_CHAIN = 64
GROWTH_INSERTS = math.log(2)
"""Inserts per old bucket until a growth is through: each moves the chain it hits and the next in line."""

WALK_AHEAD, BEYOND_CACHES = 16, 2**20
"""Beyond so many bytes a sweep reads the overflow pointer of a bucket so far ahead (prefetch.hpp): a line a bucket."""

Span = tuple[int, int]
"""Offset and length in bytes, from the start of a bucket."""


@dataclass(frozen=True)
class Layout:
    """Where things lie in a bucket."""

    key_bytes: int
    value_bytes: int
    value_reads: tuple[Span, ...]
    """What looking at a value reads of it."""
    paired: bool = False
    alignment: int = 8

    @property
    def size(self) -> int:
        """Of a bucket; 144 for two numbers."""
        raw = CELLS + CELLS * (self.key_bytes + self.value_bytes) + 8
        return -(-raw // self.alignment) * self.alignment

    def key(self, cell: int) -> Span:
        """Of one cell."""
        step = self.key_bytes + self.value_bytes if self.paired else self.key_bytes
        return CELLS + cell * step, self.key_bytes

    def value(self, cell: int) -> Span:
        """Of one cell, whole."""
        if self.paired:
            return self.key(cell)[0] + self.key_bytes, self.value_bytes
        return CELLS + CELLS * self.key_bytes + cell * self.value_bytes, self.value_bytes

    def values_read(self, cell: int) -> list[Span]:
        """What a lookup or a sweep reads of the value."""
        start, _ = self.value(cell)
        return [(start + offset, length) for offset, length in self.value_reads]

    @property
    def overflow(self) -> Span:
        """The pointer in the last eight bytes."""
        return self.size - 8, 8

    @property
    def phases(self) -> list[int]:
        """Where in a line a bucket may begin, each as likely as the others."""
        if self.alignment % LINE == 0:
            return [0]
        step = math.gcd(MALLOC_ALIGNMENT, self.size)
        return list(range(0, LINE, step))


INT_INT = Layout(key_bytes=8, value_bytes=8, value_reads=((0, 8),))
INT_STRUCT = Layout(key_bytes=8, value_bytes=40, value_reads=((0, 8), (32, 8)))
LAYOUTS = {
    "hmap": {},
    "hmap_split_aligned": {"alignment": LINE},
    "hmap_paired": {"paired": True},
    "hmap_paired_aligned": {"paired": True, "alignment": LINE},
}
"""What sets each kind of hmap apart."""


def layout_of(map_name: str, kv: str) -> Layout | None:
    """The layout of a map with a payload; None for what the model does not know."""
    plain = {"int_int": INT_INT, "int_struct": INT_STRUCT}.get(kv)
    return replace(plain, **LAYOUTS[map_name]) if plain and map_name in LAYOUTS else None


@dataclass(frozen=True)
class Table:
    """How full a table of n entries is, and whether it is in the middle of a growth."""

    load: float
    """Entries per bucket, in the new array where there are two."""
    moved: float = 1.0
    """Share of the old chains that have been moved; 1: it is not growing."""
    marked: float = 1.0
    """Share of the old chains below the evacuation mark, which are not read any more."""
    buckets: int = 0
    """Of the new array; in a large one that does not grow a sweep looks ahead."""

    @property
    def waiting(self) -> float:
        """Share of the entries that are still in the old array, whose chains hold MAX_LOAD each."""
        still = (1 - self.moved) * MAX_LOAD
        return still / (still + 2 * self.moved * self.load)


def buckets_for(n: int) -> int:
    """The fewest buckets that hold n entries without growing."""
    return 1 if n <= CELLS else 2 ** max(0, math.ceil(math.log2(n / MAX_LOAD)))


def table(n: int) -> Table:
    """After n random inserts without a hint."""
    buckets = buckets_for(n)
    old = buckets / 2
    inserts = (n - MAX_LOAD * old) / old
    if buckets == 1 or inserts >= GROWTH_INSERTS:
        return Table(n / buckets, buckets=buckets)
    # The mark passes over chains that inserts have moved before it came: it moves ever faster.
    moved, marked = 2 - 2 * math.exp(-inserts), math.exp(inserts) - 1
    return Table((n - (1 - moved) * MAX_LOAD * old) / (2 * old * moved), moved, marked, buckets)


def hit(layout: Layout, state: Table) -> float:
    """Lines of one successful lookup."""
    moved = _entry_mean(lambda j: _found_at(layout, j), state.load)
    waiting = _entry_mean(lambda j: _found_at(layout, j), MAX_LOAD)
    return _while_growing(state, moved, waiting, state.waiting)


def miss(layout: Layout, state: Table) -> float:
    """Lines of one unsuccessful lookup."""
    moved = _chain_mean(lambda k: _not_found_in(layout, k), state.load)
    waiting = _chain_mean(lambda k: _not_found_in(layout, k), MAX_LOAD)
    return _while_growing(state, moved, waiting, 1 - state.moved)


def insert(layout: Layout, load: float) -> float:
    """Lines of one insert, mean over filling a reserved table up to `load`; no growth in it."""
    return _entry_mean(lambda j: _placed_at(layout, j), load)


def cleared(layout: Layout, n: int) -> float:
    """Lines an entry of an array that is made for n of them out of recycled memory: calloc clears those.

    Memory that comes fresh from the kernel is not touched.
    """
    buckets = buckets_for(n)
    spares = buckets / 16 if buckets >= 16 else 0
    return (buckets + spares) * layout.size / LINE / n


def ranged(layout: Layout, state: Table) -> float:
    """Lines of one entry of a sweep."""
    moved = _sweep(layout, state.load)
    if state.moved == 1:
        is_far = state.buckets > WALK_AHEAD + BEYOND_CACHES // layout.size
        return moved + is_far / state.load
    # Of each of two new chains the old head is read first, if it is above the mark, to see whether the chain has moved;
    # of the old chains, those that have moved are skipped.
    asked = 2 * (1 - state.marked) + state.moved - state.marked
    per_old_bucket = (1 - state.moved) * MAX_LOAD + 2 * state.moved * state.load
    share = state.waiting
    return (1 - share) * moved + share * _sweep(layout, MAX_LOAD) + asked / per_old_bucket


def _while_growing(state: Table, moved: float, waiting: float, waiting_share: float) -> float:
    """A chain that moved before the mark came costs one line more: the old head is read to see whether it has."""
    asked = (state.moved - state.marked) / state.moved if state.moved < 1 else 0.0
    return waiting_share * waiting + (1 - waiting_share) * (moved + asked)


def _entry_mean(cost: Callable[[int], float], load: float) -> float:
    return float(sum(cost(j) * poisson.sf(j, load) for j in range(LONGEST_CHAIN)) / load)


def _chain_mean(cost: Callable[[int], float], load: float) -> float:
    return float(sum(cost(k) * poisson.pmf(k, load) for k in range(LONGEST_CHAIN)))


def _lines(phase: int, spans: Iterable[Span]) -> set[int]:
    return {
        line
        for offset, length in spans
        for line in range((phase + offset) // LINE, (phase + offset + length - 1) // LINE + 1)
    }


@functools.cache
def _touched(layout: Layout, spans: tuple[Span, ...], compared: int) -> float:
    """Lines of `spans` and of the keys that are compared in vain in the first `compared` cells."""
    total = 0.0
    for phase in layout.phases:
        lines = _lines(phase, spans)
        total += len(lines)
        total += TOPHASH_MATCHES * sum(len(_lines(phase, [layout.key(i)]) - lines) for i in range(compared))
    return total / len(layout.phases)


def _passed_through(layout: Layout) -> float:
    """A full bucket on the way to the next of its chain."""
    return _touched(layout, (TOPHASH, layout.overflow), CELLS)


def _found_at(layout: Layout, j: int) -> float:
    bucket, cell = divmod(j, CELLS)
    spans = (TOPHASH, layout.key(cell), *layout.values_read(cell))
    return bucket * _passed_through(layout) + _touched(layout, spans, cell)


def _not_found_in(layout: Layout, chain: int) -> float:
    """A full last bucket is left by its overflow pointer, any other by its last tophash."""
    full, rest = divmod(chain, CELLS)
    ends = _touched(layout, (TOPHASH,), rest) if rest or not full else 0.0
    return full * _passed_through(layout) + ends


def _placed_at(layout: Layout, j: int) -> float:
    bucket, cell = divmod(j, CELLS)
    spans = (TOPHASH, layout.key(cell), layout.value(cell))
    # A new overflow bucket is taken from the spares, whose count is in a record of its own.
    taken = 1 if bucket and cell == 0 else 0
    return bucket * _passed_through(layout) + taken + _touched(layout, spans, 0 if taken else cell)


def _sweep(layout: Layout, load: float) -> float:
    """Entry by entry: the tophash is read again for each, and the way to the next bucket goes to its first."""
    total = 0.0
    for j in range(LONGEST_CHAIN):
        bucket, cell = divmod(j, CELLS)
        lines = _touched(layout, (TOPHASH, layout.key(cell), *layout.values_read(cell)), 0)
        if cell == 0 and bucket == 0:
            lines = _into_next_chain(layout, load)
        elif cell == 0:
            lines += _touched(layout, (TOPHASH, layout.overflow), 0)
        total += lines * poisson.sf(j, load)
    return float(total / load)


def _into_next_chain(layout: Layout, load: float) -> float:
    """From the last entry of a chain past empty buckets to the first entry of the next one.

    The last tophash of a bucket marks whether the chain ends there; only a full bucket's overflow pointer is read.
    """
    empty = math.exp(-load)
    mean = 0.0
    for skipped in range(4):
        chance = (1 - empty) * empty**skipped if skipped < 3 else empty**3
        for k in range(1, LONGEST_CHAIN):
            left = (TOPHASH, layout.overflow) if k % CELLS == 0 else (TOPHASH,)
            if k <= CELLS:
                lines = _ahead(layout, skipped + 1, left)
            else:
                lines = _touched(layout, left, 0) + _ahead(layout, skipped + 1, ())
            mean += chance * lines * float(poisson.pmf(k, load)) / (1 - empty)
    return mean


def _ahead(layout: Layout, buckets: int, left: tuple[Span, ...]) -> float:
    """Lines from what is read of a bucket that is left, over empty ones, to the first entry of the bucket `buckets`
    on.
    """
    passed = tuple((i * layout.size + TOPHASH[0], TOPHASH[1]) for i in range(1, buckets))
    first = tuple(
        (buckets * layout.size + offset, length) for offset, length in (TOPHASH, layout.key(0), *layout.values_read(0))
    )
    return _touched(layout, (*left, *passed, *first), 0)
