"""The model of hmap's cache lines: against values worked out by hand, and against tables played through."""

import random
from dataclasses import replace

import pytest

from mapscope.analysis import model
from mapscope.analysis.model import INT_INT, INT_STRUCT, Table

ALIGNED = model.layout_of("hmap_split_aligned", "int_int")
PAIRED = model.layout_of("hmap_paired", "int_int")


def test_sizes_of_buckets() -> None:
    assert (INT_INT.size, INT_STRUCT.size, PAIRED.size, ALIGNED.size) == (144, 400, 144, 192)
    assert INT_INT.phases == [0, 16, 32, 48] and ALIGNED.phases == [0]


def test_where_a_hit_looks() -> None:
    # On a line: tophash 0-7, key i at 8 + 8i, value i at 72 + 8i. Cells 0 to 6 take lines 0 and
    # 1; the last key lies at 64, in line 1, and its value at 128, in line 2.
    assert [model._found_at(ALIGNED, j) for j in range(8)] == [2] * 7 + [3]
    # Pair i at 8 + 16i: 8, 24, 40 lie in line 0 (40 + 16 = 56), pair 3 at 56-71 straddles.
    aligned_pairs = replace(PAIRED, alignment=64)
    assert [round(model._found_at(aligned_pairs, j)) for j in range(8)] == [1, 1, 1, 2, 2, 2, 2, 3]
    # At 0, 16, 32 or 48 of a line, the first key shares the line of the tophash, and the
    # value, 72 bytes on, is in the next: two lines, wherever the bucket begins.
    assert model._found_at(INT_INT, 0) == 2
    # Key 7 and value 7 begin 64 and 128 bytes on: three lines. None of keys 0-6, compared in
    # vain with a chance of 266/65536 each, lies in a line of its own.
    assert model._found_at(INT_INT, 7) == 3


def test_where_a_miss_looks() -> None:
    assert model._not_found_in(INT_INT, 0) == 1
    # A full bucket: tophash and the overflow pointer 136 bytes on are never in one line. Of the
    # eight keys, 1, 3, 5 or 7 lie in the line between them, by phase: 4 on average.
    assert model._not_found_in(INT_INT, 8) == pytest.approx(2 + 4 * 266 / 65536)
    # Nine entries: that, and the tophash of the overflow bucket with one key to compare. That
    # key, at 8, is always in the line of the tophash.
    assert model._not_found_in(INT_INT, 9) == pytest.approx(3 + 4 * 266 / 65536)


def test_nearly_empty_tables() -> None:
    alone = Table(load=1e-9)
    assert model.hit(INT_INT, alone) == pytest.approx(2)
    assert model.miss(INT_INT, alone) == pytest.approx(1)
    assert model.insert(INT_INT, 1e-9) == pytest.approx(2)


def test_a_struct_takes_a_line_more() -> None:
    # Value 0 of 400-byte buckets: words at 72 and 104. From 0: lines 0, 1 and 1; from 16: 88 and
    # 120, 0 and 1; from 32: 104 and 136, 0, 1 and 2; from 48: 120 and 152, 0, 1 and 2.
    assert model._found_at(INT_STRUCT, 0) == (2 + 2 + 3 + 3) / 4


def test_the_state_of_a_table() -> None:
    assert model.table(6656) == Table(6.5, buckets=1024)  # 6.5 * 2^10: full
    started = model.table(6657)  # the insert that starts the growth moves two of 1024 chains
    assert started.moved == pytest.approx(2 / 1024, rel=0.01)
    assert started.waiting == pytest.approx(1 - 14 / 6657, rel=0.001)
    assert model.table(6656 + 709).moved < 1  # 1024 ln 2 = 709.8 inserts
    assert model.table(6656 + 710) == Table(7366 / 2048, buckets=2048)
    assert model.table(8) == Table(8.0, buckets=1)


# The same again, without a formula: a table of chains is filled and grown step by step, its
# buckets get addresses, and the lines of every operation are collected in a set.

BUCKETS = 2**11


