"""How many processes of a block fit into memory at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from mapscope.plan.plan import Plan

T = TypeVar("T")
SHARE = 0.6
"""Of the machine's memory, that the processes of a block may have."""
WORD_BYTES, STRING_BYTES = 8, 64
"""A number; a string with its share of the heap."""
TABLE_TO_PAYLOAD = 4
"""A growing table, and the keys of a pass, in units of the table's keys and values."""


def together(twins: Sequence[Sequence[T]], plan: Plan, kv: str, n: int) -> list[list[T]]:
    """The processes in parts that fit: one part where memory allows, else as few as possible. Twins stay together."""
    each = TABLE_TO_PAYLOAD * n * _entry_bytes(plan, kv) * max(map(len, twins))
    at_once = max(1, int(SHARE * plan.environment.memory_bytes / each))
    parts = -(-len(twins) // at_once)
    size = -(-len(twins) // parts)
    return [[one for some in twins[at : at + size] for one in some] for at in range(0, len(twins), size)]


def _entry_bytes(plan: Plan, kv: str) -> int:
    payload = plan.payload(kv)
    return _bytes_of(payload.key) + _bytes_of(payload.value)


def _bytes_of(type_name: str) -> int:
    if found := re.search(r"(\d+) bytes", type_name):
        return int(found[1])
    return STRING_BYTES if "string" in type_name else WORD_BYTES
