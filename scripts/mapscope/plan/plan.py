"""The plan of a run: every process that will be started, in order, with its seed.

Rounds are outermost, so that a slow minute of the machine falls on every map; inside a
round each block (payload, n) runs its maps in a shuffled order, so that none always
follows the same neighbour. All of it is decided and stored before the first
measurement: a resumed run carries out the very same plan.

After the rounds tables are watched growing, and then come the counters, each backend's processes with the seed of round 1: counting
is slow and not timed, and must not disturb what is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from mapscope.plan.growth import GrowthPass, is_growth, of_document

LADDER = "ladder"
"""The stage of the processes that measure the machine's latencies, one at the beginning of a round."""
MOST_LADDERS = 10
MAX_SEED = 2**53 - 1
"""Seeds stay exact in every JSON reader, also in those that know only doubles."""


@dataclass(frozen=True)
class Task:
    """One process: one map on one payload at one size, timed in one round or counted by one stage."""

    round: int | None
    """None: it counts."""
    kv: str
    n: int
    map: str
    seed: int
    position: int | None = None
    """Place of the map in its block's shuffled order, from 1; None where nothing is shuffled."""
    stage: str | None = None
    """What counts (counters.STAGES), or LADDER; None: it is timed."""

    @property
    def phase(self) -> str:
        """The round or stage it is part of, as a word for people."""
        if self.stage in (None, LADDER):
            return f"round {self.round}"
        return self.stage.replace("/", ": ") if is_growth(self.stage) else f"counters: {self.stage}"

    @property
    def block(self) -> tuple[str, str, int]:
        """What the maps of one shuffled order have in common."""
        return self.phase, self.kv, self.n

    @property
    def identity(self) -> dict[str, Any]:
        """Its stage, round, payload, size and map as run.json names them; the ladder's has none of the last three."""
        kv, n, name = (None, None, None) if self.stage == LADDER else (self.kv, self.n, self.map)
        return {"stage": self.stage, "round": self.round, "kv": kv, "n": n, "map": name}

    @property
    def what(self) -> str:
        """The block's work in words."""
        return LADDER if self.stage == LADDER else f"{self.kv} n={self.n}"

    def __str__(self) -> str:
        return f"{self.phase} {self.what} {self.map}".rstrip()


