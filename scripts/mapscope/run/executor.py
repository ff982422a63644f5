"""Starts the processes of a run, one after another, side by side or interleaved, and keeps what they bring."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from mapscope.errors import DocumentError, RunStopped
from mapscope.json_file import read_json
from mapscope.plan import key_sets
from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.collected import BadOutput
from mapscope.plan.stages.stage import Task
from mapscope.run.process import TIMEOUT_S, Child, Ended, ended_among
from mapscope.run.progress import Display
from mapscope.store import write
from mapscope.store.assemble import failure
from mapscope.store.folder import RunFolder

TICK_S = 0.5
REST_POLL_S = 0.05
"""What may be lost between two turns."""


class Executor:
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
        for payload in plan.payloads:
            if payload.key_list:
                key_sets.provide(payload.keys, payload.key_list, catalogue.directory)

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

    def look_after(self, child: Child) -> None:
        """What is to be done now and then while it works."""
        self._check()
        child.kill_when_overdue()
        self._display.tick(child.task)

    def settle_turns(self, child: Child, document: dict[str, Any]) -> None:
        """Keep what a process has answered, which nobody talks to any more."""
        with suppress(OSError):  # a full disk shows when it is read
            self._folder.temporary(child.task).write_text(json.dumps(document))
        self.settle_closed(child, "")

    def settle_closed(self, child: Child, why: str) -> None:
        """Wait for the end of a process that says no more, and keep its output or why there is none."""
        child.is_awaited()
        while not ended_among([child], TICK_S):
            self.look_after(child)
        seconds = child.seconds
        self._settle(child.task, child.finish(), seconds, why)

    def settle_bad_answer(self, child: Child, why: str) -> None:
        """End a process whose answers make no sense, and keep that."""
        seconds = child.seconds
        child.abandon()
        self._report(child.task, failure(child.task, "bad_output", why))
        self._display.done(child.task, seconds)

    def write_run(self) -> None:
        """run.json as it is now."""
        write.write_run(self._folder, self._plan)

    def start(
        self, task: Task, cpu: int | None, further: Sequence[str] = (), shared: Sequence[int] | None = None
    ) -> Child | None:
        """Its process; None when it cannot be started, which is then kept."""
        output = self._folder.temporary(task)
        words = [*task.stage.argv(task, self._plan, self._catalogue, output), *further]
        try:
            child = Child(task, words, self._catalogue.directory, cpu, shared)
        except (OSError, subprocess.SubprocessError) as error:
            self._settle(task, Ended(127, False, f"cannot be started: {error}", {}), 0.0)
            return None
        self._display.tick(task)
        return child

    def _settle(self, task: Task, ended: Ended, seconds: float, why: str = "") -> None:
        """Keep the output of a process, or why there is none: `why`, where nothing says more."""
        if problem := self._keep(task, ended, why):
            self._report(task, problem)
        self._display.done(task, seconds)

    def _report(self, task: Task, problem: dict[str, Any]) -> None:
        write.keep_failure(self._folder, task, problem)
        self._display.note(f"failed: {task}: {problem['message']}")

    def _keep(self, task: Task, ended: Ended, why: str) -> dict[str, Any] | None:
        """None when the output was good and is kept; else an entry of `failures`."""
        try:
            if ended.timed_out:
                return failure(task, "timeout", f"still running after {TIMEOUT_S} s", stderr=ended.stderr)
            try:
                return self._keep_checked(task, ended)
            except (DocumentError, BadOutput) as error:
                if _had_no_room(ended) or write.disk_is_full(self._folder):
                    raise RunStopped(f"no space left on the device of {self._folder.path}") from None
                return explain(task, ended, why or str(error))
        finally:
            for path in self._folder.leftovers_of(task):
                path.unlink(missing_ok=True)

    def _keep_checked(self, task: Task, ended: Ended) -> dict[str, Any] | None:
        """As _keep. Raises DocumentError or BadOutput."""
        output = self._folder.temporary(task)
        document = read_json(output)
        task.stage.read_further(document, output)
        parsed = task.stage.parse(document, self._plan, task)
        names_its_fault = ended.exit_code == 1 and any(problem.is_failure for problem in parsed.problems)
        if ended.exit_code != 0 and not names_its_fault:
            return explain(task, ended, "")
        task.stage.keep_further(document, output, self._folder.raw(task))
        write.keep_raw(self._folder, task, document, ended.process | {"memory": parsed.memory})
        return None


def interleave(groups: Sequence[Sequence[tuple[Executor, Task]]], cpu: int | None, rng: random.Random) -> None:
    """All of these, pinned to `cpu` if given: processes that rest between the parts of their work, interleaved.

    The parts of a group follow one another at once, in an order that `rng` gives anew each time.
    """
    at_work: list[list[tuple[Executor, Child]]] = [[] for _ in groups]
    for executor in dict.fromkeys(executor for group in groups for executor, _ in group):
        executor.write_run()
    try:
        for group, children in zip(groups, at_work, strict=True):
            for executor, task in rng.sample(group, len(group)):
                if child := executor.start(task, cpu):
                    children.append((executor, child))
                    if not executor.rests_or_ends(child):
                        children.pop()
        while any(at_work):
            for children in at_work:
                for executor, child in rng.sample(children, len(children)):
                    child.go_on()
                    if not executor.rests_or_ends(child):
                        children.remove((executor, child))
    finally:
        for _, child in (each for children in at_work for each in children):
            child.abandon()


def _had_no_room(ended: Ended) -> bool:
    """Whether a process says so itself; by now it has cleared up, so that there may be room again."""
    return ended.exit_code == 1 and any(os.strerror(number) in ended.stderr for number in (errno.ENOSPC, errno.EDQUOT))


def explain(task: Task, ended: Ended, unusable: str) -> dict[str, Any]:
    """Why a process gave nothing, the most telling fact first."""
    stderr = ended.stderr or None
    if ended.exit_code < 0:
        try:
            name = signal.Signals(-ended.exit_code).name
        except ValueError:
            name = f"signal {-ended.exit_code}"
        hints = {
            "SIGKILL": ", perhaps out of memory",
            "SIGILL": ", an instruction that this processor or valgrind lacks",
        }
        return failure(task, "crash", f"killed by {name}{hints.get(name, '')}", signal_name=name, stderr=stderr)
    if ended.exit_code > 0:
        message = f"ended with exit code {ended.exit_code}" + (f": {stderr}" if stderr else "")
        return failure(task, "crash", message, exit_code=ended.exit_code, stderr=stderr)
    return failure(task, "bad_output", unusable, exit_code=0, stderr=stderr)
