"""A benchmark over commits: every stored run that has it, in the order in which they were made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas

from mapscope.analysis.runs import KEY, Runs, read_what_can_be
from mapscope.errors import UsageError
from mapscope.store.folder import PACKED


def stored(results: Path) -> tuple[Runs, list[str]]:
    """The runs below `results` that can be read; and why others cannot, one line each."""
    kinds = ("*/run.json", "fleet/*/*/run.json", "*.run.json")
    paths = sorted(path for kind in kinds for each in (kind, kind + PACKED) for path in results.glob(each))
    return read_what_can_be([str(path) for path in paths], results)


def history(runs: Runs, chosen: dict[str, Any]) -> pandas.DataFrame:
    """The rows of one benchmark (any of runs.KEY, but for the map), oldest first. Raises UsageError."""
    table = runs.table
    for name, value in chosen.items():
        if value is None:
            continue
        if value not in set(table[name]):
            known = ", ".join(map(str, sorted(set(table[name]))))
            raise UsageError(f"--{name} ({name.upper()}): no stored run has '{value}'; available: {known}")
        table = table[table[name] == value]
    for name in [name for name in KEY if name != "map"]:
        if table[name].nunique() > 1:
            first = "find_hit" if name == "workload" and "find_hit" in set(table[name]) else table[name].iloc[0]
            table = table[table[name] == first]
    if table.empty:
        raise UsageError("no stored run has this combination; see `make summary RUN=...` for what one has")
    return table.sort_values("created", kind="stable").reset_index(drop=True)


def title_of(table: pandas.DataFrame) -> str:
    """`find_hit, int_int, shared hash, n = 1,000`."""
    first = table.iloc[0]
    return f"{first['workload']}, {first['kv']}, {first['hash']} hash, n = {first['n']:,}"
