"""`experiment NAME`: build the program of an experiment, run it, and show its result."""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

from rich.console import Console

from mapscope.analysis.passing import Passing, read_ways
from mapscope.commands.shared import results_of, shown
from mapscope.errors import MapscopeError, RunStopped, UsageError
from mapscope.fact import unknown
from mapscope.files import whole_file, write_whole
from mapscope.output.passing import markdown, table
from mapscope.output.plots.order import draw_order, read_counts
from mapscope.plan.build import read_catalogue
from mapscope.plan.environment import describe_machine
from mapscope.plan.experiments import EXPERIMENTS, Experiment
from mapscope.repository import BUILD, ROOT


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError, RunStopped, or MapscopeError when it cannot be built."""
    if options.name not in EXPERIMENTS:
        raise UsageError(f"unknown experiment '{options.name}'; available: {', '.join(EXPERIMENTS)}")
    experiment = EXPERIMENTS[options.name]
    program = Path(options.build_dir or BUILD) / experiment.program
    if experiment.output is None and options.output:
        raise UsageError(f"--output: {experiment.name} stores nothing that could be shown again")
    if not options.output:
        _build(program)
    if experiment.output is None:
        return _start(experiment, program, None)
    output = Path(options.output) if options.output else results_of(options) / experiment.output
    if not options.output:
        _measure(experiment, program, output)
    folder = (results_of(options) / experiment.output).parent
    if experiment.name == "iteration_order":
        return _show_order(output, folder)
    return _show_passing(output, program, folder)


def _build(program: Path) -> None:
    """The program, in a build directory that is configured first where it is the usual one."""
    commands = [("cmake", "--build", str(program.parent), "--target", program.name)]
    if program.parent == BUILD:
        commands.insert(0, ("cmake", "--preset", "bench"))
    for command in commands:
        try:
            done = subprocess.run(command, cwd=ROOT, stdout=2, check=False)  # stdout is for the result
        except OSError as error:
            raise UsageError(f"cmake cannot be run: {error.strerror}; `make setup` installs it") from None
        if done.returncode != 0:
            raise MapscopeError(f"{program.name} cannot be built: {' '.join(command)} ended with {done.returncode}")


def _measure(experiment: Experiment, program: Path, output: Path) -> None:
    """The program's standard output becomes the file, whole or not at all."""
    try:
        with whole_file(output, "wb") as stream:
            if (code := _start(experiment, program, stream.fileno())) != 0:
                raise MapscopeError(f"{program} ended with {code}")
    except OSError as error:
        raise RunStopped(f"cannot write {output}: {error.strerror}") from None


def _start(experiment: Experiment, program: Path, stdout: int | None) -> int:
    try:
        return subprocess.run((program.resolve(), *experiment.arguments), stdout=stdout, check=False).returncode
    except OSError as error:
        raise UsageError(f"{program} cannot be run: {error.strerror}; build it again with `make build`") from None


def _show_order(output: Path, folder: Path) -> int:
    print(shown(draw_order(read_counts(output), folder / "order")))
    return 0


def _show_passing(output: Path, program: Path, folder: Path) -> int:
    ways = read_ways(output, program)
    machine = describe_machine(None, unknown("nothing is pinned"))
    found = Passing(machine.cpu_model, read_catalogue(program.parent).compiler, ways)
    written = {
        folder / "passing.json": json.dumps(found.document(), indent=1) + "\n",
        folder / "passing.md": markdown(found),
    }
    try:
        for path, text in written.items():
            write_whole(path, text)
    except OSError as error:
        raise RunStopped(f"cannot write in {folder}: {error.strerror}") from None
    Console(highlight=False).print(table(found))
    for path in written:
        print(shown(path))
    return 0
