"""Which map for me? Maps of a stored run, ranked by a mix of operations and held to limits of latency and memory.

The cost of a mix is the sum of its weights times the measured ns per operation, over the sum of the weights: nothing
else is weighed. Where n was not measured, each round's times are interpolated between its neighbours, linearly in the
logarithms. The ratio of two costs is taken inside each round; where its interval does not tell two maps apart, their
order is undecided. A limit that no measurement reaches is undecided as well, and never met by assumption.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mapscope.analysis import inference
from mapscope.analysis.growth.insert_latency import GROWING
from mapscope.analysis.tradeoff import pareto_front
from mapscope.errors import UsageError
from mapscope.store.records import Growth, Row, Run

OPERATIONS = {
    "read": "find_hit", "miss": "find_miss", "insert": "insert_grow", "erase": "erase", "replace": "churn",
    "iterate": "range",
}  # fmt: skip
"""Short names of a mix; the name of any workload of the run will do as well."""
FITS, EXCEEDS, UNDECIDED = "fits", "exceeds", "undecided"


@dataclass(frozen=True)
class Wish:
    """What is asked for."""

    kv: str
    n: int
    mix: dict[str, float]
    """Weights by workload."""
    hash: str = "shared"
    max_latency_ns: float | None = None
    bytes_per_entry: float | None = None


@dataclass(frozen=True)
class Candidate:
    """A map, with what was measured of it."""

    map: str
    ns: float
    """Of one operation of the mix."""
    rounds: tuple[float, ...]
    """The same, by round; NaN where one is missing."""
    bytes: float | None
    longest_ns: float | None
    """The maximum insert latency while a table grew to n; a lower bound where it grew to less."""
    latency: str
    """One of FITS, EXCEEDS, UNDECIDED."""
    memory: str
    ratio: float = 1.0
    low: float = math.nan
    high: float = math.nan
    """To the candidate with the least cost, and the interval."""
    is_tied: bool = False
    """Indistinguishable from the first that meets the limits."""
    is_on_front: bool = False
    """No other map is at most as high in time, bytes and maximum insert latency; of those of which all is known."""

    @property
    def verdict(self) -> str:
        """Whether it meets the limits."""
        parts = (self.latency, self.memory)
        return next((word for word in (EXCEEDS, UNDECIDED) if word in parts), FITS)


@dataclass(frozen=True)
class Choice:
    """The candidates in order: those that meet the limits, those of which it is undecided, and the others; by cost."""

    candidates: list[Candidate]
    left_out: list[str]
    """Maps that have no candidate, each with its reason."""
    notes: list[str]
    """What was interpolated, and what was not measured."""


def choose(run: Run, wish: Wish) -> Choice:
    """Raises UsageError where the run has no such payload, hash or workload, or n lies outside what it measured."""
    _check(run, wish)
    notes: list[str] = []
    sizes = sorted({row.n for row in run.rows if (row.kv, row.hash) == (wish.kv, wish.hash)})
    left_out, found = [], []
    for name in run.map_names:
        rounds, missing = _mixed(run, wish, name)
        if missing:
            left_out.append(f"{name}: {missing}")
        else:
            found.append(_candidate(run, wish, name, rounds))
    if wish.n not in sizes:
        below, above = _neighbours(sizes, wish.n)
        notes.append(
            f"n = {wish.n:,} was not measured: times and bytes are interpolated between {below:,} and {above:,}; where "
            "a map grows between them, either side may be nearer"
        )
    notes += _growth_notes(run, wish)
    if run.why_not_weighed:
        notes.append(f"bytes per entry are unknown: {run.why_not_weighed}")
    if not found:
        return Choice([], left_out, notes)
    return Choice(_ranked(_with_front(_with_ratios(found))), left_out, notes)


def parse_mix(words: str, workloads: Sequence[str]) -> dict[str, float]:
    """`read=90,insert=8`; weights of any scale. Raises UsageError."""
    mix: dict[str, float] = {}
    for part in filter(None, (word.strip() for word in words.split(","))):
        name, equals, weight = part.partition("=")
        workload = OPERATIONS.get(name, name)
        if workload not in workloads:
            known = ", ".join([*(short for short, each in OPERATIONS.items() if each in workloads), *workloads])
            raise UsageError(f"--mix (MIX): the run has no operation '{name}'; available: {known}")
        try:
            value = float(weight) if equals else math.nan
        except ValueError:
            value = math.nan
        if not 0 < value < math.inf:
            raise UsageError(f"--mix (MIX): '{part}' is not an operation and its weight, such as read=90")
        mix[workload] = mix.get(workload, 0.0) + value
    if not mix:
        raise UsageError("--mix (MIX): name operations and their weights, such as read=90,insert=8,erase=2")
    return mix


def _check(run: Run, wish: Wish) -> None:
    payloads = list(dict.fromkeys(row.kv for row in run.rows))
    if wish.kv not in payloads:
        raise UsageError(f"--payload (PAYLOAD): '{wish.kv}' is not in this run; available: {', '.join(payloads)}")
    hashes = list(dict.fromkeys(row.hash for row in run.rows))
    if wish.hash not in hashes:
        raise UsageError(f"--hash (HASH): '{wish.hash}' is not in this run; available: {', '.join(hashes)}")
    for workload in wish.mix:
        sizes = [row.n for row in run.rows if (row.kv, row.hash, row.workload) == (wish.kv, wish.hash, workload)]
        if not sizes:
            raise UsageError(f"--mix (MIX): {workload} was not measured with {wish.kv} and the {wish.hash} hash")
        if not min(sizes) <= wish.n <= max(sizes):
            raise UsageError(
                f"--n (N): {wish.n:,} lies outside of what was measured of {workload} with {wish.kv}: "
                f"{min(sizes):,} to {max(sizes):,}; measure it with `make bench SIZES={wish.n}`"
            )


def _mixed(run: Run, wish: Wish, name: str) -> tuple[np.ndarray, str]:
    """ns of an operation of the mix, by round; or what is missing."""
    total = np.zeros(1)
    for workload, weight in wish.mix.items():
        key = (wish.kv, wish.hash, workload, name)
        rows = {row.n: row for row in run.rows if (row.kv, row.hash, row.workload, row.map) == key}
        at = _at(rows, wish.n, lambda row: np.array(row.rounds, dtype=float))
        if at is None:
            return total, f"no row of {workload} at n = {wish.n:,} or on both sides of it"
        total = _added(total, weight * at)
    return total / sum(wish.mix.values()), ""


def _added(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Round by round; a row that has fewer lacks the last ones."""
    if a.shape == (1,) and a[0] == 0:
        return b
    length = max(len(a), len(b))
    padded = (np.pad(each, (0, length - len(each)), constant_values=math.nan) for each in (a, b))
    return np.add(*padded)


