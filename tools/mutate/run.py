#!/usr/bin/env python3
"""Puts deliberate bugs into a map, one at a time, and sees whether the tests find them.

    tools/mutate/run.py                   all of hmap's: a minute for every six or so
    tools/mutate/run.py nan clear         those whose names contain one of these words
    tools/mutate/run.py --map steady ...  steady's
    tools/mutate/run.py --map concurrent  those of maps/concurrent

Each mutant (*_mutants.py) is applied to a copy of maps/. First the map's probe
(probe.cpp, steady_probe.cpp) is built against it without sanitizers, for speed; if that finds
nothing, the test that the mutant names, or else the probe again, with sanitizers. Concurrent maps have no
probe: each mutant names its test. A mutant that nothing finds has survived: a test is missing. Equivalent ones, which
no test can find, are listed with the reason.

Exit status: 0 if all were caught, 1 if one survived, 2 if a mutant could not be tried, because the
text that it replaces is gone or the result does not compile. CXX chooses the compiler.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import hmap_container_mutants
import hmap_table_mutants
from concurrent_mutants import CONCURRENT_EQUIVALENT, CONCURRENT_MUTANTS
from mutant import Mutant
from steady_mutants import STEADY_MUTANTS

HERE = Path(__file__).resolve().parent
MAPS = HERE.parents[1] / "maps"
CXX = os.environ.get("CXX", "g++")
RUN_SECONDS = 30  # the probe takes two; a mutant may loop for ever
HMAP_MUTANTS = hmap_table_mutants.MUTANTS + hmap_container_mutants.MUTANTS
# The one map that a concurrent test is compiled for; of other headers, the map of the same name.
MUTATED_MAPS = {"reclamation": "hash_trie_map", "spin_lock": "sharded"}


class Subject(NamedTuple):
    """What --map chooses."""

    mutants: list
    probe: Path | None
    equivalent: tuple = ()


SUBJECTS = {
    "hmap": Subject(HMAP_MUTANTS, HERE / "probe.cpp"),
    "steady": Subject(STEADY_MUTANTS, HERE / "steady_probe.cpp"),
    "concurrent": Subject(CONCURRENT_MUTANTS, None, tuple(CONCURRENT_EQUIVALENT)),
}


class Broken(Exception):
    """The mutant itself is no good."""


def mutate(mutant: Mutant, home: Path) -> Path:
    """Applies the mutant to a copy of the map's files; returns the one that it changed."""
    file = home / mutant.file
    text = file.read_text()
    if (n := text.count(mutant.old)) != 1:
        raise Broken(f"its text occurs {n} times in {mutant.file}")
    file.write_text(text.replace(mutant.old, mutant.new))
    return file


def build(maps: Path, source: Path, program: Path, *flags: str) -> None:
    command = [CXX, "-std=c++20", "-w", f"-I{maps}", f"-I{maps.parent}", *flags, str(source), "-o", str(program)]
    if source.name.endswith("_test.cpp"):
        command += ["-lgtest", "-lgtest_main", "-lurcu-memb", "-pthread"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if "error" in line]
        raise Broken("does not compile: " + (errors or [done.stderr.strip()])[0])


def finding(program: Path) -> str:
    """What the program finds wrong; empty if it passes."""
    environment = {**os.environ, "TSAN_OPTIONS": "halt_on_error=1"}
    try:
        done = subprocess.run(
            [program], capture_output=True, text=True, errors="replace", timeout=RUN_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired:
        return "does not end"
    if done.returncode == 0:
        return ""
    lines = (done.stdout + done.stderr).splitlines()
    for telling in ("line ", "SUMMARY", "[  FAILED  ]"):
        for line in lines:
            if line.startswith(telling):
                return line[:60]
    return f"status {done.returncode}"


def source_of(test: str, home: Path) -> Path:
    """The map's own test, or the one that it shares with the other maps."""
    own = home / "tests" / f"{test}.cpp"
    return own if own.exists() else home.parent / "tests" / own.name


def attempts(mutant: Mutant, home: Path, probe: Path | None) -> list:
    """(source, what to call it, flags), the cheapest first."""
    sanitized = ["-O0", "-g1", f"-fsanitize={mutant.sanitizer}", "-fno-sanitize-recover=all"]
    if probe is None:
        stem = Path(mutant.file).stem
        one_map = f"-DMUTATED_MAP={MUTATED_MAPS.get(stem, stem)}"
        return [(source_of(mutant.test, home), mutant.test, [*sanitized, one_map])]
    tries = [(probe, "probe", ["-O0"])]
    if mutant.test:
        test = source_of(mutant.test, home)
        tries.append((test, mutant.test, [*sanitized, f"-I{home / 'tests'}"]))
    else:
        tries.append((probe, "probe, sanitized", sanitized))
    return tries


def finding_without_mutants(chosen: list, home: Path, probe: Path | None, program: Path) -> str:
    """What the probe finds in the map as it is, or, where there is none, a test of the chosen mutants."""
    if probe is not None:
        needed = [(probe, "the probe", ("-O0",))]
    else:
        needed = sorted({(s, name, tuple(flags)) for m in chosen for s, name, flags in attempts(m, home, probe)})
    for source, name, flags in needed:
        build(home.parent, source, program, *flags)
        if found := finding(program):
            return f"{name} fails without any mutant: {found}"
    return ""


def try_mutant(mutant: Mutant, home: Path, probe: Path | None, program: Path) -> tuple:
    """(caught by, finding), both empty if it survived."""
    for source, name, flags in attempts(mutant, home, probe):
        build(home.parent, source, program, *flags)
        if found := finding(program):
            return name, found
    return "", ""


def main(arguments: list) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--map", choices=SUBJECTS, default="hmap")
    parser.add_argument("words", nargs="*", help="only mutants whose names contain one of these")
    chosen_map, words = vars(parser.parse_args(arguments)).values()
    mutants, probe, equivalent = SUBJECTS[chosen_map]
    chosen = [m for m in mutants if not words or any(w in m.name for w in words)]
    survivors, broken = [], []
    with tempfile.TemporaryDirectory(prefix="mutate-") as scratch:
        maps, program = Path(scratch) / "maps", Path(scratch) / "program"
        shutil.copytree(MAPS, maps)
        home = maps / chosen_map
        if found := finding_without_mutants(chosen, home, probe, program):
            print(found, file=sys.stderr)
            return 2
        for mutant in chosen:
            start = time.monotonic()
            original = (home / mutant.file).read_text()
            try:
                file = mutate(mutant, home)
                by, found = try_mutant(mutant, home, probe, program)
                if not by:
                    survivors.append(mutant)
                    by, found = "SURVIVED", mutant.why
                file.write_text(original)
            except Broken as reason:
                (home / mutant.file).write_text(original)
                broken.append(mutant)
                by, found = "BROKEN", str(reason)
            seconds = time.monotonic() - start
            print(f"{mutant.name:42} {by:17} {seconds:4.0f} s  {found}", flush=True)
    for mutant in equivalent:
        print(f"{mutant.name:42} equivalent               {mutant.why}")
    caught = len(chosen) - len(survivors) - len(broken)
    print(f"caught {caught}/{len(chosen)}")
    return 2 if broken else 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
