"""Where a table leaves each cache, in pictures over n: bands, named at their upper edge.

The measure is the same for all maps: the bytes of keys and values alone. What a map adds to them is its own.
"""

from __future__ import annotations

import math
from itertools import pairwise

from matplotlib.axes import Axes

from mapscope.analysis.fingerprint import size
from mapscope.plan.counters import HARDWARE
from mapscope.store.records import Run

SHADE, EDGE, NAME = "#f3f3f3", "#9a9a9a", "#6b6b6b"
BEYOND = "memory"
LETTER_INCHES = 0.011
"""Width of a letter for each point of its size: a name that does not fit its band is cut to `mem`, or left out."""


def cache_sizes(run: Run, source: str | None = None) -> dict[str, int]:
    """Bytes of each data cache in order: of the machine, or where `source` is a simulation, of its model."""
    if source is not None and source not in HARDWARE:
        levels = run.cache.value["levels"] if run.cache.value else []
        return {f"L{level['level']}": level["bytes"] for level in levels}
    return {f"L{cache.level}": cache.bytes for cache in run.environment.data_caches}


def bands(caches: dict[str, int], payload_bytes: float, low: float, high: float) -> list[tuple[str, float, float]]:
    """Name and ends, in n, of the regions that lie in part between `low` and `high`; none without any cache."""
    names = [*caches, BEYOND] if caches else []
    ends = [0.0, *(count / payload_bytes for count in caches.values()), math.inf]
    found = [(name, max(low, a), min(high, b)) for name, (a, b) in zip(names, pairwise(ends), strict=False)]
    return [(name, begin, end) for name, begin, end in found if begin < end]


def draw_bands(axes: Axes, caches: dict[str, int], payload_bytes: float, fontsize: float = 7.5) -> None:
    """Every second band is shaded, its ends are dotted. The limits of a logarithmic x axis must have been set."""
    low, high = axes.get_xlim()
    inches = axes.get_position().width * axes.figure.get_size_inches()[0]
    for name, begin, end in bands(caches, payload_bytes, low, high):
        if (*caches, BEYOND).index(name) % 2:
            axes.axvspan(begin, end, color=SHADE, linewidth=0, zorder=-1)
        if end < high:
            axes.axvline(end, color=EDGE, linewidth=0.8, linestyle=(0, (1, 2)), zorder=2.5)
        width = math.log(end / begin) / math.log(high / low) * inches
        shown = next((word for word in (name, name[:3]) if width > LETTER_INCHES * fontsize * len(word)), None)
        if shown is not None:
            axes.annotate(
                shown, (math.sqrt(begin * end), 1), xycoords=("data", "axes fraction"), xytext=(0, -2),
                textcoords="offset points", ha="center", va="top", fontsize=fontsize, color=NAME,
            )  # fmt: skip


def in_words(caches: dict[str, int]) -> str:
    """How to read the bands, for the foot; empty without any."""
    if not caches:
        return ""
    sizes = ", ".join(f"{name} {size(count)}" for name, count in caches.items())
    return f"Bands: the smallest cache that would hold keys and values alone ({sizes})."