def _at(rows: dict[int, Row], n: int, value: Callable[[Row], np.ndarray]) -> np.ndarray | None:
    """Of the row at n, or between its neighbours; None where there is neither."""
    if n in rows:
        return value(rows[n])
    if not rows or not min(rows) < n < max(rows):
        return None
    below, above = _neighbours(sorted(rows), n)
    share = math.log(n / below) / math.log(above / below)
    first, second = value(rows[below]), value(rows[above])
    length = min(len(first), len(second))
    return np.exp((1 - share) * np.log(first[:length]) + share * np.log(second[:length]))


def _neighbours(sizes: list[int], n: int) -> tuple[int, int]:
    place = bisect_left(sizes, n)
    return sizes[place - 1], sizes[place]


def _candidate(run: Run, wish: Wish, name: str, rounds: np.ndarray) -> Candidate:
    held = _bytes(run, wish, name)
    longest, reaches = _longest(run, wish, name)
    return Candidate(
        map=name,
        ns=float(np.nanmedian(rounds)),
        rounds=tuple(rounds.tolist()),
        bytes=held,
        longest_ns=longest,
        latency=_judge(longest, wish.max_latency_ns, reaches),
        memory=_judge(held, wish.bytes_per_entry, True),
    )


def _judge(value: float | None, limit: float | None, is_whole: bool) -> str:
    """A lower bound tells only that a limit is exceeded."""
    if limit is None:
        return FITS
    if value is not None and value > limit:
        return EXCEEDS
    return FITS if value is not None and is_whole else UNDECIDED


