"""`passing OUTPUT PROGRAM`: what passing a map as an argument costs, and the instructions for it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rich.console import Console

from mapscope.analysis.passing import FOLDER, Passing, read_ways
from mapscope.commands.shared import results_of, shown
from mapscope.errors import RunStopped
from mapscope.fact import unknown
from mapscope.files import write_whole
from mapscope.output.passing import markdown, table
from mapscope.plan.build import read_catalogue
from mapscope.plan.environment import describe_machine


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    program = Path(options.program)
    ways = read_ways(Path(options.output), program)
    machine = describe_machine(None, unknown("nothing is pinned"))
    found = Passing(machine.cpu_model, read_catalogue(program.parent).compiler, ways)
    folder = results_of(options) / FOLDER
    written = {
        folder / "passing.json": json.dumps(found.document(), indent=1) + "\n",
        folder / "passing.md": markdown(found),
    }
    try:
        for path, text in written.items():
            write_whole(path, text)
    except OSError as error:
        raise RunStopped(f"cannot write in {folder}: {error.strerror}") from None
    Console(highlight=False).print(table(found))
    for path in written:
        print(shown(path))
    return 0
