"""What processes bring: measurements, readings and problems; and all of them together, by row.

A number that cannot be trusted is not among the measurements: it is a problem with its reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from mapscope.fact import Fact, unknown

NOT_APPLICABLE = "not_applicable"
"""The kind of a problem that is no failure: a state that a map never has."""

Row = tuple[str, str, str, int, str]
"""workload, kv, hash, n, map: the identity of a row."""
Cells = dict[str, Fact]
"""Event to a value or reason."""


class BadOutput(Exception):
    """The whole output of a process is unusable; the text says why."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One benchmark of one timed process."""

    workload: str
    hash: str
    ns_per_op: float
    ops: float
    payload_bytes: float
    checksum: str
    passes: int
    """How often the work was done and timed."""
    turns: list[float]
    """ns per operation of each turn."""
    switches: list[int]
    """How often another program took the CPU, of each turn."""
    paces: list[int]
    """How long a fixed piece of arithmetic took before and after its passes, ns, of each turn."""
    entry: dict[str, Any]
    """Google Benchmark's own, for the counters in it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One benchmark of one counting process."""

    workload: str
    hash: str
    cells: Cells
    coverage: dict[str, float]
    """Of hardware events: the share of the time for which each was really on its counter."""
    checksum: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One benchmark of one process that gave no number, and why."""

    workload: str
    hash: str
    kind: str
    """Of a failure, as run.json names it, or NOT_APPLICABLE."""
    message: str

    @property
    def is_failure(self) -> bool:
        """Whether something went wrong."""
        return self.kind != NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class Parsed:
    """The checked output of one process."""

    memory: str
    """The memory regime it ran under, in its own words."""
    results: Any
    """What its stage's `collect` takes."""
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Counted:
    """What the counting processes brought, by row."""

    cells: dict[Row, dict[str, Cells]] = field(default_factory=lambda: defaultdict(dict))
    """By row and backend."""
    refused: dict[Row, dict[str, Cells]] = field(default_factory=lambda: defaultdict(dict))
    """Events of a row that cannot be believed or had, with the reason for each."""
    coverage: dict[tuple[str, str], float] = field(default_factory=dict)
    """Backend and event to the least coverage of all rows."""
    description: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """Stage to the descriptions that its processes gave."""

    def add(self, row: Row, backend: str, reading: Reading) -> None:
        """What one process read for a row."""
        self.cells[row].setdefault(backend, {}).update(reading.cells)
        for event, share in reading.coverage.items():
            self.coverage[backend, event] = min(share, self.coverage.get((backend, event), 1.0))

    def refuse(self, row: Row, backend: str, events: tuple[str, ...], reason: str) -> None:
        """A row whose events cannot be believed or asked about."""
        self.refused[row].setdefault(backend, {}).update({event: unknown(reason) for event in events})


@dataclass
class Collected:
    """What all processes of a run have brought so far."""

    measured: dict[Row, dict[int, Measurement]] = field(default_factory=lambda: defaultdict(dict))
    """By row and round."""
    counted: Counted = field(default_factory=Counted)
    answers: dict[tuple[str, str, str, int], dict[Hashable, str]] = field(default_factory=lambda: defaultdict(dict))
    """Checksums by workload, kv, hash and n, and by the task that gave them."""
    growth: list[dict[str, Any]] = field(default_factory=list)
    """The rows of growing tables as run.json has them."""
    ladder: dict[int, Any] = field(default_factory=dict)
    """What the ladder's process answered, by round."""
    table_memory: dict[tuple[str, str, int, str], dict[str, Any]] = field(default_factory=dict)
    """Bytes of tables, by kv, hash, n and map."""
    not_weighed: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Why there are none, by kv, hash and map."""
    read_latency: dict[tuple[str, str, int, str], dict[str, Any]] = field(default_factory=dict)
    """Of lookups alone and beside a writer, by kv, hash, n and map."""
    no_read_latency: dict[tuple[str, str, int, str], str] = field(default_factory=dict)
    """Why there is none, by the same."""
    withheld: set[Row] = field(default_factory=set)
    """Rows of which some measurement cannot be believed."""
    not_applicable: dict[Row, str] = field(default_factory=dict)
    """States that a map never has, with the reason."""
