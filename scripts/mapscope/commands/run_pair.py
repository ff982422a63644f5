"""`run --against`: the present build and another, interleaved, then how they compare."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mapscope.analysis.compare import compare
from mapscope.analysis.runs import read_runs
from mapscope.commands.shared import console, shown
from mapscope.errors import Interrupted, MapscopeError, RunStopped, UsageError
from mapscope.fact import Fact
from mapscope.output.terminal.comparison import print_comparison
from mapscope.plan.build import Catalogue, read_catalogue, targets
from mapscope.plan.planner import make_plan
from mapscope.plan.records import ChosenSuite, Selection
from mapscope.plan.selection import benchmarks, processes
from mapscope.plan.suites import SUITES
from mapscope.plan.tasks import tasks
from mapscope.run.building import build_now
from mapscope.run.other_build import directory_of
from mapscope.run.pair import (
    Side,
    cannot_watch,
    create_folders,
    execute_pair,
    of_commit,
    rejoin,
    require_alike,
    require_turns,
    without_new_states,
)  # fmt: skip
from mapscope.run.progress import Display
from mapscope.store import write
from mapscope.store.folder import RunFolder, run_name
from mapscope.text import count_of


def measure_pair(
    options: argparse.Namespace,
    results: Path,
    catalogue: Catalogue,
    selection: Selection,
    suite: ChosenSuite,
    seed: int,
    cpu: int | None,
    pinned: Fact,
) -> int:
    """Plan two runs and measure them. Raises UsageError when the other build cannot be compared."""
    if (options.counters or "off") != "off":
        raise UsageError("--against (AGAINST) compares times; leave out COUNTERS")
    selection = replace(selection, counters="off")
    write.check_destination(results, 2 * benchmarks(selection), 0)
    if options.dry_run:  # the other build may still be to come
        print(f"{2 * processes(selection)} processes of two interleaved builds, into {results}")
        return 0
    there = read_catalogue(directory_of(options.against, options.maps))
    if not options.workloads:
        selection = replace(selection, workloads=without_new_states(selection.workloads, catalogue, there))
    require_alike(catalogue, there, selection.maps, selection.workloads)
    build_now(there, targets(there, selection.maps, selection.hashes, there.parts_of(selection.workloads)))
    require_turns(there, selection.maps)
    if SUITES[suite.name].growth and selection.growth != "off" and (reason := cannot_watch(there, selection.maps)):
        if options.growth or options.growth_sizes or options.growth_repetitions:
            raise UsageError(f"--against (AGAINST): {reason}; leave growth out with GROWTH=off")
        print(f"growth is not measured: {reason}")
        selection = replace(selection, growth="off")
    plans = [make_plan(selection, suite, seed, each, cpu, pinned, builds=2) for each in (there, catalogue)]
    plans[0] = of_commit(plans[0], there)
    when, host = datetime.now(), plans[1].environment.hostname
    earlier = when - timedelta(seconds=1)  # so that `latest` is the present build
    sides = (
        Side(plans[0], RunFolder(results / f"{run_name(earlier, host, plans[0].tool)}-base"), there),
        Side(plans[1], RunFolder(results / run_name(when, host, plans[1].tool)), catalogue),
    )
    create_folders(sides)
    return measure_sides(sides, cpu)


def measure_sides(sides: tuple[Side, Side], cpu: int | None) -> int:
    """Carry out what is missing of two plans, interleaved, then show how they compare.

    Raises RunStopped or Interrupted with how to go on, and MapscopeError after failures.
    """
    names = [shown(side.folder.path) for side in sides]
    rejoin(sides)
    planned = sum(1 for side in sides for _ in tasks(side.plan))
    missing = [task for side in sides for task in side.folder.missing(side.plan)]
    print(f"{len(missing)} of {planned} processes of two builds to run interleaved, into {names[0]} and {names[1]}")
    try:
        execute_pair(sides, cpu, Display(console(), missing, planned))
    except (Interrupted, RunStopped) as error:
        left = sum(len(side.folder.missing(side.plan)) for side in sides)
        error.args = (
            f"{error}; {planned - left} of {planned} processes are kept in {names[0]} and {names[1]}; "
            f"go on with: make bench RESUME={names[1]}",
        )
        raise
    runs = [read_runs([str(side.folder.path)], side.folder.path.parent) for side in sides]
    print_comparison(console(), compare(*runs))
    print(f"\nagain with: make compare A={names[0]} B={names[1]}")
    if failed := sum(len(run.failures) for side in runs for run in side.measured):
        raise MapscopeError(f"{count_of(failed, 'failure')}, listed in run.json of {names[0]} and {names[1]}")
    return 0
