"""The counters' vocabulary: who counts, what is counted, and how it is called for.

A backend is one source of readings; its numbers are never merged with another's. It runs as
one or more stages, each a process for every map, payload and size: callgrind knows two cache
levels only and so runs once for L2 and once for L3.
"""

from __future__ import annotations

from dataclasses import dataclass

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
