"""Stages whose processes run benchmarks: what times and counters have in common.

Their output is Google Benchmark's JSON. It is checked here against the task it was made for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mapscope.plan import key_sets
from mapscope.plan.build import MAIN, SHARED, Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.collected import NOT_APPLICABLE, BadOutput, Problem, Row
from mapscope.plan.stages.stage import Task

VERSIONS = {"mapscope_schema_version": "2", "mapscope_format": "1"}
"""What the context says of the version; binaries of older commits, which AGAINST builds, have the second."""
NEVER = "n/a: "
"""Begins the error of a benchmark whose state a map never has: nothing failed."""
UNUSABLE = "unusable: "
"""Begins the error of a benchmark whose process answered, but with no numbers."""
CHECKSUM = re.compile(r"checksum=([0-9a-f]{16})\b")


def what_and_how(task: Task, plan: Plan, catalogue: Catalogue) -> list[str]:
    """The options that a process of a task has in any case."""
    return [
        *key_sets.options(task.kv, plan.payload(task.kv).key_list, catalogue.directory),
        f"--hash={task.hash}",
        f"--sizes={task.n}",
        f"--seed={task.seed}",
        f"--memory={plan.selection.memory}",
    ]


def options(task: Task, plan: Plan, catalogue: Catalogue, output: Path, min_time_s: float) -> list[str]:
    """What the process of a task is to run, and where it is to write."""
    return [
        f"--workloads={','.join(task.stage.workloads(task, plan))}",
        *what_and_how(task, plan, catalogue),
        f"--benchmark_out={output.resolve()}",
        "--benchmark_out_format=json",
        f"--benchmark_min_time={min_time_s}",
    ]


def file_name(task: Task) -> str:
    """Of the output of a task of one map and hash."""
    further = [each for each in (task.hash, task.part) if each not in (SHARED, MAIN)]
    return "-".join([task.kv, f"n{task.n}", task.map, *further]) + ".json"


def rows_of(plan: Plan, task: Task) -> list[Row]:
    """The rows that the process of `task` must report on."""
    return [task.row(workload, task.hash) for workload in task.stage.workloads(task, plan)]


def entries_of(document: Any, plan: Plan, task: Task) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Name, workload, hash and entry of every benchmark the plan expects of `task`.

    Raises BadOutput when the document is not the output of this task.
    """
    _check_context(document, plan, task)
    entries = {
        entry.get("name", "").removesuffix("/manual_time"): entry
        for entry in document["benchmarks"]
        if isinstance(entry, dict) and entry.get("run_type", "iteration") == "iteration"
    }
    expected = {f"{workload}/kv:{kv}/hash:{h}/n:{n}": (workload, h) for workload, kv, h, n, _ in rows_of(plan, task)}
    if task.round is not None and task.round > plan.selection.least_rounds:  # of the rows that need it
        expected = {name: what for name, what in expected.items() if name in entries}
    if missing := [name for name in expected if name not in entries]:
        raise BadOutput(f"{len(missing)} of {len(expected)} benchmarks are not in the output, first {missing[0]}")
    for name, (workload, hash_name) in expected.items():
        yield name, workload, hash_name, entries[name]


def error_of(entry: dict[str, Any], workload: str, hash_name: str) -> Problem | None:
    """What the binary itself found wrong with a benchmark, or with its answer's name."""
    if entry.get("error_occurred"):
        message = str(entry.get("error_message", "no message"))
        if message.startswith(NEVER):
            return Problem(workload, hash_name, NOT_APPLICABLE, message.removeprefix(NEVER))
        if message.startswith(UNUSABLE):
            return Problem(workload, hash_name, "bad_output", message.removeprefix(UNUSABLE))
        kind = "wrong_answer" if message.startswith("wrong answer") else "benchmark_error"
        return Problem(workload, hash_name, kind, message)
    if checksum_of(entry) is None:
        message = f"label is {entry.get('label')!r}, expected 'checksum=' and 16 hex digits"
        return Problem(workload, hash_name, "bad_output", message)
    return None


def checksum_of(entry: dict[str, Any]) -> str | None:
    """The checksum in an entry's label."""
    found = CHECKSUM.search(str(entry.get("label", "")))
    return found[1] if found else None


def memory_of(document: Any) -> str:
    """The memory regime a process ran under, in its own words: it may add that it was not in force."""
    return str(document["context"].get("mapscope_memory", ""))


def _check_context(document: Any, plan: Plan, task: Task) -> None:
    if not isinstance(document, dict) or not isinstance(document.get("benchmarks"), list):
        raise BadOutput("not the JSON of Google Benchmark: no list 'benchmarks'")
    context = document.get("context")
    if not isinstance(context, dict):
        raise BadOutput("not the JSON of Google Benchmark: no 'context'")
    version = next((key for key in VERSIONS if key in context), "mapscope_schema_version")
    wanted = {
        version: VERSIONS[version],
        "mapscope_map": task.map,
        "mapscope_seed": str(task.seed),
    }
    if not str(context.get("mapscope_answer_check", "")).startswith("passed"):
        raise BadOutput(f"context field 'mapscope_answer_check' is {context.get('mapscope_answer_check')!r}")
    for key, value in wanted.items():
        if context.get(key) != value:
            raise BadOutput(f"context field '{key}' is {context.get(key)!r}, expected {value!r}")
    memory, wanted_memory = memory_of(document), plan.selection.memory
    if memory.split(" ")[0] != wanted_memory:
        raise BadOutput(f"context field 'mapscope_memory' is {memory!r}, expected {wanted_memory!r}")
