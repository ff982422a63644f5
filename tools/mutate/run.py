#!/usr/bin/env python3
"""Puts deliberate bugs into a map, one at a time, and sees whether the tests find them.

    tools/mutate/run.py                   all of hmap's: a minute for every six or so
    tools/mutate/run.py nan clear         those whose names contain one of these words
    tools/mutate/run.py --map steady ...  steady's

Each mutant (*_mutants.py) is applied to a copy of maps/. First the map's probe
(probe.cpp, steady_probe.cpp) is built against it without sanitizers, for speed; if that finds
nothing, the test that the mutant names, or else the probe again, with sanitizers. A mutant that
nothing finds has survived: a test is missing.

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

import hmap_container_mutants
import hmap_table_mutants
from mutant import Mutant
from steady_mutants import STEADY_MUTANTS

HERE = Path(__file__).resolve().parent
MAPS = HERE.parents[1] / "maps"
CXX = os.environ.get("CXX", "g++")
RUN_SECONDS = 30  # the probe takes two; a mutant may loop for ever
HMAP_MUTANTS = hmap_table_mutants.MUTANTS + hmap_container_mutants.MUTANTS
SUBJECTS = {"hmap": (HMAP_MUTANTS, HERE / "probe.cpp"), "steady": (STEADY_MUTANTS, HERE / "steady_probe.cpp")}


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
    command = [CXX, "-std=c++20", "-w", f"-I{maps}", *flags, str(source), "-o", str(program)]
    if source.name.endswith("_test.cpp"):
        command += ["-lgtest", "-lgtest_main", "-pthread"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if "error" in line]
        raise Broken("does not compile: " + (errors or [done.stderr.strip()])[0])


def finding(program: Path) -> str:
    """What the program finds wrong; empty if it passes."""
    try:
        done = subprocess.run([program], capture_output=True, text=True, errors="replace", timeout=RUN_SECONDS)
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


def attempts(mutant: Mutant, home: Path, probe: Path) -> list:
    """(source, what to call it, flags), the cheapest first."""
    sanitized = ["-O0", "-g1", f"-fsanitize={mutant.sanitizer}", "-fno-sanitize-recover=all"]
    tries = [(probe, "probe", ["-O0"])]
    if mutant.test:
        test = source_of(mutant.test, home)
        tries.append((test, mutant.test, [*sanitized, f"-I{home / 'tests'}"]))
    else:
        tries.append((probe, "probe, sanitized", sanitized))
    return tries


def try_mutant(mutant: Mutant, home: Path, probe: Path, program: Path) -> tuple:
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
    mutants, probe = SUBJECTS[chosen_map]
    chosen = [m for m in mutants if not words or any(w in m.name for w in words)]
    survivors, broken = [], []
    with tempfile.TemporaryDirectory(prefix="mutate-") as scratch:
        maps, program = Path(scratch) / "maps", Path(scratch) / "program"
        shutil.copytree(MAPS, maps)
        home = maps / chosen_map
        build(maps, probe, program, "-O0")
        if found := finding(program):
            print(f"the probe fails without any mutant: {found}", file=sys.stderr)
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
    caught = len(chosen) - len(survivors) - len(broken)
    print(f"caught {caught}/{len(chosen)}")
    return 2 if broken else 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
