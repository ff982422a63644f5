"""The rows of a run as a pandas table, which summary and plots draw from."""

from __future__ import annotations

from operator import attrgetter

import pandas

from mapscope.errors import UsageError
from mapscope.store.records import Run

COLUMNS = [
    "workload", "kv", "hash", "n", "map", "ops", "payload_bytes", "checksums", "rounds", "median", "min", "max",
    "q1", "q3", "spread", "best", "ratio_to_best", "ratio_low", "ratio_high",
    "involuntary_switches", "turns", "disturbed_turns", "counters", "slots_per_op",
    "bytes_per_entry",
]  # fmt: skip


def rows(run: Run) -> pandas.DataFrame:
    """One line per row of a run; times in ns per operation; family and state of what is a state of many, and threads
    of what concurrent maps do.

    Raises UsageError when there is none.
    """
    if not run.rows:
        raise UsageError("the run has no finished row yet; go on with `make bench RESUME=...`")
    table = pandas.DataFrame(map(attrgetter(*COLUMNS), run.rows), columns=COLUMNS)
    entries = {entry.name: (entry.family, entry.state, entry.threads) for entry in run.workloads}
    found = [entries.get(name, (None, None, None)) for name in table["workload"]]
    further = pandas.DataFrame(found, columns=["family", "state", "threads"], index=table.index, dtype=object)
    return pandas.concat([table, further], axis=1)


def choose_sizes(table: pandas.DataFrame, wanted: str | None) -> list[int]:
    """The sizes meant by `--n`: all of them, one of them, or by default the largest.

    Raises UsageError naming the sizes there are.
    """
    sizes = sorted(int(n) for n in table["n"].unique())
    if wanted is None:
        return sizes[-1:]
    if wanted == "all":
        return sizes
    if wanted.isdecimal() and int(wanted) in sizes:
        return [int(wanted)]
    raise UsageError(f"--n: '{wanted}' is not in this run; available: {', '.join(map(str, sizes))}, all")
