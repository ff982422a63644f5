"""From the files of a run folder to the document run.json; reads through load, writes nothing.

It is a function of the stored files alone, so it can be repeated at any time, after any
interruption, with the same result.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from mapscope.errors import DocumentError
from mapscope.plan.growth import is_growth
from mapscope.plan.ladder import check_ladder, latencies
from mapscope.plan.plan import LADDER, Plan, Task
from mapscope.plan.stages.benchmark_output import BadOutput, Measurement, Problem, read_output, slots_per_op
from mapscope.plan.stages.counter_output import read_counters
from mapscope.plan.stages.growth_output import check_growth, row_of
from mapscope.store import checksums, derived, load, row_counters
from mapscope.store.folder import RunFolder
from mapscope.store.row_counters import Counted

PROCESS = "mapscope_process"
"""The key under which a raw file carries how its process went, beside Google Benchmark's own."""

Cell = tuple[str, str, str, int, str]
"""workload, kv, hash, n, map: the identity of a row."""


@dataclass
class _Collected:
    """What the raw files hold, by row and round."""

    measured: dict[Cell, dict[int, Measurement]] = field(default_factory=lambda: defaultdict(dict))
    failures: list[dict[str, Any]] = field(default_factory=list)
    processes: list[dict[str, Any]] = field(default_factory=list)
    withheld: set[Cell] = field(default_factory=set)
    counted: Counted = field(default_factory=Counted)
    answers: dict[tuple[str, str, str, int], dict[Task, str]] = field(default_factory=lambda: defaultdict(dict))
    """Checksums by workload, kv, hash and n."""
    growth: list[dict[str, Any]] = field(default_factory=list)
    ladder: dict[int, Any] = field(default_factory=dict)
    """What the ladder's process answered, by round."""
    not_applicable: dict[Cell, str] = field(default_factory=dict)
    """States that a map never has, with the reason."""


def assemble(folder: RunFolder, plan: Plan) -> dict[str, Any]:
    """The run as far as it has come. Raises DocumentError when a stored file is damaged."""
    missing = folder.missing(plan)
    collected = _collect(folder, plan)
    _cross_examine(collected)
    _explain_missing(folder, plan, missing, collected)
    sessions = load.read_records(folder.sessions)
    document = plan.document()
    del document["schedule"]
    return document | {
        "finished": max((s["finished"] for s in sessions if s["finished"]), default=None) if not missing else None,
        "complete": not missing,
        "sessions": sessions,
        "counter_backends": row_counters.backends_as_run(plan, collected.counted),
        "calibration": row_counters.calibration(collected.counted),
        "rows": _rows(plan, collected),
        "growth": _believable(collected),
        "latencies": latencies(plan.ladder, collected.ladder, plan.selection["rounds"]),
        "not_applicable": [
            {"workload": w, "kv": kv, "hash": h, "n": n, "map": m, "reason": reason}
            for (w, kv, h, n, m), reason in collected.not_applicable.items()
        ],
        "failures": collected.failures,
        "missing": [task.identity for task in missing],
        "processes": collected.processes,
    }


def failure(
    task: Task,
    kind: str,
    message: str,
    *,
    workload: str | None = None,
    hash_name: str | None = None,
    exit_code: int | None = None,
    signal_name: str | None = None,
    stderr: str | None = None,
) -> dict[str, Any]:
    """One entry of `failures`; `workload` and `hash` are None when a whole process failed."""
    return {
        **task.identity,
        "workload": workload, "hash": hash_name, "kind": kind, "message": message,
        "exit_code": exit_code, "signal": signal_name, "stderr": stderr,
    }  # fmt: skip


def _collect(folder: RunFolder, plan: Plan) -> _Collected:
    collected = _Collected()
    for task in plan.tasks():
        path = folder.raw(task)
        if not path.is_file():
            continue
        document = load.read_json(path)
        try:
            if task.stage == LADDER:
                take = _take_ladder
            elif is_growth(task.stage):
                take = _take_growth
            else:
                take = _take_times if task.stage is None else _take_counters
            problems = take(collected, document, plan, task)
            collected.processes.append(document[PROCESS])
        except (BadOutput, KeyError) as error:
            raise DocumentError(f"{path}: {error}; delete it and resume to measure it again") from None
        for p in problems:
            if p.kind == "not_applicable":
                _not_applicable(collected, task, p)
                continue
            _withhold(collected, task, p.workload, p.hash, p.kind, p.message)
    return collected


def _take_times(collected: _Collected, document: Any, plan: Plan, task: Task) -> list[Problem]:
    measurements, problems = read_output(document, plan, task)
    for m in measurements:
        collected.measured[m.workload, task.kv, m.hash, task.n, task.map][task.round] = m
        collected.answers[m.workload, task.kv, m.hash, task.n][task] = m.checksum
    return problems


def _take_growth(collected: _Collected, document: Any, plan: Plan, task: Task) -> list[Problem]:
    check_growth(document, plan, task)
    collected.growth.append(row_of(document, task))
    return []


