"""How many processes of a block fit into memory at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from mapscope.plan.plan import Plan
from mapscope.plan.stages.stage import Task

T = TypeVar("T")
SHARE = 0.6
"""Of the machine's memory, that the processes of a block may have."""
WORD_BYTES, STRING_BYTES = 8, 64
"""A number; a string with its share of the heap."""
TABLE_TO_PAYLOAD = 4
"""A growing table, and the keys of a pass, in units of the table's keys and values."""


def together(twins: Sequence[Sequence[T]], plan: Plan, kv: str, n: int) -> list[list[T]]:
    """The processes in parts that fit: one part where memory allows, else as few as possible. Twins stay together."""
    parts = -(-len(twins) // _fitting(plan, kv, n * max(map(len, twins))))
    size = -(-len(twins) // parts)
    return [[one for some in twins[at : at + size] for one in some] for at in range(0, len(twins), size)]


def at_once(plan: Plan, tasks: Sequence[Task], most: int) -> int:
    """How many of these processes may be at work at once: as many as fit, whichever they are."""
    return min([most, *(_fitting(plan, task.kv, task.n) for task in tasks if task.kv)])


def _fitting(plan: Plan, kv: str, entries: int) -> int:
    """How many processes with so many entries each."""
    return max(1, int(SHARE * plan.environment.memory_bytes / (TABLE_TO_PAYLOAD * entries * _entry_bytes(plan, kv))))


def _entry_bytes(plan: Plan, kv: str) -> int:
    payload = plan.payload(kv)
    return _bytes_of(payload.key) + _bytes_of(payload.value)


def _bytes_of(type_name: str) -> int:
    if found := re.search(r"(\d+) bytes", type_name):
        return int(found[1])
    return STRING_BYTES if "string" in type_name else WORD_BYTES
