"""From turns to the figure of a process: a robust centre, and how far two maps are apart inside the same turns.

A turn is a fraction of a millisecond of passes of one map; the turns of the maps of a block follow one another, in an
order drawn anew each time. What the machine does in a hundredth of a second falls on all of them, so that a ratio taken
inside a turn is free of it. Turns in which another program took the CPU are left out where enough others remain, and
then a fifth at each end: an interruption spoils a turn and not the process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TRIMMED = 0.2
"""The share of turns that is left out at each end."""
LEAST_UNDISTURBED = 3


@dataclass(frozen=True)
class Turns:
    """Of one process and workload, in order."""

    times: Sequence[float]
    """In any unit."""
    disturbed: Sequence[bool]
    """Whether another program took the CPU."""
    paces: Sequence[float] = ()
    """How long a fixed piece of arithmetic took meanwhile, in any unit; empty where that is not known."""


def centre(turns: Turns) -> float:
    """The figure of a process, in the unit of the times: the trimmed mean of their logarithms."""
    logs, disturbed = np.log(turns.times), np.array(turns.disturbed, dtype=bool)
    return float(np.exp(np.mean(_trimmed(_believed(logs, disturbed)))))


def ratio(turns: Turns, others: Turns) -> float:
    """The centre of the ratios inside each turn that both have."""
    return float(np.exp(np.mean(_trimmed(_log_ratios(turns, others)))))


def _log_ratios(turns: Turns, others: Turns) -> np.ndarray:
    count = min(len(turns.times), len(others.times))
    logs = np.log(np.divide(turns.times[:count], others.times[:count]))
    disturbed = np.logical_or(turns.disturbed[:count], others.disturbed[:count])
    return _believed(logs, disturbed)


def _believed(logs: np.ndarray, disturbed: np.ndarray) -> np.ndarray:
    """Without what was disturbed, where enough remains."""
    left = logs[~disturbed]
    return left if len(left) >= LEAST_UNDISTURBED else logs


def _trimmed(values: np.ndarray) -> np.ndarray:
    cut = int(TRIMMED * len(values))
    return np.sort(values)[cut : len(values) - cut]
