"""`figures`: the article of docs/writeup, from the run that results/index.json names for it."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapscope.commands.shared import results_of, shown
from mapscope.errors import DocumentError
from mapscope.json_file import read_json
from mapscope.output.writeup import WRITEUP, write_article

PURPOSE = "writeup"


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    results = results_of(options)
    folder = Path(options.out) if options.out else WRITEUP
    for path in write_article(options.run or _indexed(results), results, folder):
        print(shown(path))
    return 0


def _indexed(results: Path) -> str:
    """The stored reference run for the article. Raises DocumentError."""
    path = results / "index.json"
    for entry in read_json(path):
        if entry.get("purpose") == PURPOSE:
            return entry["run"]
    raise DocumentError(f"{path}: field 'purpose': no run for '{PURPOSE}'")
