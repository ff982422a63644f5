"""Many stored runs as one tidy table: one line per run and row, whatever schema version a run was written in.

Everything that looks at more than one run starts here. A file of Google Benchmark's own, by
whatever program, is read as well: it has times and names, and nothing that a run knows of itself.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas

from mapscope.errors import DocumentError, UsageError
from mapscope.fact import unknown
from mapscope.json_file import read_json
from mapscope.store import derived
from mapscope.store.folder import RUN_FILE, RunFolder, find
from mapscope.store.google_json import is_google, read_rounds
from mapscope.store.load import read_run
from mapscope.store.records import Counters, Run

KEY = ["map", "workload", "kv", "hash", "n"]
"""What a row is of; with the run it is in, no two lines are the same."""
ABOUT = ["run", "machine", "commit", "created"]
FIGURES = ["ops", "payload_bytes", "rounds", *derived.DERIVED, "involuntary_switches", "counters", "bytes_per_entry"]
NUMBERS = [figure for figure in derived.DERIVED if figure != "best"]
COLUMNS = [*ABOUT, *KEY, *FIGURES]


_NOTHING = pandas.DataFrame(columns=COLUMNS)


@dataclass(frozen=True)
class Runs:
    """Some runs, by their labels in the order in which they were named."""

    by_label: dict[str, Run | None]
    """None for a file of Google Benchmark's."""
    table: pandas.DataFrame
    """Its columns are COLUMNS; `rounds` holds the times of the rounds, None where one is missing."""

    @property
    def labels(self) -> list[str]:
        """The runs in order."""
        return list(self.by_label)

    @property
    def measured(self) -> list[Run]:
        """The runs in order, without Google Benchmark's files."""
        return [run for run in self.by_label.values() if run is not None]

    def of(self, label: str) -> pandas.DataFrame:
        """The lines of one run."""
        return self.table[self.table["run"] == label]


def read_runs(names: Sequence[str], results: Path) -> Runs:
    """Runs by whatever folder.find takes, or files of Google Benchmark's. Raises UsageError or DocumentError."""
    runs: dict[str, Run | None] = {}
    parts = []
    with _no_collecting():
        for name in names:
            run, lines, label = _read(name, results)
            label = _unlike(label, runs)
            runs[label] = run
            part = pandas.DataFrame(lines, columns=[*KEY, *FIGURES]).assign(**_about(label, run))
            parts.append(part[COLUMNS].astype(dict.fromkeys(NUMBERS, float)))  # of one round, some are all None
    return Runs(runs, pandas.concat(parts, ignore_index=True) if parts else _NOTHING)


def read_what_can_be(names: Sequence[str], results: Path) -> tuple[Runs, list[str]]:
    """read_runs of those that can be read, and for each other the line that says why not."""
    parts, refused = [], []
    for name in names:
        try:
            parts.append(read_runs([name], results))
        except (DocumentError, UsageError) as error:
            refused.append(error.line())
    runs: dict[str, Run | None] = {}
    tables = []
    for part in parts:
        (label,) = part.labels
        renamed = _unlike(label, runs)
        runs[renamed] = part.by_label[label]
        tables.append(part.table.assign(run=renamed))
    return Runs(runs, pandas.concat(tables, ignore_index=True) if tables else _NOTHING), refused


def rounds_of(table: pandas.DataFrame) -> pandas.DataFrame:
    """One line per round that was measured: ABOUT, KEY, `round` from 1, `ns`."""
    long = table[[*ABOUT, *KEY, "rounds"]].explode("rounds", ignore_index=True).rename(columns={"rounds": "ns"})
    long["round"] = long.groupby(["run", *KEY], sort=False).cumcount() + 1
    return long.dropna(subset="ns").astype({"ns": float})


def counters_of(table: pandas.DataFrame) -> pandas.DataFrame:
    """One line per reading: ABOUT, KEY, `backend`, `event`, `value`, `reason`."""
    columns = [*ABOUT, *KEY, "backend", "event", "value", "reason"]
    records = []
    for *identity, counters in table[[*ABOUT, *KEY, "counters"]].itertuples(index=False):
        records += [(*identity, backend, event, fact.value, fact.reason) for backend, event, fact in counters]
    return pandas.DataFrame(records, columns=columns)


def _read(name: str, results: Path) -> tuple[Run | None, list[tuple[Any, ...]], str]:
    """A run (None for Google Benchmark's), its rows as KEY and FIGURES, and what to call it."""
    path = Path(name)
    if path.is_file() and path.name != RUN_FILE:
        document = read_json(path)
        if is_google(document):
            try:
                return None, _rows_of_google(read_rounds(document)), path.stem
            except ValueError as error:
                raise DocumentError(f"{path}: {error}") from None
        if not isinstance(document, dict) or "schema_version" not in document:
            raise DocumentError(
                f"{path}: fields 'context' and 'benchmarks' are missing; neither a run.json nor Google Benchmark's"
            )
    folder: RunFolder = find(name, results)
    run = read_run(folder)
    if not run.rows:
        raise UsageError(f"{folder.run} has no finished row yet; go on with `make bench RESUME={folder.path}`")
    return run, list(map(attrgetter(*KEY, *FIGURES), run.rows)), folder.path.resolve().name


def _rows_of_google(rounds: dict[tuple[Any, ...], list[float]]) -> list[tuple[Any, ...]]:
    """Rows with the figures that follow from their rounds; what Google Benchmark does not report is None."""
    rows = [
        {
            **dict(zip(KEY, key, strict=True)),
            "rounds": times,
            "counters": Counters({}),
            "bytes_per_entry": unknown("Google Benchmark's files do not have it"),
            "involuntary_switches": [None] * len(times),
        }
        for key, times in rounds.items()
    ]
    described = [
        row | figures for row, figures in zip(rows, derived.describe_all([row["rounds"] for row in rows]), strict=True)
    ]
    ratios = derived.ratios_of_rounds(described)
    whole = derived.add_ratios([row | {"ratios": each} for row, each in zip(described, ratios, strict=True)])
    return [tuple(row.get(name) for name in (*KEY, *FIGURES)) for row in whole]


def _about(label: str, run: Run | None) -> dict[str, Any]:
    if run is None:
        return {"run": label, "machine": None, "commit": None, "created": None}
    return {
        "run": label,
        "machine": f"{run.environment.hostname}, {run.environment.cpu_model}",
        "commit": run.tool.commit_name,
        "created": run.created,
    }


def _unlike(label: str, taken: dict[str, Any]) -> str:
    """The label, numbered when another run has it already."""
    number, result = 1, label
    while result in taken:
        number += 1
        result = f"{label} ({number})"
    return result


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the cyclic collector: it would look through millions of new, acyclic objects again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
