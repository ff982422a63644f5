"""Carries out a plan: one process at a time, each kept at once, none able to spoil the others."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapscope import load, report
from mapscope.assemble import failure
from mapscope.benchmark_json import BadOutput, memory_of, read_output
from mapscope.build import Catalogue
from mapscope.environment import describe_moment, stolen_ms, waited_ms
from mapscope.errors import DocumentError, Interrupted, MapscopeError, RunStopped
from mapscope.folder import RunFolder
from mapscope.pinning import child_setup, kept_off
from mapscope.plan import Plan, Task
from mapscope.progress import Display
from mapscope.text import now

TIMEOUT_S = 1800
"""A process that takes longer hangs."""
TICK_S = 0.5
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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


def execute(plan: Plan, folder: RunFolder, catalogue: Catalogue, cpu: int | None, display: Display) -> dict[str, Any]:
    """Run what is missing of `plan` and return run.json as it then is.

    A failing process is recorded and the run goes on. Raises Interrupted after a signal and
    RunStopped on a full disk; what had finished is kept in both cases.
    """
    folder.temporary().unlink(missing_ok=True)
    number = len(load.read_records(folder.sessions)) + 1
    session: dict[str, Any] = {
        "started": now(), "finished": None, "outcome": None, "before": describe_moment(cpu), "after": None,
    }  # fmt: skip
    report.write_session(folder, number, session)

    def close_session(outcome: str) -> dict[str, Any]:
        report.write_session(
            folder, number, session | {"finished": now(), "outcome": outcome, "after": describe_moment(cpu)}
        )
        return report.write_run(folder, plan)

    try:
        with _stopped_by_signals(), kept_off(cpu), display:
            previous = None
            for task in folder.missing(plan):
                if previous is not None and task.round != previous:
                    report.write_run(folder, plan)
                previous = task.round
                started = time.monotonic()
                if problem := _measure(task, plan, folder, catalogue, cpu, display):
                    report.keep_failure(folder, task, problem)
                    display.note(f"failed: {task}: {problem['message']}")
                display.done(task, time.monotonic() - started)
    except MapscopeError as error:
        with suppress(RunStopped):  # on a full disk; the raw files are there, and resuming assembles them
            close_session("interrupted" if isinstance(error, Interrupted) else "stopped")
        raise
    return close_session("finished")


def command(task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
    """The command line of one process, to be started in the build directory.

    The path is relative, so that stored results carry no trace of where somebody's sources lie.
    """
    return [
        f"./{catalogue.binaries[task.map]}",
        f"--workloads={','.join(plan.selection['workloads'])}",
        f"--kv={task.kv}",
        f"--hash={','.join(plan.hashes_of(task.map))}",
        f"--sizes={task.n}",
        f"--seed={task.seed}",
        f"--memory={plan.selection['memory']}",
        f"--benchmark_out={output.resolve()}",
        "--benchmark_out_format=json",
        f"--benchmark_min_time={plan.selection['min_time_s']}",
    ]


def _measure(
    task: Task, plan: Plan, folder: RunFolder, catalogue: Catalogue, cpu: int | None, display: Display
) -> dict[str, Any] | None:
    """Run one process and keep its output; or return why there is none, as an entry of `failures`."""
    output = folder.temporary()
    try:
        ended = _spawn(task, command(task, plan, catalogue, output), catalogue.directory, cpu, display)
        if ended.timed_out:
            return failure(task, "timeout", f"still running after {TIMEOUT_S} s", stderr=ended.stderr)
        try:
            document = load.read_json(output)
            _, problems = read_output(document, plan, task)
        except (DocumentError, BadOutput) as error:
            if report.disk_is_full(folder):
                raise RunStopped(f"no space left on the device of {folder.path}") from None
            return _explain(task, ended, str(error))
        tells_itself = ended.exit_code == 1 and problems  # a wrong answer, which the output names
        if ended.exit_code != 0 and not tells_itself:
            return _explain(task, ended, "")
        report.keep_raw(folder, task, document, ended.process | {"memory": memory_of(document)})
        return None
    finally:
        output.unlink(missing_ok=True)


def _explain(task: Task, ended: Ended, unusable: str) -> dict[str, Any]:
    """Why a process gave nothing, the most telling fact first."""
    stderr = ended.stderr or None
    if ended.exit_code < 0:
        try:
            name = signal.Signals(-ended.exit_code).name
        except ValueError:
            name = f"signal {-ended.exit_code}"
        hint = ", perhaps out of memory" if name == "SIGKILL" else ""
        return failure(task, "crash", f"killed by {name}{hint}", signal_name=name, stderr=stderr)
    if ended.exit_code > 0:
        message = f"ended with exit code {ended.exit_code}" + (f": {stderr}" if stderr else "")
        return failure(task, "crash", message, exit_code=ended.exit_code, stderr=stderr)
    return failure(task, "bad_output", unusable, exit_code=0, stderr=stderr)


def _spawn(task: Task, arguments: list[str], directory: Path, cpu: int | None, display: Display) -> Ended:
    """Run to the end, to the timeout, or to a signal, upon which the child is killed and Interrupted passes on."""
    stolen = stolen_ms(cpu)
    began, started = now(), time.monotonic()
    timed_out = False
    with tempfile.TemporaryFile() as stderr:
        try:
            child = subprocess.Popen(
                arguments,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,  # Ctrl-C is ours to pass on
                preexec_fn=child_setup(cpu),
            )
        except (OSError, subprocess.SubprocessError) as error:
            return Ended(127, False, f"cannot be started: {error}", {})
        try:
            with _end_of(child) as has_ended:
                while not has_ended(TICK_S):
                    display.tick(task)
                    if time.monotonic() - started > TIMEOUT_S:
                        timed_out = True
                        child.kill()
            seconds = time.monotonic() - started
            waited = waited_ms(child.pid)  # while it is still a zombie
        finally:
            child.kill()  # no effect on one that has ended
            child.wait()
        display.tick(task)
        stderr.seek(0)
        lines = stderr.read().decode(errors="replace").strip().splitlines()
    stolen_after = stolen_ms(cpu)
    return Ended(
        exit_code=child.returncode,
        timed_out=timed_out,
        stderr=lines[-1].strip()[:500] if lines else "",
        process={
            "round": task.round,
            "kv": task.kv,
            "n": task.n,
            "map": task.map,
            "position": task.position,
            "command": [word for word in arguments if not word.startswith("--benchmark_out=")],
            "started": began,
            "seconds": round(seconds, 3),
            "waited_ms": waited,
            "stolen_ms": round(stolen_after - stolen, 1) if stolen is not None and stolen_after is not None else None,
        },
    )


@contextmanager
def _end_of(child: subprocess.Popen[bytes]) -> Iterator[Callable[[float], bool]]:
    """A function that waits up to some seconds and tells whether `child` has ended.

    Where the kernel offers a descriptor for it, the end is noticed at once and the child
    not yet reaped, so that its accounts can still be read.
    """
    try:
        descriptor = os.pidfd_open(child.pid)
    except (AttributeError, OSError):

        def poll(seconds: float) -> bool:
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                return False
            return True

        yield poll
        return
    try:
        yield lambda seconds: bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """While it lasts, the stop signals raise Interrupted; a second one cannot disturb the clearing up."""

    def stop(signum: int, frame: object) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Interrupted(signum)

    before = {each: signal.signal(each, stop) for each in STOP_SIGNALS}
    interrupted = False
    try:
        yield
    except Interrupted:
        interrupted = True
        raise
    finally:
        if not interrupted:
            for each, handler in before.items():
                signal.signal(each, handler)
