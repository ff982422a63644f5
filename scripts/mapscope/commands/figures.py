"""`figures`: the article of docs/writeup, from the run that results/index.json names for it."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapscope.commands.shared import reference_run, results_of, shown
from mapscope.output.writeup import WRITEUP, write_article


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    results = results_of(options)
    folder = Path(options.out) if options.out else WRITEUP
    for path in write_article(options.run or reference_run(results), results, folder):
        print(shown(path))
    return 0
