"""Key sets: which keys a table has. With other keys than random ones a payload is one of its own: `int_int.strided`.

Most are made by the benchmarks (workloads/key_set.hpp). Words and paths are lines of files of this machine: they are
brought into one list, whose size and SHA-256 are part of the results.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from mapscope.errors import RunStopped, UsageError
from mapscope.files import write_whole
from mapscope.plan.records import KeyList

RANDOM = "random"
OF_INTEGERS = ("sequential", "low_masked", "high_masked", "strided", "bits32")
LISTS = ("words", "paths")
OF_STRINGS = ("uuid", *LISTS)
ALL = (RANDOM, *OF_INTEGERS, *OF_STRINGS)
DICTIONARY = Path("/usr/share/dict/words")
PACKAGES = Path("/var/lib/dpkg/info")
TREE = Path("/usr")
MOST_FILES = 300_000
LONGEST = 135
"""Bytes of a line (workloads/payload.hpp)."""
LEAST = 30


def payload(types: str, keys: str) -> str:
    """The name of a payload: `int_int`, `int_int.sequential`."""
    return types if keys == RANDOM else f"{types}.{keys}"


def parts(payload_name: str) -> tuple[str, str]:
    """Its types and its keys."""
    types, _, keys = payload_name.partition(".")
    return types, keys or RANDOM


def fits(types: str, keys: str) -> bool:
    """Whether there are such keys of these types."""
    return keys == RANDOM or (keys in OF_STRINGS) == types.startswith("string_")


def options(payload_name: str, listed: KeyList | None, directory: Path) -> list[str]:
    """What a benchmark is told about its payload; `directory` is where `provide` puts lists."""
    types, keys = parts(payload_name)
    told = [f"--kv={types}", *([f"--keys={keys}"] if keys != RANDOM else [])]
    return told if listed is None else [*told, f"--key-lines={_place(keys, listed, directory).resolve()}"]


def read_list(keys: str) -> KeyList:
    """What this machine has. Raises UsageError where that is too little, or cannot be read."""
    return _list(keys)[0]


def provide(keys: str, listed: KeyList, directory: Path) -> None:
    """Put the list where `options` says that it is. Raises UsageError when this machine has another one by now."""
    path = _place(keys, listed, directory)
    if path.is_file():
        return
    now, lines = _list(keys)
    if now.sha256 != listed.sha256:
        raise UsageError(
            f"the list of {keys} ({now.source}) is another one than when the run was planned: "
            f"SHA-256 {now.sha256[:12]}, was {listed.sha256[:12]}; start a new run"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lines)
    except OSError as error:
        raise RunStopped(f"the list of {keys} cannot be written to {path}: {error.strerror}; make room there") from None


def _place(keys: str, listed: KeyList, directory: Path) -> Path:
    return directory / "keys" / f"{keys}-{listed.sha256[:12]}.txt"


def _list(keys: str) -> tuple[KeyList, str]:
    try:
        source, raw = _words() if keys == "words" else _paths()
        lines = sorted({line for line in raw if 0 < len(line.encode()) <= LONGEST and "~" not in line})
    except OSError as error:
        raise UsageError(f"--keys (KEYS): {keys}: {error.filename} cannot be read: {error.strerror}") from None
    if len(lines) < LEAST:
        raise UsageError(f"--keys (KEYS): {source} has {len(lines)} usable {keys}; at least {LEAST} are needed")
    text = "".join(f"{line}\n" for line in lines)
    content = text.encode()
    mean = (len(content) - len(lines)) / len(lines)
    return KeyList(source, len(lines), round(mean, 1), hashlib.sha256(content).hexdigest()), text


def _words() -> tuple[str, Iterable[str]]:
    if DICTIONARY.is_file():
        return str(DICTIONARY), DICTIONARY.read_text(encoding="utf-8", errors="ignore").splitlines()
    return "words of mapscope's documentation", resources.files(__package__).joinpath(
        "words.txt"
    ).read_text().splitlines()


def _paths() -> tuple[str, Iterable[str]]:
    if lists := sorted(PACKAGES.glob("*.list")):
        return f"{PACKAGES}/*.list", (line for each in lists for line in _lines_of(each))
    return str(TREE), _files_below(TREE)


def _lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="ignore").splitlines()


def _files_below(top: Path) -> Iterator[str]:
    count = 0
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files):
            path = f"{folder}/{name}"
            if path.isprintable():
                yield path
                count += 1
        if count >= MOST_FILES:
            return
