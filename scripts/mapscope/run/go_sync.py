"""Runs Go's own benchmark of sync.Map, and the same scenarios of bench_<map>, in short turns.

Go's benchmark is in its standard library (sync/map_bench_test.go): it is compiled once for each Go that is installed,
and run scenario by scenario. Nothing is downloaded.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mapscope.errors import MapscopeError, UsageError
from mapscope.plan.concurrent import workload
from mapscope.plan.go_sync import SCENARIOS, Reference, Subject, Times

VERSION = re.compile(r"go(\d+)\.(\d+)\S*")
NS = re.compile(r"^Benchmark\S+\s+\d+\s+([\d.]+) ns/op", re.MULTILINE)
TRIE_SINCE = (1, 24)
"""From this version on sync.Map is a hash trie."""
NEEDED = {
    "go_sync_map": "golang-1.19-go and golang-1.19-src, or another Go before 1.24",
    "hash_trie_map": "a Go from 1.24 on",
}
"""By the kind of its sync.Map: what to install."""
INSTALL = f"install {NEEDED['go_sync_map']}, and {NEEDED['hash_trie_map']}, or name them with --go (GO=)"
OF_THE_USER = ("GOCACHE", "GOPATH", "GOTMPDIR")
"""Of Go's variables, those that say where its files are: with the others (GOGC, GOEXPERIMENT) it would not be as its
users have it."""
TIMEOUT_S = 600
"""Of one program: a Go whose cache is empty compiles its library first, for a minute or two."""
SIZE = 1024
"""Entries of Go's tables."""


@dataclass(frozen=True)
class Go:
    """One that is installed, with its benchmark compiled."""

    version: str
    binary: Path
    benchmarks: frozenset[str]

    @property
    def kind(self) -> str:
        """What its sync.Map is: the name of the map that is a port of it."""
        return _kind(self.version)

    def benchmark(self, scenario: str) -> str | None:
        """Go's name of a scenario; None where this Go has no such benchmark."""
        word = "".join(part.capitalize() for part in scenario.split("_"))
        return next((name for name in (f"BenchmarkMap{word}", f"Benchmark{word}") if name in self.benchmarks), None)


def find_versions(named: Sequence[str]) -> list[tuple[str, str]]:
    """Version and path of each Go: those that are named, else those that are installed; the newest first.

    Raises UsageError where there is none.
    """
    found = [(_version(place), place) for place in dict.fromkeys(named or _installed())]
    if not found:
        raise UsageError(f"no Go is installed; {INSTALL}")
    return sorted(found, key=lambda one: _number(one[0]), reverse=True)


def find_gos(
    versions: Sequence[tuple[str, str]], folder: Path, are_named: bool, note: Callable[[str], None]
) -> list[Go]:
    """Of each kind of sync.Map the newest one, with its benchmark compiled into `folder`; `versions`: newest first.

    One that is installed without the benchmark is left out with a note; one that is named must have it. Raises
    UsageError where none has it.
    """
    newest: dict[str, Go] = {}
    unusable = []
    for version, place in versions:
        if _kind(version) in newest:
            continue
        try:
            newest[_kind(version)] = _compiled(version, place, folder)
        except UsageError as error:
            if are_named:
                raise
            unusable.append(str(error))
    if not newest:
        raise UsageError(unusable[0])
    for reason in unusable:
        note(f"{reason}; left out")
    return [newest[kind] for kind in sorted(newest)]


def measure(
    build: Path, gos: Sequence[Go], subjects: Sequence[Subject], threads: Sequence[int], rounds: int,
    seconds: float, note: Callable[[str], None],
) -> list[Times]:  # fmt: skip
    """Each scenario with each number of threads: C++ and Go in turn, in an order drawn anew in each round.

    Raises UsageError where a binary is missing, or MapscopeError where one fails.
    """
    times: dict[tuple[str, int, str], list[float]] = defaultdict(list)
    rng = random.Random("mapscope go-sync")
    places = [(scenario, count) for scenario in SCENARIOS for count in threads]
    for number in range(1, rounds + 1):
        note(f"round {number} of {rounds}")
        for scenario, count in rng.sample(places, len(places)):
            work = _work(build, gos, subjects, scenario, count, seconds)
            for name, call in rng.sample(work, len(work)):
                if (ns := call()) is not None:
                    times[scenario, count, name].append(ns)
    return [Times(scenario, count, name, tuple(ns)) for (scenario, count, name), ns in sorted(times.items())]


