"""run.json as typed records: what everything that reads results works with.

Fields, units and their meaning are documented in results/README.md; the names are the schema's. Times are
nanoseconds, of a row per operation; a missing round is None.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mapscope import typed
from mapscope.fact import Fact
from mapscope.plan.records import (
    BackendEntry,
    Build,
    ChosenSuite,
    Environment,
    GrowthPass,
    LadderPlan,
    MapEntry,
    Payload,
    Seeds,
    Selection,
    Session,
    Tool,
    WorkloadEntry,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of a row: of each backend and event a value, or the reason why there is none."""

    cells: dict[str, dict[str, dict[str, Any]]]
    """As run.json has them: they are made Facts where they are asked for, as most of some hundred never are."""

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Counters:
        """From the field `counters` of a row."""
        return cls(document)

    def value(self, backend: str, event: str) -> float | None:
        """A reading per operation; None when there is none."""
        return self.cells.get(backend, {}).get(event, {}).get("value")

    def get(self, backend: str, event: str) -> Fact | None:
        """A reading or its reason; None where the row has no such event."""
        cell = self.cells.get(backend, {}).get(event)
        return None if cell is None else Fact(**cell)

    def events(self, backend: str) -> list[str]:
        """What the row has of a backend."""
        return list(self.cells.get(backend, {}))

    def __iter__(self) -> Iterator[tuple[str, str, Fact]]:
        """Backend, event and reading of all."""
        for backend, cells in self.cells.items():
            for event, cell in cells.items():
                yield backend, event, Fact(**cell)


@dataclass(frozen=True, slots=True)
class Figures:
    """Times by round, and what follows from them (store/derived.py)."""

    rounds: list[float | None]
    median: float
    min: float
    max: float
    q1: float | None
    q3: float | None
    spread: float | None


@dataclass(frozen=True, slots=True)
class Row(Figures):
    """One map, workload, payload, hash setting and size; ns per operation."""

    workload: str
    kv: str
    hash: str
    n: int
    map: str
    ops: float
    payload_bytes: float
    bytes_per_entry: Fact
    """Of a table with n entries, filled as the workload fills it; the entries included."""
    slots_per_op: Fact
    checksums: list[str | None]
    turns: list[int]
    """How many of each round."""
    disturbed_turns: list[int]
    """During how many of them another program took the CPU."""
    ratios: list[float | None]
    """To the best, inside the turns of each round."""
    involuntary_switches: list[int | None]
    counters: Counters
    best: str
    ratio_to_best: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True, slots=True)
class Rung(Figures):
    """A working set of the latency ladder; ns of one dependent load."""

    layout: str
    lines: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Durations:
    """A distribution of single operations, ns; percentiles in the order of PERCENTILES."""

    count: int
    total_ns: float
    max_ns: float
    percentiles_ns: list[float]
    longer_than_10us_100us_1ms: list[int]


PERCENTILES = ("p50", "p90", "p99", "p99.9", "p99.99", "p99.999", "p99.9999")


@dataclass(frozen=True, slots=True)
class Clock:
    """What the durations were taken with."""

    source: str
    ns_per_tick: float
    resolution_ns: float
    overhead_ns: float


@dataclass(frozen=True, slots=True)
class NullLoop:
    """The same loop without an operation in it: what is left of noise."""

    denoised: Durations
    raw: list[Durations]


@dataclass(frozen=True, slots=True)
class Denoised:
    """Of each operation the shortest time of all repetitions."""

    inserts: Durations
    lookups: Durations | None
    erases: Durations | None
    halves: list[Durations]
    """The same of one half of the repetitions and of the other; empty with one repetition."""
    curve: list[list[float]]
    """Pairs: share of the operations, and the ns that these do not exceed."""
    timeline: list[list[float]]
    """Spans: first operation, median, 99th percentile and maximum in ns."""


@dataclass(frozen=True, slots=True)
class Raw:
    """As measured, one entry a repetition; the curve is of the first one."""

    inserts: list[Durations]
    lookups: list[Durations | None]
    erases: list[Durations | None]
    curve: list[list[float]]


@dataclass(frozen=True, slots=True)
class EventMemory:
    """Bytes that the allocator has handed out around a growth, and page faults."""

    bytes_before: int
    bytes_after: int
    bytes_peak: int
    bytes_drained: int | None
    trigger_faults: int
    drain_faults: int | None


@dataclass(frozen=True, slots=True)
class EventParts:
    """Where the time of a growth went, for maps that can be observed."""

    allocation_ns: float
    migration_ns: float
    overflow_ns: float
    release_ns: float
    longest_release_ns: float
    chains: int
    overflow_buckets: int
    releases: int


