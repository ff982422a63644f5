"""`compare --a RUNS --b RUNS`: what is slower or faster in B; exit code 1 if too much is, with --fail-on-slower."""

from __future__ import annotations

import argparse

from mapscope.analysis.compare import compare
from mapscope.analysis.inference import MARGIN
from mapscope.analysis.runs import read_runs
from mapscope.commands.shared import console, results_of, words
from mapscope.errors import MapscopeError, UsageError
from mapscope.output.terminal.comparison import name_of, print_comparison, too_slow
from mapscope.plan.selection import percent_of
from mapscope.text import count_of


def run(options: argparse.Namespace) -> int:
    """Raises MapscopeError when a row is slower by more than --fail-on-slower."""
    limit = percent_of("fail-on-slower", options.fail_on_slower)
    margin = percent_of("margin", options.margin)
    sides = []
    for side in ("a", "b"):
        if not (names := words(getattr(options, side))):
            raise UsageError(f"--{side} ({side.upper()}): name one run or more, or a file of Google Benchmark's")
        sides.append(read_runs(names, results_of(options)))
    found = compare(*sides, margin=MARGIN if margin is None else margin / 100)
    print_comparison(console(), found, everything=options.all is not None)
    if limit is None or (slow := too_slow(found, limit)).empty:
        return 0
    worst = slow.sort_values("ratio", ascending=False).to_dict("records")[0]
    raise MapscopeError(
        f"{count_of(len(slow), 'row')} slower by more than {limit:g} %; "
        f"worst: {name_of(worst)}, {worst['ratio'] - 1:+.1%}"
    )
