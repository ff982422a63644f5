"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def whole_file(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Write beside the name, flush to the disk, rename: a reader, a signal or a full disk never leaves half a file.

    Only a process that is killed outright leaves something, `<name>.new`. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    neighbour = path.with_name(path.name + ".new")
    try:
        with neighbour.open(mode, encoding=None if "b" in mode else "utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        neighbour.replace(path)
    except BaseException:
        neighbour.unlink(missing_ok=True)
        raise


def write_whole(path: Path, text: str) -> None:
    """whole_file for text that is there already. Raises OSError."""
    with whole_file(path) as stream:
        stream.write(text)