@dataclass(frozen=True, slots=True)
class GrowthEvent:
    """One growth: the insert that triggers it, and the operations until the old array has drained."""

    operation: int
    entries: int
    capacity_before: int
    capacity_after: int
    trigger_ns: float
    trigger_raw_ns: float
    drained_at: int | None
    drain_operations: int | None
    drain_ns: float | None
    drain_max_ns: float | None
    memory: EventMemory | None
    parts: EventParts | None


@dataclass(frozen=True, slots=True)
class DrainTimes:
    """ns per operation before, during and after draining, one a repetition."""

    before: list[float | None]
    draining: list[float | None]
    after: list[float | None]


@dataclass(frozen=True, slots=True)
class DrainBytes:
    """Resident bytes before, during and after draining, one a repetition."""

    before: list[int]
    draining: list[int]
    after: list[int]


@dataclass(frozen=True, slots=True)
class Drain:
    """What operations cost around one growth."""

    entries: int
    capacity_before: int
    capacity_after: int
    stuck_at: int
    ns: dict[str, DrainTimes]
    """By operation."""
    resident_bytes: DrainBytes


@dataclass(frozen=True, slots=True)
class Replay:
    """The denoised operations served to arrivals of an open loop."""

    name: str
    arrivals: str
    """fixed or poisson"""
    per_second: float
    responses: Durations
    curve: list[list[float]]


@dataclass(frozen=True, slots=True)
class Resident:
    """Resident memory of the process, without what it held before."""

    floor_bytes: int
    peak_bytes: int
    final_bytes: int
    peak_per_entry: float
    final_per_entry: float
    huge_bytes: int
    minor_faults: int


@dataclass(frozen=True, slots=True)
class Allocated:
    """Allocations as a counting allocator saw them."""

    allocations: int
    allocations_per_operation: float
    frees: int
    final_bytes: int
    peak_bytes: int
    bytes_after_erasing: int
    bytes_after_clearing: int
    sawtooth: list[list[float]]
    """Pairs: operation and bytes."""


@dataclass(frozen=True, slots=True)
class TableMemory:
    """What a table of n entries holds, in bytes, entries included."""

    kv: str
    hash: str
    n: int
    map: str
    grown_bytes: int
    """After inserting them one after the other."""
    peak_bytes: int
    """At most, meanwhile."""
    reserved_bytes: int | None
    """With room for n from the start; None of a map that has no room to reserve."""
    bytes_per_entry_at_load: dict[str, float]
    """By maximum load factor in percent: of a table that is about to grow."""


@dataclass(frozen=True, slots=True)
class ReadTimes:
    """Response times of lookups in one table, ns by percentile (`p50` to `p99.99`, `max`)."""

    readers: int
    writers: int
    rate: float
    """Lookups that arrive in a second, of each reader."""
    reads: int
    writes: int
    alone: dict[str, float]
    written: dict[str, float]
    """Beside the writers."""


@dataclass(frozen=True, slots=True)
class ReadLatency:
    """How long lookups take in a table of n entries, alone and beside a writer; or the reason why it is not known."""

    kv: str
    hash: str
    n: int
    map: str
    value: ReadTimes | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Growth:
    """One table that was watched growing, operation by operation."""

    stage: str
    kv: str
    map: str
    memory: str
    n: int
    mix: str
    churn: int | None
    reserved: bool
    pages: str
    repetitions: int
    operations: int
    checksum: str
    clock: Clock
    need_bytes: int
    available_bytes: int
    null_loop: NullLoop
    denoised: Denoised
    raw: Raw
    reserve_ns: float | None
    grows_in_steps: bool
    events: list[GrowthEvent]
    drain: Drain | None
    open_loop: list[Replay]
    involuntary_switches: int
    resident: Resident | None
    counted: Allocated | None
    why_not_counted: str | None

    @property
    def title(self) -> str:
        """What the maps of one pass have in common, in words."""
        mix = {
            "insert": "inserts", "mixed": "inserts, each followed by a lookup",
            "churn": f"each entry replaced {self.churn} times",
        }[self.mix]  # fmt: skip
        reserved = ", reserved" if self.reserved else ""
        pages = ", huge pages" if self.pages == "huge" else ""
        return f"{self.kv}   n = {self.n:,}   {mix}{reserved}   {self.memory} memory{pages}"

    def replay(self, name: str, arrivals: str = "poisson") -> Replay:
        """One of its open loops."""
        return next(one for one in self.open_loop if (one.name, one.arrivals) == (name, arrivals))


