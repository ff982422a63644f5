"""Carries out a plan: every process kept at once, none able to spoil the others.

What needs a CPU to itself runs alone, first the rounds, then growth and hardware counters. What is
simulated comes last and shares all CPUs: nothing in it is timed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import groupby
from typing import Any

from mapscope.errors import DocumentError, Interrupted, MapscopeError, RunStopped
from mapscope.plan.argv import command, dumps_of
from mapscope.plan.build import Catalogue
from mapscope.plan.counters import runs_pinned
from mapscope.plan.environment import describe_moment
from mapscope.plan.growth import is_growth
from mapscope.plan.ladder import MEMORY, check_ladder
from mapscope.plan.plan import LADDER, Plan, Task
from mapscope.plan.stages import callgrind
from mapscope.plan.stages.benchmark_output import BadOutput, memory_of, read_output
from mapscope.plan.stages.counter_output import read_counters
from mapscope.plan.stages.growth_output import check_growth
from mapscope.plan.stages.growth_trace import pack, trace_of
from mapscope.run.pinning import kept_off
from mapscope.run.process import TIMEOUT_S, Child, Ended, ended_among
from mapscope.run.progress import Display
from mapscope.store import load, write
from mapscope.store.assemble import failure
from mapscope.store.folder import RunFolder
from mapscope.text import now

TICK_S = 0.5
REST_POLL_S = 0.05
"""What may be lost between two turns."""
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def execute(plan: Plan, folder: RunFolder, catalogue: Catalogue, cpu: int | None, display: Display) -> dict[str, Any]:
    """Run what is missing of `plan` and return run.json as it then is.

    A failing process is recorded and the run goes on. Raises Interrupted after a signal and
    RunStopped on a full disk; what had finished is kept in both cases.
    """
    clear_leftovers(folder)
    number = len(load.read_records(folder.sessions)) + 1
    session: dict[str, Any] = {
        "started": now(), "finished": None, "outcome": None, "before": describe_moment(cpu), "after": None,
    }  # fmt: skip
    write.write_session(folder, number, session)

    def close_session(outcome: str) -> dict[str, Any]:
        write.write_session(
            folder, number, session | {"finished": now(), "outcome": outcome, "after": describe_moment(cpu)}
        )
        return write.write_run(folder, plan)

    missing = folder.missing(plan)
    dice = random.Random(plan.seeds["base"])
    try:
        with stopped_by_signals() as check, display:
            crew = Crew(plan, folder, catalogue, display, check)
            with kept_off(cpu):
                for in_turns, group in groupby((t for t in missing if runs_pinned(t.stage)), key=plan.turns_of):
                    if in_turns:
                        take_turns([[(crew, task)] for task in group], cpu, dice)
                    else:
                        crew.carry_out(list(group), cpu, side_by_side=1)
            crew.carry_out([task for task in missing if not runs_pinned(task.stage)], None, free_cpus())
    except MapscopeError as error:
        with suppress(RunStopped):  # on a full disk; the raw files are there, and resuming assembles them
            close_session("interrupted" if isinstance(error, Interrupted) else "stopped")
        raise
    finally:
        clear_leftovers(folder)
    return close_session("finished")


def clear_leftovers(folder: RunFolder) -> None:
    """What processes that were killed, now or in an earlier session, have left behind."""
    for path in folder.leftovers():
        path.unlink(missing_ok=True)


def free_cpus() -> int:
    """How many processes may run at once when nothing is timed."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew:
    """Starts processes, and keeps what they bring."""

    def __init__(
        self, plan: Plan, folder: RunFolder, catalogue: Catalogue, display: Display, check: Callable[[], None]
    ) -> None:
        """`check` is called often, and ends the work by raising."""
        self._plan = plan
        self._folder = folder
        self._catalogue = catalogue
        self._display = display
        self._check = check

    def carry_out(self, tasks: list[Task], cpu: int | None, side_by_side: int) -> None:
        """All of `tasks`, up to so many at a time, pinned to `cpu` if given."""
        waiting, at_work = deque(tasks), []
        phase = tasks[0].phase if tasks else None
        try:
            while waiting or at_work:
                self._check()
                while waiting and len(at_work) < side_by_side:
                    if waiting[0].phase != phase and not at_work:
                        phase = waiting[0].phase
                        self.write_run()
                    if child := self.start(waiting.popleft(), cpu):
                        at_work.append(child)
                for child in ended_among(at_work, TICK_S):
                    at_work.remove(child)
                    seconds = child.seconds
                    self._settle(child.task, child.finish(), seconds)
                for child in at_work:
                    child.kill_when_overdue()
                    self._display.tick(child.task)
        finally:
            for child in at_work:
                child.abandon()

    def rests_or_ends(self, child: Child) -> bool:
        """Let it work until it rests; or until its end, and keep what it has brought: then False."""
        while not child.rests():
            self._check()
            if ended_among([child], REST_POLL_S):
                seconds = child.seconds
                self._settle(child.task, child.finish(), seconds)
                return False
            child.kill_when_overdue()
            self._display.tick(child.task)
        return True

    def write_run(self) -> None:
        """run.json as it is now."""
        write.write_run(self._folder, self._plan)

    def start(self, task: Task, cpu: int | None) -> Child | None:
        """Its process; None when it cannot be started, which is then kept."""
        output = self._folder.temporary(task)
        words = command(task, self._plan, self._catalogue, output)
        try:
            child = Child(task, words, self._catalogue.directory, cpu)
        except (OSError, subprocess.SubprocessError) as error:
            self._settle(task, Ended(127, False, f"cannot be started: {error}", {}), 0.0)
            return None
        self._display.tick(task)
        return child

    def _settle(self, task: Task, ended: Ended, seconds: float) -> None:
        """Keep the output of a process, or why there is none."""
        if problem := self._keep(task, ended):
            write.keep_failure(self._folder, task, problem)
            self._display.note(f"failed: {task}: {problem['message']}")
        self._display.done(task, seconds)

    def _keep(self, task: Task, ended: Ended) -> dict[str, Any] | None:
        """None when the output was good and is kept; else an entry of `failures`."""
        folder, plan = self._folder, self._plan
        output = folder.temporary(task)
        try:
            if ended.timed_out:
                return failure(task, "timeout", f"still running after {TIMEOUT_S} s", stderr=ended.stderr)
            try:
                document = load.read_json(output)
                if task.stage == LADDER:
                    return self._keep_ladder(task, ended, document)
                if is_growth(task.stage):
                    return self._keep_growth(task, ended, document)
                if task.stage is None:
                    _, problems = read_output(document, plan, task)
                else:
                    if dumps := callgrind.read_dumps(dumps_of(output)):
                        document[callgrind.KEY] = dumps
                    _, problems = read_counters(document, plan, task)
            except (DocumentError, BadOutput) as error:
                if write.disk_is_full(folder):
                    raise RunStopped(f"no space left on the device of {folder.path}") from None
                return explain(task, ended, str(error))
            tells_itself = ended.exit_code == 1 and any(p.kind != "not_applicable" for p in problems)  # a wrong answer, which the output names
            if ended.exit_code != 0 and not tells_itself:
                return explain(task, ended, "")
            write.keep_raw(folder, task, document, ended.process | {"memory": memory_of(document)})
            return None
        finally:
            output.unlink(missing_ok=True)
            trace_of(output).unlink(missing_ok=True)
            for dump in output.parent.glob(f"{dumps_of(output).name}*"):
                dump.unlink(missing_ok=True)

    def _keep_ladder(self, task: Task, ended: Ended, document: Any) -> dict[str, Any] | None:
        """As _keep, of the machine's latencies. Raises BadOutput."""
        if ended.exit_code != 0:
            return explain(task, ended, "")
        check_ladder(document, self._plan.ladder, task.seed)
        write.keep_raw(self._folder, task, document, ended.process | {"memory": MEMORY})
        return None

    def _keep_growth(self, task: Task, ended: Ended, document: Any) -> dict[str, Any] | None:
        """As _keep, of a table that was watched growing. Raises BadOutput."""
        if ended.exit_code != 0:
            return explain(task, ended, "")
        check_growth(document, self._plan, task)
        try:
            pack(trace_of(self._folder.temporary(task)), document["operations"], self._folder.trace(task))
        except OSError as error:
            raise BadOutput(f"the trace cannot be kept: {error.strerror}") from None
        write.keep_raw(self._folder, task, document, ended.process | {"memory": document["memory"]})
        return None


