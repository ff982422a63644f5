"""The weighing of tables: a process for each map, payload and hash fills tables to all sizes and reports bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mapscope.plan import key_sets
from mapscope.plan.build import MAIN, Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.benchmark import file_name
from mapscope.plan.stages.collected import BadOutput, Collected, Parsed
from mapscope.plan.stages.stage import Stage, Task
from mapscope.plan.table_memory import loads_of

FORMAT = "1"
KEY = "mapscope_table_memory"
AT_LOAD = "bytes_per_entry_at_load"
BYTES = ("grown_bytes", "peak_bytes", "reserved_bytes")
"""The last is null of a map that has no room to reserve."""


class TableMemoryStage(Stage):
    """Its processes are not timed: they count what they allocate."""

    name = "table_memory"
    pinned = False
    predicts = False

    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """See Stage."""
        return catalogue.timed(task.map, task.hash, MAIN)

    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """See Stage."""
        return [
            f"./{self.binary(task, catalogue)}",
            f"--table-memory={output.resolve()}",
            *key_sets.options(task.kv, plan.payload(task.kv).key_list, catalogue.directory),
            f"--hash={task.hash}",
            f"--sizes={','.join(map(str, plan.selection.sizes_of[task.kv]))}",
            f"--seed={task.seed}",
            *([f"--table-loads={','.join(loads)}"] if (loads := loads_of(plan.selection.workloads)) else []),
        ]

    def path(self, task: Task) -> Path:
        """`table_memory/<payload>-n<largest size>-<map>.json`"""
        return Path(self.name, file_name(task))

    def phase(self, task: Task) -> str:
        """See Stage."""
        return "memory of tables"

    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """The document itself, once it is known to be the whole, sound output of this task."""
        if not isinstance(document, dict) or document.get(KEY) != FORMAT:
            raise BadOutput(f"not the output of --table-memory in format {FORMAT}")
        types, keys = key_sets.parts(task.kv)
        expected = {"map": task.map, "kv": types, "keys": keys, "hash": task.hash, "seed": task.seed}
        for field, value in expected.items():
            if document.get(field) != value:
                raise BadOutput(f"field '{field}' is {document.get(field)!r}, expected {value!r}")
        if document.get("reason") is None:
            _check(document.get("tables"), plan.selection.sizes_of[task.kv])
        return Parsed(str(document.get("memory")), document)

    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """The bytes of each size, or the reason of all."""
        document = parsed.results
        if document.get("reason") is not None:
            collected.not_weighed[task.kv, task.hash, task.map] = document["reason"]
        for table in document["tables"]:
            collected.table_memory[task.kv, task.hash, table["n"], task.map] = {
                name: table[name] for name in (*BYTES, AT_LOAD)
            }


def _check(tables: Any, sizes: list[int]) -> None:
    if not isinstance(tables, list) or [table.get("n") for table in tables] != sizes:
        raise BadOutput("field 'tables' does not hold the sizes that were asked for")
    for table in tables:
        counts = [table.get(name, 0) for name in BYTES]
        if not all(isinstance(count, int) and count > 0 for count in (counts[:-1] if counts[-1] is None else counts)):
            raise BadOutput(f"bytes at n = {table['n']}: expected whole numbers above 0")
        if not all(isinstance(held, float) and held > 0 for held in table[AT_LOAD].values()):
            raise BadOutput(f"bytes per entry at n = {table['n']}: expected numbers above 0")
        if table["peak_bytes"] < table["grown_bytes"]:
            raise BadOutput(f"bytes at n = {table['n']}: fewer at the peak than afterwards")
