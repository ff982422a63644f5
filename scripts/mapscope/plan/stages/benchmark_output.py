"""Google Benchmark's JSON, as the binaries write it: checked against the task it was made for.

A number that cannot be trusted does not get past this module: it becomes a problem
with its reason instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mapscope.fact import known, unknown
from mapscope.plan.plan import Plan, Task

FORMAT = "1"
NOT_APPLICABLE = "n/a: "
"""Begins the error of a benchmark whose state a map never has: nothing failed."""
CHECKSUM = re.compile(r"checksum=([0-9a-f]{16})\b")
WITHOUT_SLOTS = re.compile(r"; without slots: (.*?)(?=; without |$)")


class BadOutput(Exception):
    """The whole output of a process is unusable; the text says why."""


@dataclass(frozen=True)
class Measurement:
    """One benchmark of one process."""

    workload: str
    hash: str
    ns_per_op: float
    ops: float
    payload_bytes: float
    checksum: str
    passes: int
    """How often the work was done and timed."""
    entry: dict[str, Any]
    """Google Benchmark's own, for the counters in it."""


@dataclass(frozen=True)
class Problem:
    """One benchmark of one process that gave no number, and why; `not_applicable` where that is no failure."""

    workload: str
    hash: str
    kind: str
    message: str


def read_output(document: Any, plan: Plan, task: Task) -> tuple[list[Measurement], list[Problem]]:
    """Every benchmark the plan expects of `task`, as a measurement or a problem.

    Raises BadOutput when the document is not the output of this task.
    """
    measurements: list[Measurement] = []
    problems: list[Problem] = []
    for _, workload, hash_name, entry in entries_of(document, plan, task):
        outcome = _read_entry(entry, workload, hash_name)
        if isinstance(outcome, Measurement):
            measurements.append(outcome)
        else:
            problems.append(outcome)
    return measurements, problems


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
    expected = plan.names_of(task)
    if missing := [name for name in expected if name not in entries]:
        raise BadOutput(f"{len(missing)} of {len(expected)} benchmarks are not in the output, first {missing[0]}")
    for name in expected:
        workload, _, hash_part, _ = name.split("/")
        yield name, workload, hash_part.removeprefix("hash:"), entries[name]


def error_of(entry: dict[str, Any], workload: str, hash_name: str) -> Problem | None:
    """What the binary itself found wrong with a benchmark, or with its answer's name."""
    if entry.get("error_occurred"):
        message = str(entry.get("error_message", "no message"))
        if message.startswith(NOT_APPLICABLE):
            return Problem(workload, hash_name, "not_applicable", message.removeprefix(NOT_APPLICABLE))
        kind = "wrong_answer" if message.startswith("wrong answer") else "benchmark_error"
        return Problem(workload, hash_name, kind, message)
    if checksum_of(entry) is None:
        message = f"label is {entry.get('label')!r}, expected 'checksum=' and 16 hex digits"
        return Problem(workload, hash_name, "bad_output", message)
    return None


def slots_per_op(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean over rounds of slots scanned for each operation, or why it is not known."""
    told = [entry["slots"] / entry["ops"] for entry in entries if "slots" in entry]
    if len(told) == len(entries):
        return known(sum(told) / len(told))
    why = WITHOUT_SLOTS.search(str(entries[0].get("label", "")))
    return unknown(why[1] if why else "this workload does not tell what it scans")


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
    wanted = {
        "mapscope_format": FORMAT,
        "mapscope_map": task.map,
        "mapscope_seed": str(task.seed),
        "mapscope_answer_check": "passed",
    }
    for key, value in wanted.items():
        if context.get(key) != value:
            raise BadOutput(f"context field '{key}' is {context.get(key)!r}, expected {value!r}")
    memory, wanted_memory = memory_of(document), plan.selection["memory"]
    if memory.split(" ")[0] != wanted_memory:
        raise BadOutput(f"context field 'mapscope_memory' is {memory!r}, expected {wanted_memory!r}")


def _read_entry(entry: dict[str, Any], workload: str, hash_name: str) -> Measurement | Problem:
    def problem(kind: str, message: str) -> Problem:
        return Problem(workload, hash_name, kind, message)

    if wrong := error_of(entry, workload, hash_name):
        return wrong
    if entry.get("time_unit") != "ns":
        return problem("bad_output", f"time_unit is {entry.get('time_unit')!r}, expected 'ns'")
    for field in ("real_time", "ops", "payload_bytes"):
        value = entry.get(field)
        if not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            return problem("bad_output", f"{field} is {value!r}, expected a number above 0")
    return Measurement(
        workload=workload,
        hash=hash_name,
        ns_per_op=entry["real_time"] / entry["ops"],
        ops=float(entry["ops"]),
        payload_bytes=float(entry["payload_bytes"]),
        checksum=str(checksum_of(entry)),
        passes=int(entry.get("iterations", 1)),
        entry=entry,
    )
