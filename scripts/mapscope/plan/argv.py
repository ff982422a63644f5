"""The command line of each process, to be started in the build directory.

Paths are relative where they are stored, so that results carry no trace of where somebody's
sources lie.
"""

from __future__ import annotations

from pathlib import Path

from mapscope.plan.build import Catalogue
from mapscope.plan.growth import is_growth
from mapscope.plan.ladder import arguments
from mapscope.plan.plan import LADDER, Plan, Task
from mapscope.plan.stages import callgrind
from mapscope.plan.stages.growth_trace import trace_of

COUNTING_MIN_TIME_S = 0.001
"""A process that counts is not timed: a single pass is enough."""


def command(task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
    """Every word of it; the process writes its JSON to `output`."""
    if task.stage == LADDER:
        return [f"./{catalogue.ladder}", *arguments(plan.ladder, task.seed), f"--out={output.resolve()}"]
    if is_growth(task.stage):
        return _growth_command(task, plan, catalogue, output)
    min_time = plan.selection["min_time_s"] if task.stage is None else COUNTING_MIN_TIME_S
    return [
        *_program(task, plan, catalogue, output),
        f"--workloads={','.join(plan.workloads_at(task.n))}",
        f"--kv={task.kv}",
        f"--hash={','.join(plan.hashes_of(task.map))}",
        f"--sizes={task.n}",
        f"--seed={task.seed}",
        f"--memory={plan.selection['memory']}",
        f"--benchmark_out={output.resolve()}",
        "--benchmark_out_format=json",
        f"--benchmark_min_time={min_time}",
    ]


def _growth_command(task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
    wanted = plan.growth_pass(task)
    return [
        f"./{catalogue.binaries[task.map]}",
        f"--growth={wanted.mix}",
        f"--kv={task.kv}",
        f"--sizes={task.n}",
        f"--seed={task.seed}",
        f"--memory={wanted.memory}",
        f"--growth-pages={wanted.pages}",
        f"--growth-repetitions={wanted.repetitions}",
        *(["--growth-reserved"] if wanted.reserved else []),
        *(["--growth-turns"] if wanted.in_turns else []),
        *([f"--growth-churn={wanted.churn}"] if wanted.churn else []),
        f"--growth-out={output.resolve()}",
        f"--growth-trace={trace_of(output.resolve())}",
    ]


def dumps_of(output: Path) -> Path:
    """Where callgrind puts its dumps for a process that writes to `output`: this name with a number."""
    return output.with_suffix(".callgrind")


def _program(task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
    """The binary, what it runs under, and the words that make it count."""
    counting = catalogue.counter_binaries[task.map]
    events = plan.selection["papi_events"]
    match task.stage:
        case None:
            return [f"./{catalogue.binaries[task.map]}"]
        case "papi" if events:
            return [f"./{catalogue.binaries[task.map]}", "--counters=papi", f"--papi-events={','.join(events)}"]
        case "papi" | "perf":
            return [f"./{catalogue.binaries[task.map]}", f"--counters={task.stage}"]
        case "sim":
            return [f"./{counting['sim']}", f"--cache={plan.selection['cache']}"]
        case stage:
            under = callgrind.arguments(stage, plan.cache["value"], dumps_of(output.resolve()))
            return [*under, f"./{counting['callgrind']}", "--callgrind"]
