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
INSTALL = "install golang-1.19-go and golang-1.19-src, and a Go from 1.24 on, or name them with --go (GO=)"
TRIE_SINCE = (1, 24)
"""From this version on sync.Map is a hash trie."""
TIMEOUT_S = 120
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
        return "hash_trie_map" if _number(self.version) >= TRIE_SINCE else "go_sync_map"

    def benchmark(self, scenario: str) -> str | None:
        """Go's name of a scenario; None where this Go has no such benchmark."""
        word = "".join(part.capitalize() for part in scenario.split("_"))
        return next((name for name in (f"BenchmarkMap{word}", f"Benchmark{word}") if name in self.benchmarks), None)


def find_gos(named: Sequence[str], folder: Path) -> list[Go]:
    """Of each kind of sync.Map the newest one, with its benchmark compiled into `folder`. Raises UsageError."""
    places = list(named) or [*_on_path(), *sorted(str(path) for path in Path("/usr/lib").glob("go-*/bin/go"))]
    newest: dict[str, Go] = {}
    for place in dict.fromkeys(places):
        go = _compiled(place, folder)
        if go.kind not in newest or _number(go.version) > _number(newest[go.kind].version):
            newest[go.kind] = go
    if not newest:
        raise UsageError(f"no Go is installed; {INSTALL}")
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


def _compiled(place: str, folder: Path) -> Go:
    answer = _output([place, "version"], _environment())
    found = VERSION.search(answer)
    if not found:
        raise UsageError(f"--go (GO): {place} version says {answer.strip()!r}: not a Go")
    binary = folder / f"sync-{found[0]}.test"
    _output([place, "test", "-c", "-o", str(binary), "sync"], _environment())
    if not binary.is_file():
        raise UsageError(f"{place} test -c sync wrote no binary: the standard library's tests are not installed")
    names = _output([str(binary), "-test.list=^Benchmark"], _environment()).split()
    if not any(name.endswith("LoadMostlyHits") for name in names):
        raise UsageError(f"{place}: its standard library has no benchmark of sync.Map (package golang-<version>-src)")
    return Go(found[0], binary, frozenset(names))


def _on_path() -> list[str]:
    found = shutil.which("go")
    return [found] if found else []


def _environment() -> dict[str, str]:
    """Without GOROOT, which belongs to one Go only; nothing is downloaded."""
    kept = {name: value for name, value in os.environ.items() if name not in ("GOROOT", "GOFLAGS")}
    return kept | {"GOPROXY": "off", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def _output(command: list[str], environment: os._Environ[str] | dict[str, str]) -> str:
    """What it prints. Raises UsageError where it cannot be run, MapscopeError where it fails."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S, env=dict(environment)
        )
    except OSError as error:
        raise UsageError(f"{command[0]} cannot be run: {error.strerror}; {INSTALL}") from None
    except subprocess.TimeoutExpired:
        raise MapscopeError(f"{' '.join(command)}: no answer within {TIMEOUT_S} s") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
        raise MapscopeError(f"{command[0]} ended with {done.returncode}: {lines[-1]}")
    return done.stdout


def _number(version: str) -> tuple[int, int]:
    found = VERSION.search(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)
