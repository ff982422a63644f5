"""Tables for a write-up, as Markdown: distinct cache lines beside time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas

from mapscope.analysis.table import rows
from mapscope.errors import RunStopped
from mapscope.files import write_whole
from mapscope.store.records import Run
from mapscope.text import per_operation, significant

LINES = ("sim", "lines_mean")


def write_tables(run: Run, folder: Path) -> list[Path]:
    """One file per hash setting, of all sizes; none without lines. Raises RunStopped."""
    table = rows(run)
    table = table[table["counters"].map(lambda counters: counters.value(*LINES) is not None).astype(bool)]
    written = []
    for hash_name, part in table.groupby("hash", sort=False):
        path = folder / f"lines-and-ns-{hash_name}.md"
        try:
            write_whole(path, _document(run, str(hash_name), part))
        except OSError as error:
            raise RunStopped(f"cannot write {path}: {error.strerror}") from None
        written.append(path)
    return written


def _document(run: Run, hash_name: str, part: pandas.DataFrame) -> str:
    label = run.label_of("sim")
    lines = [
        f"# Cache lines × ns, {hash_name} hash",
        "",
        f"Each cell: mean distinct cache lines of one operation × ns per operation. Lines: {label}.",
        f"Times: median of {run.rounds_measured} rounds on {run.environment.cpu_model}, "
        f"{run.build.compiler}, {run.created[:10]}. `-`: no trustworthy number.",
    ]
    present = [name for name in run.map_names if name in set(part["map"])]
    for (kv, n), block in part.groupby(["kv", "n"], sort=False):
        lines += [
            "",
            f"## {kv}, n = {n}",
            "",
            f"| workload | {' | '.join(present)} |",
            "|---" * (len(present) + 1) + "|",
        ]
        for workload, group in block.groupby("workload", sort=False):
            by_map = {row["map"]: row for row in group.to_dict("records")}
            cells = [_cell(by_map.get(name)) for name in present]
            lines.append(f"| {workload} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(row: dict[str, Any] | None) -> str:
    return "-" if row is None else f"{per_operation(row['counters'].value(*LINES))} × {significant(row['median'])}"
