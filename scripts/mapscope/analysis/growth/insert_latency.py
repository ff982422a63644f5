"""Insert tail latency of a run in one figure a map: the maximum while a table grows from empty."""

from __future__ import annotations

from mapscope.store.records import Growth, Run
from mapscope.text import count_of, duration

GROWING = "growth/insert-first_touch"
"""The stage of the insert latencies: a table that grows from empty, in memory fresh from the kernel."""
FEW = 3
"""So many maps are named each; of more, the ends."""


def growing(run: Run) -> list[Growth]:
    """The first table that was timed insert by insert as it grew, one entry a map; empty when there is none."""
    rows = [row for row in run.growth if row.stage == GROWING]
    return [row for row in rows if (row.kv, row.n) == (rows[0].kv, rows[0].n)]


def sentence(run: Run, named: tuple[str, ...] | None = None) -> str:
    """The maxima of the `named` maps (None: of all) and the range of the others'; empty where nothing was measured."""
    rows = sorted(growing(run), key=_maximum)
    if not rows:
        return ""
    own = [row for row in rows if named is None or row.map in named]
    others = [row for row in rows if row not in own]
    parts = [_figure(row) for row in own]
    if len(others) > FEW:
        fewest, most = others[0], others[-1]
        parts.append(
            f"the others {duration(_maximum(fewest))} ({fewest.map}) to {duration(_maximum(most))} ({most.map})"
        )
    else:
        parts += [_figure(row) for row in others]
    first = rows[0]
    return (
        f"Maximum insert latency of {first.n:,} inserts ({first.kv}, shortest time of "
        f"{count_of(first.repetitions, 'repetition')}): {', '.join(parts)}."
    )


def _maximum(row: Growth) -> float:
    return row.denoised.inserts.max_ns


def _figure(row: Growth) -> str:
    return f"{row.map} {duration(_maximum(row))}"
