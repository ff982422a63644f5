"""A row that was compared, in words."""

from __future__ import annotations

from typing import Any

import pandas

from mapscope.text import significant

MARKS = {"slower": "+", "faster": "-", "same": "=", "undecided": "?"}


def name_of(row: dict[str, Any]) -> str:
    """A row in words: `hmap find_hit int_int n=1000`."""
    parts = [row["map"], row["workload"], row["kv"], f"n={row['n']}" if row["n"] else ""]
    own = "own hash" if row["hash"] == "own" else ""
    return " ".join(part for part in (*parts, own) if part)


def bracketed(row: dict[str, Any]) -> str:
    """`1.100 [1.05, 1.16]`; the ratio alone where there is no interval."""
    if pandas.isna(row["ratio"]):
        return "-"
    ratio = f"{row['ratio']:.3f}"
    return ratio if pandas.isna(row["low"]) else f"{ratio} [{significant(row['low'])}, {significant(row['high'])}]"


def marked(row: dict[str, Any]) -> str:
    """The same behind the mark of its verdict."""
    return f"{MARKS[row['verdict']]} {bracketed(row)}"
