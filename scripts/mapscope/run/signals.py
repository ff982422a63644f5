"""Stop signals as something that the work asks about between two steps."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mapscope.errors import Interrupted

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def stopped_by_signals() -> Iterator[Callable[[], None]]:
    """While it lasts, stop signals are noted; what it yields raises Interrupted once there was one.

    The handler itself raises nothing: an exception out of a handler may be raised in the middle of
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
