"""Two builds measured against each other: one run of each, their processes interleaved.

Each process of the one build has its twin of the other at its side: the same map, payload, size
and seed, alive at the same time, interleaved turn by turn. Growing tables are interleaved
repetition by repetition, the two of a map one after the other. Each build gets a run of its own,
complete and readable like any other; that the two belong together follows from the times at
which their processes were alive (compare reads it from there).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path

from mapscope.errors import DocumentError, UsageError
from mapscope.json_file import read_json, read_records
from mapscope.plan import concurrent
from mapscope.plan.build import Catalogue, accepts, read_catalogue
from mapscope.plan.growth import may_wait
from mapscope.plan.ladder import without_ladder
from mapscope.plan.plan import Plan
from mapscope.plan.records import GrowthPass
from mapscope.plan.sources import describe_tool, tree_of
from mapscope.plan.stages.stage import Task
from mapscope.plan.tasks import block_in_turns, growing, ladders, reading, weighing
from mapscope.run import rounds
from mapscope.run.budget import Budget, for_rounds
from mapscope.run.building import Builder
from mapscope.run.executor import Executor, interleave
from mapscope.run.memory import at_once
from mapscope.run.pinning import free_cpus, kept_off
from mapscope.run.progress import Display
from mapscope.run.session import session_of
from mapscope.run.signals import stopped_by_signals
from mapscope.store import write
from mapscope.store.folder import RunFolder
from mapscope.store.load import read_plan


@dataclass(frozen=True)
class Side:
    """One of the two builds: what is run, with what, and where it is kept."""

    plan: Plan
    folder: RunFolder
    catalogue: Catalogue


def require_alike(here: Catalogue, there: Catalogue, maps: list[str], workloads: list[str]) -> None:
    """Raises UsageError when the other build lacks what is to be measured."""
    lacking = [name for name in maps if name not in there.binaries]
    if lacking:
        raise UsageError(f"--against (AGAINST): {there.directory} has no {', '.join(lacking)}; choose others by MAPS")
    known = {*there.workloads, *there.further_workloads, *there.states, *there.concurrent_workloads}
    if unknown := [name for name in workloads if not {name, concurrent.family_of(name)} & known]:
        raise UsageError(
            f"--against (AGAINST): {there.directory} has no {', '.join(unknown)}; choose others by WORKLOADS"
        )
    if (here.compiler, here.flags, here.build_type) != (there.compiler, there.flags, there.build_type):
        raise UsageError(
            f"--against (AGAINST): {there.directory} was built differently ({there.compiler}, {there.flags}, "
            f"{there.build_type}); a ratio would include that"
        )


def without_new_states(workloads: list[str], here: Catalogue, there: Catalogue) -> list[str]:
    """What both builds can measure, of what nobody has named: an older one has fewer states, or none."""
    return [name for name in workloads if name not in here.states or name in there.states]


def cannot_watch(there: Catalogue, maps: list[str]) -> str | None:
    """Why the other build cannot interleave growth; None when it can."""
    older = [name for name in maps if not accepts(there.binary(name), "--growth-turns")]
    return f"{there.directory} is older than interleaved growth: {', '.join(older)}" if older else None


def require_turns(there: Catalogue, maps: list[str]) -> None:
    """Raises UsageError when the other build cannot be interleaved turn by turn."""
    if older := [name for name in maps if not accepts(there.binary(name), "--answers-are-checked")]:
        raise UsageError(
            f"--against (AGAINST): {there.directory} is older than interleaving by turns: {', '.join(older)}; "
            "measure that commit with its own `make bench`, and use `make compare`"
        )


def of_commit(plan: Plan, catalogue: Catalogue) -> Plan:
    """The plan with the commit whose sources `catalogue` was built from. The machine's latencies are measured
    once, with the other side."""
    ladder = without_ladder("measured in the run that this one was interleaved with")
    return replace(plan, tool=describe_tool(tree_of(catalogue.directory)), ladder=ladder)


def create_folders(sides: tuple[Side, Side]) -> None:
    """The folders of both, each of which accepts the other. Raises UsageError."""
    reported = {
        "base": sides[0].folder.path.name,
        "ours": sides[1].folder.path.name,
        "build": str(sides[0].catalogue.directory),
    }
    for side in sides:
        write.create_folder(side.folder, side.plan)
        write.write_pair(side.folder, reported)


def stored_sides(folder: RunFolder, catalogue: Catalogue) -> tuple[Side, Side]:
    """Both sides of the pair that a run belongs to, to go on with it. Raises UsageError or DocumentError."""
    reported = read_json(folder.pair)
    if not isinstance(reported, dict) or not all(
        isinstance(reported.get(name), str) for name in ("base", "ours", "build")
    ):
        raise DocumentError(f"{folder.pair}: needs the fields 'base', 'ours' and 'build'")
    base, ours = (RunFolder(folder.path.parent / reported[name]) for name in ("base", "ours"))
    plans = [read_plan(each) for each in (base, ours)]
    try:
        there = read_catalogue(Path(reported["build"]))
    except UsageError:
        commit, maps = plans[0].tool.commit.value, ",".join(plans[0].selection.maps)
        raise UsageError(
            f"cannot resume {folder.path}: the other build is not in {reported['build']} any more; "
            f"make it again with: scripts/against.sh {commit} {maps}"
        ) from None
    return Side(plans[0], base, there), Side(plans[1], ours, catalogue)


def rejoin(sides: tuple[Side, Side]) -> None:
    """Forget growing tables whose twin is missing: a ratio is of two that were interleaved. Blocks are interleaved
    anew where a process is missing."""
    missing = [set(side.folder.missing(side.plan)) for side in sides]
    for task in growing(sides[1].plan):
        if (task in missing[0]) != (task in missing[1]):
            for side in sides:
                side.folder.raw(task).unlink(missing_ok=True)


def execute_pair(sides: tuple[Side, Side], cpu: int | None, display: Display) -> None:
    """Run what is missing of both, interleaved, and assemble both documents.

    Raises Interrupted or RunStopped as runner.execute does; what had finished is kept.
    """
    rng = random.Random(f"mapscope seed {sides[0].plan.seeds.base} twins")
    runs = [(side.folder, side.plan) for side in sides]
    budget = for_rounds(sides[1].plan, read_records(sides[1].folder.sessions))
    with session_of(runs, cpu), stopped_by_signals() as check, display:
        executors = [Executor(side.plan, side.folder, side.catalogue, display, check) for side in sides]
        builders = [Builder(side.plan, side.folder, side.catalogue, display, check) for side in sides]
        missing = [set(side.folder.missing(side.plan)) for side in sides]
        ours = sides[1].plan  # which has all that the other has, and the ladder
        display.bounded_by(budget)
        interleaved = [
            rounds.Side(side.plan, side.folder, side.catalogue, executor)
            for side, executor in zip(sides, executors, strict=True)
        ]
        with kept_off(cpu):
            executors[1].carry_out([task for task in ladders(ours) if task in missing[1]], cpu, side_by_side=1)
            rounds.Rounds(interleaved, cpu, budget, display, rng).measure()
        display.bounded_by(Budget(None))
        twins = list(growing(ours))
        ready = [
            set(builder.prepare([task for task in twins if task in still]))
            for builder, still in zip(builders, missing, strict=True)
        ]
        with kept_off(cpu):
            _run_interleaved(ours, twins, list(zip(executors, ready, strict=True)), cpu, rng)
        for side, executor, still in zip(sides, executors, missing, strict=True):
            executor.carry_out([task for task in reading(side.plan) if task in still], cpu, side_by_side=1)
            tasks = [task for task in weighing(side.plan) if task in still]
            executor.carry_out(tasks, None, at_once(side.plan, tasks, free_cpus()))


def _run_interleaved(
    ours: Plan, planned: list[Task], sides: list[tuple[Executor, set[Task]]], cpu: int | None, rng: random.Random
) -> None:
    """Of `planned`, what each side is missing."""
    for block, twins in groupby(planned, key=partial(block_in_turns, ours)):
        groups = [[(executor, task) for executor, still in sides if task in still] for task in twins]
        for together in _at_once(ours, groups) if block else ():
            interleave(together, cpu, rng)
        for group in groups if not block else ():
            for executor, task in rng.sample(group, len(group)):
                executor.carry_out([task], cpu, side_by_side=1)


def _at_once(plan: Plan, groups: list[list[tuple[Executor, Task]]]) -> list[list[list[tuple[Executor, Task]]]]:
    """All twins of a pass together where there is memory for those who wait, else pair after pair."""
    present = [group for group in groups if group]
    waiting = sum(map(len, present))
    if not present or may_wait(_pass_of(plan, present[0][0][1]), waiting, plan.environment.memory_bytes):
        return [present]
    return [[group] for group in present]


def _pass_of(plan: Plan, task: Task) -> GrowthPass:
    return plan.growth_pass(str(task.stage.name), task.kv, task.n)
