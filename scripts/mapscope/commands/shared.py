"""What the subcommands share: the terminal, paths as the user would type them, and options as values."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from mapscope.errors import DocumentError
from mapscope.json_file import read_json
from mapscope.repository import RESULTS
from mapscope.store.folder import RunFolder, find

LOG_WIDTH = 100
REFERENCE = "writeup"
"""The purpose in results/index.json of the run that the article and the README are made from."""


def results_of(options: argparse.Namespace) -> Path:
    """Where runs are kept."""
    return Path(options.results or RESULTS)


def folder_of(options: argparse.Namespace) -> RunFolder:
    """The run that is named, else the latest. Raises UsageError."""
    return find(options.run or "latest", results_of(options))


def reference_run(results: Path) -> str:
    """The stored run that texts are made from. Raises DocumentError."""
    path = results / "index.json"
    for entry in read_json(path):
        if entry.get("purpose") == REFERENCE:
            return entry["run"]
    raise DocumentError(f"{path}: field 'purpose': no run for '{REFERENCE}'")


def words(given: str | None) -> list[str]:
    """Names separated by commas or blanks."""
    return (given or "").replace(",", " ").split()


def console() -> Console:
    """The terminal as it is; in a log, plain text of a fixed width."""
    return Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH, force_terminal=False, color_system=None)


def shown(path: Path) -> str:
    """The path as the user would type it from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
