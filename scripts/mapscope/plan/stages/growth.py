"""Tables that are watched growing: a process for each map, with all repetitions in it, and the trace it leaves.

Beside its JSON a process writes the durations of all operations. They are kept compressed, for whoever wants to look
closer than run.json does: `numpy.load(path)` gives `denoised` and `raw` (the first repetition), nanoseconds as
32-bit floats, one an operation.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from mapscope.files import whole_file
from mapscope.plan.build import Catalogue
from mapscope.plan.growth import PREFIX
from mapscope.plan.plan import Plan
from mapscope.plan.records import GrowthPass
from mapscope.plan.stages.benchmark import file_name
from mapscope.plan.stages.collected import BadOutput, Collected, Parsed
from mapscope.plan.stages.stage import Stage, Task

FORMAT = "1"
KEY = "mapscope_growth"
COPIED = (
    "n", "mix", "churn", "reserved", "pages", "repetitions", "operations", "checksum", "clock", "need_bytes",
    "available_bytes", "null_loop", "denoised", "raw", "reserve_ns", "grows_in_steps", "events", "drain", "open_loop",
    "involuntary_switches", "resident", "counted", "why_not_counted",
)  # fmt: skip
"""The fields of a row that are the binary's own."""


class GrowthStage(Stage):
    """Its processes time each operation while a table grows, in one variant."""

    has_twin = True
    built_as = "growth benchmarks"

    def __init__(self, name: str) -> None:
        self.name = name

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.growth[task.map]

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        wanted = self._planned(plan, task)
        return [
            f"./{self.binary(task, catalogue)}",
            f"--growth={wanted.mix}",
            f"--kv={task.kv}",
            f"--sizes={task.n}",
            f"--seed={task.seed}",
            f"--memory={wanted.memory}",
            f"--growth-pages={wanted.pages}",
            f"--growth-repetitions={wanted.repetitions}",
            *(["--growth-reserved"] if wanted.reserved else []),
            *(["--growth-turns"] if wanted.in_turns else []),
            *([f"--growth-churn={wanted.churn}"] if wanted.churn else []),
            f"--growth-out={output.resolve()}",
            f"--growth-trace={trace_of(output.resolve())}",
        ]

    def path(self, task: Task) -> Path:
        """`growth/<variant>/<payload>-n<size>-<map>.json`"""
        return Path(self.name, file_name(task))

    def phase(self, task: Task) -> str:
        """See Stage."""
        return f"growth: {self.name.removeprefix(PREFIX)}"

    def in_turns(self, plan: Plan, task: Task) -> bool:
        """See Stage."""
        return self._planned(plan, task).in_turns

    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """The document itself, once it is known to be the whole, sound output of this task."""
        _check(document, self._planned(plan, task), task)
        return Parsed(document["memory"], document)

    def keep_further(self, document: Any, output: Path, kept: Path) -> None:
        """The trace, as `.npz`."""
        try:
            pack(trace_of(output), document["operations"], kept.with_suffix(".npz"))
        except OSError as error:
            raise BadOutput(f"the trace cannot be kept: {error.strerror}") from None

    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """A row of run.json. What an older binary has left in a run that is resumed has no halves."""
        document = parsed.results
        identity = {"stage": self.name, "kv": task.kv, "map": task.map, "memory": document["memory"]}
        copied = {field: document[field] for field in COPIED}
        collected.growth.append(identity | copied | {"denoised": {"halves": []} | document["denoised"]})

    def _planned(self, plan: Plan, task: Task) -> GrowthPass:
        return plan.growth_pass(self.name, task.kv, task.n)


def trace_of(output: Path) -> Path:
    """Where a process that writes its JSON to `output` puts its durations."""
    return output.with_suffix(".trace")


def pack(written: Path, operations: int, kept: Path) -> None:
    """Check what a process wrote and keep it, whole or not at all. Raises BadOutput or OSError."""
    durations = np.fromfile(written, dtype="<f4")
    if durations.size != 2 * operations:
        raise BadOutput(f"the trace has {durations.size} durations, expected {2 * operations}")
    with whole_file(kept, "wb") as stream:
        np.savez_compressed(stream, denoised=durations[:operations], raw=durations[operations:])


def _check(document: Any, wanted: GrowthPass, task: Task) -> None:
    if not isinstance(document, dict) or document.get(KEY) != FORMAT:
        raise BadOutput(f"not the output of --growth in format {FORMAT}")
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
            raise BadOutput("one half of the repetitions has other inserts, or a lower maximum, than all of them")


def _check_drain(drain: dict[str, Any], repetitions: int) -> None:
    for name, states in drain["ns"].items():
        for state, times in states.items():
            if len(times) != repetitions:
                raise BadOutput(f"drain: {name} {state} of {len(times)} repetitions, expected {repetitions}")
