"""The processes of a plan in the order in which they start: the ladder, the rounds, growing tables, lookups beside a
writer, the weighing of tables, then the counters.

Counting is slow and not timed, and must not disturb what is: it comes last, with the seed of round 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from mapscope.plan.counters import BACKENDS
from mapscope.plan.growth import PREFIX
from mapscope.plan.ladder import is_measured_in
from mapscope.plan.plan import Plan
from mapscope.plan.selection import blocks
from mapscope.plan.stages.callgrind import CallgrindStage
from mapscope.plan.stages.counting import CountingStage, HardwareStage, PapiStage, SimStage
from mapscope.plan.stages.growth import GrowthStage
from mapscope.plan.stages.ladder import LadderStage
from mapscope.plan.stages.read_latency import ReadLatencyStage
from mapscope.plan.stages.stage import Stage, Task
from mapscope.plan.stages.table_memory import TableMemoryStage
from mapscope.plan.stages.time import TimeStage

TIME, LADDER, READ_LATENCY, TABLE_MEMORY = TimeStage(), LadderStage(), ReadLatencyStage(), TableMemoryStage()
COUNTING: dict[str, CountingStage] = {
    name: kind(BACKENDS[backend], name)
    for backend, kind in (
        ("papi", PapiStage), ("perf", HardwareStage), ("sim", SimStage), ("callgrind", CallgrindStage),
    )
    for name in BACKENDS[backend].stages
}  # fmt: skip
"""By their names."""


def stage_named(name: str | None) -> Stage:
    """The stage that run.json names so. Raises KeyError."""
    if name is not None and name.startswith(PREFIX):
        return GrowthStage(name)
    by_name: dict[str | None, Stage] = {each.name: each for each in (TIME, LADDER, READ_LATENCY, TABLE_MEMORY)}
    by_name.update(COUNTING)
    return by_name[name]


def tasks(plan: Plan) -> Iterator[Task]:
    """Every process that a complete run has."""
    yield from ladders(plan)
    for number in range(1, plan.mandatory_rounds + 1):
        yield from round_of(plan, number)
    yield from growing(plan)
    yield from reading(plan)
    yield from weighing(plan)
    yield from counting(plan)


def ladders(plan: Plan) -> Iterator[Task]:
    """The processes of the latency ladder."""
    for number in range(1, plan.mandatory_rounds + 1):
        if plan.ladder.reason is None and is_measured_in(number, plan.mandatory_rounds):
            yield Task(number, "", 0, "", plan.seeds.rounds[number - 1], LADDER)


def round_of(plan: Plan, number: int) -> Iterator[Task]:
    """The timed processes of a round, block after block."""
    for kv, n, part in _blocks(plan):
        for name in plan.selection.maps:
            for hash_name in plan.hashes_of(name):
                yield Task(number, kv, n, name, plan.seeds.rounds[number - 1], TIME, hash_name, part)


def all_rounds(plan: Plan) -> Iterator[Task]:
    """The timed processes that a run may have."""
    for number in range(1, plan.selection.rounds + 1):
        yield from round_of(plan, number)


def further_rounds(plan: Plan) -> Iterator[Task]:
    """The timed processes that a run may have beyond those of `tasks`, for rows that are not precise enough."""
    for number in range(plan.mandatory_rounds + 1, plan.selection.rounds + 1):
        yield from round_of(plan, number)


def growing(plan: Plan) -> Iterator[Task]:
    """The processes that watch growing tables."""
    for one in plan.growth_passes:
        for name in plan.selection.maps if one.reason is None else ():
            yield Task(None, one.kv, one.n, name, plan.seeds.rounds[0], GrowthStage(one.stage))


def reading(plan: Plan) -> Iterator[Task]:
    """The processes that time lookups beside a writer."""
    for n in plan.read_latency_sizes if plan.why_no_read_latency is None else ():
        for kv in plan.selection.kv:
            for name in plan.selection.maps:
                yield Task(None, kv, n, name, plan.seeds.rounds[0], READ_LATENCY)


def weighing(plan: Plan) -> Iterator[Task]:
    """The processes that weigh tables, each of all sizes."""
    for kv, sizes in plan.selection.sizes_of.items() if plan.why_not_weighed is None else ():
        for name in plan.selection.maps:
            for hash_name in plan.hashes_of(name):
                yield Task(None, kv, max(sizes), name, plan.seeds.rounds[0], TABLE_MEMORY, hash_name)


def counting(plan: Plan) -> Iterator[Task]:
    """The processes that count."""
    for stage in plan.counting_stages():
        for kv, n, part in _blocks(plan):
            for name in plan.selection.maps:
                for hash_name in plan.hashes_of(name):
                    task = Task(None, kv, n, name, plan.seeds.rounds[0], COUNTING[stage], hash_name, part)
                    if task.stage.workloads(task, plan):
                        yield task


def _blocks(plan: Plan) -> Iterator[tuple[str, int, str]]:
    """Payload, size and part of everything whose processes are alive together."""
    for kv, n in blocks(plan.selection):
        for part in plan.parts:
            if plan.workloads_at(kv, n, part):
                yield kv, n, part


def block_in_turns(plan: Plan, task: Task) -> tuple[str, str, int, str] | None:
    """The block in which the process of `task` is interleaved with others; None where it runs by itself."""
    return task.block if task.stage.in_turns(plan, task) else None
