"""The counters in a process's output: for each benchmark and event a value, or the reason why there is none.

The binaries withhold what they could not count. What is checked again here: that a withheld
reading stays withheld, that what cannot be zero is not, and that nothing but numbers gets
through.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mapscope.fact import known, unknown
from mapscope.plan.counters import BACKEND_OF, TOLERANCE, Backend, events_of
from mapscope.plan.plan import Plan, Task
from mapscope.plan.stages import callgrind
from mapscope.plan.stages.benchmark_output import BadOutput, Problem, checksum_of, entries_of, error_of

CONTEXT = "mapscope_counters"
NEVER_ZERO = ("instructions", "cycles", "loads", "lines_mean")
"""No operation does without them: a zero was not counted."""
WITHOUT = re.compile(r"; without (\w+): (.*?)(?=; without |$)")
"""In a benchmark's label: an event that could not be read this once, and why."""
COVERAGE = "_coverage"

Cells = dict[str, dict[str, Any]]
"""Event to a value or reason."""


@dataclass(frozen=True)
class Reading:
    """One benchmark of one counting process."""

    workload: str
    hash: str
    cells: Cells
    coverage: dict[str, float]
    """Of hardware events: the share of the time for which each was really on its counter."""
    checksum: str


def read_counters(document: Any, plan: Plan, task: Task) -> tuple[list[Reading], list[Problem]]:
    """Every benchmark the plan expects of a counting task. Raises BadOutput when it is not of this task."""
    entries = list(entries_of(document, plan, task))
    backend = BACKEND_OF[task.stage]
    withheld = _reasons(counters_of(document, task.stage), backend)
    dumps = document.get(callgrind.KEY, {})
    readings, problems = [], []
    for name, workload, hash_name, entry in entries:
        if problem := error_of(entry, workload, hash_name):
            problems.append(problem)
            continue
        if task.stage in callgrind.LEVEL_OF:
            cells = _from_dump(task.stage, dumps.get(name), entry) | _only(withheld, events_of(task.stage))
        else:
            cells = _from_entry(entry, backend, withheld)
        readings.append(Reading(workload, hash_name, cells, _coverage(entry, backend, cells), checksum_of(entry)))
    return readings, problems


def counters_of(document: Any, stage: str) -> dict[str, Any]:
    """What a process says of its backends and their calibration; empty when it says nothing.

    Of callgrind the binary knows only what the dumps should say.

    Raises BadOutput when that is no JSON object.
    """
    text = document["context"].get(CONTEXT, "{}")
    try:
        said = json.loads(text)
    except (json.JSONDecodeError, TypeError):
        said = None
    if not isinstance(said, dict):
        raise BadOutput(f"context field '{CONTEXT}' is no JSON object")
    if stage in callgrind.LEVEL_OF:
        results = callgrind.calibrated(stage, said.get("calibration", []), document.get(callgrind.KEY, {}))
        return {"calibration": results}
    return said


def timed_cells(entry: dict[str, Any], backend: Backend, divisor: float) -> Cells:
    """What a timed process counted over all its passes, per operation."""
    return {event: _cell(event, entry.get(f"{backend.prefix}_{event}"), divisor) for event in backend.events}


def is_accepted(result: dict[str, Any]) -> bool:
    """Whether a calibration kernel read right, by its own word and by its error."""
    error = result.get("error")
    return bool(result.get("accepted")) and isinstance(error, int | float) and abs(error) <= TOLERANCE


def _from_entry(entry: dict[str, Any], backend: Backend, withheld: dict[str, str]) -> Cells:
    prefix = f"{backend.prefix}_"
    withheld = withheld | {
        name.removeprefix(prefix): why for name, why in WITHOUT.findall(str(entry.get("label", ""))) if prefix in name
    }
    cells = {event: _cell(event, entry.get(prefix + event)) for event in _events_in(entry, backend)}
    return cells | _only(withheld, tuple(cells))


def _events_in(entry: dict[str, Any], backend: Backend) -> list[str]:
    """Those of every row, and of hardware those that the user named."""
    prefix = f"{backend.prefix}_"
    further = [key.removeprefix(prefix) for key in entry if key.startswith(prefix) and not key.endswith(COVERAGE)]
    return list(dict.fromkeys([*backend.events, *(further if backend.pinned else [])]))


def _coverage(entry: dict[str, Any], backend: Backend, cells: Cells) -> dict[str, float]:
    """Told only where it is less than all of the time."""
    if not backend.pinned:
        return {}
    counted = [event for event, cell in cells.items() if cell["value"] is not None]
    return {event: float(entry.get(f"{backend.prefix}_{event}{COVERAGE}", 1.0)) for event in counted}


def _only(reasons: dict[str, str], events: tuple[str, ...]) -> Cells:
    return {event: unknown(why) for event, why in reasons.items() if event in events}


def _from_dump(stage: str, totals: dict[str, int] | None, entry: dict[str, Any]) -> Cells:
    ops = entry.get("ops")
    if not isinstance(ops, int | float) or not ops > 0:
        raise BadOutput(f"ops is {ops!r}, expected a number above 0")
    values = callgrind.readings(stage, totals or {}, ops)
    nothing = unknown("callgrind collected nothing")
    return {event: known(values[event]) if event in values else nothing for event in events_of(stage)}


def _cell(event: str, value: Any, divisor: float = 1.0) -> dict[str, Any]:
    if value is None:
        return unknown("the binary does not report it")
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return unknown(f"the binary reports {value!r}, which is no count")
    if value == 0 and event in NEVER_ZERO:
        return unknown("reads 0, which cannot be")
    return known(value / divisor)


def _reasons(said: dict[str, Any], backend: Backend) -> dict[str, str]:
    """Event to the reason why its readings must not be shown."""
    reasons = {}
    for entry in said.get("backends", []):
        if entry.get("name") != backend.prefix:
            continue
        if not entry.get("available"):
            reasons |= dict.fromkeys(backend.events, entry.get("reason") or "not available")
        for event in entry.get("events", []):
            if not event.get("available", True):
                reasons[event["name"]] = event.get("reason") or "not available"
    for result in said.get("calibration", []):
        if result.get("backend") == backend.prefix and not is_accepted(result):
            reasons.setdefault(result["event"], rejection(result))
    return reasons


def rejection(result: dict[str, Any]) -> str:
    """Why a calibration result keeps an event from being shown."""
    if result.get("read") is None:
        return f"calibration kernel '{result['kernel']}': {result.get('reason') or 'nothing was read'}"
    number: Callable[[Any], str] = "{:.6g}".format
    return f"calibration kernel '{result['kernel']}' read {number(result['read'])} for {number(result['expected'])}"
