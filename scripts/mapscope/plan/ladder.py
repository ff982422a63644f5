"""The latency ladder in a run: what its process is to measure, whether its answer is sound, what becomes of it.

Each round (plan.climbs_every) begins with one process of `ladder`, which times loads that wait for one another, by the
bytes that they are spread over. It belongs to no map.
"""

from __future__ import annotations

import math
from statistics import median
from typing import Any

from mapscope.plan.build import Catalogue, sha256
from mapscope.plan.stages.benchmark_output import BadOutput
from mapscope.store import derived

FORMAT = "1"
KEY = "mapscope_ladder"
MEMORY = "straight from the kernel"
PASSES = 5
LEAST_BYTES, LEAST_TOP, MOST_BYTES = 2**10, 2**26, 2**30
BEYOND = 4
"""The largest working set is so many times the last cache: hardly a load then finds its line there."""
SHARE_OF_MEMORY = 8
PAGES = (16, 2**14)


def plan_ladder(catalogue: Catalogue, environment: dict[str, Any]) -> dict[str, Any]:
    """The field `ladder` of a plan."""
    if catalogue.ladder is None:
        return without_ladder("the build has no ladder")
    binary = catalogue.directory / catalogue.ladder
    if not binary.is_file():
        return without_ladder(f"{catalogue.ladder} is not built")
    caches = [cache for cache in environment["caches"] if cache["type"] != "Instruction"]
    wanted = max((cache["bytes"] for cache in caches), default=0) * BEYOND
    top = min(max(wanted, LEAST_TOP), MOST_BYTES, environment["memory_bytes"] // SHARE_OF_MEMORY)
    return {
        "reason": None,
        "binary_sha256": sha256(binary),
        "line_bytes": next((cache["line_bytes"] for cache in caches if cache["line_bytes"]), 64),
        "passes": PASSES,
        "sizes": half_octaves(LEAST_BYTES, top),
        "pages": half_octaves(*PAGES),
    }


def without_ladder(reason: str) -> dict[str, Any]:
    """The same where it is not measured."""
    return {"reason": reason, "binary_sha256": None, "line_bytes": None, "passes": None, "sizes": [], "pages": []}


def half_octaves(start: int, top: int) -> list[int]:
    """start, 1.5 start, 2 start, 3 start, ... as far as top."""
    found = []
    while start <= top:
        found += [start, *([start * 3 // 2] if start * 3 // 2 <= top else [])]
        start *= 2
    return found


def arguments(planned: dict[str, Any], seed: int) -> list[str]:
    """What the binary is told."""
    return [
        f"--sizes={','.join(map(str, planned['sizes']))}",
        f"--pages={','.join(map(str, planned['pages']))}",
        f"--line={planned['line_bytes']}",
        f"--passes={planned['passes']}",
        f"--seed={seed}",
    ]


def check_ladder(document: Any, planned: dict[str, Any], seed: int) -> None:
    """Raises BadOutput when the document is not the whole, sound answer to `arguments`."""
    if not isinstance(document, dict) or document.get(KEY) != FORMAT:
        raise BadOutput(f"not the output of ladder in format {FORMAT}")
    for field, value in (("seed", seed), ("line_bytes", planned["line_bytes"])):
        if document.get(field) != value:
            raise BadOutput(f"field '{field}' is {document.get(field)!r}, expected {value!r}")
    rungs = document.get("rungs")
    if not isinstance(rungs, list) or [(r.get("layout"), r.get("lines")) for r in rungs] != _wanted(planned):
        raise BadOutput("field 'rungs' does not hold the working sets that were asked for")
    for rung in rungs:
        passes = rung.get("passes", [])
        if len(passes) != planned["passes"] or not all(
            isinstance(ns, int | float) and math.isfinite(ns) and ns > 0 for ns in passes
        ):
            raise BadOutput(f"passes over {rung['lines']} lines: expected {planned['passes']} numbers above 0")


def latencies(planned: dict[str, Any], answers: dict[int, Any], rounds: int) -> list[dict[str, Any]]:
    """The field `latencies` of run.json from the answers by round: a rung's figure in one is the median of its passes."""
    if not answers:
        return []
    page = next(iter(answers.values()))["page_bytes"]
    found = []
    for at, (layout, lines) in enumerate(_wanted(planned)):
        times = [
            median(answers[number]["rungs"][at]["passes"]) if number in answers else None
            for number in range(1, rounds + 1)
        ]
        each = planned["line_bytes"] if layout == "packed" else page
        rung = {"layout": layout, "lines": lines, "bytes": lines * each, "rounds": times}
        found.append(rung | derived.describe(times))
    return found


def _wanted(planned: dict[str, Any]) -> list[tuple[str, int]]:
    packed = [("packed", size // planned["line_bytes"]) for size in planned["sizes"]]
    return [("spread", pages) for pages in planned["pages"]] + packed
