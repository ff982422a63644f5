"""One process from start to end: pinned or not, watched, timed, and gone when the runner goes."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import connection
from pathlib import Path
from typing import Any

from mapscope.plan.environment import stolen_ms, waited_ms
from mapscope.plan.stages.stage import Task
from mapscope.run.conversation import Conversation
from mapscope.run.pinning import child_setup, offer_to_oom_killer, on_cpu
from mapscope.text import now

TIMEOUT_S = 1800
"""A process that takes longer, or as long for one answer, hangs."""
POLL_S = 0.02
NOT_OURS_TO_TELL = (
    "--benchmark_out=",
    "--callgrind-out-file=",
    "--growth-out=",
    "--growth-trace=",
    "--out=",
    "--read-latency=",
    "--table-memory=",
    "--growth-turns",
    "--baton=",
    "--answers-are-checked",
)
"""Words that would say where somebody's results are, or have the process wait for a turn that nobody gives."""


@dataclass(frozen=True)
class Ended:
    """How one process ended."""

    exit_code: int
    """Negative: the signal that killed it, as in subprocess."""
    timed_out: bool
    stderr: str
    """Its last non-empty line."""
    process: dict[str, Any]
    """The entry of `processes` in run.json."""


class Turn:
    """While a process is at work."""

    def __init__(self, cpu: int | None) -> None:
        self._cpu = cpu
        self._stolen = stolen_ms(cpu)
        self._started, self._ended = time.monotonic(), None
        self.stolen: float | None = None
        """ms that the hypervisor took; None where that is not reported, and before the end."""

    @property
    def seconds(self) -> float:
        """How long it has been, or was."""
        return (self._ended or time.monotonic()) - self._started

    def end(self) -> None:
        """Now."""
        self._ended = time.monotonic()
        stolen = stolen_ms(self._cpu)
        self.stolen = None if stolen is None or self._stolen is None else stolen - self._stolen


class Child:
    """A process that has been started for a task. Raises OSError or SubprocessError when it cannot be."""

    def __init__(
        self,
        task: Task,
        arguments: list[str],
        directory: Path,
        cpu: int | None,
        shared: Sequence[int] | None = None,
    ) -> None:
        """With `shared`, the descriptors that it shares with others, it is talked to: see Conversation."""
        self.task = task
        self._arguments = arguments
        self._cpu = cpu
        self._turns = [Turn(cpu)]
        self._began = now()
        self._awaited = time.monotonic()
        self._timed_out = False
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed by finish and abandon)
        everyday = {"cwd": directory, "stderr": self._stderr, "start_new_session": True}  # Ctrl-C is ours to pass on
        try:
            if shared is None:
                self._popen = subprocess.Popen(
                    arguments,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    preexec_fn=child_setup(cpu),
                    **everyday,
                )
            else:
                with on_cpu(cpu):
                    self._popen = subprocess.Popen(
                        arguments,
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        bufsize=0,
                        pass_fds=shared,
                        **everyday,
                    )
                offer_to_oom_killer(self._popen.pid)
        except BaseException:
            self._stderr.close()
            raise
        self.descriptor = _descriptor_of(self._popen.pid)
        self.talk = None if shared is None else Conversation(self._popen)

    @property
    def pid(self) -> int:
        """Of a process that is not reaped yet."""
        return self._popen.pid

    @property
    def seconds(self) -> float:
        """Since it was started, without the times when it rested."""
        return sum(turn.seconds for turn in self._turns)

    def has_ended(self) -> bool:
        """Whether it has; it is not reaped yet, so that its accounts can still be read."""
        return os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def rests(self) -> bool:
        """Whether it has stopped itself; reported once for each time."""
        try:
            stopped = os.waitid(os.P_PID, self._popen.pid, os.WSTOPPED | os.WNOHANG) is not None
        except ChildProcessError:  # it has ended
            stopped = False
        if not stopped:
            return False
        self._turns[-1].end()
        return True

    def go_on(self) -> None:
        """Its next turn."""
        self._turns.append(Turn(self._cpu))
        self._popen.send_signal(signal.SIGCONT)

    def is_awaited(self) -> None:
        """From now on: a process that is talked to may live longer than one that is overdue takes to answer."""
        self._awaited = time.monotonic()

    def kill_when_overdue(self) -> None:
        """The timeout; its end is then noticed like any other."""
        if min(self.seconds, time.monotonic() - self._awaited) > TIMEOUT_S:
            self._timed_out = True
            self._popen.kill()

    def abandon(self) -> None:
        """Kill it and forget it."""
        self._popen.kill()  # no effect on one that has ended
        self._popen.wait()
        if self.talk:
            self.talk.close()
        self._stderr.close()
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def finish(self) -> Ended:
        """The accounts of a process that has ended."""
        waited = waited_ms(self._popen.pid)  # while it is still a zombie
        self._turns[-1].end()
        stolen = [turn.stolen for turn in self._turns]
        self._stderr.seek(0)
        lines = self._stderr.read().decode(errors="replace").strip().splitlines()
        self.abandon()
        task = self.task
        return Ended(
            exit_code=self._popen.returncode,
            timed_out=self._timed_out,
            stderr=lines[-1].strip()[:500] if lines else "",
            process={
                **task.identity,
                "command": [word for word in self._arguments if not word.startswith(NOT_OURS_TO_TELL)],
                "started": self._began,
                "seconds": round(self.seconds, 3),
                "waited_ms": waited,
                "stolen_ms": None if None in stolen else round(sum(stolen), 1),
            },
        )


def ended_among(children: list[Child], seconds: float) -> list[Child]:
    """Those that have ended, waiting up to `seconds` for the first of them.

    Where the kernel offers descriptors of processes, an end is noticed at once.
    """
    descriptors = [child.descriptor for child in children]
    if None not in descriptors:
        ready = connection.wait(descriptors, seconds)
        return [child for child in children if child.descriptor in ready]
    deadline = time.monotonic() + seconds
    while not (ended := [child for child in children if child.has_ended()]) and time.monotonic() < deadline:
        time.sleep(POLL_S)
    return ended


def _descriptor_of(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None
