"""The machine by its latency ladder: latencies by level, and the reach of its TLBs.

A level's latency is read at a working set that the level before does not hold: twice its size. A
pass round a cycle misses in what cannot hold it all, so there is no need to go further, where
other effects come in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mapscope.analysis.fingerprint import size
from mapscope.fact import Fact, known, unknown
from mapscope.store.records import Run
from mapscope.text import significant

STEP = 1.0
"""Pages cost something where they add more than so many L1 latencies to a load."""
PAGE_WALK_LOADS = 4.0
"""The second TLB is left where they add more than so many times what leaving the first one did."""


@dataclass(frozen=True)
class Level:
    """A cache, or memory, as it was found."""

    name: str
    bytes: int | None
    """Its size; None of memory."""
    latency: Fact
    """ns of one dependent load, *or reason*."""
    spread: float | None
    read_at: int | None
    """The bytes of the working set at which it was read."""


def levels(run: Run) -> list[Level]:
    """The data caches in order, and memory; empty where the kernel reports no cache."""
    sizes = {cache.level: cache.bytes for cache in run.environment.data_caches}
    found = []
    before = 0
    for number, count in sorted(sizes.items()):
        found.append(_read(run, f"L{number}", count, 2 * before if before else count // 2, count))
        before = count
    if before:
        found.append(_read(run, "memory", None, 2 * before, None))
    return found


def _read(run: Run, name: str, count: int | None, wanted: int, most: int | None) -> Level:
    """The level at the rung nearest to `wanted`; of memory, at the largest that is beyond it."""
    if why := run.ladder.reason:
        return Level(name, count, unknown(why), None, None)
    rungs = [rung for rung in run.latencies if rung.layout == "packed" and rung.bytes <= (most or 2**62)]
    if count is None:
        rungs = [rung for rung in rungs if rung.bytes >= wanted]
        chosen = rungs[-1] if rungs else None
    else:
        above = [rung for rung in rungs if rung.bytes >= wanted]
        chosen = above[0] if above else None
    if chosen is None:
        why = "was not measured" if not run.latencies else "no working set that falls in it was measured"
        return Level(name, count, unknown(why), None, None)
    return Level(name, count, known(chosen.median), chosen.spread, chosen.bytes)


def tlb_reach(run: Run) -> list[Fact]:
    """Of the first and second TLB, the bytes in small pages that it reaches, *or reason*.

    The difference between spread and packed lines, equally many, is what finding their pages costs.
    It steps up where a TLB is left behind; the last rung before that is the reach.
    """
    if why := run.ladder.reason:
        return [unknown(why)] * 2
    packed = {rung.lines: rung.median for rung in run.latencies if rung.layout == "packed"}
    spread = [rung for rung in run.latencies if rung.layout == "spread" and rung.lines in packed]
    if not spread:
        return [unknown("was not measured")] * 2
    cost = [rung.median - packed[rung.lines] for rung in spread]
    first = _last_below(cost, STEP * min(packed.values()))
    if first is None or first + 1 == len(cost):
        return [unknown(f"no step up to {spread[-1].lines} pages")] * 2
    step = cost[first + 1]
    second = _last_below(cost, PAGE_WALK_LOADS * step)
    reach = [known(spread[first].bytes)]
    if second is None or second + 1 == len(cost):
        return [*reach, unknown(f"no second step up to {spread[-1].lines} pages")]
    return [*reach, known(spread[second].bytes)]


def _last_below(cost: list[float], limit: float) -> int | None:
    """Where the costs are last below a limit before they stay above it; None when they begin above."""
    below = [at for at, each in enumerate(cost) if each < limit]
    return below[-1] if below else None


def load_ns(run: Run, working_set: float) -> Fact:
    """ns of a dependent load from so many bytes, between the rungs on logarithmic axes; *or reason*."""
    if why := run.ladder.reason:
        return unknown(why)
    rungs = [rung for rung in run.latencies if rung.layout == "packed"]
    if not rungs:
        return unknown("was not measured")
    sizes, times = (np.log([getattr(rung, field) for rung in rungs]) for field in ("bytes", "median"))
    if np.log(working_set) > sizes[-1]:
        return unknown("larger than the largest working set of the ladder")
    return known(float(np.exp(np.interp(np.log(working_set), sizes, times))))  # below the first rung: still L1


def shared_cache(run: Run) -> tuple[str, int, int] | None:
    """The last cache's name, its size and what of it can be had, where that is less than half: others use it too."""
    found = levels(run)
    if len(found) < 2 or None in (ns := [level.latency.value for level in found[-2:]]):
        return None
    middle = float(np.sqrt(ns[0] * ns[1]))
    rungs = [rung for rung in run.latencies if rung.layout == "packed"]
    had = max((rung.bytes for rung in rungs if rung.median < middle), default=0)
    last = found[-2]
    return (last.name, last.bytes, had) if ns[1] > 2 * ns[0] and 0 < had < last.bytes / 2 else None


def not_reached(run: Run) -> list[int]:
    """Bytes of the packed working sets for which the ladder had no time."""
    present = {rung.bytes for rung in run.latencies if rung.layout == "packed"}
    return [count for count in run.ladder.sizes if count not in present] if present else []


def in_words(run: Run) -> str:
    """`L1 1.2 ns, L2 4.1 ns, L3 14 ns, memory 230 ns`; or why there is nothing to say."""
    found = levels(run)
    if run.ladder.reason or not found:
        return f"n/a: {run.ladder.reason or 'the kernel reports no caches'}"
    absent = not_reached(run)
    return ", ".join(
        f"{level.name} n/a ({level.latency.reason})" if level.latency.value is None
        else f"{level.name} {significant(level.latency.value)} ns{_spread(level.spread)}"
        for level in found
    ) + (f" (no time for {', '.join(map(size, absent))})" if absent else "")  # fmt: skip


def reach_in_words(run: Run) -> str:
    """`256 KiB, then 8 MiB`; or why it is not known."""
    first, second = tlb_reach(run)
    if first.value is None:
        return f"n/a: {first.reason}"
    then = f"n/a ({second.reason})" if second.value is None else size(second.value)
    return f"{size(first.value)}, then {then}"


def _spread(spread: float | None) -> str:
    return "" if spread is None else f" ±{spread:.0%}"
