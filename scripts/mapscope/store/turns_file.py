"""The file turns.parquet: one line a turn of every timed row, for whoever wants to look behind a figure."""

from __future__ import annotations

from pathlib import Path

import pyarrow
from pyarrow import parquet

from mapscope.files import whole_file
from mapscope.json_file import read_json
from mapscope.plan.plan import Plan
from mapscope.plan.stages.time import turns_of
from mapscope.plan.tasks import all_rounds
from mapscope.store.folder import RunFolder

NAMES = ("workload", "kv", "hash", "map")
SCHEMA = pyarrow.schema(
    [
        *((name, pyarrow.dictionary(pyarrow.int16(), pyarrow.string())) for name in NAMES),
        ("n", pyarrow.int64()),
        ("round", pyarrow.int16()),
        ("turn", pyarrow.int16()),
        ("ns_per_op", pyarrow.float64()),
        ("passes", pyarrow.int32()),
        ("involuntary_switches", pyarrow.int32()),
        ("pace_ns", pyarrow.int32()),
    ]
)


def write_turns(folder: RunFolder, plan: Plan) -> Path:
    """From the raw files. Raises OSError, or DocumentError when one is damaged."""
    columns: dict[str, list[object]] = {name: [] for name in SCHEMA.names}
    for task in all_rounds(plan):
        if not (path := folder.raw(task)).is_file():
            continue
        for workload, hash_name, turns in turns_of(read_json(path)):
            for number, (ns, passes, switches, pace) in enumerate(turns, start=1):
                line = (workload, task.kv, hash_name, task.map, task.n, task.round, number, ns, passes, switches, pace)
                for name, value in zip(SCHEMA.names, line, strict=True):
                    columns[name].append(value)
    with whole_file(folder.turns, "wb") as stream:
        parquet.write_table(pyarrow.table(columns, schema=SCHEMA), stream, compression="zstd")
    return folder.turns