class Played:
    """Chains of tophashes in 2^11 buckets, or on their way to twice as many, after n random inserts."""

    def __init__(self, n: int, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.entries: list[tuple[int, int]] = []
        self.old: list[list[int]] = []
        self.new: list[list[int]] = [[] for _ in range(BUCKETS)]
        self.waiting: list[bool] = []
        self.mark = 0
        for _ in range(n):
            self._insert()

    def _insert(self) -> None:
        if len(self.entries) == int(6.5 * BUCKETS):
            self.old, self.new = self.new, [[] for _ in range(2 * BUCKETS)]
            self.waiting = [True] * BUCKETS
        hash_ = self.dice.getrandbits(50)
        for which in ("of the key", "at the mark"):
            if self.mark < len(self.old):
                self._move(hash_ % BUCKETS if which == "of the key" else self.mark)
        if self.mark == len(self.old):
            self.old, self.mark = [], 0
        self.new[hash_ % len(self.new)].append(len(self.entries))
        self.entries.append((hash_, self.dice.choice([*range(5, 256), *range(5, 10)])))

    def _move(self, index: int) -> None:
        if self.waiting[index]:
            self.waiting[index] = False
            for entry in self.old[index]:
                self.new[self.entries[entry][0] % len(self.new)].append(entry)
        while self.mark < BUCKETS and not self.waiting[self.mark]:
            self.mark += 1

    def lines_of_lookup(self, hash_: int, tophash: int, wanted: int | None) -> int:
        """Distinct lines, searching as find.hpp does; overflow buckets lie anywhere."""
        index, touched = hash_ % len(self.new), set()
        base, chain = 2**30 + 144 * index, self.new[index]
        if self.old:
            index = hash_ % BUCKETS
            if index >= self.mark:
                touched |= lines(2**40 + 144 * index, [(0, 1)])
            if self.waiting[index]:
                base, chain = 2**40 + 144 * index, self.old[index]
        for start in range(0, max(1, len(chain)), 8):
            touched |= lines(base, [(0, 8)])
            cells = chain[start : start + 8]
            for cell, entry in enumerate(cells):
                if entry == wanted or self.entries[entry][1] == tophash:
                    touched |= lines(base, [(8 + 8 * cell, 8)])
                if entry == wanted:
                    return len(touched | lines(base, [(72 + 8 * cell, 8)]))
            if len(cells) == 8:
                touched |= lines(base, [(136, 8)])
            base = 2**50 + 16 * self.dice.getrandbits(30)
        return len(touched)

    def lines_of_sweep(self) -> float:
        """Lines per entry, iterating as sweep.hpp does."""
        total, touched = 0, set()
        for array, start in ((self.new, 2**30), (self.old, 2**40)):
            for index, chain in enumerate(array):
                if array is self.old and index < self.mark:
                    continue
                if array is self.new and self.old and (old := index % len(self.old)) >= self.mark:
                    # Its old head says whether the chain has moved.
                    touched |= lines(2**40 + 144 * old, [(0, 8)])
                    if self.waiting[old]:
                        continue
                there = chain if array is self.new or self.waiting[index] else []
                base = start + 144 * index
                for j, _ in enumerate(there):
                    if j and j % 8 == 0:
                        touched |= lines(base, [(136, 8)])
                        base = 2**50 + 16 * self.dice.getrandbits(30)
                    touched |= lines(base, [(0, 8), (8 + 8 * (j % 8), 8), (72 + 8 * (j % 8), 8)])
                    total += len(touched)
                    touched = lines(base, [(0, 8)])
                touched |= lines(base, [(0, 8)])
                if there and len(there) % 8 == 0:
                    touched |= lines(base, [(136, 8)])
        return total / len(self.entries)


def lines(base: int, spans: list[tuple[int, int]]) -> set[int]:
    return {line for o, length in spans for line in range((base + o) // 64, (base + o + length - 1) // 64 + 1)}


@pytest.mark.parametrize(
    "n", [BUCKETS * 4, int(BUCKETS * 6.5), int(BUCKETS * 6.5) + 1, int(BUCKETS * 6.8), int(BUCKETS * 7.1), BUCKETS * 8]
)
def test_against_a_table_played_through(n: int) -> None:
    table = Played(n)
    state = model.table(n)
    hits = [table.lines_of_lookup(*table.entries[i], i) for i in table.dice.choices(range(n), k=20000)]
    assert sum(hits) / len(hits) == pytest.approx(model.hit(INT_INT, state), rel=0.02)
    misses = [
        table.lines_of_lookup(table.dice.getrandbits(50), table.dice.randrange(5, 256), None) for _ in range(20000)
    ]
    assert sum(misses) / len(misses) == pytest.approx(model.miss(INT_INT, state), rel=0.02)
    assert table.lines_of_sweep() == pytest.approx(model.ranged(INT_INT, state), rel=0.02)


def test_a_sweep_of_a_large_table_reads_a_line_more_of_each_bucket() -> None:
    small, large = model.table(int(6.5 * 2**12)), model.table(int(6.5 * 2**13))
    assert model.ranged(INT_INT, large) - model.ranged(INT_INT, small) == pytest.approx(1 / 6.5)
    growing = model.table(int(6.5 * 2**13) + 500)
    assert model.ranged(INT_INT, growing) == model.ranged(INT_INT, replace(growing, buckets=0))


def test_recycled_arrays_are_cleared_once_for_all_entries() -> None:
    assert model.cleared(INT_INT, 8) == pytest.approx(144 / 64 / 8)
    assert model.cleared(INT_INT, 6656) == pytest.approx((1024 + 64) * 144 / 64 / 6656)
