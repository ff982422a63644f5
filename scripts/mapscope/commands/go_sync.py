"""`go-sync`: concurrent maps beside those of an installed Go, in the scenarios of Go's own benchmark."""

from __future__ import annotations

import argparse
import sys
import tempfile
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
from mapscope.repository import BUILD
from mapscope.run.go_sync import INSTALL, find_gos, measure, reference_of, require_binaries

ROUNDS = 5
SECONDS = 0.05
"""Of a turn, at least."""


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, RunStopped, or MapscopeError where a program fails."""
    build = Path(options.build_dir or BUILD)
    subjects = _subjects(options.maps)
    threads = parse_threads(options.threads) if options.threads else [1, 2]
    rounds = whole("rounds", options.rounds, 1, 1000) if options.rounds else ROUNDS
    if options.targets:
        print(" ".join(f"bench_{subject.map}" for subject in subjects))
        return 0
    with tempfile.TemporaryDirectory(prefix="mapscope-") as folder:
        gos = find_gos(words(options.go), Path(folder))
        require_binaries(build, subjects)
        compared_with = {subject.map: reference_of(subject, gos) for subject in subjects}
        for name in (name for name, go in compared_with.items() if go is None):
            print(f"mapscope: {name} is left out: no Go has what it is a port of; {INSTALL}", file=sys.stderr)
        times = measure(build, gos, subjects, threads, rounds, SECONDS, lambda text: print(text, file=sys.stderr))
    labels = {
        subject.map: subject.reference.label(go.version)
        for subject in subjects
        if (go := compared_with[subject.map]) is not None
    }
    found = compare(times, labels)
    cpu = describe_machine(None, unknown("nothing is pinned")).cpu_model
    title = f"Concurrent maps beside Go's: {cpu}, {', '.join(go.version for go in gos)}, {rounds} rounds"
    folder_out = results_of(options) / "go_sync"
    about: dict[str, str | int] = {"cpu": cpu, "go": ", ".join(go.version for go in gos), "rounds": rounds}
    written = {folder_out / "go_sync.json": document(found, about), folder_out / "go_sync.md": markdown(found, title)}
    try:
        for path, text in written.items():
            write_whole(path, text)
    except OSError as error:
        raise RunStopped(f"cannot write in {folder_out}: {error.strerror}") from None
    terminal = console()
    terminal.print(title, highlight=False)
    for table in tables(found):
        terminal.print()
        terminal.print(table)
    terminal.print()
    for line in [METHOD, "", *verdict(found), *map(shown, written)]:
        terminal.print(line, highlight=False, markup=False)
    return 0


def _subjects(given: str | None) -> list[Subject]:
    chosen = words(given) or [subject.map for subject in SUBJECTS]
    known = {subject.map: subject for subject in SUBJECTS}
    for name in chosen:
        if name not in known:
            raise UsageError(f"--maps (MAPS): nothing in Go is like '{name}'; available: {', '.join(known)}")
    return [known[name] for name in dict.fromkeys(chosen)]