def _work(
    build: Path, gos: Sequence[Go], subjects: Sequence[Subject], scenario: str, count: int, seconds: float
) -> list[tuple[str, Callable[[], float | None]]]:
    """What is compared in one place: each C++ map, and its reference in Go where there is one."""
    work: dict[str, Callable[[], float | None]] = {}
    for subject in subjects:
        go = reference_of(subject, gos)
        if go is None or go.benchmark(scenario) is None:
            continue
        work[subject.map] = partial(_cpp, build, subject.map, scenario, count, seconds)
        label = subject.reference.label(go.version)
        work[label] = partial(_go, go, scenario, subject.reference, count, seconds)
    return list(work.items())


def reference_of(subject: Subject, gos: Sequence[Go]) -> Go | None:
    """The Go that a map is compared with: where any will do, the newest."""
    fitting = [go for go in gos if not subject.reference.kind or go.kind == subject.reference.kind]
    return max(fitting, key=lambda go: _number(go.version), default=None)


def require_binaries(build: Path, subjects: Iterable[Subject]) -> None:
    """Raises UsageError where one is not built."""
    for subject in subjects:
        if not (build / f"bench_{subject.map}").is_file():
            raise UsageError(f"{build}/bench_{subject.map} is not built; run `make go_sync`, which builds it")


def _cpp(build: Path, name: str, scenario: str, count: int, seconds: float) -> float | None:
    """ns per operation; None where the map has no such."""
    family = workload(f"go_{scenario}", count)
    answer = _output(
        [
            str(build.resolve() / f"bench_{name}"), f"--workloads={family}", "--kv=int_int", f"--sizes={SIZE}",
            f"--benchmark_min_time={seconds}", "--benchmark_format=json",
        ],
        os.environ,
    )  # fmt: skip
    try:
        entry = json.loads(answer)["benchmarks"][0]
        if entry.get("error_occurred"):
            if str(entry.get("error_message", "")).startswith("n/a: "):
                return None
            raise MapscopeError(f"bench_{name} {family}: {entry.get('error_message')}")
        return float(entry["real_time"]) / float(entry["ops"])
    except (json.JSONDecodeError, KeyError, IndexError, TypeError) as error:
        raise MapscopeError(f"bench_{name} {family}: unusable answer ({error})") from None


def _go(go: Go, scenario: str, reference: Reference, count: int, seconds: float) -> float | None:
    """ns per operation; None where Go leaves the scenario out of this map."""
    answer = _output(
        [
            str(go.binary), "-test.run=^$", f"-test.bench=^{go.benchmark(scenario)}$/^{re.escape(reference.go)}$",
            f"-test.cpu={count}", f"-test.benchtime={seconds}s",
        ],
        _environment(),
    )  # fmt: skip
    found = NS.search(answer)
    return float(found[1]) if found else None


def _version(place: str) -> str:
    answer = _output([place, "version"], _environment())
    found = VERSION.search(answer)
    if not found:
        raise UsageError(f"{place} version says {answer.strip()!r}: not a Go; name one with --go (GO=)")
    return found[0]


def _compiled(version: str, place: str, folder: Path) -> Go:
    """Raises UsageError where it has no benchmark of sync.Map: some distributions leave out the library's tests."""
    binary = folder / f"sync-{version}.test"
    try:
        _output([place, "test", "-c", "-o", str(binary), "sync"], _environment())
    except MapscopeError as error:
        raise UsageError(f"{version} cannot compile the tests of its package sync: {error}") from None
    names = _output([str(binary), "-test.list=^Benchmark"], _environment()).split() if binary.is_file() else []
    if not any(name.endswith("LoadMostlyHits") for name in names):
        raise UsageError(f"{version} ({place}) has no benchmark of sync.Map: its library is installed without tests")
    return Go(version, binary, frozenset(names))


def _installed() -> list[str]:
    """Of several names of one program the first."""
    on_path = shutil.which("go")
    found = [*([on_path] if on_path else []), *sorted(map(str, Path("/usr/lib").glob("go-*/bin/go")))]
    by_program: dict[str, str] = {}
    for place in found:
        by_program.setdefault(os.path.realpath(place), place)
    return list(by_program.values())


def _environment() -> dict[str, str]:
    """Go as it is without settings of the user; nothing is downloaded."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GO") or name in OF_THE_USER}
    return kept | {"GOENV": "off", "GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def _output(command: list[str], environment: os._Environ[str] | dict[str, str]) -> str:
    """What it prints. Raises UsageError where it cannot be run, MapscopeError where it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S, env=dict(environment)
        )
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise MapscopeError(f"{' '.join(command)}: no answer within {TIMEOUT_S} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise MapscopeError(f"{command[0]} ended with {done.returncode}: {lines[-1]}")
    return done.stdout


def _kind(version: str) -> str:
    return "hash_trie_map" if _number(version) >= TRIE_SINCE else "go_sync_map"


def _number(version: str) -> tuple[int, int]:
    found = VERSION.search(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
