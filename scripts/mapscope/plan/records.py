"""What plan.json and run.json both say: the sources, the build, the machine, and what is measured.

Fields and units are documented in results/README.md; the names are the schema's.
"""

from __future__ import annotations

from dataclasses import dataclass

from mapscope.fact import Fact


@dataclass(frozen=True, slots=True)
class Tool:
    """The sources that measured."""

    name: str
    version: str
    commit: Fact
    dirty: bool | None
    """None where there is no commit to differ from."""

    @property
    def commit_name(self) -> str | None:
        """`1234567890-dirty`; None without a commit."""
        return f"{self.commit.value}{'-dirty' if self.dirty else ''}" if self.commit.value else None


@dataclass(frozen=True, slots=True)
class ChosenSuite:
    """The suite that a selection departs from."""

    name: str
    summary: str
    overridden: list[str]
    """The options that replaced what the suite says."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is measured, with every default filled in."""

    maps: list[str]
    workloads: list[str]
    kv: list[str]
    hashes: list[str]
    sizes: list[int]
    """All sizes at which something is measured."""
    sizes_of: dict[str, list[int]]
    """Those of a payload, by its name."""
    whole_tables_up_to: dict[str, int]
    """By payload, the largest size at which workloads that change tables are measured; without one: all."""
    rounds: int
    """How often a block is measured at most, each time in new processes."""
    least_rounds: int
    """How often at least."""
    target: float
    """Half-width of a ratio's interval, as a share of it, at which a row is precise enough."""
    budget_s: float | None
    """Seconds that the run may take; None: as long as it takes."""
    start: str
    """State of the caches when a turn starts: one of selection.STARTS."""
    memory: str
    counters: str
    """A comma list of counters.REQUESTS."""
    cache: str
    """The processor whose caches are simulated."""
    papi_events: list[str]
    """Native events to count beside the usual ones."""
    growth: str
    """`auto`: what the suite says; `off`."""
    growth_sizes: list[int]
    """Entries of the tables that are watched growing; empty: the suite's."""
    growth_repetitions: int | None
    """None: the suite's."""
    state_sizes: list[int]
    """The sizes at which states of a family are measured; empty: all."""
    threads: list[int]
    """Of concurrent maps, how many carry out a workload; empty: the maps are for one thread."""
    family_sizes: dict[str, list[int]]
    """Of concurrent maps, the sizes of a family of workloads; without one: all."""

    @property
    def is_concurrent(self) -> bool:
        """Whether the maps are concurrent."""
        return bool(self.threads)


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seed given, and those of the rounds."""

    base: int
    rounds: list[int]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part that the build has not, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Build:
    """How the binaries were built."""

    compiler: str
    flags: str
    build_type: str
    libraries: dict[str, str]
    left_out: list[LeftOut]

    @property
    def is_optimised(self) -> bool:
        """Whether its times say anything of speed."""
        return self.build_type in ("Release", "RelWithDebInfo")


@dataclass(frozen=True, slots=True)
class MapEntry:
    """A map, and the binaries that measure it."""

    name: str
    title: str
    version: str
    has_own_hash: bool
    binary_sha256: str
    counter_binaries: dict[str, str]
    """SHA-256 of the further ones by purpose; what the run builds itself is added when it is built."""


@dataclass(frozen=True, slots=True)
class WorkloadEntry:
    """A workload, or one state of a family of them."""

    name: str
    summary: str
    operation: str
    family: str | None
    state: str | None
    part: str
    """Each has processes of its own. `further`: its binary is bench_<map>_further; `whole`: of concurrent maps, a pass
    takes a whole table; else empty."""
    threads: int | None
    """How many carry it out together; None: the map is for one thread."""

    @property
    def is_state(self) -> bool:
        """Whether it is one of many states of a table, and so has tables and pictures of its own."""
        return self.family is not None and self.threads is None


@dataclass(frozen=True, slots=True)
class KeyList:
    """Lines of a machine's files that are keys."""

    source: str
    lines: int
    mean_bytes: float
    sha256: str
    """Of the lines in order, each ended by a newline."""


@dataclass(frozen=True, slots=True)
class Payload:
    """Types of keys and values, and which keys."""

    name: str
    key: str
    value: str
    keys: str
    """The key set, `random` unless asked for otherwise."""
    key_list: KeyList | None
    """Of sets that are lines of files."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """A cache as the kernel describes it."""

    level: int
    type: str
    bytes: int
    line_bytes: int | None
    ways: int | None
    shared_by: str

    @property
    def holds_data(self) -> bool:
        """Whether it is not for instructions alone."""
        return self.type != "Instruction"


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine as seen from the CPU that is measured on."""

    cpu_model: str
    cpu_vendor: str
    architecture: str
    logical_cpus: int
    caches: list[CacheEntry]
    pinned_cpu: Fact
    governor: Fact
    turbo: Fact
    page_bytes: int
    transparent_hugepage: Fact
    memory_bytes: int
    virtualisation: Fact
    kernel: str
    os: str
    hostname: str
    python: str
    usable_cpus: list[int] | None
    """Those that the run's processes may use; None in older runs."""
    usable_cores: Fact
    """How many cores these are: two CPUs may be hardware threads of one."""

    @property
    def data_caches(self) -> list[CacheEntry]:
        """Those that hold data."""
        return [cache for cache in self.caches if cache.holds_data]


@dataclass(frozen=True, slots=True)
class BackendEvent:
    """An event of a backend: what it is called natively, or why it cannot be counted."""

    name: str
    native: str | None
    reason: str | None
    coverage: float | None
    """The least share of the time for which it was on a hardware counter; None where it does not apply."""


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """A counter backend as it was found on this machine."""

    name: str
    available: bool
    reason: str | None
    version: str | None
    label: str
    stages: list[str]
    events: list[BackendEvent]


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """The working sets of the latency ladder; empty, with a reason, where it is not measured."""

    reason: str | None
    binary_sha256: str | None
    line_bytes: int | None
    passes: int | None
    sizes: list[int]
    pages: list[int]


@dataclass(frozen=True, slots=True)
class GrowthPass:
    """One kind of growing table, run for every map of the selection."""

    stage: str
    """What distinguishes it from passes with the same payload and size."""
    kv: str
    n: int
    mix: str
    memory: str
    reserved: bool
    pages: str
    repetitions: int
    churn: int | None = None
    """How many entries leave and come for each that is there; None where the table grows."""
    reason: str | None = None
    """Why it cannot be run here; None when it can."""
    in_turns: bool = False
    """Whether the maps are interleaved, repetition by repetition; of two builds, at least those of one map."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The machine before or after a session."""

    load_average_1min: float
    frequency_mhz: Fact


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of work on a run; `outcome` is finished, interrupted or stopped, None while it goes on."""

    started: str
    finished: str | None
    outcome: str | None
    before: Moment
    after: Moment | None
