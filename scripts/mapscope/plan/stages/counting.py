"""Stages that count: for each benchmark and event a value, or the reason why there is none.

The binaries withhold what they could not count. What is checked again here: that a withheld
reading stays withheld, that what cannot be zero is not, and that nothing but numbers gets
through. Counting is slow and not timed; it comes after everything that is.
"""

from __future__ import annotations

import json
import math
import re
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mapscope.fact import Fact, known, unknown
from mapscope.plan.build import Catalogue
from mapscope.plan.counters import TOLERANCE, Backend
from mapscope.plan.plan import Plan
from mapscope.plan.stages.benchmark import checksum_of, entries_of, error_of, file_name, memory_of, options
from mapscope.plan.stages.collected import BadOutput, Cells, Collected, Parsed, Problem, Reading, Row
from mapscope.plan.stages.stage import Stage, Task

MIN_TIME_S = 0.001
"""A process that counts is not timed: a single pass is enough."""
CONTEXT = "mapscope_counters"
NEVER_ZERO = ("instructions", "cycles", "loads", "lines_mean")
"""No operation does without them: a zero was not counted."""
WITHOUT = re.compile(r"; without (\w+): (.*?)(?=; without |$)")
"""In a benchmark's label: an event that could not be read this once, and why."""
COVERAGE = "_coverage"


