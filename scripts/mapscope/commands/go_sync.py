"""`go-sync`: concurrent maps beside those of an installed Go, in the scenarios of Go's own benchmark."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from mapscope.analysis.concurrent.go_sync import compare
from mapscope.commands.shared import console, results_of, shown, words
from mapscope.errors import RunStopped, UsageError
from mapscope.fact import unknown
from mapscope.files import write_whole
from mapscope.output.go_sync import METHOD, document, markdown, tables, verdict
from mapscope.plan.concurrent import parse_threads
from mapscope.plan.environment import describe_machine
from mapscope.plan.go_sync import SUBJECTS, Subject
from mapscope.plan.selection import whole
from mapscope.plan.sources import describe_tool
from mapscope.repository import BUILD
from mapscope.run.go_sync import (
    NEEDED,
    Go,
    find_gos,
    find_versions,
    measure,
    reference_of,
    require_binaries,
)

ROUNDS = 5
SECONDS = 0.05
"""Of a turn, at least."""


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, RunStopped, or MapscopeError where a program fails."""
    build = Path(options.build_dir or BUILD)
    subjects = _subjects(options.maps)
    threads = parse_threads(options.threads) if options.threads else [1, 2]
    rounds = whole("rounds", options.rounds, 1, 1000) if options.rounds else ROUNDS
    versions = find_versions(words(options.go))  # without one, nothing need be built
    if options.targets:
        print(" ".join(f"bench_{subject.map}" for subject in subjects))
        return 0
    require_binaries(build, subjects)
    out = _folder(options)
    with tempfile.TemporaryDirectory(prefix="mapscope-") as folder:
        gos = find_gos(versions, Path(folder), bool(words(options.go)), _note)
        compared_with = _compared_with(subjects, gos)
        subjects = [subject for subject in subjects if subject.map in compared_with]
        times = measure(build, gos, subjects, threads, rounds, SECONDS, partial(print, file=sys.stderr))
    found = compare(times, {one.map: one.reference.label(compared_with[one.map].version) for one in subjects})
    about: dict[str, str | int | None] = {
        "cpu": describe_machine(None, unknown("nothing is pinned")).cpu_model,
        "go": ", ".join(go.version for go in gos),
        "commit": describe_tool().commit_name,
        "rounds": rounds,
    }
    title = f"Concurrent maps beside Go's: {about['cpu']}, {about['go']}, commit {about['commit']}, {rounds} rounds"
    written = {out / "go_sync.json": document(found, about), out / "go_sync.md": markdown(found, title)}
    try:
        for path, text in written.items():
            write_whole(path, text)
    except OSError as error:
        raise RunStopped(f"cannot write in {out}: {error.strerror}") from None
    terminal = console()
    terminal.print(title, highlight=False)
    for table in tables(found):
        terminal.print()
        terminal.print(table)
    terminal.print()
    for line in [METHOD, "", *verdict(found), *map(shown, written)]:
        terminal.print(line, highlight=False, markup=False)
    return 0


def _folder(options: argparse.Namespace) -> Path:
    """Made before anything is measured. Raises UsageError where it cannot be made."""
    folder = Path(options.out or results_of(options) / "go_sync")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out (OUT): cannot make the folder {folder}: {error.strerror}") from None
    return folder


def _note(text: str) -> None:
    print(f"mapscope: {text}", file=sys.stderr)


def _compared_with(subjects: Sequence[Subject], gos: Sequence[Go]) -> dict[str, Go]:
    """Of each map the Go that it is compared with; those without one are named. Raises UsageError where all are."""
    found = {subject.map: go for subject in subjects if (go := reference_of(subject, gos)) is not None}
    missing = [
        f"{subject.map} is left out: it is compared with {NEEDED[subject.reference.kind]}, and there is none"
        for subject in subjects
        if subject.map not in found
    ]
    if not found:
        raise UsageError(f"{'; '.join(missing)}; nothing remains to compare (--go, GO= names a Go elsewhere)")
    for line in missing:
        _note(line)
    return found


def _subjects(given: str | None) -> list[Subject]:
    chosen = words(given) or [subject.map for subject in SUBJECTS]
    known = {subject.map: subject for subject in SUBJECTS}
    for name in chosen:
        if name not in known:
            raise UsageError(f"--maps (MAPS): nothing in Go is like '{name}'; available: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(chosen)]
