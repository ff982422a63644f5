"""`report RUNS`: one self-contained HTML page."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapscope.analysis.passing import stored
from mapscope.analysis.runs import read_runs
from mapscope.commands.shared import results_of, shown, words
from mapscope.output.page.page import write_page
from mapscope.store.folder import find
from mapscope.text import count_of


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    results = results_of(options)
    names = words(options.run) or ["latest"]
    runs = read_runs(names, results)
    path = Path(options.out) if options.out else find(names[0], results).path / "report.html"
    write_page(runs, path, stored(results))
    print(f"{shown(path)}: {path.stat().st_size / 1e6:.1f} MB, {count_of(len(runs.labels), 'run')}")
    return 0
