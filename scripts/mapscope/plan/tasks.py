"""The processes of a plan in the order in which they start: the rounds, growing tables, then the counters.

Counting is slow and not timed, and must not disturb what is: it comes last, with the seed of round 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from mapscope.plan.counters import BACKENDS
from mapscope.plan.growth import PREFIX
from mapscope.plan.ladder import is_measured_in
from mapscope.plan.plan import Plan
from mapscope.plan.stages.callgrind import CallgrindStage
from mapscope.plan.stages.counting import CountingStage, HardwareStage, PapiStage, SimStage
from mapscope.plan.stages.growth import GrowthStage
from mapscope.plan.stages.ladder import LadderStage
from mapscope.plan.stages.stage import Stage, Task
from mapscope.plan.stages.time import TimeStage

TIME, LADDER = TimeStage(), LadderStage()
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
    by_name: dict[str | None, Stage] = {TIME.name: TIME, LADDER.name: LADDER, **COUNTING}
    return by_name[name]


def tasks(plan: Plan) -> Iterator[Task]:
    """Every process of a plan."""
    first = plan.seeds.rounds[0]
    for entry in plan.schedule:
        if plan.ladder.reason is None and is_measured_in(entry["round"], len(plan.schedule)):
            yield Task(entry["round"], "", 0, "", entry["seed"], LADDER)
        for block in entry["blocks"]:
            for position, name in enumerate(block["maps"], start=1):
                for hash_name in plan.hashes_of(name):
                    yield Task(entry["round"], block["kv"], block["n"], name, entry["seed"], TIME, position, hash_name)
    for one in plan.growth_passes:
        for name in plan.selection.maps if one.reason is None else ():
            yield Task(None, one.kv, one.n, name, first, GrowthStage(one.stage))
    for stage in plan.counting_stages():
        for kv in plan.selection.kv:
            for n in plan.selection.sizes:
                for name in plan.selection.maps:
                    for hash_name in plan.hashes_of(name):
                        yield Task(None, kv, n, name, first, COUNTING[stage], hash=hash_name)


def block_in_turns(plan: Plan, task: Task) -> tuple[str, str, int] | None:
    """The block in which the process of `task` is interleaved with others; None where it runs by itself."""
    return task.block if task.stage.in_turns(plan, task) else None
