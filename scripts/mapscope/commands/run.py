"""`run`: plan and measure; with --resume, go on with a plan that was interrupted.

The libraries that show what was measured are only loaded when something has been: make asks for targets first.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

from mapscope.commands.shared import results_of, shown
from mapscope.errors import UsageError
from mapscope.fact import unknown
from mapscope.plan import build
from mapscope.plan.concurrent import EVERY_CPU
from mapscope.plan.plan import differences
from mapscope.plan.planner import make_plan
from mapscope.plan.records import Selection
from mapscope.plan.selection import DEFAULT, benchmarks, countings, cpu_of, processes, seed_of, select
from mapscope.repository import BUILD
from mapscope.run import other_build
from mapscope.run.own_maps import with_adapters
from mapscope.run.pair import Side, of_commit, stored_sides
from mapscope.run.pinning import choose_cpu
from mapscope.store import write
from mapscope.store.folder import RunFolder, find, run_name
from mapscope.store.load import read_plan
from mapscope.text import count_of, span

SELECTING = (
    "suite", "maps", "workloads", "kv", "keys", "hash", "sizes", "rounds", "target", "budget", "start", "memory",
    "seed", "cpu", "counters", "cache", "papi_events", "growth", "growth_sizes", "growth_repetitions", "threads",
)  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, RunStopped, Interrupted, or MapscopeError after failures."""
    results = results_of(options)
    catalogue = build.read_catalogue(Path(options.build_dir or BUILD))
    if options.resume:
        return _resume(options, results, catalogue)
    own: list[str] = []
    if options.adapter:
        catalogue, own = with_adapters(catalogue, options.adapter, options.include, options.link)
        options.maps = ",".join([options.maps or DEFAULT, *own])
    elif options.include or options.link:
        raise UsageError("--include and --link (INCLUDE, LINK) are for the map of an --adapter (ADAPTER)")
    selection, suite = select({name: getattr(options, name) for name in SELECTING}, catalogue)
    seed = seed_of(options.seed)
    cpu, pinned = (None, unknown(EVERY_CPU)) if selection.is_concurrent else choose_cpu(cpu_of(options.cpu))
    if options.targets:
        print(*_targets(catalogue, selection))
        return 0
    if own and not options.dry_run:
        from mapscope.run.building import build_now

        build_now(
            catalogue,
            build.targets(catalogue, own, selection.hashes, catalogue.parts_of(selection.workloads)),
            is_edited=True,
        )
    if options.against:
        from mapscope.commands.run_pair import measure_pair

        other_build.check(options.against)
        return measure_pair(options, results, catalogue, selection, suite, seed, cpu, pinned)
    write.check_destination(results, benchmarks(selection), countings(selection))
    if options.dry_run:
        print(
            f"suite {suite.name}: {len(selection.maps)} maps, {_workloads(selection, catalogue)}, "
            f"{len(selection.kv)} payloads, {len(selection.sizes)} sizes, {_rounds(selection)}: "
            f"at most {processes(selection)} processes, and counters {selection.counters}, into {results}"
        )
        return 0
    plan = make_plan(selection, suite, seed, catalogue, cpu, pinned)
    folder = RunFolder(results / run_name(datetime.now(), plan.environment.hostname, plan.tool))
    write.create_folder(folder, plan)
    from mapscope.commands.measure import measure

    return measure(plan, folder, catalogue, cpu)


def _targets(catalogue: build.Catalogue, selection: Selection) -> list[str]:
    return build.targets(catalogue, selection.maps, selection.hashes, catalogue.parts_of(selection.workloads))


def _workloads(selection: Selection, catalogue: build.Catalogue) -> str:
    count = len(selection.workloads)
    if selection.is_concurrent:
        return f"{count} workloads with {', '.join(map(str, selection.threads))} threads"
    states = len(set(selection.workloads) & set(catalogue.states))
    further = f" and {count_of(states, 'state')}" if states else ""
    return f"{count - states} workloads{further}"


def _rounds(selection: Selection) -> str:
    least, most = selection.least_rounds, selection.rounds
    budget = f" within {span(selection.budget_s)}" if selection.budget_s else ""
    return (count_of(most, "round") if least == most else f"{least} to {most} rounds") + budget


def _resume(options: argparse.Namespace, results: Path, catalogue: build.Catalogue) -> int:
    if given := [name for name in (*SELECTING, "adapter", "include", "link", "against") if getattr(options, name)]:
        names = ", ".join(name.upper() for name in given)
        raise UsageError(f"--resume (RESUME) continues a stored plan unchanged; leave out {names}")
    folder = RunFolder(find(options.resume, results).path)  # its run.json will be written anew, unpacked
    plan = read_plan(folder)
    sides: tuple[Side, Side] | None = None
    if folder.pair.is_file():
        sides = stored_sides(folder, catalogue)
        folder, plan = sides[1].folder, sides[1].plan
    unknown = [name for name in plan.selection.maps if name not in catalogue.binaries]
    if unknown:
        raise UsageError(f"cannot resume {shown(folder.path)}: this build has no {', '.join(unknown)}")
    cpu = plan.environment.pinned_cpu.value
    if cpu is not None:
        choose_cpu(cpu)
    write.check_destination(folder.path, 0, 0)
    missing = folder.missing(plan)
    if options.targets:
        print(*_targets(catalogue, plan.selection))
        return 0
    if options.dry_run:  # the build may still be to come, so it is compared only when it counts
        print(f"{shown(folder.path)}: {len(missing)} processes are missing")
        return 0
    for side in sides or (Side(plan, folder, catalogue),):
        _require_unchanged(side, is_other_build=bool(sides) and side is sides[0])
    from mapscope.commands.measure import measure
    from mapscope.commands.run_pair import measure_sides

    return measure_sides(sides, cpu) if sides else measure(plan, folder, catalogue, cpu)


def _require_unchanged(side: Side, is_other_build: bool) -> None:
    """Raises UsageError when the build or the machine is not the one that the plan was made for."""
    plan = side.plan
    pinned = plan.environment.pinned_cpu
    now = make_plan(plan.selection, plan.suite, plan.seeds.base, side.catalogue, pinned.value, pinned)
    if is_other_build:
        now = of_commit(now, side.catalogue)
    if reasons := differences(plan, now):
        raise UsageError(
            f"cannot resume {shown(side.folder.path)}: {'; '.join(reasons)}; "
            "go back to what it was started with, or start a new run"
        )
