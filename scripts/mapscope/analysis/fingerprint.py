"""What a run's times depend on beside the code: the machine, and how the binaries were built.

Hardware that differs makes absolute times incomparable. Anything else that differs is listed beside
the ratio: it may be what the ratio is of.
"""

from __future__ import annotations

from collections.abc import Sequence

from mapscope.fact import Fact
from mapscope.store.records import Run
from mapscope.text import count_of

HARDWARE = ("CPU", "architecture", "caches")
"""The facts of `fingerprint` that must agree before two times may be divided."""


def fingerprint(run: Run) -> dict[str, str]:
    """Facts by their names, as words; the same words, the same conditions."""
    environment, build = run.environment, run.build
    return {
        "CPU": environment.cpu_model,
        "architecture": environment.architecture,
        "caches": caches(run),
        "host": environment.hostname,
        "hypervisor": _fact(environment.virtualisation),
        "kernel": environment.kernel,
        "governor": _fact(environment.governor),
        "turbo": _fact(environment.turbo),
        "huge pages": _fact(environment.transparent_hugepage),
        "compiler": build.compiler,
        "flags": f"{build.build_type}, {build.flags}",
        "libraries": ", ".join(f"{name} {version}" for name, version in sorted(build.libraries.items())),
        "memory regime": run.selection.memory,
        "threads run on": count_of(run.cpus, "CPU") if run.is_concurrent else "one CPU",
    }


def caches(run: Run) -> str:
    """`L1 32 KiB, L2 512 KiB, L3 32 MiB`: those that hold data."""
    found = [f"L{cache.level} {size(cache.bytes)}" for cache in run.environment.data_caches]
    return ", ".join(found) or "unknown"


def size(count: int) -> str:
    """Bytes in the largest unit that does not make them a fraction of one."""
    for scale, unit in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if count >= scale:
            return f"{count / scale:g} {unit}"
    return f"{count} B"


def differences(a: Sequence[Run | None], b: Sequence[Run | None]) -> tuple[list[str], list[str]]:
    """How the runs of two sides differ, in words: in hardware, and in the rest. A run that does not
    say (Google Benchmark's file) is skipped."""
    runs_a, runs_b = ([fingerprint(run) for run in side if run is not None] for side in (a, b))
    if not runs_a or not runs_b:
        return [], []
    hardware, rest = [], []
    for fact in runs_a[0]:
        in_a, in_b = (sorted({run[fact] for run in side}) for side in (runs_a, runs_b))
        if in_a != in_b:
            reported = f"{fact}: {' and '.join(in_a)} against {' and '.join(in_b)}"
            (hardware if fact in HARDWARE else rest).append(reported)
    return hardware, rest


def _fact(fact: Fact) -> str:
    return "unknown" if fact.value is None else str(fact.value)
