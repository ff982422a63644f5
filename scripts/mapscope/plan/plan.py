"""The plan of a run: everything that is decided before the first measurement, and stored.

Rounds are outermost. Inside a round, the processes of a block (a payload and a size) are alive
together, one for each map, and are interleaved turn by turn. A resumed run carries out the very same
plan. Its processes, in order, are those of tasks.py.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Any

from mapscope.fact import Fact
from mapscope.plan.concurrent import has_reader, parts
from mapscope.plan.counters import Backend, why_not_counted
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
    Tool,
    WorkloadEntry,
)  # fmt: skip
from mapscope.plan.suites import CHANGING

MAX_SEED = 2**53 - 1
"""Seeds stay exact in every JSON reader, also in those that know only doubles."""


@dataclass(frozen=True)
class Plan:
    """`plan.json`, field by field; documented in results/README.md."""

    schema_version: int
    created: str
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
    """The simulated caches as JSON, or the reason why they are not known."""
    growth_passes: list[GrowthPass]
    ladder: LadderPlan
    why_not_weighed: str | None
    """Why the memory of tables is not measured; None where it is."""
    why_no_read_latency: str | None
    """Why lookups beside a writer are not timed; None where they are."""

    def growth_pass(self, stage: str, kv: str, n: int) -> GrowthPass:
        """What a growth stage measures with a payload at a size."""
        return next(one for one in self.growth_passes if (one.stage, one.kv, one.n) == (stage, kv, n))

    def payload(self, name: str) -> Payload:
        """The one that rows name so."""
        return next(one for one in self.payloads if one.name == name)

    def counting_stages(self) -> list[str]:
        """The counting stages in order."""
        return [stage for backend in self.counter_backends for stage in backend.stages]

    def hashes_of(self, map_name: str) -> list[str]:
        """The hash settings measured for a map: a map without its own hash has only the shared one."""
        has_own = next(entry.has_own_hash for entry in self.maps if entry.name == map_name)
        return [h for h in self.selection.hashes if h != "own" or has_own]

    @property
    def mandatory_rounds(self) -> int:
        """So many rounds of every block belong to a complete run: where a budget ends it, the first."""
        return self.selection.least_rounds if self.selection.budget_s is None else 1

    @property
    def parts(self) -> list[str]:
        """The parts that the workloads belong to, each with binaries of its own."""
        return sorted({entry.part for entry in self.workloads})

    def workloads_at(self, kv: str, n: int, part: str) -> list[str]:
        """What is measured of a payload at a size, of one part of the workloads: states of a family, and what changes
        tables, not at every one."""
        sizes, most = self.selection.state_sizes, self.selection.whole_tables_up_to.get(kv, n)
        states = {entry.name for entry in self.workloads if entry.is_state}
        family_sizes = self.selection.family_sizes
        elsewhere = {entry.name for entry in self.workloads if n not in family_sizes.get(entry.family or "", [n])}
        part_of = {entry.name: entry.part for entry in self.workloads}
        return [
            name
            for name in self.selection.workloads
            if part_of.get(name, "") == part
            and (name not in states or not sizes or n in sizes)
            and (name not in CHANGING or n <= most)
            and name not in elsewhere
        ]

    @property
    def crowded(self) -> set[str]:
        """Workloads of more threads than CPUs: a switch of threads is their own doing, and no disturbance."""
        cpus = len(self.environment.usable_cpus or []) or self.environment.logical_cpus
        return {entry.name for entry in self.workloads if (entry.threads or 0) > cpus}

    @property
    def read_latency_sizes(self) -> list[int]:
        """Entries of the tables in which lookups beside a writer are timed."""
        return read_latency_sizes(self.selection)

    def why_not_counted(self, backend: Backend, workload: str, kv: str, n: int) -> str | None:
        """Why a backend does not count a workload on a payload at a size; None where it does."""
        return why_not_counted(backend, workload, kv, n, self.selection.sizes_of[kv])

    def document(self) -> dict[str, Any]:
        """The plan as JSON."""
        return asdict(self)


def read_latency_sizes(selection: Selection) -> list[int]:
    """Those of the workloads that mix lookups and updates; empty where there is none."""
    families = {found[0] for name in selection.workloads if (found := parts(name)) and has_reader(found[0])}
    return sorted({n for each in families for n in selection.family_sizes.get(each, selection.sizes)})


def round_seed(seed: int, round_number: int) -> int:
    """The seed of one round: new keys, orders and samples, the same for every map."""
    return random.Random(f"mapscope seed {seed} round {round_number}").randint(1, MAX_SEED)


def differences(planned: Plan, now: Plan) -> list[str]:
    """Why `now` (this build on this machine) may not continue `planned`; empty when it may."""

    def facts(plan: Plan) -> dict[str, Any]:
        machine = ("cpu_model", "hostname", "kernel")
        return {
            "commit": plan.tool.commit.value,
            **{key.replace("_", " "): getattr(plan.environment, key) for key in machine},
            **{key.replace("_", " "): getattr(plan.build, key) for key in ("compiler", "flags", "build_type")},
            "binary of the ladder": (plan.ladder.binary_sha256 or "missing")[:12],
            **({"usable CPUs": plan.environment.usable_cpus} if plan.selection.is_concurrent else {}),
            **{f"version of {entry.name}": entry.version for entry in plan.maps},
            **{f"binary of {entry.name}": entry.binary_sha256[:12] for entry in plan.maps},
            **{
                f"{kind} binary of {entry.name}": sha256[:12]
                for entry in plan.maps
                for kind, sha256 in entry.counter_binaries.items()
            },
        }

    before, after = facts(planned), facts(now)
    unbuilt = {
        f"{kind} binary of {entry.name}"
        for entry, present in zip(planned.maps, now.maps, strict=True)
        for kind in entry.counter_binaries.keys() - present.counter_binaries.keys()
    }
    return [
        f"{key} is {after.get(key)}, was {before[key]}"
        for key in before
        if before[key] != after.get(key) and key not in unbuilt
    ]
