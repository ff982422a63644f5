"""The timed rounds: one process for each map, payload, size and round; those of a block are interleaved turn by turn.

The processes answer commands (docs/guide/runner_protocol.md). run/answers.py puts what they
answered into the form of Google Benchmark's JSON, and here it is checked like it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.benchmark import checksum_of, entries_of, error_of, file_name, memory_of, what_and_how
from mapscope.plan.stages.collected import Collected, Measurement, Parsed, Problem
from mapscope.plan.stages.stage import Stage, Task

BLOCK = "mapscope_block"
"""The key under which a raw file has its share of the `seconds` for which the processes of its block had the CPU."""


class TimeStage(Stage):
    """Its processes are timed."""

    name = None

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.timed(task.map, task.hash, task.part)

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        return [f"./{self.binary(task, catalogue)}", "--turns", *what_and_how(task, plan, catalogue)]

    def path(self, task: Task) -> Path:
        """`round-01/<payload>-n<size>-<map>.json`"""
        return Path(f"round-{task.round:02d}", file_name(task))

    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """A Measurement for each benchmark that the plan expects, or a problem."""
        measurements: list[Measurement] = []
        problems: list[Problem] = []
        for _, workload, hash_name, entry in entries_of(document, plan, task):
            outcome = _read(entry, workload, hash_name)
            if isinstance(outcome, Measurement):
                measurements.append(outcome)
            else:
                problems.append(outcome)
        return Parsed(memory_of(document), measurements, problems)

    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """See Stage."""
        for measurement in parsed.results:
            row = task.row(measurement.workload, measurement.hash)
            collected.measured[row][task.round] = measurement
            collected.answers[row[:-1]][task] = measurement.checksum


def _read(entry: dict[str, Any], workload: str, hash_name: str) -> Measurement | Problem:
    def problem(kind: str, message: str) -> Problem:
        return Problem(workload, hash_name, kind, message)

    if wrong := error_of(entry, workload, hash_name):
        return wrong
    if entry.get("time_unit") != "ns":
        return problem("bad_output", f"time_unit is {entry.get('time_unit')!r}, expected 'ns'")
    for name in ("real_time", "ops", "payload_bytes"):
        value = entry.get(name)
        if not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            return problem("bad_output", f"{name} is {value!r}, expected a number above 0")
    if not entry.get("turns"):
        return problem("bad_output", "no turn was timed")
    return Measurement(
        workload=workload,
        hash=hash_name,
        ns_per_op=entry["real_time"] / entry["ops"],
        ops=float(entry["ops"]),
        payload_bytes=float(entry["payload_bytes"]),
        checksum=str(checksum_of(entry)),
        passes=int(entry.get("iterations", 1)),
        turns=_times(entry),
        switches=[int(switches) for _, _, switches, _ in entry["turns"]],
        paces=[int(pace) for *_, pace in entry["turns"]],
        entry=entry,
    )


def turns_of(document: Any) -> Iterator[tuple[str, str, list[tuple[float, int, int, int]]]]:
    """Workload, hash and, of each turn, ns per operation, passes, involuntary switches and pace; of a raw file."""
    for entry in document["benchmarks"]:
        if not entry.get("error_occurred"):
            workload, _, hash_name, _ = entry["name"].split("/")
            turns = [
                (ns, passes, switches, pace)
                for ns, (passes, _, switches, pace) in zip(_times(entry), entry["turns"], strict=True)
            ]
            yield workload, hash_name.removeprefix("hash:"), turns


def _times(entry: dict[str, Any]) -> list[float]:
    return [ns / passes / entry["ops"] for passes, ns, *_ in entry["turns"]]
