"""Lines to a process and its answers, one JSON object a line (docs/guide/runner_protocol.md)."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import orjson

TICK_S = 0.25
"""How often somebody else may look after things while an answer is awaited."""


class Closed(Exception):
    """The process has closed its output: it ends."""


class BadAnswer(Exception):
    """What the process said is no answer; the text says why."""


class Conversation:
    """With a process whose standard input and output are unbuffered pipes."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        assert popen.stdin is not None and popen.stdout is not None
        self._input, self._output = popen.stdin, popen.stdout
        self._unread = b""

    def send(self, *lines: str) -> None:
        """Does not fail: that nobody listens shows in the answer."""
        unsent = "".join(f"{line}\n" for line in lines).encode()
        with suppress(BrokenPipeError):
            while unsent:
                unsent = unsent[os.write(self._input.fileno(), unsent) :]

    def answer(self, while_waiting: Callable[[], None]) -> dict[str, Any]:
        """The next one; `while_waiting` is called every TICK_S and may end the wait by raising. Raises Closed or
        BadAnswer."""
        while b"\n" not in self._unread:
            if not select.select([self._output], [], [], TICK_S)[0]:
                while_waiting()
                continue
            if not (more := os.read(self._output.fileno(), 1 << 16)):
                raise Closed("ended without an answer")
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        try:
            answer = orjson.loads(line)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise BadAnswer(f"not an answer: {line[:80].decode(errors='replace')!r}")
        return answer

    def await_answers(self, count: int, while_waiting: Callable[[], bool]) -> None:
        """Until so many can be read, or the process ended, or `while_waiting` said no."""
        while self._unread.count(b"\n") < count:
            if not select.select([self._output], [], [], TICK_S)[0]:
                if not while_waiting():
                    return
                continue
            if not (more := os.read(self._output.fileno(), 1 << 16)):
                return
            self._unread += more

    def hang_up(self) -> None:
        """No more commands: the process ends."""
        with suppress(BrokenPipeError):
            self._input.close()

    def close(self) -> None:
        """Both pipes, when the process is gone."""
        self.hang_up()
        self._output.close()
