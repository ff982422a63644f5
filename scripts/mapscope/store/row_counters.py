"""Counters in run.json: what each row has of each backend, what the backends were, how they calibrated."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

from mapscope.fact import Fact, known, unknown
from mapscope.plan.backends import from_binary
from mapscope.plan.counters import BACKEND_OF, BACKENDS
from mapscope.plan.plan import Plan
from mapscope.plan.records import BackendEntry, BackendEvent
from mapscope.plan.stages.collected import Cells, Counted, Measurement, Row
from mapscope.plan.stages.counting import cell, is_accepted

WITHOUT_SLOTS = re.compile(r"; without slots: (.*?)(?=; without |$)")


def of_row(plan: Plan, counted: Counted, name: Row, timed: list[Measurement]) -> dict[str, Cells]:
    """Backend to cells, of every backend the plan asked for; each cell a value or a reason."""
    found = {}
    workload, kv, _, n, _ = name
    for backend in plan.counter_backends:
        events = BACKENDS[backend.name].events
        why_not = plan.why_not_counted(BACKENDS[backend.name], workload, kv, n)
        reported = {event.name: event.reason for event in backend.events if event.reason}
        if backend.reason is not None:
            found[backend.name] = {event: unknown(backend.reason) for event in events}
        elif backend.name == "os":
            found["os"] = _over_rounds(timed)
        else:
            absent = {event: unknown(why_not or reported.get(event, "not counted yet")) for event in events}
            cells = counted.cells.get(name, {}).get(backend.name, {})
            refused = counted.refused.get(name, {}).get(backend.name, {})
            found[backend.name] = absent | cells | refused
    return found


def involuntary_switches(measurement: Measurement | None) -> int | None:
    """How often another program took the CPU during the timed passes of a round; None where it is not reported."""
    reported = measurement.entry.get("os_involuntary_switches") if measurement else None
    return int(reported) if isinstance(reported, int | float) else None


def slots_per_op(entries: list[dict[str, Any]]) -> Fact:
    """The mean over rounds of slots scanned for each operation, or why it is not known."""
    reported = [entry["slots"] / entry["ops"] for entry in entries if "slots" in entry]
    if len(reported) == len(entries):
        return known(sum(reported) / len(reported))
    why = WITHOUT_SLOTS.search(str(entries[0].get("label", "")))
    return unknown(why[1] if why else "this workload does not report what it scans")


def backends_as_run(plan: Plan, counted: Counted) -> list[BackendEntry]:
    """The plan's backends, with what their processes found out since: native events, reasons, least coverage."""
    return [_as_run(planned, counted) for planned in plan.counter_backends]


def _as_run(planned: BackendEntry, counted: Counted) -> BackendEntry:
    entries = [
        from_binary(planned.name, entry)
        for stage in planned.stages
        for description in counted.description.get(stage, [])
        for entry in description.get("backends", [])
        if entry.get("name") == BACKENDS[planned.name].prefix
    ]
    if not entries:
        return planned
    events: dict[str, BackendEvent] = {}
    for event in (event for entry in entries for event in entry.events):
        before = events.get(event.name, event)
        coverage = counted.coverage.get((planned.name, event.name))
        events[event.name] = replace(before, reason=before.reason or event.reason, coverage=coverage)
    first = entries[0]
    return replace(
        planned,
        version=first.version or planned.version,
        label=first.label,
        events=list(events.values()) or planned.events,
    )


def calibration(counted: Counted) -> list[dict[str, Any]]:
    """One entry per backend, kernel and event: the worst of all processes, and how many rejected it."""
    groups: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for stage, description in counted.description.items():
        for document in description:
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
    os = BACKENDS["os"]
    operations = sum(m.ops * m.passes for m in timed)
    for event in os.events:
        each = [cell(event, m.entry.get(f"{os.prefix}_{event}")) for m in timed]
        missing = next((fact for fact in each if fact.value is None), None)
        cells[event] = missing or known(sum(fact.value for fact in each) / operations)
    return cells


def _badness(result: dict[str, Any]) -> float:
    error = result.get("error")
    return abs(error) if isinstance(error, int | float) else float("inf")
