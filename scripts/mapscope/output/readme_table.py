"""The results table of the README, between two markers, made from one stored run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas

from mapscope.analysis.conclusions import SUBJECTS
from mapscope.analysis.fingerprint import caches, fingerprint
from mapscope.analysis.growth.insert_latency import growing
from mapscope.analysis.heatmap import usual_rows, versions
from mapscope.analysis.inference import CONFIDENCE
from mapscope.analysis.ranking import half_width, ranking
from mapscope.analysis.runs import read_runs
from mapscope.errors import DocumentError, RunStopped, UsageError
from mapscope.files import write_whole
from mapscope.output.writeup import markdown
from mapscope.repository import ROOT
from mapscope.store.records import Growth, Run
from mapscope.text import count_of, duration

README = ROOT / "README.md"
BEGIN, END = "<!-- results: written by `mapscope readme` -->", "<!-- end of results -->"


def write_readme(name: str, results: Path, path: Path = README) -> Path:
    """Replaces the block between the markers in `path`. Raises UsageError, DocumentError or RunStopped."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror}") from None
    found = re.findall(rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}", text, re.DOTALL)
    if len(found) != 1:
        raise DocumentError(f"{path}: needs exactly one block from the line `{BEGIN}` to the line `{END}`")
    block = f"{BEGIN}\n{results_block(name, results)}{END}"
    try:
        write_whole(path, text.replace(found[0], block))
    except OSError as error:
        raise RunStopped(f"cannot write {path}: {error.strerror}") from None
    return path


def results_block(name: str, results: Path) -> str:
    """The table, and what a reader must know to judge it. Raises UsageError or DocumentError."""
    runs = read_runs([name], results)
    if not runs.measured:
        raise UsageError(f"{name} is a file of Google Benchmark: it names no machine; choose a run of `make bench`")
    (run,) = runs.measured
    found = ranking(usual_rows(run, runs.table), ["workload"])
    if found.empty:
        raise UsageError(f"{name} has no workload that every map finished; finish it with `make bench RESUME={name}`")
    grown = growing(run)
    table = _ratios(found, run.map_names)
    if grown:
        latency = {row.map: duration(row.denoised.inserts.max_ns) for row in grown}
        table[f"maximum insert latency, n = {grown[0].n:,}"] = [latency.get(each, "-") for each in run.map_names]
    table["map"] = [f"**{each}**" if each in SUBJECTS else each for each in table["map"]]
    return f"{markdown(table)}\n{_caption(run, found, grown)}"


def _ratios(found: pandas.DataFrame, maps: Sequence[str]) -> pandas.DataFrame:
    """One line a map, one column a workload."""
    columns: dict[str, list[str]] = {"map": list(maps)}
    for workload, part in found.groupby("workload", sort=False):
        by_map = {row["map"]: row for row in part.to_dict("records")}
        columns[f"`{workload}`"] = [_cell(by_map.get(each)) for each in maps]
    return pandas.DataFrame(columns)


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "-"
    if row["verdict"] == "fastest":
        return "**1.00**"
    return f"{row['ratio']:.2f}{'' if row['verdict'] == 'slower' else ' ='}"


def _caption(run: Run, found: pandas.DataFrame, grown: list[Growth]) -> str:
    facts, selection = fingerprint(run), run.selection
    width = half_width(found)
    interval = "unknown" if width is None else f"±{width:.0%} (median)"
    sizes = sorted(selection.sizes)
    virtual = facts["hypervisor"]
    machine = [str(facts["CPU"]), caches(run), *([f"{virtual} guest"] if virtual != "none" else [])]
    lines = [
        "Time per operation as a ratio to the fastest map of the column: geometric mean over "
        f"{count_of(len(selection.kv), 'payload')} ({', '.join(selection.kv)}) and {count_of(len(sizes), 'size')} "
        f"(n = {sizes[0]:,} to {sizes[-1]:,}).",
        f"`=`: indistinguishable from the fastest. {CONFIDENCE:.0%} interval of a ratio: {interval}, "
        f"from {run.rounds_measured} rounds.",
    ]
    if grown:
        lines.append(
            f"Maximum insert latency: {grown[0].kv}, of each insert the shortest time of "
            f"{count_of(grown[0].repetitions, 'repetition')}."
        )
    lines.append(f"Versions: {versions(run.maps)}.")
    lines.append(f"Machine: {', '.join(machine)}; {facts['compiler']}; {run.created[:10]}.")
    return "\n".join(lines) + "\n"
