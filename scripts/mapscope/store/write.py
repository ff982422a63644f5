"""The only writer of run folders. A file is either whole and on the disk, or not there (files.whole_file)."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

from mapscope.errors import RunStopped, UsageError
from mapscope.json_file import write_json
from mapscope.plan.plan import Plan
from mapscope.plan.records import Session
from mapscope.plan.stages.stage import Task
from mapscope.store.assemble import PROCESS, assemble
from mapscope.store.folder import RunFolder

BYTES_PER_BENCHMARK = 1500
"""What one benchmark takes on disk, raw file and share of run.json together, generously."""
BYTES_PER_COUNTING = 4500
"""The same of one that is counted."""


def check_destination(results: Path, benchmarks: int, countings: int) -> None:
    """Notice before measuring that `results` cannot be written or cannot hold the run.

    Raises UsageError; creates nothing that stays.
    """
    standing = results.absolute()
    while not standing.exists() and standing != standing.parent:
        standing = standing.parent
    try:
        with tempfile.NamedTemporaryFile(dir=standing) as probe:
            probe.write(b"probe")
            probe.flush()
            os.fsync(probe.fileno())
        free = os.statvfs(standing)
    except OSError as error:
        raise UsageError(f"--results (RESULTS): cannot write in {results}: {error.strerror}") from None
    needed = benchmarks * BYTES_PER_BENCHMARK + countings * BYTES_PER_COUNTING
    if (room := free.f_bavail * free.f_frsize) < needed:
        raise UsageError(
            f"--results (RESULTS): {results} has {room // 1024} KiB free, the run may need {needed // 1024} KiB"
        )


def create_folder(folder: RunFolder, plan: Plan) -> None:
    """Make the run folder and store its plan. Raises UsageError when it cannot."""
    try:
        folder.path.mkdir(parents=True)
        write_json(folder.plan, plan.document())
    except FileExistsError:
        raise UsageError(f"{folder.path} exists already; wait a second and try again") from None
    except OSError as error:
        raise UsageError(f"--results (RESULTS): cannot write in {folder.path.parent}: {error.strerror}") from None


def write_plan(folder: RunFolder, plan: Plan) -> None:
    """Store the plan anew: what has been built since is identified in it."""
    _store(folder.plan, plan.document())


def write_pair(folder: RunFolder, reported: dict[str, str]) -> None:
    """Store which run this one is interleaved with."""
    _store(folder.pair, reported)


def write_session(folder: RunFolder, number: int, session: Session) -> None:
    """Store how one stretch of work began or ended."""
    _store(folder.sessions / f"{number:02d}.json", session)


def keep_raw(folder: RunFolder, task: Task, document: dict[str, Any], process: dict[str, Any]) -> None:
    """Store the checked output of one finished process, and drop the record of an earlier failure."""
    _store(folder.raw(task), document | {PROCESS: process})
    folder.failure(task).unlink(missing_ok=True)


def keep_failure(folder: RunFolder, task: Task, record: dict[str, Any]) -> None:
    """Store why a process gave nothing."""
    _store(folder.failure(task), record)


def write_run(folder: RunFolder, plan: Plan) -> None:
    """(Re)assemble run.json from what is stored."""
    _store(folder.run, assemble(folder, plan))


def disk_is_full(folder: RunFolder) -> bool:
    """Whether even a small file no longer fits: the cause when a binary's output is cut short."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder.path) as probe:
            probe.write(b"\0" * 65536)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return False


def _store(path: Path, document: Any) -> None:
    """write_json for the middle of a run, where a fault ends the run but not what it has."""
    try:
        write_json(path, document)
    except OSError as error:
        raise RunStopped(f"cannot write {path}: {error.strerror}") from None