@dataclass(frozen=True)
class Plan:
    """`plan.json`, field by field; documented in results/README.md."""

    schema_version: int
    created: str
    tool: dict[str, Any]
    suite: dict[str, Any]
    selection: dict[str, Any]
    seeds: dict[str, Any]
    schedule: list[dict[str, Any]]
    build: dict[str, Any]
    maps: list[dict[str, Any]]
    workloads: list[dict[str, Any]]
    payloads: list[dict[str, Any]]
    environment: dict[str, Any]
    counter_backends: list[dict[str, Any]]
    cache: dict[str, Any]
    growth_passes: list[dict[str, Any]]
    ladder: dict[str, Any]

    def tasks(self) -> Iterator[Task]:
        """Every process in the order in which it starts: the rounds, growth, then the counters."""
        for entry in self.schedule:
            if self.ladder["reason"] is None and (entry["round"] - 1) % climbs_every(len(self.schedule)) == 0:
                yield Task(entry["round"], "", 0, "", entry["seed"], stage=LADDER)
            for block in entry["blocks"]:
                for position, name in enumerate(block["maps"], start=1):
                    yield Task(entry["round"], block["kv"], block["n"], name, entry["seed"], position)
        yield from self.growth_tasks()
        for stage in self.stages():
            for kv in self.selection["kv"]:
                for n in self.selection["sizes"]:
                    for name in self.selection["maps"]:
                        yield Task(None, kv, n, name, self.seeds["rounds"][0], stage=stage)

    def growth_tasks(self) -> Iterator[Task]:
        """The processes that watch a table grow, maps innermost."""
        for entry in self.growth_passes:
            for name in self.selection["maps"] if entry["reason"] is None else ():
                yield Task(None, entry["kv"], entry["n"], name, self.seeds["rounds"][0], stage=entry["stage"])

    def growth_pass(self, task: Task) -> GrowthPass:
        """What a growth task measures."""
        return next(
            of_document(entry) for entry in self.growth_passes
            if (entry["stage"], entry["kv"], entry["n"]) == (task.stage, task.kv, task.n)
        )  # fmt: skip

    def turns_of(self, task: Task) -> tuple[str, str, int] | None:
        """The block in which the process of `task` takes turns with others; None where it runs by itself."""
        return task.block if is_growth(task.stage) and self.growth_pass(task).in_turns else None

    def stages(self) -> list[str]:
        """The counting stages in order."""
        return [stage for backend in self.counter_backends for stage in backend["stages"]]

    def hashes_of(self, map_name: str) -> list[str]:
        """The hash settings measured for a map: a map without its own hash has only the shared one."""
        has_own = next(m["has_own_hash"] for m in self.maps if m["name"] == map_name)
        return [h for h in self.selection["hashes"] if h != "own" or has_own]

    def workloads_at(self, n: int) -> list[str]:
        """What is measured at a size: states of a family not at every one."""
        sizes = self.selection["state_sizes"]
        states = {entry["name"] for entry in self.workloads if entry["family"] is not None}
        return [name for name in self.selection["workloads"] if name not in states or not sizes or n in sizes]

    def names_of(self, task: Task) -> list[str]:
        """The benchmark names that the process of `task` must report."""
        return [
            f"{workload}/kv:{task.kv}/hash:{hash_name}/n:{task.n}"
            for workload in self.workloads_at(task.n)
            for hash_name in self.hashes_of(task.map)
        ]

    def document(self) -> dict[str, Any]:
        """The plan as JSON."""
        return asdict(self)


def climbs_every(rounds: int) -> int:
    """Every how many rounds the ladder is measured: in all of them, but evenly in MOST_LADDERS of many."""
    return -(-rounds // MOST_LADDERS)


def round_seed(seed: int, round_number: int) -> int:
    """The seed of one round: new keys, orders and samples, the same for every map."""
    return random.Random(f"mapscope seed {seed} round {round_number}").randint(1, MAX_SEED)


def schedule(seed: int, rounds: int, payloads: list[str], sizes: list[int], maps: list[str]) -> list[dict[str, Any]]:
    """Rounds of blocks, each with its maps shuffled from `seed`: the same arguments, the same order."""
    dice = random.Random(f"mapscope seed {seed} order")
    return [
        {
            "round": number,
            "seed": round_seed(seed, number),
            "blocks": [{"kv": kv, "n": n, "maps": dice.sample(maps, len(maps))} for kv in payloads for n in sizes],
        }
        for number in range(1, rounds + 1)
    ]


def differences(planned: Plan, now: Plan) -> list[str]:
    """Why `now` (this build on this machine) may not continue `planned`; empty when it may."""

    def facts(plan: Plan) -> dict[str, Any]:
        machine = ("cpu_model", "hostname", "kernel")
        return {
            "commit": plan.tool["commit"]["value"],
            **{key.replace("_", " "): plan.environment[key] for key in machine},
            **{key.replace("_", " "): plan.build[key] for key in ("compiler", "flags", "build_type")},
            "binary of the ladder": (plan.ladder["binary_sha256"] or "missing")[:12],
            **{f"version of {m['name']}": m["version"] for m in plan.maps},
            **{f"binary of {m['name']}": m["binary_sha256"][:12] for m in plan.maps},
            **{
                f"{kind} binary of {m['name']}": sha256[:12]
                for m in plan.maps
                for kind, sha256 in m["counter_binaries"].items()
            },
        }

    before, after = facts(planned), facts(now)
    return [f"{key} is {after.get(key)}, was {before[key]}" for key in before if before[key] != after.get(key)]