def take_turns(groups: Sequence[Sequence[tuple[Crew, Task]]], cpu: int | None, dice: random.Random) -> None:
    """All of these, pinned to `cpu` if given: processes that rest between the parts of their work, a part of each in turn.

    The parts of a group follow one another at once, in an order that dice say anew each time.
    """
    at_work: list[list[tuple[Crew, Child]]] = [[] for _ in groups]
    for crew in dict.fromkeys(crew for group in groups for crew, _ in group):
        crew.write_run()
    try:
        for group, children in zip(groups, at_work, strict=True):
            for crew, task in dice.sample(group, len(group)):
                if child := crew.start(task, cpu):
                    children.append((crew, child))
                    if not crew.rests_or_ends(child):
                        children.pop()
        while any(at_work):
            for children in at_work:
                for crew, child in dice.sample(children, len(children)):
                    child.go_on()
                    if not crew.rests_or_ends(child):
                        children.remove((crew, child))
    finally:
        for _, child in (each for children in at_work for each in children):
            child.abandon()


def explain(task: Task, ended: Ended, unusable: str) -> dict[str, Any]:
    """Why a process gave nothing, the most telling fact first."""
    stderr = ended.stderr or None
    if ended.exit_code < 0:
        try:
            name = signal.Signals(-ended.exit_code).name
        except ValueError:
            name = f"signal {-ended.exit_code}"
        hints = {"SIGKILL": ", perhaps out of memory", "SIGILL": ", an instruction that this processor or valgrind lacks"}
        return failure(task, "crash", f"killed by {name}{hints.get(name, '')}", signal_name=name, stderr=stderr)
    if ended.exit_code > 0:
        message = f"ended with exit code {ended.exit_code}" + (f": {stderr}" if stderr else "")
        return failure(task, "crash", message, exit_code=ended.exit_code, stderr=stderr)
    return failure(task, "bad_output", unusable, exit_code=0, stderr=stderr)


@contextmanager
def stopped_by_signals() -> Iterator[Callable[[], None]]:
    """While it lasts, stop signals are noted; what it yields raises Interrupted once there was one.

    The handler itself raises nothing: an exception out of a handler may come up in the midst of
    starting a process, where the interpreter drops it and the signal is lost. After an
    interruption the signals stay noted only, so that a second one cannot disturb the clearing up.
    """
    seen: list[int] = []

    def check() -> None:
        if seen:
            raise Interrupted(seen[0])

    before = {each: signal.signal(each, lambda signum, frame: seen.append(signum)) for each in STOP_SIGNALS}
    try:
        yield check
    finally:
        if not seen:
            for each, handler in before.items():
                signal.signal(each, handler)
