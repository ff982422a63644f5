"""From the files of a run folder to the document run.json; reads through load, writes nothing.

It is a function of the stored files alone, so it can be repeated at any time, after any
interruption, with the same result.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from mapscope import load, stats, verdicts
from mapscope.benchmark_json import BadOutput, Measurement, read_output
from mapscope.errors import DocumentError
from mapscope.folder import RunFolder
from mapscope.plan import Plan, Task

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


def assemble(folder: RunFolder, plan: Plan) -> dict[str, Any]:
    """The run as far as it has come. Raises DocumentError when a stored file is damaged."""
    missing = folder.missing(plan)
    collected = _collect(folder, plan)
    _cross_examine(collected)
    collected.failures += [load.read_json(path) for task in missing if (path := folder.failure(task)).is_file()]
    sessions = load.read_records(folder.sessions)
    document = plan.document()
    del document["schedule"]
    return document | {
        "finished": max((s["finished"] for s in sessions if s["finished"]), default=None) if not missing else None,
        "complete": not missing,
        "sessions": sessions,
        "rows": _rows(plan, collected),
        "failures": collected.failures,
        "missing": [{"round": t.round, "kv": t.kv, "n": t.n, "map": t.map} for t in missing],
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
        "round": task.round, "kv": task.kv, "n": task.n, "map": task.map,
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
            measurements, problems = read_output(document, plan, task)
            collected.processes.append(document[PROCESS])
        except (BadOutput, KeyError) as error:
            raise DocumentError(f"{path}: {error}; delete it and resume to measure it again") from None
        for m in measurements:
            collected.measured[m.workload, task.kv, m.hash, task.n, task.map][task.round] = m
        for p in problems:
            collected.withheld.add((p.workload, task.kv, p.hash, task.n, task.map))
            collected.failures.append(failure(task, p.kind, p.message, workload=p.workload, hash_name=p.hash))
    return collected


def _cross_examine(collected: _Collected) -> None:
    """Withhold each row whose answer differs from the other maps' in any round."""
    answers: dict[tuple[str, str, str, int, int], dict[str, str]] = defaultdict(dict)
    for (workload, kv, hash_name, n, map_name), by_round in collected.measured.items():
        for number, measurement in by_round.items():
            answers[workload, kv, hash_name, n, number][map_name] = measurement.checksum
    for (workload, kv, hash_name, n, number), checksums in answers.items():
        for map_name, reason in verdicts.disbelieved(checksums).items():
            collected.withheld.add((workload, kv, hash_name, n, map_name))
            task = Task(number, kv, n, map_name, seed=0, position=0)
            collected.failures.append(failure(task, "checksum", reason, workload=workload, hash_name=hash_name))


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
                "checksums": [by_round[number].checksum if number in by_round else None for number in numbers],
                "rounds": rounds,
                **stats.describe(rounds),
            }
        )  # fmt: skip
    return stats.add_ratios(rows)


def _cells(plan: Plan) -> list[Cell]:
    """Every row the plan can yield, in the order in which run.json lists them."""
    selection = plan.selection
    return [
        (workload, kv, hash_name, n, map_name)
        for workload in selection["workloads"]
        for kv in selection["kv"]
        for hash_name in selection["hashes"]
        for n in selection["sizes"]
        for map_name in selection["maps"]
    ]
