"""Carries out a plan: every process kept at once, none able to spoil the others.

What needs a CPU to itself runs alone, first the rounds, then growth and hardware counters. What is
simulated comes last and shares all CPUs: nothing in it is timed. Between these, with nothing at work,
what comes next is built.
"""

from __future__ import annotations

import os
import random
from functools import partial
from itertools import groupby

from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.stage import Task
from mapscope.plan.tasks import block_in_turns
from mapscope.run.building import Builder
from mapscope.run.executor import Executor, interleave
from mapscope.run.pinning import kept_off
from mapscope.run.progress import Display
from mapscope.run.session import session_of
from mapscope.run.signals import stopped_by_signals
from mapscope.store.folder import RunFolder


def execute(plan: Plan, folder: RunFolder, catalogue: Catalogue, cpu: int | None, display: Display) -> None:
    """Run what is missing of `plan`, and assemble run.json.

    A failing process is recorded and the run goes on. Raises Interrupted after a signal and
    RunStopped on a full disk; what had finished is kept in both cases.
    """
    missing = folder.missing(plan)
    rng = random.Random(plan.seeds.base)
    with session_of([(folder, plan)], cpu), stopped_by_signals() as check, display:
        executor = Executor(plan, folder, catalogue, display, check)
        builder = Builder(plan, folder, catalogue, display, check)
        in_order = sorted(missing, key=lambda task: not task.stage.pinned)
        for _, alike in groupby(in_order, key=lambda task: (task.stage.pinned, task.stage.built_as)):
            ready = builder.prepare(list(alike))
            if ready and ready[0].stage.pinned:
                _run_alone(plan, ready, executor, cpu, rng)
            else:
                executor.carry_out(ready, None, free_cpus())


def _run_alone(plan: Plan, ready: list[Task], executor: Executor, cpu: int | None, rng: random.Random) -> None:
    with kept_off(cpu):
        for block, group in groupby(ready, key=partial(block_in_turns, plan)):
            if block:
                interleave([[(executor, task)] for task in group], cpu, rng)
            else:
                executor.carry_out(list(group), cpu, side_by_side=1)


def free_cpus() -> int:
    """How many processes may run at once when nothing is timed."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
