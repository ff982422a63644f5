"""Pictures drawn side by side, as many at once as there are CPUs: each takes seconds.

Each is drawn by a process of its own, so that what it looks like cannot depend on which ones were drawn
before it.
"""

from __future__ import annotations

import os
from multiprocessing import connection, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from mapscope.errors import RunStopped
from mapscope.output.plots.figure import Drawing, save


class ParallelRender:
    """Used in a `with`, whose end waits for the last picture. Raises what `save` raises."""

    def __init__(self) -> None:
        self._fork = get_context("fork")
        self._at_once = len(os.sched_getaffinity(0))
        self._running: dict[connection.Connection, BaseProcess] = {}
        self._wrong = ""
        self.pictures: list[Path] = []

    def __enter__(self) -> ParallelRender:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        while self._running:
            self._wait()
        if self._wrong and error is None:
            raise RunStopped(self._wrong)

    def draw(self, drawing: Drawing, stem: Path) -> None:
        """Draw a picture and write it as PNG and SVG, soon."""
        while len(self._running) >= self._at_once:
            self._wait()
        if self._wrong:
            raise RunStopped(self._wrong)
        receiving, sending = self._fork.Pipe(duplex=False)
        process = self._fork.Process(target=_write, args=(drawing, stem, sending))
        process.start()
        sending.close()
        self._running[receiving] = process
        self.pictures.append(stem.with_name(stem.name + ".png"))

    def _wait(self) -> None:
        """Until one is written, or could not be."""
        for done in connection.wait(list(self._running)):
            assert isinstance(done, connection.Connection)
            process = self._running.pop(done)
            try:
                wrong = done.recv()
            except EOFError:
                wrong = "a process that wrote a picture was killed or failed; its message is above"
            done.close()
            process.join()
            self._wrong = self._wrong or wrong


def _write(drawing: Drawing, stem: Path, answer: connection.Connection) -> None:
    try:
        save(drawing(), stem)
        answer.send("")
    except RunStopped as error:
        answer.send(str(error))
