"""`trend`: one benchmark over all stored runs, as a table and a picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from mapscope.analysis.trend import history, stored
from mapscope.commands.shared import console, results_of, shown
from mapscope.errors import UsageError
from mapscope.output.plots.trend import draw_trend
from mapscope.output.terminal.trend import print_trend
from mapscope.plan.selection import MAX_SIZE, whole


def run(options: argparse.Namespace) -> int:
    """Raises UsageError or RunStopped."""
    results = results_of(options)
    runs, refused = stored(results)
    for line in refused:
        print(f"left out: {line}")
    if not runs.labels:
        raise UsageError(f"no run in {results} that can be read; make one with `make bench`")
    n = whole("n", options.n, 1, MAX_SIZE) if options.n else None
    table = history(runs, {"workload": options.workload, "kv": options.kv, "n": n, "map": options.map})
    print_trend(console(), table)
    first = table.iloc[0]
    stem = Path(options.out) if options.out else results / "trend" / f"{first['workload']}-{first['kv']}-n{first['n']}"
    print(shown(draw_trend(runs, table, stem)))
    return 0
