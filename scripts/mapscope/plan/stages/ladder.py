"""The latency ladder: a process that times dependent loads, by the bytes that they are spread over. It belongs to no
map.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from mapscope.plan.build import Catalogue
from mapscope.plan.ladder import working_sets
from mapscope.plan.plan import Plan
from mapscope.plan.stages.collected import BadOutput, Collected, Parsed
from mapscope.plan.stages.stage import Stage, Task

FORMAT = "1"
KEY = "mapscope_ladder"
MEMORY = "straight from the kernel"


class LadderStage(Stage):
    """Its process measures the machine's latencies at the beginning of a round."""

    name = "ladder"
    predicts = False

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return str(catalogue.ladder)

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        planned = plan.ladder
        return [
            f"./{self.binary(task, catalogue)}",
            f"--sizes={','.join(map(str, planned.sizes))}",
            f"--pages={','.join(map(str, planned.pages))}",
            f"--line={planned.line_bytes}",
            f"--passes={planned.passes}",
            f"--seed={task.seed}",
            f"--out={output.resolve()}",
        ]

    def path(self, task: Task) -> Path:
        """`round-01/ladder.json`"""
        return Path(f"round-{task.round:02d}", "ladder.json")

    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """The document itself, once it is known to be the whole, sound answer to `argv`."""
        planned = plan.ladder
        if not isinstance(document, dict) or document.get(KEY) != FORMAT:
            raise BadOutput(f"not the output of ladder in format {FORMAT}")
        for field, value in (("seed", task.seed), ("line_bytes", planned.line_bytes)):
            if document.get(field) != value:
                raise BadOutput(f"field '{field}' is {document.get(field)!r}, expected {value!r}")
        rungs = document.get("rungs")
        wanted = working_sets(planned)
        if not isinstance(rungs, list) or [(r.get("layout"), r.get("lines")) for r in rungs] != wanted:
            raise BadOutput("field 'rungs' does not hold the working sets that were asked for")
        for rung in rungs:
            passes = rung.get("passes", [])
            if len(passes) != planned.passes or not all(
                isinstance(ns, int | float) and math.isfinite(ns) and ns > 0 for ns in passes
            ):
                raise BadOutput(f"passes over {rung['lines']} lines: expected {planned.passes} numbers above 0")
        return Parsed(MEMORY, document)

    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """See Stage."""
        collected.ladder[task.round] = parsed.results
