"""`order COUNTS`: how random the iteration order of hmap is, from the counts of experiment_iteration_order."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapscope.commands.shared import results_of, shown
from mapscope.output.plots.order import draw_order, read_counts


def run(options: argparse.Namespace) -> int:
    """Raises UsageError or RunStopped."""
    stem = Path(options.out) if options.out else results_of(options) / "order" / "order"
    print(shown(draw_order(read_counts(Path(options.counts)), stem)))
    return 0
