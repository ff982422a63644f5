"""The field `timed` of run.json: how much of the time for which the pinned CPU was ours went into timed passes, and how
often the core was ours as well."""

from __future__ import annotations

from typing import Any

from mapscope.plan.stages.stage import Task
from mapscope.plan.stages.time import BLOCK
from mapscope.store.sharing import ALONE


class Timed:
    """Adds up the blocks of the timed rounds, and the latency ladder, which runs before them."""

    def __init__(self) -> None:
        self._pinned = 0.0
        self._passes = 0.0
        self._paces: list[int] = []
        self._lowest: list[int] = []

    def add(self, task: Task, document: dict[str, Any], seconds: float) -> None:
        """One process with its raw file; of one that belongs to no round nothing."""
        if task.round is None:
            return
        self._pinned += document.get(BLOCK, {}).get("seconds", seconds)
        self._lowest += [document[BLOCK]["pace_ns"]] if BLOCK in document else []
        for entry in document.get("benchmarks", ()):
            self._passes += sum(ns for _, ns, *_ in entry.get("turns", ())) / 1e9
            self._paces += [pace for *_, pace in entry.get("turns", ())]

    @property
    def lowest_pace(self) -> int | None:
        """ns, of all processes so far."""
        return min(self._lowest, default=None)

    def document(self) -> dict[str, float | None]:
        """Seconds of the CPU, seconds of timed passes in them, and the share; the lowest pace, and the share of turns
        in which the core was ours alone. None before anything was timed."""
        lowest = self.lowest_pace
        alone = sum(pace <= ALONE * lowest for pace in self._paces) if lowest else 0
        return {
            "pinned_s": round(self._pinned, 3),
            "passes_s": round(self._passes, 3),
            "share": round(self._passes / self._pinned, 4) if self._pinned else None,
            "pace_ns": lowest,
            "alone": round(alone / len(self._paces), 4) if self._paces else None,
        }
