"""From the files of a run folder to the document run.json; reads through load, writes nothing.

It is a function of the stored files alone, so it can be repeated at any time, after any
interruption, with the same result.
"""

from __future__ import annotations

from collections import defaultdict
from statistics import fmean
from typing import Any

from mapscope.errors import DocumentError
from mapscope.fact import Fact, unknown
from mapscope.json_file import read_json, read_records
from mapscope.plan import concurrent, table_memory
from mapscope.plan.plan import Plan
from mapscope.plan.stages.benchmark import rows_of
from mapscope.plan.stages.collected import BadOutput, Collected, Problem, Row
from mapscope.plan.stages.stage import Task
from mapscope.plan.tasks import further_rounds, stage_named, tasks
from mapscope.store import checksums, derived, row_counters
from mapscope.store.folder import RunFolder
from mapscope.store.latencies import latencies
from mapscope.store.precision import ratios_to_best
from mapscope.store.sharing import Lines
from mapscope.store.timed import Timed
from mapscope.store.turns import Turns, centre

PROCESS = "mapscope_process"
"""The key under which a raw file carries how its process went, beside Google Benchmark's own."""


def assemble(folder: RunFolder, plan: Plan) -> dict[str, Any]:
    """The run as far as it has come. Raises DocumentError when a stored file is damaged."""
    missing = folder.missing(plan)
    collected, failures, processes, timed = Collected(), [], [], Timed()
    for task in (*tasks(plan), *further_rounds(plan)):
        if (path := folder.raw(task)).is_file():
            document = read_json(path)
            try:
                failures += _collect(collected, document, plan, task)
                processes.append(document[PROCESS])
                timed.add(task, document, document[PROCESS]["seconds"])
            except (BadOutput, KeyError) as error:
                raise DocumentError(f"{path}: {error}; delete it and resume to measure it again") from None
    failures += _cross_examine(collected)
    failures += _explain_missing(folder, plan, missing, collected)
    growth, wrong = _believable(collected.growth)
    sessions = read_records(folder.sessions)
    return plan.document() | {
        "finished": max((s["finished"] for s in sessions if s["finished"]), default=None) if not missing else None,
        "complete": not missing,
        "sessions": sessions,
        "counter_backends": row_counters.backends_as_run(plan, collected.counted),
        "calibration": row_counters.calibration(collected.counted),
        "rows": _rows(plan, collected, timed.lowest_pace),
        "growth": growth,
        "table_memory": [
            {"kv": kv, "hash": h, "n": n, "map": m, **found} for (kv, h, n, m), found in collected.table_memory.items()
        ],
        "read_latency": _read_latency(collected),
        "latencies": latencies(plan.ladder, collected.ladder, plan.selection.rounds),
        "not_applicable": [
            {"workload": w, "kv": kv, "hash": h, "n": n, "map": m, "reason": reason}
            for (w, kv, h, n, m), reason in collected.not_applicable.items()
        ],
        "failures": failures + wrong,
        "missing": [task.identity for task in missing],
        "processes": processes,
        "timed": timed.document(),
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
    """One entry of `failures`; `workload` is None when a whole process failed."""
    return {
        **task.identity,
        "workload": workload, "hash": hash_name or (task.hash if task.map else None), "kind": kind, "message": message,
        "exit_code": exit_code, "signal": signal_name, "stderr": stderr,
    }  # fmt: skip


def _collect(collected: Collected, document: Any, plan: Plan, task: Task) -> list[dict[str, Any]]:
    """Add what one process brought; what went wrong in it. Raises BadOutput."""
    parsed = task.stage.parse(document, plan, task)
    task.stage.collect(collected, parsed, task)
    for problem in parsed.problems:
        task.stage.withhold(collected, task.row(problem.workload, problem.hash), problem)
    return [_failure_of(task, problem) for problem in parsed.problems if problem.is_failure]


def _failure_of(task: Task, problem: Problem) -> dict[str, Any]:
    return failure(task, problem.kind, problem.message, workload=problem.workload, hash_name=problem.hash)


def _cross_examine(collected: Collected) -> list[dict[str, Any]]:
    """Withhold what has another answer than the other maps had with the same seed in the same phase."""
    failures = []
    for (workload, _, hash_name, _), answers in collected.answers.items():
        phases: dict[str, dict[str, tuple[Task, str]]] = defaultdict(dict)
        for task, checksum in answers.items():
            phases[task.phase][task.map] = task, checksum
        for by_map in phases.values():
            disbelieved = checksums.disbelieved({name: checksum for name, (_, checksum) in by_map.items()})
            for name, reason in disbelieved.items():
                task, problem = by_map[name][0], Problem(workload, hash_name, "checksum", reason)
                task.stage.withhold(collected, task.row(workload, hash_name), problem)
                failures.append(_failure_of(task, problem))
    return failures


def _believable(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The growth rows of maps that ended with the same entries as the others; and failures for the rest."""
    groups: dict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
    for row in rows:
        groups[row["stage"], row["kv"], row["n"]][row["map"]] = row["checksum"]
    believed, failures = [], []
    for row in rows:
        why = checksums.disbelieved(groups[row["stage"], row["kv"], row["n"]]).get(row["map"])
        if why is None:
            believed.append(row)
        else:
            task = Task(None, row["kv"], row["n"], row["map"], 0, stage_named(row["stage"]))
            failures.append(failure(task, "checksum", why))
    return believed, failures


def _explain_missing(folder: RunFolder, plan: Plan, missing: list[Task], collected: Collected) -> list[dict[str, Any]]:
    """The recorded failures of processes; rows that lack their counters for it say so."""
    failures = []
    for task in missing:
        if (path := folder.failure(task)).is_file():
            record = read_json(path)
            failures.append(record)
            task.stage.explain_missing(collected, rows_of(plan, task) if task.map else [], record["message"])
    return failures


def _rows(plan: Plan, collected: Collected, lowest: float | None) -> list[dict[str, Any]]:
    rows = []
    numbers = range(1, 1 + max((number for each in collected.measured.values() for number in each), default=0))
    turns = _turns(plan, collected, lowest)
    ratios = _ratios(collected, turns)
    for cell in _cells(plan):
        by_round = collected.measured.get(cell)
        if not by_round or cell in collected.withheld:
            continue
        workload, kv, hash_name, n, map_name = cell
        there = [by_round.get(number) for number in numbers]
        rounds = [centre(turns[cell][number]) if number in by_round else None for number in numbers]
        rows.append(
            {
                "workload": workload, "kv": kv, "hash": hash_name, "n": n, "map": map_name,
                "ops": fmean(m.ops for m in by_round.values()),
                "payload_bytes": fmean(m.payload_bytes for m in by_round.values()),
                "bytes_per_entry": _bytes_per_entry(plan, collected, cell),
                "slots_per_op": row_counters.slots_per_op([m.entry for m in by_round.values()]),
                "checksums": [each and each.checksum for each in there],
                "rounds": rounds,
                "turns": [len(each.turns) if each else 0 for each in there],
                "disturbed_turns": [sum(count > 0 for count in each.switches) if each else 0 for each in there],
                "ratios": [ratios[cell].get(number) for number in numbers],
                "involuntary_switches": [row_counters.involuntary_switches(each) for each in there],
                "counters": row_counters.of_row(plan, collected.counted, cell, list(by_round.values())),
                **derived.describe(rounds),
            }
        )  # fmt: skip
    return derived.add_ratios(rows)


def _bytes_per_entry(plan: Plan, collected: Collected, cell: Row) -> Fact:
    """Of a table with n entries as the row's workload fills it."""
    workload, kv, hash_name, n, map_name = cell
    entry = next(each for each in plan.workloads if each.name == workload)
    if entry.threads and not concurrent.fills_to_n(str(entry.family)):
        return unknown(concurrent.GO_FILLS)
    if (table := collected.table_memory.get((kv, hash_name, n, map_name))) is not None:
        return table_memory.bytes_of(workload, entry.is_state, table, n)
    reported = collected.not_weighed.get((kv, hash_name, map_name))
    return unknown(plan.why_not_weighed or reported or table_memory.NOT_YET)


def _read_latency(collected: Collected) -> list[dict[str, Any]]:
    """Of each map and size, latencies or the reason why there are none."""
    values, reasons = collected.read_latency, collected.no_read_latency
    return [
        dict(zip(("kv", "hash", "n", "map"), place, strict=True))
        | {"value": values.get(place), "reason": reasons.get(place)}
        for place in dict.fromkeys([*values, *reasons])
    ]


def _turns(plan: Plan, collected: Collected, lowest: float | None) -> dict[Row, dict[int, Turns]]:
    """Of each row and round, as they are with the core alone."""
    crowded = plan.crowded
    found = {
        row: {
            number: Turns(each.turns, [count > 0 and row[0] not in crowded for count in each.switches], each.paces)
            for number, each in by_round.items()
        }
        for row, by_round in collected.measured.items()
    }
    if lowest is None:
        return found
    lines = Lines()
    for (workload, kv, hash_name, n, name), by_round in found.items():
        lines.learn((name, workload, kv, hash_name), n, by_round)
    for (workload, kv, hash_name, n, name), by_round in found.items():
        by_round.update(lines.alone((name, workload, kv, hash_name), n, by_round, lowest))
    return found


def _ratios(collected: Collected, turns: dict[Row, dict[int, Turns]]) -> dict[Row, dict[int, float]]:
    """Of each row that is believed, round by round: its ratio to the fastest of its group, inside their turns."""
    groups: dict[tuple[Any, ...], dict[str, dict[int, Turns]]] = defaultdict(dict)
    for row, by_round in turns.items():
        if row not in collected.withheld:
            groups[row[:-1]][row[-1]] = by_round
    return {
        (*group, name): each
        for group, of_maps in groups.items()
        for name, each in ratios_to_best(of_maps).by_map.items()
    }


def _cells(plan: Plan) -> list[Row]:
    """Every row the plan can yield, in the order in which run.json lists them."""
    selection = plan.selection
    return [
        (workload, kv, hash_name, n, map_name)
        for workload in selection.workloads
        for kv in selection.kv
        for hash_name in selection.hashes
        for n in selection.sizes
        if n in selection.sizes_of[kv] and any(workload in plan.workloads_at(kv, n, part) for part in plan.parts)
        for map_name in selection.maps
    ]