@dataclass(frozen=True, slots=True)
class Planned:
    """A process of the plan; the ladder's has neither payload, size nor map."""

    stage: str | None
    round: int | None
    kv: str | None
    n: int | None
    map: str | None


@dataclass(frozen=True, slots=True)
class Failure(Planned):
    """Why a process, or one benchmark of it, gave no number; `workload` is None when the whole process failed."""

    workload: str | None
    hash: str | None
    kind: str
    message: str
    exit_code: int | None
    signal: str | None
    stderr: str | None

    @property
    def subject(self) -> str:
        """The row or process that it is about, without its round."""
        if self.map is None:
            return "latency ladder"
        return " ".join(part for part in (self.map, self.workload, self.kv) if part) + f" n={self.n}"


@dataclass(frozen=True, slots=True)
class Process(Planned):
    """How one process went."""

    command: list[str]
    started: str
    seconds: float
    memory: str
    waited_ms: float | None
    stolen_ms: float | None

    @property
    def hashes(self) -> str:
        """The hash setting that it ran, or several in runs that are older than a binary for each."""
        return next((word.removeprefix("--hash=") for word in self.command if word.startswith("--hash=")), "")

    @property
    def is_timed(self) -> bool:
        """Whether it belongs to a timed round."""
        return self.stage is None


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a kernel of known behaviour should have read, and did: the worst of all processes."""

    backend: str
    kernel: str
    event: str
    expected: float | None
    read: float | None
    error: float | None
    reason: str | None
    accepted: bool
    processes: int
    rejected: int
    relation: str


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A state that a map never has."""

    workload: str
    kv: str
    hash: str
    n: int
    map: str
    reason: str


@dataclass(frozen=True, slots=True)
class TimedShare:
    """Seconds for which the pinned CPU was ours, seconds of timed passes in them, and the share."""

    pinned_s: float
    passes_s: float
    share: float | None
    pace_ns: int | None
    """The least time of the arithmetic that tells whether the core was ours alone (harness/turns/pace.hpp)."""
    alone: float | None
    """The share of turns in which it was."""


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run."""

    schema_version: int
    created: str
    finished: str | None
    complete: bool
    tool: Tool
    suite: ChosenSuite
    selection: Selection
    seeds: Seeds
    build: Build
    maps: list[MapEntry]
    workloads: list[WorkloadEntry]
    payloads: list[Payload]
    environment: Environment
    counter_backends: list[BackendEntry]
    cache: Fact
    growth_passes: list[GrowthPass]
    ladder: LadderPlan
    why_not_weighed: str | None
    why_no_read_latency: str | None
    sessions: list[Session]
    calibration: list[Calibration]
    rows: list[Row]
    growth: list[Growth]
    table_memory: list[TableMemory]
    read_latency: list[ReadLatency]
    latencies: list[Rung]
    not_applicable: list[NotApplicable]
    failures: list[Failure]
    missing: list[Planned]
    processes: list[Process]
    timed: TimedShare
    document: dict[str, Any] = field(repr=False, compare=False)
    """The JSON that it was read from."""

    @classmethod
    def of(cls, document: dict[str, Any]) -> Run:
        """From run.json, valid by the schema of the present version."""
        return typed.read(cls, document | {"document": document})

    @property
    def map_names(self) -> list[str]:
        """In canonical order."""
        return [entry.name for entry in self.maps]

    @property
    def is_concurrent(self) -> bool:
        """Whether its maps are concurrent."""
        return self.selection.is_concurrent

    @property
    def cpus(self) -> int:
        """How many threads can run at a time."""
        return len(self.environment.usable_cpus or []) or self.environment.logical_cpus

    @property
    def crowded(self) -> set[str]:
        """Workloads of more threads than that."""
        return {entry.name for entry in self.workloads if (entry.threads or 0) > self.cpus}

    @property
    def rounds_measured(self) -> str:
        """How many its rows have: `9`, or `3 to 5` where some were precise, or dear, earlier than others."""
        counts = {sum(ns is not None for ns in row.rounds) for row in self.rows} or {0}
        least, most = min(counts), max(counts)
        return str(most) if least == most else f"{least} to {most}"

    @property
    def timed_processes(self) -> list[Process]:
        """Those of the timed rounds."""
        return [process for process in self.processes if process.is_timed]

    def label_of(self, backend: str) -> str:
        """What a counter backend is called at the head of a column."""
        return next(entry.label for entry in self.counter_backends if entry.name == backend)
