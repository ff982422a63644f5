"""How far one half of a growth's repetitions agrees with the other: the noise that denoising has left, from the
run itself. All repetitions together are nearer to the truth than either half.
"""

from __future__ import annotations

from mapscope.store.records import Growth

PLACES = {"p50": 0, "p90": 1, "p99": 2}
MAX = "max"
STEP = 1.02
"""Percentiles are reported within 1 %, so that a step of the clock may come out a little longer."""


def apart(row: Growth) -> dict[str, float] | None:
    """By name of a figure, the larger of both over the smaller, less 1.

    None where there was one repetition only, or the run is of a schema before 5; a figure of 0 ns is left out, and what
    is apart by no more than a step of the clock is not apart.
    """
    if len(row.denoised.halves) < 2:
        return None
    pairs = {name: [half.percentiles_ns[at] for half in row.denoised.halves] for name, at in PLACES.items()}
    pairs[MAX] = [half.max_ns for half in row.denoised.halves]
    step = STEP * row.clock.resolution_ns
    return {
        name: max(pair) / min(pair) - 1 if max(pair) - min(pair) > step else 0.0
        for name, pair in pairs.items() if min(pair) > 0
    }  # fmt: skip


def by_map(rows: list[Growth]) -> str | None:
    """Of each map, in words; None where none is known."""
    known = [(row.map, apart(row)) for row in rows]
    texts = [
        f"{name} {'/'.join(_percent(found.get(one)) for one in (*PLACES, MAX))} %" for name, found in known if found
    ]
    if not texts:
        return None
    figures = "/".join((*PLACES, MAX))
    return f"Split-half agreement: the two halves of the repetitions differ at {figures} by: {', '.join(texts)}"


def at_most(rows: list[Growth]) -> str | None:
    """Of the worst map, in words; None where none is known."""
    known = [found for row in rows if (found := apart(row))]
    if not known:
        return None
    middle = max((found[name] for found in known for name in PLACES if name in found), default=None)
    maximum = max((found[MAX] for found in known if MAX in found), default=None)
    return (
        f"the two halves of the repetitions differ by at most {_percent(middle)} % at p50, p90 and p99, "
        f"by {_percent(maximum)} % at the maximum"
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f}"
