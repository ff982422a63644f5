"""Response times of lookups, as curves and in words."""

from __future__ import annotations

from mapscope.store.records import ReadTimes
from mapscope.text import count_of

STATES = (("alone", "alone"), ("written", "beside a writer"))
"""The fields of ReadTimes with times, and what they are called."""
SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999}


def curve_of(state: dict[str, float], reads: int) -> list[list[float]]:
    """Pairs of a share of the lookups and the ns that these do not exceed, to the maximum."""
    last = 1 - 1 / reads
    return [*([share, state[name]] for name, share in SHARES.items() if share < last), [last, state["max"]]]


def load_of(times: ReadTimes) -> str:
    """`1 reader, 1,000,000 lookups a second; 1 writer`"""
    readers, writers = count_of(times.readers, "reader"), count_of(times.writers, "writer")
    return f"{readers}, {times.rate:,.0f} lookups a second; {writers}"
