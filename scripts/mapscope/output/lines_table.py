"""Tables for a write-up, as Markdown: distinct cache lines beside time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas

from mapscope.analysis.table import maps_of, rows
from mapscope.errors import RunStopped
from mapscope.files import write_whole
from mapscope.text import per_operation, significant


def write_tables(run: dict[str, Any], folder: Path) -> list[Path]:
    """One file per hash setting, of all sizes; none without lines. Raises RunStopped."""
    table = rows(run)
    table = table[[_lines(counters) is not None for counters in table["counters"]]]
    written = []
    for hash_name, part in table.groupby("hash", sort=False):
        path = folder / f"lines-and-ns-{hash_name}.md"
        try:
            write_whole(path, _document(run, str(hash_name), part))
        except OSError as error:
            raise RunStopped(f"cannot write {path}: {error.strerror}") from None
        written.append(path)
    return written


def _document(run: dict[str, Any], hash_name: str, part: pandas.DataFrame) -> str:
    label = next(backend["label"] for backend in run["counter_backends"] if backend["name"] == "sim")
    lines = [
        f"# Cache lines × ns, {hash_name} hash",
        "",
        f"Each cell: mean distinct cache lines of one operation × ns per operation. Lines: {label}.",
        f"Times: median of {run['selection']['rounds']} rounds on {run['environment']['cpu_model']}, "
        f"{run['build']['compiler']}, {run['created'][:10]}. `-`: no trustworthy number.",
    ]
    present = [name for name in maps_of(run) if name in set(part["map"])]
    for (kv, n), block in part.groupby(["kv", "n"], sort=False):
        lines += ["", f"## {kv}, n = {n}", "", f"| workload | {' | '.join(present)} |", "|---" * (len(present) + 1) + "|"]
        for workload, group in block.groupby("workload", sort=False):
            by_map = {row["map"]: row for row in group.to_dict("records")}
            cells = [_cell(by_map.get(name)) for name in present]
            lines.append(f"| {workload} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(row: dict[str, Any] | None) -> str:
    return "-" if row is None else f"{per_operation(_lines(row['counters']))} × {significant(row['median'])}"


def _lines(counters: dict[str, Any]) -> float | None:
    return counters.get("sim", {}).get("lines_mean", {}).get("value")
