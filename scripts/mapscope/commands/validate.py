"""`validate RUN`: whether run.json is sound in form and in itself."""

from __future__ import annotations

import argparse

from mapscope.commands.shared import folder_of, shown
from mapscope.store.load import read_run
from mapscope.text import count_of


def run(options: argparse.Namespace) -> int:
    """Raises UsageError or DocumentError, which name the field."""
    folder = folder_of(options)
    measured = read_run(folder)
    state = "complete" if measured.complete else f"{len(measured.missing)} processes missing"
    found = f"{count_of(len(measured.rows), 'row')}, {count_of(len(measured.failures), 'failure')}"
    print(f"{shown(folder.run)}: valid, {found}, {state}")
    return 0
