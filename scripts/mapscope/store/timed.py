"""The field `timed` of run.json: how much of the time for which the pinned CPU was ours went into timed passes."""

from __future__ import annotations

from typing import Any

from mapscope.plan.stages.stage import Task
from mapscope.plan.stages.time import BLOCK


class Timed:
    """Adds up the blocks of the timed rounds, and the latency ladder, which runs before them."""

    def __init__(self) -> None:
        self._pinned = 0.0
        self._passes = 0.0

    def add(self, task: Task, document: dict[str, Any], seconds: float) -> None:
        """One process with its raw file; of one that belongs to no round nothing."""
        if task.round is None:
            return
        self._pinned += document.get(BLOCK, {}).get("seconds", seconds)
        for entry in document.get("benchmarks", ()):
            self._passes += sum(ns for _, ns, _ in entry.get("turns", ())) / 1e9

    def document(self) -> dict[str, float | None]:
        """Seconds of the CPU, seconds of timed passes in them, and the share; None before anything was timed."""
        return {
            "pinned_s": round(self._pinned, 3),
            "passes_s": round(self._passes, 3),
            "share": round(self._passes / self._pinned, 4) if self._pinned else None,
        }
