"""Counters in run.json: what each row has of each backend, what the backends were, how they calibrated."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from mapscope.fact import unknown
from mapscope.plan.backends import from_binary
from mapscope.plan.counters import BACKEND_OF, BACKENDS, events_of
from mapscope.plan.plan import Plan, Task
from mapscope.plan.stages.benchmark_output import Measurement
from mapscope.plan.stages.counter_output import Cells, Reading, counters_of, is_accepted, timed_cells

RowName = tuple[str, str, str, int, str]
"""workload, kv, hash, n, map."""


@dataclass
class Counted:
    """What the counting processes brought, by row."""

    cells: dict[RowName, dict[str, Cells]] = field(default_factory=lambda: defaultdict(dict))
    refused: dict[RowName, dict[str, Cells]] = field(default_factory=lambda: defaultdict(dict))
    """Events of a row that cannot be believed or had, with the reason for each."""
    coverage: dict[tuple[str, str], float] = field(default_factory=dict)
    """Backend and event to the least coverage of all rows."""
    said: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    """Stage to what its processes said of themselves."""

    def add(self, task: Task, document: Any, readings: list[Reading]) -> None:
        """The readings of one process."""
        self.said[task.stage].append(counters_of(document, task.stage))
        for reading in readings:
            by_backend = self.cells[reading.workload, task.kv, reading.hash, task.n, task.map]
            backend = BACKEND_OF[task.stage].name
            by_backend.setdefault(backend, {}).update(reading.cells)
            for event, share in reading.coverage.items():
                self.coverage[backend, event] = min(share, self.coverage.get((backend, event), 1.0))

    def refuse(self, name: RowName, stage: str, reason: str) -> None:
        """A row that a stage cannot be believed or asked about."""
        cells = {event: unknown(reason) for event in events_of(stage)}
        self.refused[name].setdefault(BACKEND_OF[stage].name, {}).update(cells)


def of_row(plan: Plan, counted: Counted, name: RowName, timed: list[Measurement]) -> dict[str, Cells]:
    """Backend to cells, of every backend the plan asked for; each cell a value or a reason."""
    found = {}
    for backend in plan.counter_backends:
        events = BACKENDS[backend["name"]].events
        told = {event["name"]: event["reason"] for event in backend["events"] if event["reason"]}
        if not backend["available"]:
            found[backend["name"]] = {event: unknown(backend["reason"]) for event in events}
        elif backend["name"] == "os":
            found["os"] = _over_rounds(timed)
        else:
            absent = {event: unknown(told.get(event, "not counted yet")) for event in events}
            cells = counted.cells.get(name, {}).get(backend["name"], {})
            refused = counted.refused.get(name, {}).get(backend["name"], {})
            found[backend["name"]] = absent | cells | refused
    return found


def involuntary_switches(measurement: Measurement | None) -> int | None:
    """How often another program took the CPU during the timed passes of a round; None where it is not told."""
    told = measurement.entry.get("os_involuntary_switches") if measurement else None
    return int(told) if isinstance(told, int | float) else None


def backends_as_run(plan: Plan, counted: Counted) -> list[dict[str, Any]]:
    """The plan's backends, with what their processes found out since: native events, reasons, least coverage."""
    result = []
    for planned in plan.counter_backends:
        backend = BACKENDS[planned["name"]]
        entries = [
            from_binary(planned["name"], entry)
            for stage in planned["stages"]
            for said in counted.said.get(stage, [])
            for entry in said.get("backends", [])
            if entry.get("name") == backend.prefix
        ]
        if not entries:
            result.append(planned)
            continue
        events: dict[str, dict[str, Any]] = {}
        for entry in entries:
            for event in entry["events"]:
                before = events.get(event["name"], event)
                events[event["name"]] = before | {
                    "reason": before["reason"] or event["reason"],
                    "coverage": counted.coverage.get((planned["name"], event["name"])),
                }
        result.append(
            planned
            | {"version": entries[0]["version"] or planned["version"], "label": entries[0]["label"]}
            | {"events": list(events.values()) or planned["events"]}
        )
    return result


def calibration(counted: Counted) -> list[dict[str, Any]]:
    """One entry per backend, kernel and event: the worst of all processes, and how many rejected it."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for stage, said in counted.said.items():
        for document in said:
            for result in document.get("calibration", []):
                groups[BACKEND_OF[stage].name, result["kernel"], result["event"]].append(result)
    return [
        {
            "backend": backend,
            "kernel": kernel,
            "event": event,
            **{name: worst.get(name) for name in ("expected", "read", "error", "reason")},
            "relation": worst.get("relation") or "=",
            "accepted": all(map(is_accepted, results)),
            "processes": len(results),
            "rejected": sum(not is_accepted(result) for result in results),
        }
        for (backend, kernel, event), results in groups.items()
        for worst in [max(results, key=_badness)]
    ]


def _over_rounds(timed: list[Measurement]) -> Cells:
    """Per operation, over all rounds: rare events show only in the sum."""
    cells = {}
    by_round = [timed_cells(m.entry, BACKENDS["os"], 1.0) for m in timed]
    operations = sum(m.ops * m.passes for m in timed)
    for event in BACKENDS["os"].events:
        each = [cells_of_round[event] for cells_of_round in by_round]
        missing = next((cell for cell in each if cell["value"] is None), None)
        total = {"value": sum(cell["value"] for cell in each) / operations, "reason": None} if not missing else missing
        cells[event] = total
    return cells


def _badness(result: dict[str, Any]) -> float:
    error = result.get("error")
    return abs(error) if isinstance(error, int | float) else float("inf")
