"""One CPU for the measured process, and the runner kept off it."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mapscope.errors import UsageError
from mapscope.fact import Fact, known, unknown

PR_SET_PDEATHSIG = 1
CAN_PIN = hasattr(os, "sched_setaffinity")


def choose_cpu(requested: int | None) -> tuple[int | None, Fact]:
    """The CPU to pin to and that choice as a recorded fact.

    Without a request it is the last one allowed, as interrupts prefer the first.
    Raises UsageError when the requested CPU is not among those this process may use.
    """
    if not CAN_PIN:
        if requested is not None:
            raise UsageError("--cpu (CPU): this operating system cannot pin a process to a CPU; leave it out")
        return None, unknown("this operating system offers no sched_setaffinity")
    allowed = sorted(os.sched_getaffinity(0))
    if requested is not None and requested not in allowed:
        listed = ", ".join(map(str, allowed))
        raise UsageError(f"--cpu (CPU): CPU {requested} is not usable here; available: {listed}")
    cpu = requested if requested is not None else allowed[-1]
    try:
        os.sched_setaffinity(0, {cpu})
        os.sched_setaffinity(0, allowed)
    except OSError as error:
        return None, unknown(f"the kernel refused to pin to CPU {cpu}: {error.strerror}")
    return cpu, known(cpu)


@contextmanager
def kept_off(cpu: int | None) -> Iterator[None]:
    """While it lasts, this process leaves `cpu` to the measured one if there is another."""
    if cpu is None or os.sched_getaffinity(0) == {cpu}:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before - {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def on_cpu(cpu: int | None) -> Iterator[None]:
    """While it lasts, this process runs on `cpu` if given, and so does for ever what it starts.

    Starting a process so takes no code between fork and exec (child_setup), which costs 7 ms: the whole of
    this process is copied for it.
    """
    if cpu is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def spread(pid: int, cpu: int | None) -> None:
    """Let a process that is pinned to `cpu` run on this one's CPUs as well."""
    if cpu is not None:
        _set_affinity(pid, os.sched_getaffinity(0) | {cpu})


def pin(pid: int, cpu: int | None) -> None:
    """Back to `cpu`."""
    if cpu is not None:
        _set_affinity(pid, {cpu})


def _set_affinity(pid: int, cpus: set[int]) -> None:
    with suppress(ProcessLookupError):  # its end is told elsewhere
        os.sched_setaffinity(pid, cpus)


def offer_to_oom_killer(pid: int) -> None:
    """Rather that process than this one: a courtesy, without which the run is merely easier to lose."""
    with suppress(OSError):
        Path(f"/proc/{pid}/oom_score_adj").write_text("1000")


def child_setup(cpu: int | None) -> Callable[[], None]:
    """What the measured process does to itself between fork and exec.

    It pins itself, dies with the runner (an orphan would disturb the resumed run), and
    offers itself to the out-of-memory killer before the runner.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    oom_score = Path("/proc/self/oom_score_adj")

    def setup() -> None:
        if cpu is not None:
            os.sched_setaffinity(0, {cpu})
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        with suppress(OSError):  # a courtesy: without it the run is merely easier to lose
            oom_score.write_text("1000")

    return setup


def free_cpus() -> int:
    """How many processes may run at once when nothing is timed."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
