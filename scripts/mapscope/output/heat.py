"""The backgrounds of a heatmap: blue near the fastest, over yellow to red. Black text is readable on all of them.

The hues differ for colour-blind readers as well. The number in the cell says the same.
"""

from __future__ import annotations

from bisect import bisect_left

INK = "#000000"
LIMITS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0)
"""The largest ratio of each background but the last."""
BACKGROUNDS = ("#9fd0f0", "#d4e9f7", "#fdf3c4", "#fddc8a", "#fdb863", "#f68f55", "#ec6a5a")


def level(ratio: float) -> int:
    """The place in BACKGROUNDS."""
    return bisect_left(LIMITS, ratio)
