"""Maps from outside of the repository: `run --adapter` configures a build directory for them, and changes no source."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from mapscope.errors import UsageError
from mapscope.plan.build import Catalogue, read_catalogue

VARIABLES = ("MAPSCOPE_ADAPTERS", "MAPSCOPE_ADAPTER_INCLUDES", "MAPSCOPE_ADAPTER_LIBRARIES")
"""Of CMake: lists of header files, of folders with what these include, and of what they are linked with."""


def with_adapters(
    catalogue: Catalogue, adapters: str, includes: str | None, libraries: str | None
) -> tuple[Catalogue, list[str]]:
    """The catalogue with the maps of these adapters, and their names; each argument is a comma list.

    Raises UsageError when an adapter is not there, or the build cannot be configured with it.
    """
    headers = [_header(word) for word in _words(adapters)]
    folders = [_folder(word) for word in _words(includes or "")]
    linked = [str(Path(word).resolve()) if Path(word).is_file() else word for word in _words(libraries or "")]
    values = [";".join(map(str, each)) for each in (headers, folders, linked)]
    names = [header.stem for header in headers]
    if not catalogue.can_build:
        raise UsageError(f"--adapter (ADAPTER): {catalogue.directory} cannot build; run `make build` first")
    before = _cached(catalogue)
    if before != values or not set(names) <= set(catalogue.binaries):
        if messages := _configure(catalogue, values):
            _configure(catalogue, before)  # else the directory could not be configured for anything any more
            raise UsageError(f"--adapter (ADAPTER): {_reason(messages)}")
        catalogue = read_catalogue(catalogue.directory)
    return catalogue, names


def _words(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _header(word: str) -> Path:
    path = Path(word).resolve()
    if not path.is_file():
        raise UsageError(f"--adapter (ADAPTER): {word} is not there; give the header with the adapter of your map")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", path.stem):
        raise UsageError(
            f"--adapter (ADAPTER): {word}: the file has the name of the map and its struct: "
            "lower-case letters, digits and _, such as my_table.hpp"
        )
    return path


def _folder(word: str) -> Path:
    path = Path(word).resolve()
    if not path.is_dir():
        raise UsageError(f"--include (INCLUDE): {word} is not a directory")
    return path


def _cached(catalogue: Catalogue) -> list[str]:
    """What the build directory was configured with."""
    lines = (catalogue.tree / "CMakeCache.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    entries = (re.match(r"([A-Z_]+):[A-Z]+=(.*)", line) for line in lines)
    found = {entry[1]: entry[2] for entry in entries if entry}
    return [found.get(name, "") for name in VARIABLES]


def _configure(catalogue: Catalogue, values: list[str]) -> str:
    """What CMake says when it cannot; else nothing."""
    settings = [f"-D{name}={value}" for name, value in zip(VARIABLES, values, strict=True)]
    try:
        done = subprocess.run(["cmake", *settings, str(catalogue.tree)], capture_output=True, text=True, check=False)
    except OSError as error:
        raise UsageError(f"cmake cannot be run: {error.strerror}; `make setup` installs it") from None
    return "" if done.returncode == 0 else done.stderr or "cmake failed"


def _reason(messages: str) -> str:
    """What CMake says after `CMake Error at <place> (message):`, up to its call stack."""
    found = re.search(r"CMake Error[^\n]*:\n+(.*?)(?:\nCall Stack|\n\n\n|\Z)", messages, re.DOTALL)
    return " ".join(found[1].split()) if found else (messages.strip().splitlines() or ["cmake failed"])[-1]
