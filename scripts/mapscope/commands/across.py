"""`across RUNS`: what holds on every machine."""

from __future__ import annotations

import argparse

from mapscope.analysis.across import agreement
from mapscope.analysis.runs import read_runs
from mapscope.commands.shared import console, results_of, words
from mapscope.output.terminal.across import print_agreement


def run(options: argparse.Namespace) -> int:
    """Raises UsageError or DocumentError."""
    runs = read_runs(words(options.runs), results_of(options))
    print_agreement(console(), runs, agreement(runs))
    return 0
