"""Cost of operations before, during and after draining, as a table for the terminal and the page.

A growth drains when the map moves its old buckets to the new array a few at a time, with each write after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles

from mapscope.store.records import Growth

STATES = ("before", "draining", "after")
HEADS = ("operation", "full", "half-way", "drained", "half-way/full")
KEY = (
    "Full: just before the growth. Half-way: reads with the migration paused there; writes, which continue it, "
    "from its start.\nIn ns per operation: median over the repetitions, ± half the span of the middle half of them."
)


@dataclass(frozen=True)
class Drain:
    """One map around one growth; each line as long as HEADS."""

    title: str
    lines: list[list[str]]


def drain_of(row: Growth) -> Drain | None:
    """None where nothing drains."""
    drain = row.drain
    if not drain:
        return None
    lines = []
    for name, times in drain.ns.items():
        full, half_way, _ = middles = [spread_of(getattr(times, state)) for state in STATES]
        ratio = f"{half_way[0] / full[0]:.2f}" if full and half_way else "-"
        lines.append([name, *(f"{m[0]:.1f} ±{m[1]:.1f}" if m else "-" for m in middles), ratio])
    sizes = [median(getattr(drain.resident_bytes, state)) / 1e6 for state in STATES]
    lines.append(["MB resident", *(f"{size:.4g}" for size in sizes), f"{sizes[1] / sizes[0]:.2f}"])
    return Drain(f"{row.map}: around its growth at {drain.entries:,} entries", lines)


def spread_of(times: list[float | None]) -> tuple[float, float] | None:
    """Median, and half the distance of the quartiles; None where nothing was measured."""
    known = [ns for ns in times if ns is not None]
    if not known:
        return None
    low, high = quantiles(known, n=4, method="inclusive")[::2] if len(known) > 1 else (known[0], known[0])
    return median(known), (high - low) / 2
