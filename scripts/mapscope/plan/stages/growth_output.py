"""What a process says of one growing table: checked against its task, so that nothing false gets through."""

from __future__ import annotations

import math
from typing import Any

from mapscope.plan.plan import Plan, Task
from mapscope.plan.stages.benchmark_output import BadOutput

FORMAT = "1"
KEY = "mapscope_growth"
COPIED = (
    "n", "mix", "churn", "reserved", "pages", "repetitions", "operations", "checksum", "clock", "need_bytes",
    "available_bytes", "null_loop", "denoised", "raw", "reserve_ns", "grows_in_steps", "events", "drain", "open_loop",
    "involuntary_switches", "resident", "counted", "why_not_counted",
)  # fmt: skip
"""The fields of a row that are the binary's own."""


def check_growth(document: Any, plan: Plan, task: Task) -> None:
    """Raises BadOutput when the document is not the whole, sound output of this task."""
    if not isinstance(document, dict) or document.get(KEY) != FORMAT:
        raise BadOutput(f"not the output of --growth in format {FORMAT}")
    wanted = plan.growth_pass(task)
    expected = {
        "map": task.map, "kv": task.kv, "n": task.n, "seed": task.seed, "mix": wanted.mix, "churn": wanted.churn,
        "reserved": wanted.reserved, "pages": wanted.pages, "repetitions": wanted.repetitions,
    }  # fmt: skip
    for field, value in expected.items():
        if document.get(field) != value:
            raise BadOutput(f"field '{field}' is {document.get(field)!r}, expected {value!r}")
    if str(document.get("memory")).split(" ")[0] != wanted.memory:
        raise BadOutput(f"field 'memory' is {document.get('memory')!r}, expected {wanted.memory!r}")
    if missing := [field for field in COPIED if field not in document]:
        raise BadOutput(f"field '{missing[0]}' is missing")
    _check_times(document, wanted.repetitions)


def row_of(document: dict[str, Any], task: Task) -> dict[str, Any]:
    """The entry of `growth` in run.json. What an older binary has left in a run that is resumed knows no halves."""
    identity = {"stage": task.stage, "kv": task.kv, "map": task.map, "memory": document["memory"]}
    copied = {field: document[field] for field in COPIED}
    return identity | copied | {"denoised": {"halves": []} | document["denoised"]}


def _check_times(document: dict[str, Any], repetitions: int) -> None:
    inserts = document["denoised"]["inserts"]
    wanted = document["n"] * (document["churn"] or 1)
    if inserts["count"] != wanted:
        raise BadOutput(f"{inserts['count']} inserts were timed, expected {wanted}")
    for name in ("max_ns", "total_ns"):
        if not math.isfinite(inserts[name]) or inserts[name] <= 0:
            raise BadOutput(f"denoised {name} is {inserts[name]!r}, expected a number above 0")
    for what in ("inserts", "lookups", "erases"):
        if len(document["raw"][what]) != repetitions:
            raise BadOutput(f"raw {what} of {len(document['raw'][what])} repetitions, expected {repetitions}")
    if inserts["max_ns"] > min(one["max_ns"] for one in document["raw"]["inserts"]) * 1.0001:
        raise BadOutput("the denoised maximum is above that of a single repetition")
    _check_halves(inserts, document["denoised"].get("halves", []))
    if document["drain"] is not None:
        _check_drain(document["drain"], repetitions)


def _check_halves(inserts: dict[str, Any], halves: list[dict[str, Any]]) -> None:
    for half in halves:
        if half["count"] != inserts["count"] or half["max_ns"] < inserts["max_ns"] * 0.9999:
            raise BadOutput("half of the repetitions has other inserts, or a shorter longest, than all of them")


def _check_drain(drain: dict[str, Any], repetitions: int) -> None:
    for name, states in drain["ns"].items():
        for state, times in states.items():
            if len(times) != repetitions:
                raise BadOutput(f"drain: {name} {state} of {len(times)} repetitions, expected {repetitions}")
