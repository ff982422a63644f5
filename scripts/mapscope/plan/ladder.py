"""The latency ladder in a plan: over how many bytes dependent loads are timed, in which rounds, and for how long."""

from __future__ import annotations

from mapscope.plan.build import Catalogue, sha256
from mapscope.plan.records import Environment, LadderPlan

SECONDS = 5
"""Of one process; there are two in a run, so that it takes at most ten. What is not reached has a reason."""
PASSES = 5
LEAST_BYTES, LEAST_TOP, MOST_BYTES = 2**10, 2**26, 2**30
BEYOND = 4
"""The largest working set is so many times the last cache: hardly a load then finds its line there."""
SHARE_OF_MEMORY = 8
PAGES = (16, 2**14)
LEAST_SIZES, LEAST_RANGE = 3, 4
"""A run draws times over working sets where it has so many sizes, and the largest is so many times the smallest."""


def plan_ladder(catalogue: Catalogue, environment: Environment, sizes: list[int]) -> LadderPlan:
    """The field `ladder` of the plan of a run at these sizes."""
    if catalogue.ladder is None:
        return without_ladder("the build has no ladder")
    binary = catalogue.directory / catalogue.ladder
    if not binary.is_file():
        return without_ladder(f"{catalogue.ladder} is not built")
    if len(sizes) < LEAST_SIZES or max(sizes) < LEAST_RANGE * min(sizes):
        return without_ladder(
            f"not needed by fewer than {LEAST_SIZES} sizes, or by sizes that differ by less than {LEAST_RANGE} times"
        )
    caches = environment.data_caches
    last = max((cache.bytes for cache in caches), default=0)
    top = min(max(last * BEYOND, LEAST_TOP), MOST_BYTES, environment.memory_bytes // SHARE_OF_MEMORY)
    return LadderPlan(
        reason=None,
        binary_sha256=sha256(binary),
        line_bytes=next((cache.line_bytes for cache in caches if cache.line_bytes), 64),
        passes=PASSES,
        sizes=working_set_bytes(last, top),
        pages=half_octaves(*PAGES),
    )


def without_ladder(reason: str) -> LadderPlan:
    """The same where it is not measured."""
    return LadderPlan(reason, None, None, None, [], [])


def is_measured_in(round_number: int, rounds: int) -> bool:
    """Whether a round, from 1, begins with it: the first and the last do, as far apart as can be."""
    return round_number in (1, rounds)


def working_sets(planned: LadderPlan) -> list[tuple[str, int]]:
    """Layout and number of lines of each rung."""
    packed = [("packed", size // planned.line_bytes) for size in planned.sizes] if planned.line_bytes else []
    return [("spread", pages) for pages in planned.pages] + packed


def working_set_bytes(last_cache: int, top: int) -> list[int]:
    """Half octaves as far as the last cache; beyond it, where they are dear and differ little, octaves."""
    found = half_octaves(LEAST_BYTES, top)
    return [size for size in found if size <= last_cache or size & (size - 1) == 0] if last_cache else found


def half_octaves(start: int, top: int) -> list[int]:
    """start, 1.5 start, 2 start, 3 start, ... as far as top."""
    found = []
    while start <= top:
        found += [start, *([start * 3 // 2] if start * 3 // 2 <= top else [])]
        start *= 2
    return found
