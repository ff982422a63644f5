"""The timed rounds: one process for each map, payload, size and round."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.benchmark import checksum_of, entries_of, error_of, file_name, memory_of, options
from mapscope.plan.stages.collected import Collected, Measurement, Parsed, Problem
from mapscope.plan.stages.stage import Stage, Task


class TimeStage(Stage):
    """Its processes are timed."""

    name = None
    has_twin = True

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.binaries[task.map][task.hash]

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        return [f"./{self.binary(task, catalogue)}", *options(task, plan, output, plan.selection.min_time_s)]

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
