"""The memory of tables in a plan: whether tables are weighed, and which table a row's bytes are of."""

from __future__ import annotations

from typing import Any

RESERVES = ("insert_reserved", "life_reserved")
"""Workloads whose tables have room for n entries from the start."""
EMPTY = ("construct_empty",)

GROWN_BYTES, RESERVED_BYTES = "grown_bytes", "reserved_bytes"
STATES_DIFFER = "a state's table has not n entries that were inserted one after the other"
NO_ENTRIES = "its tables have no entries"
NOT_YET = "not weighed yet"
OLDER = "the run is older than the weighing of tables is"


def why_not_weighed(described: list[dict[str, Any]]) -> str | None:
    """Of what the binaries report of themselves: None where all of them weigh tables."""
    unable = [entry["map"] for entry in described if not entry.get("table_memory")]
    return f"the binaries of {', '.join(unable)} cannot weigh tables" if unable else None


def field_of(workload: str, is_state: bool) -> tuple[str | None, str | None]:
    """Which bytes of the table of n entries are a workload's, or why none are."""
    if is_state:
        return None, STATES_DIFFER
    if workload in EMPTY:
        return None, NO_ENTRIES
    return (RESERVED_BYTES if workload in RESERVES else GROWN_BYTES), None
