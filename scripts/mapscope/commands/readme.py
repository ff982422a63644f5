"""`readme`: the results table of the README, from the run that results/index.json names."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapscope.commands.shared import reference_run, results_of, shown
from mapscope.output.readme_table import README, write_readme


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    results = results_of(options)
    path = Path(options.out) if options.out else README
    print(shown(write_readme(options.run or reference_run(results), results, path)))
    return 0
