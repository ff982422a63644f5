"""The durations of all operations of a growing table, compressed: for whoever wants to look closer than run.json does.

`numpy.load(path)` gives `denoised` and `raw` (the first repetition), nanoseconds as 32-bit floats, one an operation.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mapscope.files import whole_file
from mapscope.plan.stages.benchmark_output import BadOutput

SUFFIX = ".trace"


def trace_of(output: Path) -> Path:
    """Where a process puts its durations that writes its JSON to `output`."""
    return output.with_suffix(SUFFIX)


def pack(written: Path, operations: int, kept: Path) -> None:
    """Check what a process wrote and keep it, whole or not at all. Raises BadOutput or OSError."""
    durations = np.fromfile(written, dtype="<f4")
    if durations.size != 2 * operations:
        raise BadOutput(f"the trace has {durations.size} durations, expected {2 * operations}")
    with whole_file(kept, "wb") as stream:
        np.savez_compressed(stream, denoised=durations[:operations], raw=durations[operations:])
