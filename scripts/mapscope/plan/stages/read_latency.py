"""Lookups beside a writer: a process for each map and size times them, first alone, then while another thread writes.

Lookups arrive at a fixed rate (open-loop load, no coordinated omission).
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from mapscope.plan.build import MAIN, Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.benchmark import file_name
from mapscope.plan.stages.collected import BadOutput, Collected, Parsed, Row
from mapscope.plan.stages.stage import Stage, Task

FORMAT = "1"
KEY = "mapscope_read_latency"
PERCENTILES = ("p50", "p90", "p99", "p99.9", "p99.99", "max")
COUNTS = ("readers", "writers", "rate", "reads", "writes")
STATES = ("alone", "written")
"""Without and beside a writer."""


class ReadLatencyStage(Stage):
    """Its processes have all CPUs to themselves, one process after another."""

    name = "read_latency"
    predicts = False

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.timed(task.map, task.hash, MAIN)

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        return [
            f"./{self.binary(task, catalogue)}",
            f"--read-latency={output.resolve()}",
            f"--kv={task.kv}",
            f"--hash={task.hash}",
            f"--sizes={task.n}",
            f"--seed={task.seed}",
            f"--memory={plan.selection.memory}",
        ]

    def path(self, task: Task) -> Path:
        """`read_latency/<payload>-n<size>-<map>.json`"""
        return Path(self.name, file_name(task))

    def phase(self, task: Task) -> str:
        """See Stage."""
        return "read latency"

    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """The document itself, once it is known to be the whole, sound output of this task."""
        if not isinstance(document, dict) or document.get(KEY) != FORMAT:
            raise BadOutput(f"not the output of --read-latency in format {FORMAT}")
        for field, value in (("map", task.map), ("kv", task.kv), ("hash", task.hash), ("seed", task.seed)):
            if document.get(field) != value:
                raise BadOutput(f"field '{field}' is {document.get(field)!r}, expected {value!r}")
        if document.get("reason") is None:
            _check(document.get("tables"), task.n)
        return Parsed(str(document.get("memory", plan.selection.memory)), document)

    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """The latencies, or the reason why there are none."""
        place = (task.kv, task.hash, task.n, task.map)
        if (reason := parsed.results.get("reason")) is not None:
            collected.no_read_latency[place] = reason
        else:
            (table,) = parsed.results["tables"]
            collected.read_latency[place] = {name: table[name] for name in (*COUNTS, *STATES)}

    def explain_missing(self, collected: Collected, rows: list[Row], reason: str) -> None:
        """See Stage."""
        for _, kv, hash_name, n, map_name in rows:
            collected.no_read_latency[kv, hash_name, n, map_name] = reason


def _check(tables: Any, n: int) -> None:
    if not isinstance(tables, list) or [table.get("n") for table in tables] != [n]:
        raise BadOutput("field 'tables' does not hold the size that was asked for")
    for name in COUNTS:
        if not _is_number(tables[0].get(name)) or tables[0][name] <= 0:
            raise BadOutput(f"{name} is {tables[0].get(name)!r}, expected a number above 0")
    for state in STATES:
        times = [tables[0].get(state, {}).get(name) for name in PERCENTILES]
        if not all(map(_is_number, times)) or times[0] < 0:
            raise BadOutput(f"latencies {state}: expected numbers of ns at {', '.join(PERCENTILES)}")
        if any(below > above for below, above in pairwise(times)):
            raise BadOutput(f"latencies {state} fall from one percentile to the next")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