class CountingStage(Stage):
    """Its processes count the events of one backend."""

    def __init__(self, backend: Backend, name: str) -> None:
        self.backend = backend
        self.name = name
        self.pinned = backend.pinned

    @property
    def events(self) -> tuple[str, ...]:
        """What this stage counts of its backend."""
        return self.backend.events

    @abstractmethod
    def program(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """The binary, what it runs under, and the words that make it count."""

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        return [*self.program(task, plan, catalogue, output), *options(task, plan, catalogue, output, MIN_TIME_S)]

    def path(self, task: Task) -> Path:
        """`counters/<stage>/<payload>-n<size>-<map>.json`"""
        return Path("counters", self.name, file_name(task))

    def phase(self, task: Task) -> str:
        """See Stage."""
        return f"counters: {self.name}"

    def workloads(self, task: Task, plan: Plan) -> list[str]:
        """See Stage; a wide run is counted in part."""
        return [
            name
            for name in super().workloads(task, plan)
            if plan.why_not_counted(self.backend, name, task.kv, task.n) is None
        ]

    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """Readings of every benchmark that the plan expects, and what the process says of itself."""
        entries = list(entries_of(document, plan, task))
        description = self.description(document)
        withheld = _reasons(description, self.backend)
        readings, problems = [], []
        for name, workload, hash_name, entry in entries:
            if problem := error_of(entry, workload, hash_name):
                problems.append(problem)
                continue
            cells = self.cells(document, name, entry, withheld)
            coverage = _coverage(entry, self.backend, cells)
            readings.append(Reading(workload, hash_name, cells, coverage, str(checksum_of(entry))))
        return Parsed(memory_of(document), (description, readings), problems)

    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """See Stage."""
        description, readings = parsed.results
        collected.counted.description[self.name].append(description)
        for reading in readings:
            row = task.row(reading.workload, reading.hash)
            collected.counted.add(row, self.backend.name, reading)
            collected.answers[row[:-1]][task] = reading.checksum

    def withhold(self, collected: Collected, row: Row, problem: Problem) -> None:
        """Only what this stage counts: the row stays, and its counters have the reason."""
        self._refuse(collected, row, problem.message)

    def explain_missing(self, collected: Collected, rows: list[Row], reason: str) -> None:
        """See Stage."""
        for row in rows:
            self._refuse(collected, row, reason)

    def description(self, document: Any) -> dict[str, Any]:
        """What a process says of its backends and their calibration; empty when it says nothing. Raises BadOutput."""
        text = document["context"].get(CONTEXT, "{}")
        try:
            description = json.loads(text)
        except (json.JSONDecodeError, TypeError):
            description = None
        if not isinstance(description, dict):
            raise BadOutput(f"context field '{CONTEXT}' is no JSON object")
        return description

    def cells(self, document: Any, name: str, entry: dict[str, Any], withheld: dict[str, str]) -> Cells:
        """Events of one benchmark, per operation."""
        prefix = f"{self.backend.prefix}_"
        withheld = withheld | {
            name.removeprefix(prefix): why
            for name, why in WITHOUT.findall(str(entry.get("label", "")))
            if prefix in name
        }
        cells = {event: cell(event, entry.get(prefix + event)) for event in _events_in(entry, self.backend)}
        return cells | only(withheld, tuple(cells))

    def _refuse(self, collected: Collected, row: Row, reason: str) -> None:
        collected.counted.refuse(row, self.backend.name, self.events, reason)


class HardwareStage(CountingStage):
    """PAPI or perf_event: the timed binary, which counts."""

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.timed(task.map, task.hash, task.part)

    def program(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See CountingStage."""
        return [f"./{self.binary(task, catalogue)}", f"--counters={self.name}"]


class PapiStage(HardwareStage):
    """PAPI also counts the native events that the user names."""

    def program(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See CountingStage."""
        events = plan.selection.papi_events
        further = [f"--papi-events={','.join(events)}"] if events else []
        return [*super().program(task, plan, catalogue, output), *further]


class SimStage(CountingStage):
    """The binary whose memory accesses are simulated."""

    built_as = "benchmarks to simulate"

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.counting("sim", task.map, task.hash, task.part)

    def program(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See CountingStage."""
        return [f"./{self.binary(task, catalogue)}", f"--cache={plan.selection.cache}"]


def cell(event: str, value: Any) -> Fact:
    """A count as the binary reports it, or why it is none."""
    if value is None:
        return unknown("the binary does not report it")
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return unknown(f"the binary reports {value!r}, which is no count")
    if value == 0 and event in NEVER_ZERO:
        return unknown("reads 0, which cannot be")
    return known(float(value))


def only(reasons: dict[str, str], events: tuple[str, ...]) -> Cells:
    """The reasons that are about these events."""
    return {event: unknown(why) for event, why in reasons.items() if event in events}


def is_accepted(result: dict[str, Any]) -> bool:
    """Whether a calibration kernel read right, by its own word and by its error."""
    error = result.get("error")
    return bool(result.get("accepted")) and isinstance(error, int | float) and abs(error) <= TOLERANCE


def _events_in(entry: dict[str, Any], backend: Backend) -> list[str]:
    """Those of every row, and of hardware those that the user named."""
    prefix = f"{backend.prefix}_"
    further = [key.removeprefix(prefix) for key in entry if key.startswith(prefix) and not key.endswith(COVERAGE)]
    return list(dict.fromkeys([*backend.events, *(further if backend.pinned else [])]))


def _coverage(entry: dict[str, Any], backend: Backend, cells: Cells) -> dict[str, float]:
    """Of hardware events; 1 where the binary reports none."""
    if not backend.pinned:
        return {}
    counted = [event for event, fact in cells.items() if fact.value is not None]
    return {event: float(entry.get(f"{backend.prefix}_{event}{COVERAGE}", 1.0)) for event in counted}


def _reasons(description: dict[str, Any], backend: Backend) -> dict[str, str]:
    """Event to the reason why its readings must not be shown."""
    reasons = {}
    for entry in description.get("backends", []):
        if entry.get("name") != backend.prefix:
            continue
        if not entry.get("available"):
            reasons |= dict.fromkeys(backend.events, entry.get("reason") or "not available")
        for event in entry.get("events", []):
            if not event.get("available", True):
                reasons[event["name"]] = event.get("reason") or "not available"
    for result in description.get("calibration", []):
        if result.get("backend") == backend.prefix and not is_accepted(result):
            reasons.setdefault(result["event"], _rejection(result))
    return reasons


def _rejection(result: dict[str, Any]) -> str:
    """Why a calibration result keeps an event from being shown."""
    if result.get("read") is None:
        return f"calibration kernel '{result['kernel']}': {result.get('reason') or 'nothing was read'}"
    number: Callable[[Any], str] = "{:.6g}".format
    return f"calibration kernel '{result['kernel']}' read {number(result['read'])} for {number(result['expected'])}"
