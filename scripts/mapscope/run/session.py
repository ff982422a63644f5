"""One stretch of work on a run, or on two at once: recorded, cleaned up after, and closed with run.json assembled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from mapscope.errors import Interrupted, MapscopeError, RunStopped
from mapscope.json_file import read_records
from mapscope.plan.environment import describe_moment
from mapscope.plan.plan import Plan
from mapscope.plan.records import Session
from mapscope.store import write
from mapscope.store.folder import RunFolder
from mapscope.text import now


@contextmanager
def session_of(runs: Sequence[tuple[RunFolder, Plan]], cpu: int | None) -> Iterator[None]:
    """Raises RunStopped where nothing can be written, and whatever ends the work."""
    for folder, _ in runs:
        clear_leftovers(folder)
    numbers = [len(read_records(folder.sessions)) + 1 for folder, _ in runs]
    session = Session(now(), None, None, describe_moment(cpu), None)
    for (folder, _), number in zip(runs, numbers, strict=True):
        write.write_session(folder, number, session)

    def close(outcome: str) -> None:
        closed = replace(session, finished=now(), outcome=outcome, after=describe_moment(cpu))
        for (folder, plan), number in zip(runs, numbers, strict=True):
            write.write_session(folder, number, closed)
            write.write_run(folder, plan)
            write.write_turns(folder, plan)

    try:
        yield
    except MapscopeError as error:
        with suppress(RunStopped):  # on a full disk; the raw files are there, and resuming assembles them
            close("interrupted" if isinstance(error, Interrupted) else "stopped")
        raise
    finally:
        for folder, _ in runs:
            clear_leftovers(folder)
    close("finished")


def clear_leftovers(folder: RunFolder) -> None:
    """What processes that were killed, now or in an earlier session, have left behind."""
    for path in folder.leftovers():
        path.unlink(missing_ok=True)
