"""How fast the measured CPU can be: the lowest time of a fixed piece of arithmetic (harness/turns/pace.hpp) so far."""

from __future__ import annotations

import math


class Pace:
    """Learns from every answer. A process that has the core to itself is as fast as ever."""

    def __init__(self) -> None:
        self.lowest = math.inf

    @property
    def is_known(self) -> bool:
        """Whether there was an answer."""
        return math.isfinite(self.lowest)

    def learn(self, ns: float) -> None:
        """Of one answer."""
        self.lowest = min(self.lowest, ns)