def _bytes(run: Run, wish: Wish, name: str) -> float | None:
    """Of a table that has grown to n."""
    tables = {
        one.n: one.grown_bytes / one.n
        for one in run.table_memory
        if (one.kv, one.hash, one.map) == (wish.kv, wish.hash, name)
    }
    if wish.n in tables or not tables or not min(tables) < wish.n < max(tables):
        return tables.get(wish.n)
    below, above = _neighbours(sorted(tables), wish.n)
    share = math.log(wish.n / below) / math.log(above / below)
    return float(tables[below] ** (1 - share) * tables[above] ** share)


def _growing(run: Run, wish: Wish) -> dict[str, Growth]:
    """Of each map the smallest watched table that grew to n, else the largest there is."""
    found: dict[str, Growth] = {}
    for row in sorted((row for row in run.growth if (row.stage, row.kv) == (GROWING, wish.kv)), key=lambda row: row.n):
        if row.map not in found or found[row.map].n < wish.n:
            found[row.map] = row
    return found


def _longest(run: Run, wish: Wish, name: str) -> tuple[float | None, bool]:
    """The maximum insert latency until n entries were there, and whether so many ever were."""
    row = _growing(run, wish).get(name)
    if row is None:
        return None, False
    if row.n <= wish.n:
        return row.denoised.inserts.max_ns, row.n == wish.n
    spans = [longest for first, _, _, longest in row.denoised.timeline if first < wish.n]
    return (max(spans), True) if spans else (None, False)


def _growth_notes(run: Run, wish: Wish) -> list[str]:
    rows = _growing(run, wish)
    if not rows:
        return [f"the maximum insert latency is unknown: no table of {wish.kv} was watched growing"]
    notes = []
    if shorter := sorted({row.n for row in rows.values() if row.n < wish.n}):
        notes.append(
            f"tables were watched growing to {shorter[-1]:,} entries only: the maximum insert latency until {wish.n:,} "
            "may be higher"
        )
    if wish.hash != "shared":
        notes.append("tables were watched growing with the shared hash")
    return notes


def _with_ratios(found: list[Candidate]) -> list[Candidate]:
    best = min(found, key=lambda one: one.ns)
    times = inference.matrix([one.rounds for one in found])
    base = np.tile(times[found.index(best)], (len(found), 1))
    ratio, low, high = inference.interval(inference.paired(base, times))
    return [
        one if one is best else replace(one, ratio=float(ratio[i]), low=float(low[i]), high=float(high[i]))
        for i, one in enumerate(found)
    ]


def _with_front(found: list[Candidate]) -> list[Candidate]:
    whole = [one for one in found if one.bytes is not None and one.longest_ns is not None]
    front = pareto_front([(one.ns, one.bytes or 0.0, one.longest_ns or 0.0) for one in whole])
    names = {one.map for one, is_on_front in zip(whole, front, strict=True) if is_on_front}
    return [replace(one, is_on_front=one.map in names) for one in found]


def _ranked(found: list[Candidate]) -> list[Candidate]:
    """Those that fit first, by cost; marked those that cannot be distinguished from the first of all."""
    order = sorted(found, key=lambda one: ((FITS, UNDECIDED, EXCEEDS).index(one.verdict), one.ns))
    first = order[0]
    times = inference.matrix([one.rounds for one in order])
    _, low, _ = inference.interval(inference.paired(np.tile(times[0], (len(order), 1)), times))
    return [
        replace(one, is_tied=i > 0 and one.verdict == first.verdict and not low[i] > 1) for i, one in enumerate(order)
    ]
