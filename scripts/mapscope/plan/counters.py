"""The counters' vocabulary: who counts, what is counted, and how it is called for.

A backend is one source of readings; its numbers are never merged with another's. It runs as
one or more stages, each a process for every map, payload and size: callgrind knows two cache
levels only and so runs once for L2 and once for L3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

HARDWARE_EVENTS = (
    "l1_misses", "l2_misses", "l3_misses", "tlb_misses", "instructions", "cycles", "branch_misses",
)  # fmt: skip
SIM_EVENTS = (
    "lines_mean", "lines_p99", "lines_max", "heap_lines_mean", "l1_misses", "l2_misses", "l3_misses", "tlb_misses",
    "stream_l1_misses", "stream_l2_misses", "stream_l3_misses", "loads", "stores",
    "cold_l1_misses", "cold_l2_misses", "cold_l3_misses", "cold_tlb_misses",
)  # fmt: skip


@dataclass(frozen=True)
class Backend:
    """One source of readings."""

    name: str
    prefix: str
    """Of its counters in the binaries' output: `<prefix>_<event>`."""
    events: tuple[str, ...]
    """What every row has of it, as a value or as a reason. What a binary reports beyond stays in its raw file."""
    stages: tuple[str, ...]
    """Its processes; none for what is read during the timed passes themselves."""
    pinned: bool = False
    """Hardware counts on one CPU, one process at a time; what is simulated may share the machine."""


BACKENDS = {
    backend.name: backend
    for backend in (
        Backend("os", "os", ("minor_faults", "major_faults", "voluntary_switches", "involuntary_switches"), ()),
        Backend("papi", "papi", HARDWARE_EVENTS, ("papi",), pinned=True),
        Backend("perf", "perf", HARDWARE_EVENTS, ("perf",), pinned=True),
        Backend("sim", "sim", SIM_EVENTS, ("sim",)),
        Backend(
            "callgrind", "callgrind", ("instructions", "loads", "stores", "l1_misses", "l2_misses", "l3_misses"),
            ("callgrind_l2", "callgrind_l3"),
        ),
    )
}  # fmt: skip
BACKEND_OF = {stage: backend for backend in BACKENDS.values() for stage in backend.stages}
"""By the name of a stage."""

TOLERANCE = 0.05
"""The greatest relative error of a calibration kernel."""
HARDWARE = ("papi", "perf")
"""In the order of preference: PAPI has readable event names, perf_event supports newer CPUs."""
REQUESTS = {
    "auto": "the best hardware backend there is, and sim",
    "papi": "hardware counters through PAPI",
    "perf": "hardware counters through perf_event",
    "sim": "simulated caches and exact lines, with warm and with cold caches",
    "callgrind": "instructions, and an independent simulation of the caches",
    "off": "none",
}
DEFAULT_REQUEST = "auto"
DEFAULT_CACHE = "host"


def asked_for(request: str) -> list[str]:
    """The backends that a request (a comma list of REQUESTS) names, in canonical order."""
    words = set(request.split(","))
    if "auto" in words:
        words |= {*HARDWARE, "sim"}
    return [name for name in BACKENDS if name in words or (name == "os" and words != {"off"})]


FEWEST_SIZES = 12
WIDE = 64
"""A run is wide where it has more sizes than FEWEST_SIZES and the largest is so many times the smallest: then it is
counted at some of them, as counting all would take longer than timing them. Every other run is counted whole."""
DENSE_TO = 1_000_000
"""Beyond it only the largest size is counted."""


@dataclass(frozen=True)
class Simulated:
    """What a wide run simulates of a payload: a limit, because whole tables take too long, and so do many fills."""

    most: int
    """Up to so many entries every workload; beyond it only:"""
    sampled: tuple[str, ...]
    """Workloads whose pass is a bounded sample: only the fill grows with n, and `sim` skips most of a large one."""


SIMULATED = {"int_int": Simulated(2**17, ("find_hit", "find_miss"))}
OTHERS_SIMULATED = Simulated(2**15, ("find_hit",))
"""Of payloads that are not named: filling with structs and strings takes two to four times as long."""


def is_wide(sizes: Sequence[int]) -> bool:
    """Whether a run at these sizes is counted at some of them only."""
    return len(sizes) > FEWEST_SIZES and max(sizes) >= WIDE * min(sizes)


def counted_sizes(sizes: Sequence[int]) -> list[int]:
    """Those at which a run counts: of a wide one FEWEST_SIZES evenly spread in log n up to DENSE_TO, both sides of
    every growth point there, and the largest.
    """
    return list(_counted_sizes(tuple(sizes)))


@lru_cache
def _counted_sizes(sizes: tuple[int, ...]) -> tuple[int, ...]:
    if not is_wide(sizes):
        return sizes
    dense = [n for n in sizes if n <= DENSE_TO]
    chosen = {max(sizes), *_spread(dense, FEWEST_SIZES)}
    for n in dense:
        if n + 1 in dense:
            chosen |= {n, n + 1}
    return tuple(sorted(chosen))


def _spread(sizes: list[int], count: int) -> set[int]:
    """So many of the sizes, near to points that are evenly spread in log n."""
    left, chosen = list(sizes), set()
    low, high = (math.log(n) for n in (min(sizes), max(sizes))) if sizes else (0.0, 0.0)
    for step in range(min(count, len(sizes))):
        wanted = low + (high - low) * step / (count - 1)
        nearest = min(left, key=lambda n: abs(math.log(n) - wanted))
        left.remove(nearest)
        chosen.add(nearest)
    return chosen


def why_not_counted(backend: Backend, workload: str, kv: str, n: int, sizes: Sequence[int]) -> str | None:
    """Why a run at these sizes does not count a workload at one of them; None where it does."""
    if n not in (counted := counted_sizes(sizes)):
        return f"not counted at this size: {len(counted)} of {len(sizes)} sizes are"
    limit = SIMULATED.get(kv, OTHERS_SIMULATED)
    if backend.pinned or n <= limit.most or not is_wide(sizes) or (backend.name == "sim" and workload in limit.sampled):
        return None
    return (
        f"not counted at this size: beyond n = {limit.most:,} only sim counts, and only {' and '.join(limit.sampled)}"
    )
