"""The field `latencies` of run.json: what the latency ladder measured, by rung."""

from __future__ import annotations

from statistics import median
from typing import Any

from mapscope.plan.ladder import working_sets
from mapscope.plan.records import LadderPlan
from mapscope.store import derived


def latencies(planned: LadderPlan, answers: dict[int, Any], rounds: int) -> list[dict[str, Any]]:
    """From the answers by round: a rung's figure in one is the median of its passes, ns of a dependent load. A rung
    for which no round had time is left out.
    """
    if not answers:
        return []
    page = next(iter(answers.values()))["page_bytes"]
    found = []
    for at, (layout, lines) in enumerate(working_sets(planned)):
        passes = [
            answers[number]["rungs"][at]["passes"] if number in answers else [] for number in range(1, rounds + 1)
        ]
        if any(passes):
            times = [median(each) if each else None for each in passes]
            bytes_each = planned.line_bytes if layout == "packed" else page
            rung = {"layout": layout, "lines": lines, "bytes": lines * bytes_each, "rounds": times}
            found.append(rung | derived.describe(times))
    return found
