"""The stages of callgrind: two cache levels at a time, so one run for L2 and one for L3."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mapscope.fact import known, unknown
from mapscope.plan import valgrind
from mapscope.plan.build import Catalogue
from mapscope.plan.counters import TOLERANCE, Backend
from mapscope.plan.plan import Plan
from mapscope.plan.stages.collected import BadOutput, Cells
from mapscope.plan.stages.counting import CountingStage, only
from mapscope.plan.stages.stage import Task

KEY = "mapscope_callgrind"
"""Under which a raw file carries the totals of its dumps, beside Google Benchmark's own."""
TRIGGER = re.compile(r"^desc: Trigger: Client Request: (\S+)$", re.MULTILINE)
NOTHING = "callgrind collected nothing"


class CallgrindStage(CountingStage):
    """A binary under valgrind, with one of the cache levels in the place of callgrind's last one."""

    built_as = "benchmarks for valgrind"

    def __init__(self, backend: Backend, name: str) -> None:
        super().__init__(backend, name)
        self._level = valgrind.LEVEL_OF[name]

    @property
    def events(self) -> tuple[str, ...]:
        """The run for L3 is for L3 alone."""
        if self._level == 3:
            return ("l3_misses",)
        return tuple(event for event in self.backend.events if event != "l3_misses")

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.counting("callgrind", task.map, task.hash, task.part)

    def program(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See CountingStage."""
        first = valgrind.geometry(plan.cache.value, 1)
        return [
            "valgrind",
            "--quiet",
            "--tool=callgrind",
            "--cache-sim=yes",
            "--collect-atstart=no",
            f"--I1={first}",
            f"--D1={first}",
            f"--LL={valgrind.geometry(plan.cache.value, self._level)}",
            # By process: one that forks would write over its own dumps.
            f"--callgrind-out-file={dumps_of(output.resolve())}.%p",
            f"./{self.binary(task, catalogue)}",
            "--callgrind",
        ]

    def read_further(self, document: Any, output: Path) -> None:
        """The totals of callgrind's dumps, by benchmark."""
        if dumps := read_dumps(dumps_of(output)):
            document[KEY] = dumps

    def description(self, document: Any) -> dict[str, Any]:
        """The calibration: the binary knows only what the dumps should say."""
        expectations = super().description(document).get("calibration", [])
        return {"calibration": calibrated(self, expectations, document.get(KEY, {}))}

    def cells(self, document: Any, name: str, entry: dict[str, Any], withheld: dict[str, str]) -> Cells:
        """From the dump of a benchmark. Raises BadOutput."""
        ops = entry.get("ops")
        if not isinstance(ops, int | float) or not ops > 0:
            raise BadOutput(f"ops is {ops!r}, expected a number above 0")
        values = self.readings(document.get(KEY, {}).get(name, {}), ops)
        counted = {event: known(values[event]) if event in values else unknown(NOTHING) for event in self.events}
        return counted | only(withheld, self.events)

    def readings(self, totals: dict[str, int], ops: float) -> dict[str, float]:
        """Events per operation. Empty when nothing was collected: a dump of zeroes is no reading."""
        if not totals.get("Ir"):
            return {}
        last_level = (totals["DLmr"] + totals["DLmw"]) / ops
        if self._level == 3:
            return {"l3_misses": last_level}
        return {
            "instructions": totals["Ir"] / ops,
            "loads": totals["Dr"] / ops,
            "stores": totals["Dw"] / ops,
            "l1_misses": (totals["D1mr"] + totals["D1mw"]) / ops,
            "l2_misses": last_level,
        }


def dumps_of(output: Path) -> Path:
    """Where callgrind puts its dumps for a process that writes to `output`: this name with a number."""
    return output.with_suffix(".callgrind")


def read_dumps(dumps: Path) -> dict[str, dict[str, int]]:
    """Benchmark name to its event totals, of every dump that was asked for by name."""
    found = {}
    for path in sorted(dumps.parent.glob(f"{dumps.name}.*")):
        text = path.read_text(errors="replace")
        if trigger := TRIGGER.search(text):
            names = re.search(r"^events: (.*)$", text, re.MULTILINE)
            totals = re.findall(r"^totals: (.*)$", text, re.MULTILINE)
            if names and totals:
                counts = [int(word) for word in totals[-1].split()]
                keys = names[1].split()
                # Trailing zeroes are not written.
                found[trigger[1]] = dict(zip(keys, counts + [0] * (len(keys) - len(counts)), strict=True))
    return found


def calibrated(
    stage: CallgrindStage, expectations: list[dict[str, Any]], dumps: dict[str, Any]
) -> list[dict[str, Any]]:
    """What the binary expected of its kernels, with what the dumps say of them; of one stage's events."""
    results = []
    for wanted in expectations:
        read = stage.readings(dumps.get(f"calibration/{wanted['kernel']}", {}), 1).get(wanted["event"])
        if wanted["event"] not in stage.events:
            continue
        if read is None:
            results.append(wanted | {"reason": NOTHING})
            continue
        off = read - wanted["expected"]
        if wanted.get("relation") == ">=":
            off = min(0.0, off)
        error = off / (wanted["expected"] or wanted.get("steps") or 1)
        results.append(wanted | {"read": read, "error": error, "accepted": abs(error) <= TOLERANCE})
    return results
