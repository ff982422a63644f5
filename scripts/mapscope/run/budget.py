"""The time that a run may take."""

from __future__ import annotations

import math
import time
from datetime import datetime
from typing import Any

from mapscope.plan.plan import Plan

GROWTH_SHARE, COUNTING_SHARE, READING_SHARE = 0.10, 0.25, 0.12
"""What is kept of a budget for growing tables, for counting, and for lookups beside a writer, where they are planned.
The last takes 1.5 s a map and size."""


class Budget:
    """Of one stretch of work: what earlier ones have left."""

    def __init__(self, seconds: float | None) -> None:
        self._started = time.monotonic()
        self.seconds = seconds

    @property
    def elapsed(self) -> float:
        """Since it began."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float | None:
        """Seconds; None where there is no limit."""
        return None if self.seconds is None else max(0.0, self.seconds - self.elapsed)

    def has(self, seconds: float) -> bool:
        """Whether so many are left, and any at all."""
        return self.left is None or 0 < self.left >= seconds

    def share(self, part: float) -> float:
        """So much of the whole; infinite where there is no limit."""
        return math.inf if self.seconds is None else part * self.seconds


def for_rounds(plan: Plan, sessions: list[dict[str, Any]]) -> Budget:
    """For the timed rounds: the plan's, without what other parts of the run need and earlier sessions took."""
    total = plan.selection.budget_s
    if total is None:
        return Budget(None)
    kept = (
        (GROWTH_SHARE, plan.growth_passes),
        (COUNTING_SHARE, plan.counting_stages()),
        (READING_SHARE, plan.why_no_read_latency is None),
    )
    share = 1 - sum(part for part, is_planned in kept if is_planned)
    return Budget(max(0.0, share * total - sum(map(_length, sessions))))


def _length(session: dict[str, Any]) -> float:
    if not session["finished"]:
        return 0.0
    return (datetime.fromisoformat(session["finished"]) - datetime.fromisoformat(session["started"])).total_seconds()
