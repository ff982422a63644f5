"""The latency ladder in a plan: over how many bytes dependent loads are timed, and in which rounds."""

from __future__ import annotations

from mapscope.plan.build import Catalogue, sha256
from mapscope.plan.records import Environment, LadderPlan

MOST_LADDERS = 10
PASSES = 5
LEAST_BYTES, LEAST_TOP, MOST_BYTES = 2**10, 2**26, 2**30
BEYOND = 4
"""The largest working set is so many times the last cache: hardly a load then finds its line there."""
SHARE_OF_MEMORY = 8
PAGES = (16, 2**14)


def plan_ladder(catalogue: Catalogue, environment: Environment) -> LadderPlan:
    """The field `ladder` of a plan."""
    if catalogue.ladder is None:
        return without_ladder("the build has no ladder")
    binary = catalogue.directory / catalogue.ladder
    if not binary.is_file():
        return without_ladder(f"{catalogue.ladder} is not built")
    caches = environment.data_caches
    wanted = max((cache.bytes for cache in caches), default=0) * BEYOND
    top = min(max(wanted, LEAST_TOP), MOST_BYTES, environment.memory_bytes // SHARE_OF_MEMORY)
    return LadderPlan(
        reason=None,
        binary_sha256=sha256(binary),
        line_bytes=next((cache.line_bytes for cache in caches if cache.line_bytes), 64),
        passes=PASSES,
        sizes=half_octaves(LEAST_BYTES, top),
        pages=half_octaves(*PAGES),
    )


def without_ladder(reason: str) -> LadderPlan:
    """The same where it is not measured."""
    return LadderPlan(reason, None, None, None, [], [])


def is_measured_in(round_number: int, rounds: int) -> bool:
    """Whether a round, from 1, begins with it: all of them do, but evenly MOST_LADDERS of many."""
    return (round_number - 1) % -(-rounds // MOST_LADDERS) == 0


def working_sets(planned: LadderPlan) -> list[tuple[str, int]]:
    """Layout and number of lines of each rung."""
    packed = [("packed", size // planned.line_bytes) for size in planned.sizes] if planned.line_bytes else []
    return [("spread", pages) for pages in planned.pages] + packed


def half_octaves(start: int, top: int) -> list[int]:
    """start, 1.5 start, 2 start, 3 start, ... as far as top."""
    found = []
    while start <= top:
        found += [start, *([start * 3 // 2] if start * 3 // 2 <= top else [])]
        start *= 2
    return found
