"""Carries out a plan: every process kept at once, none able to spoil the others.

What needs a CPU to itself runs alone, first the rounds, then growth and hardware counters. What is
simulated comes last and shares all CPUs: nothing in it is timed. Between these, with nothing at work,
what comes next is built.
"""

from __future__ import annotations

import random
from functools import partial
from itertools import groupby

from mapscope.json_file import read_records
from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.stage import Task
from mapscope.plan.tasks import block_in_turns, counting, growing, ladders, reading, weighing
from mapscope.run.budget import Budget, for_rounds
from mapscope.run.building import Builder
from mapscope.run.executor import Executor, interleave
from mapscope.run.memory import at_once
from mapscope.run.pinning import free_cpus, kept_off
from mapscope.run.progress import Display
from mapscope.run.rounds import Rounds, Side
from mapscope.run.session import session_of
from mapscope.run.signals import stopped_by_signals
from mapscope.store.folder import RunFolder


def execute(plan: Plan, folder: RunFolder, catalogue: Catalogue, cpu: int | None, display: Display) -> None:
    """Run what is missing of `plan`, and assemble run.json.

    A failing process is recorded and the run goes on. Raises Interrupted after a signal and
    RunStopped on a full disk; what had finished is kept in both cases.
    """
    rng = random.Random(plan.seeds.base)
    budget = for_rounds(plan, read_records(folder.sessions))
    missing = set(folder.missing(plan))
    with session_of([(folder, plan)], cpu), stopped_by_signals() as check, display:
        executor = Executor(plan, folder, catalogue, display, check)
        builder = Builder(plan, folder, catalogue, display, check)
        with kept_off(cpu):
            display.bounded_by(budget)
            executor.carry_out([task for task in ladders(plan) if task in missing], cpu, side_by_side=1)
            Rounds([Side(plan, folder, catalogue, executor)], cpu, budget, display, rng).measure()
            display.bounded_by(Budget(None))
        further = (*growing(plan), *reading(plan), *weighing(plan), *counting(plan))
        left = [task for task in further if task in missing]
        in_order = sorted(left, key=lambda task: not task.stage.pinned)
        for _, alike in groupby(in_order, key=lambda task: (task.stage.pinned, task.stage.built_as)):
            ready = builder.prepare(list(alike))
            if ready and ready[0].stage.pinned:
                _run_alone(plan, ready, executor, cpu, rng)
            else:
                executor.carry_out(ready, None, at_once(plan, ready, free_cpus()))


def _run_alone(plan: Plan, ready: list[Task], executor: Executor, cpu: int | None, rng: random.Random) -> None:
    with kept_off(cpu):
        for block, group in groupby(ready, key=partial(block_in_turns, plan)):
            if block:
                interleave([[(executor, task)] for task in group], cpu, rng)
            else:
                executor.carry_out(list(group), cpu, side_by_side=1)