def _take_ladder(collected: _Collected, document: Any, plan: Plan, task: Task) -> list[Problem]:
    check_ladder(document, plan.ladder, task.seed)
    collected.ladder[task.round] = document
    return []


def _take_counters(collected: _Collected, document: Any, plan: Plan, task: Task) -> list[Problem]:
    readings, problems = read_counters(document, plan, task)
    collected.counted.add(task, document, readings)
    for reading in readings:
        collected.answers[reading.workload, task.kv, reading.hash, task.n][task] = reading.checksum
    return problems


def _withhold(collected: _Collected, task: Task, workload: str, hash_name: str, kind: str, message: str) -> None:
    """Record a failure, and withhold the row, or of a process that counts, what it counted for the row."""
    cell = (workload, task.kv, hash_name, task.n, task.map)
    if task.stage is None:
        collected.withheld.add(cell)
    else:
        collected.counted.refuse(cell, task.stage, message)
    collected.failures.append(failure(task, kind, message, workload=workload, hash_name=hash_name))


def _not_applicable(collected: _Collected, task: Task, problem: Problem) -> None:
    """Of a state that is timed but cannot be counted, the row stays and its counters have the reason."""
    cell = (problem.workload, task.kv, problem.hash, task.n, task.map)
    if task.stage is None:
        collected.not_applicable[cell] = problem.message
    else:
        collected.counted.refuse(cell, task.stage, problem.message)


def _cross_examine(collected: _Collected) -> None:
    """Withhold what has another answer than the other maps had with the same seed in the same phase."""
    for (workload, _, hash_name, _), answers in collected.answers.items():
        phases: dict[str, dict[Task, str]] = defaultdict(dict)
        for task, checksum in answers.items():
            phases[task.phase][task] = checksum
        for by_task in phases.values():
            tasks = {task.map: task for task in by_task}
            disbelieved = checksums.disbelieved({task.map: checksum for task, checksum in by_task.items()})
            for map_name, reason in disbelieved.items():
                _withhold(collected, tasks[map_name], workload, hash_name, "checksum", reason)


def _believable(collected: _Collected) -> list[dict[str, Any]]:
    """The growth rows of maps that ended with the same entries as the others; the rest become failures."""
    groups: dict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
    for row in collected.growth:
        groups[row["stage"], row["kv"], row["n"]][row["map"]] = row["checksum"]
    rows = []
    for row in collected.growth:
        why = checksums.disbelieved(groups[row["stage"], row["kv"], row["n"]]).get(row["map"])
        if why is None:
            rows.append(row)
        else:
            task = Task(None, row["kv"], row["n"], row["map"], 0, stage=row["stage"])
            collected.failures.append(failure(task, "checksum", why))
    return rows


def _explain_missing(folder: RunFolder, plan: Plan, missing: list[Task], collected: _Collected) -> None:
    """The recorded failures of processes; counters that are missing for it say so in their rows."""
    for task in missing:
        path = folder.failure(task)
        if not path.is_file():
            continue
        record = load.read_json(path)
        collected.failures.append(record)
        if task.stage not in (None, LADDER) and not is_growth(task.stage):
            for workload in plan.workloads_at(task.n):
                for hash_name in plan.hashes_of(task.map):
                    cell = (workload, task.kv, hash_name, task.n, task.map)
                    collected.counted.refuse(cell, task.stage, record["message"])


def _rows(plan: Plan, collected: _Collected) -> list[dict[str, Any]]:
    rows = []
    numbers = range(1, plan.selection["rounds"] + 1)
    for cell in _cells(plan):
        by_round = collected.measured.get(cell)
        if not by_round or cell in collected.withheld:
            continue
        workload, kv, hash_name, n, map_name = cell
        rounds = [by_round[number].ns_per_op if number in by_round else None for number in numbers]
        rows.append(
            {
                "workload": workload, "kv": kv, "hash": hash_name, "n": n, "map": map_name,
                "ops": fmean(m.ops for m in by_round.values()),
                "payload_bytes": fmean(m.payload_bytes for m in by_round.values()),
                "slots_per_op": slots_per_op([m.entry for m in by_round.values()]),
                "checksums": [by_round[number].checksum if number in by_round else None for number in numbers],
                "rounds": rounds,
                "involuntary_switches": [row_counters.involuntary_switches(by_round.get(number)) for number in numbers],
                "counters": row_counters.of_row(plan, collected.counted, cell, list(by_round.values())),
                **derived.describe(rounds),
            }
        )  # fmt: skip
    return derived.add_ratios(rows)


def _cells(plan: Plan) -> list[Cell]:
    """Every row the plan can yield, in the order in which run.json lists them."""
    selection = plan.selection
    return [
        (workload, kv, hash_name, n, map_name)
        for workload in selection["workloads"]
        for kv in selection["kv"]
        for hash_name in selection["hashes"]
        for n in selection["sizes"]
        if workload in plan.workloads_at(n)
        for map_name in selection["maps"]
    ]
