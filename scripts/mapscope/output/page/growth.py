"""What a run that watched its tables grow holds, as lines to be drawn; a run of an older schema holds none."""

from __future__ import annotations

from typing import Any

from mapscope.analysis.growth.draining import drain_of
from mapscope.analysis.split_half import at_most
from mapscope.plan.growth import PREFIX
from mapscope.store.records import Run
from mapscope.text import count_of

TIMELINE = (("maximum", 3), ("99th percentile", 2), ("median", 1))
"""Columns of a timeline's spans, after the first operation of each."""


def lines_of(run: Run, number: int) -> list[dict[str, Any]]:
    """One entry a map, pass and thing shown: `points` are pairs of x and ns, as run.json has them.

    Of a timeline, x is an operation; of a distribution, the share of all that take longer.
    """
    result = []
    for entry in run.growth:
        about = {"run": number, "map": entry.map, "kv": entry.kv, "stage": f"{entry.stage}, n = {entry.n:,}"}
        spans = entry.denoised.timeline
        shown = [(f"timeline: {name}", "operation", [[max(1, s[0]), s[at]] for s in spans]) for name, at in TIMELINE]
        shown.append(("single operations, by share", "share", _beyond(entry.denoised.curve)))
        shown += [
            (f"open loop, {each.name}, {each.arrivals} arrivals", "share", _beyond(each.curve))
            for each in entry.open_loop
        ]
        result += [about | {"shown": name, "axis": axis, "points": points} for name, axis, points in shown if points]
    return result


def drains(runs: list[Run], letters: list[str]) -> list[dict[str, Any]]:
    """A table for each growth around which operations were timed; a run is named by its letter if there are several."""
    return [
        {
            "title": drain.title,
            "of": ", ".join([entry.kv, entry.stage.removeprefix(PREFIX), *([letter] if len(letters) > 1 else [])]),
            "lines": drain.lines,
        }
        for letter, run in zip(letters, runs, strict=True)
        for entry in run.growth
        if (drain := drain_of(entry)) is not None
    ]


def sentence(runs: list[Run]) -> str:
    """What there is to be seen; or that there is nothing."""
    rows = [row for run in runs for row in run.growth]
    if not rows:
        return "None of these runs recorded single growths or open-loop response times."
    events = sum(len(row.events) for row in rows)
    return (
        f"{count_of(len(rows), 'table')} were measured while growing, {count_of(events, 'growth')} in all. Of "
        "each operation the "
        "shortest time of all repetitions is taken. Open loop: what an operation would have taken, waiting included, "
        "had operations arrived at that rate whether or not the one before was done."
        f"{f' Remaining noise: {left}.' if (left := at_most(rows)) else ''}"
    )


def _beyond(curve: list[list[float]]) -> list[list[float]]:
    """Pairs of a share and the duration it does not exceed, as the share that takes longer; without its end, zero."""
    return [[1 - share, ns] for share, ns in curve if share < 1 and ns > 0]
