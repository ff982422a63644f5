"""The memory of tables in a plan: whether tables are weighed, and which table a row's bytes are of."""

from __future__ import annotations

import re
from typing import Any

from mapscope.fact import Fact, known, unknown

RESERVES = ("insert_reserved", "life_reserved")
"""Workloads whose tables have room for n entries from the start."""
EMPTY = ("construct_empty",)

LOAD = re.compile(r"find_load_(\d+)")
"""Workloads whose tables have a maximum load factor of so many percent."""
STATES_DIFFER = "a state's table has not n entries that were inserted one after the other"
NO_ENTRIES = "its tables have no entries"
NO_ROOM = "the map has no room to reserve"
NOT_YET = "not weighed yet"
OLDER = "the run is older than the weighing of tables is"


def why_not_weighed(described: list[dict[str, Any]]) -> str | None:
    """Of what the binaries report of themselves: None where all of them weigh tables."""
    unable = [entry["map"] for entry in described if not entry.get("table_memory")]
    return f"the binaries of {', '.join(unable)} cannot weigh tables" if unable else None


def loads_of(workloads: list[str]) -> list[str]:
    """The maximum load factors among them, in percent."""
    return [found[1] for name in workloads if (found := LOAD.fullmatch(name))]


def bytes_of(workload: str, is_state: bool, table: dict[str, Any], n: int) -> Fact:
    """Per entry, of the table that a workload has, of what was weighed at n entries."""
    if is_state:
        return unknown(STATES_DIFFER)
    if workload in EMPTY:
        return unknown(NO_ENTRIES)
    if found := LOAD.fullmatch(workload):
        held = table["bytes_per_entry_at_load"].get(found[1])
        return unknown(NOT_YET) if held is None else known(held)
    held = table["reserved_bytes" if workload in RESERVES else "grown_bytes"]
    return unknown(NO_ROOM) if held is None else known(held / n)
