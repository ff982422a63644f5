"""`choose`: which map for a payload, a size and a mix of operations, from a stored run."""

from __future__ import annotations

import argparse
import re

from mapscope.analysis.choice import Wish, choose, parse_mix
from mapscope.commands.shared import console, folder_of
from mapscope.errors import UsageError
from mapscope.output.terminal.choice import print_choice
from mapscope.plan.selection import MAX_SIZE, whole
from mapscope.store.load import read_run

UNITS_NS = {"ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}


def run(options: argparse.Namespace) -> int:
    """Raises UsageError or DocumentError."""
    for option in ("payload", "n", "mix"):
        if not getattr(options, option):
            raise UsageError(f"--{option} ({option.upper()}): needed, such as {EXAMPLES[option]}")
    stored = read_run(folder_of(options))
    if not stored.rows:
        raise UsageError("the run has no finished row yet; go on with `make bench RESUME=...`")
    wish = Wish(
        kv=options.payload,
        n=whole("n", options.n, 1, MAX_SIZE),
        mix=parse_mix(options.mix, list(dict.fromkeys(row.workload for row in stored.rows))),
        hash=options.hash or "shared",
        max_latency_ns=_duration_ns(options.max_latency),
        bytes_per_entry=_bytes(options.memory),
    )
    print_choice(console(), stored, wish, choose(stored, wish))
    return 0


EXAMPLES = {"payload": "string_int", "n": "100000", "mix": "read=90,insert=8,erase=2"}


def _duration_ns(word: str | None) -> float | None:
    """`100us`, `1.5ms`."""
    if not word:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s)", word)
    if found is None or float(found[1]) == 0:
        raise UsageError(f"--max-latency (MAX_LATENCY): '{word}' is not a duration such as 500ns, 100us or 2ms")
    return float(found[1]) * UNITS_NS[found[2]]


def _bytes(word: str | None) -> float | None:
    """`40B`, bytes per entry."""
    if not word:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)B?", word)
    if found is None or float(found[1]) == 0:
        raise UsageError(f"--memory (MEMORY): '{word}' is not a number of bytes per entry such as 40B")
    return float(found[1])
