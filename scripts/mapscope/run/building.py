"""Builds what a stage starts when the stage comes, so that the first number does not wait for it.

`make bench` builds what is timed. Growing tables and most counters have binaries of their own, of which many runs need
only some, or none.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from mapscope.errors import RunStopped, UsageError
from mapscope.plan.build import Catalogue, sha256
from mapscope.plan.plan import Plan
from mapscope.plan.stages.stage import Task
from mapscope.run.progress import Display
from mapscope.store import write
from mapscope.store.assemble import failure
from mapscope.store.folder import RunFolder
from mapscope.text import count_of

POLL_S = 0.1
PATIENCE_S = 10
"""So long may an interrupted build take to remove what it has not finished."""


class Builder:
    """Builds for one run."""

    def __init__(
        self, plan: Plan, folder: RunFolder, catalogue: Catalogue, display: Display, check: Callable[[], None]
    ) -> None:
        """`check` is called often, and ends the work by raising."""
        self._plan = plan
        self._folder = folder
        self._catalogue = catalogue
        self._display = display
        self._check = check

    def prepare(self, tasks: list[Task]) -> list[Task]:
        """Those of `tasks`, all of one kind of binary, that have theirs; why the others have none is kept.

        Raises RunStopped when a binary is not the one that the run has used before.
        """
        if not tasks or not tasks[0].stage.built_as or not self._catalogue.can_build:
            return tasks
        wanted = list(dict.fromkeys(self._binary(task) for task in tasks))
        self._display.note(f"building {len(wanted)} {tasks[0].stage.built_as} (cmake)")
        failed = self._build(wanted, self._folder.build_log(tasks[0].stage))
        self._identify({task.map for task in tasks}, set(wanted) - failed)
        for task in tasks:
            if self._binary(task) in failed:
                write.keep_failure(self._folder, task, failure(task, "crash", f"{self._binary(task)} cannot be built"))
                self._display.done(task, 0.0)
        return [task for task in tasks if self._binary(task) not in failed]

    def _binary(self, task: Task) -> str:
        return task.stage.binary(task, self._catalogue)

    def _build(self, wanted: list[str], log: Path) -> set[str]:
        """What of it cannot be built: found by building one after another, once something cannot."""
        with log.open("wb") as stream:
            if self._builds(wanted, stream.fileno()):
                failed: set[str] = set()
            else:
                failed = {name for name in wanted if not self._builds([name], stream.fileno())}
        if failed:
            self._display.note(f"failed: {count_of(len(failed), 'binary', 'binaries')} not built; {log} says why")
        else:
            log.unlink()
        return failed

    def _builds(self, wanted: list[str], output: int) -> bool:
        command = build_command(self._catalogue.tree, wanted)
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours to pass on
            )  # fmt: skip
        except OSError as error:
            raise RunStopped(f"cmake cannot be run: {error.strerror}; `make setup` installs it") from None
        try:
            while process.poll() is None:
                self._check()
                time.sleep(POLL_S)
        except BaseException:
            _end(process)
            raise
        return process.returncode == 0

    def _identify(self, maps: Iterable[str], built: set[str]) -> None:
        """Store which binaries these are. Raises RunStopped."""
        for entry in (each for each in self._plan.maps if each.name in maps):
            for purpose, name in self._catalogue.further_binaries(entry.name).items():
                if name not in built:
                    continue
                now = sha256(self._catalogue.directory / name)
                if (before := entry.counter_binaries.setdefault(purpose, now)) != now:
                    raise RunStopped(
                        f"{purpose} binary of {entry.name} is {now[:12]}, was {before[:12]}; "
                        "go back to the sources that the run was started with, or start a new run"
                    )
        write.write_plan(self._folder, self._plan)


def build_now(catalogue: Catalogue, wanted: list[str], is_edited: bool = False) -> None:
    """What is not there yet, or all of it where its sources may have been edited since, on the terminal.

    Raises UsageError when it cannot be built.
    """
    missing = [name for name in wanted if is_edited or not (catalogue.directory / name).is_file()]
    if not missing or not catalogue.can_build:
        return
    try:
        done = subprocess.run(build_command(catalogue.tree, missing), stdout=2, check=False)
    except OSError as error:
        raise UsageError(f"cmake cannot be run: {error.strerror}; `make setup` installs it") from None
    if done.returncode != 0:
        raise UsageError(f"{', '.join(missing)} cannot be built in {catalogue.directory}; the messages above say why")


def build_command(directory: Path, wanted: list[str]) -> list[str]:
    """How these targets are built, on all CPUs."""
    return ["cmake", "--build", str(directory), "--parallel", str(os.cpu_count() or 1), "--target", *wanted]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The build with all that it has started."""
    for signum in (signal.SIGINT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signum)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_S)
            return
