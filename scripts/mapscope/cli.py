"""The command line: `run` measures; `summary`, `plot`, `validate` and `export` take one run; `compare`, `across`,
`report`, `trend` and `figures` several.

Each command is a function of the parsed arguments that returns the exit code: 0 well,
1 measured but with failures, 2 a mistake of the caller, 128 + n after signal n.
An empty option counts as unset, which is how `make` hands its variables through.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from mapscope import __version__
from mapscope.errors import DocumentError, Interrupted, MapscopeError, RunStopped, UsageError
from mapscope.files import write_whole
from mapscope.plan import build
from mapscope.plan.counters import REQUESTS, asked_for
from mapscope.plan.plan import Plan, differences
from mapscope.plan.planner import make_plan
from mapscope.plan.selection import MAX_SIZE, Selection, cpu_of, percent_of, seed_of, select, whole
from mapscope.plan.suites import SUITES
from mapscope.repository import BUILD, RESULTS
from mapscope.run.pair import (
    Side,
    cannot_watch,
    create_folders,
    execute_pair,
    of_commit,
    rejoin,
    require_alike,
    stored_sides,
    without_new_states,
)  # fmt: skip
from mapscope.run.pinning import choose_cpu
from mapscope.run.progress import Display
from mapscope.run.runner import execute, free_cpus
from mapscope.store import load, write
from mapscope.store.folder import RunFolder, find, run_name
from mapscope.text import count_of, which

LOG_WIDTH = 100
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
SELECTING = (
    "suite", "maps", "workloads", "kv", "hash", "sizes", "rounds", "min_time", "memory", "seed", "cpu",
    "counters", "cache", "papi_events", "growth", "growth_sizes", "growth_repetitions",
)  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Parse, carry out, and turn every foreseen fault into one line on stderr."""
    try:
        options = _parser().parse_args(arguments)
        for name, value in vars(options).items():
            if value == "":
                setattr(options, name, None)
        code = options.command(options)
        sys.stdout.flush()
        return code
    except MapscopeError as error:
        print(f"mapscope: error: {error.line()}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("mapscope: error: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `mapscope summary latest | head`
        _silence_stdout()
        return 0
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(f"mapscope: error: cannot write the output: {error.strerror}", file=sys.stderr)
        _silence_stdout()
        return 1


def _silence_stdout() -> None:
    """What is left in its buffer can go nowhere, and the interpreter would complain about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(options: argparse.Namespace) -> int:
    """`run`: plan, measure, and show; or with --resume, go on with a plan that was interrupted."""
    results = Path(options.results or RESULTS)
    catalogue = build.read_catalogue(Path(options.build_dir or BUILD))
    if options.resume:
        return _resume(options, results, catalogue)
    words = {name: getattr(options, name) for name in SELECTING}
    selection, suite = select(words, catalogue)
    seed = seed_of(options.seed)
    cpu, pinned = choose_cpu(cpu_of(options.cpu))
    if options.against:
        return _measure_pair(options, results, catalogue, selection, suite, seed, cpu, pinned)
    write.check_destination(results, selection.benchmarks, selection.countings)
    if options.targets:
        print(*build.targets(catalogue, selection.maps, asked_for(selection.counters)))
        return 0
    if options.dry_run:
        states = len(set(selection.workloads) & set(catalogue.states))
        further = f" and {count_of(states, 'state')}" if states else ""
        print(
            f"suite {suite['name']}: {len(selection.maps)} maps, {len(selection.workloads) - states} workloads{further}, "
            f"{len(selection.kv)} payloads, {len(selection.sizes)} sizes, {selection.rounds} rounds: "
            f"{selection.processes} processes, and counters {selection.counters}, into {results}"
        )
        return 0
    plan = make_plan(selection, suite, seed, catalogue, cpu, pinned)
    folder = RunFolder(results / run_name(datetime.now(), plan.environment["hostname"], plan.tool))
    write.create_folder(folder, plan)
    return _measure(plan, folder, catalogue, cpu)


def summary(options: argparse.Namespace) -> int:
    """`summary RUN`: tables in the terminal."""
    from mapscope.output.terminal.summary import print_summary

    folder = find(options.run or "latest", Path(options.results or RESULTS))
    print_summary(_console(), load.read_run(folder), options.n)
    return 0


def plot(options: argparse.Namespace) -> int:
    """`plot RUN`: PNG and SVG into its folder `plots`, Markdown into `tables`."""
    from mapscope.output.lines_table import write_tables
    from mapscope.output.plots.run import plot_run

    folder = find(options.run or "latest", Path(options.results or RESULTS))
    document = load.read_run(folder)
    _announce(folder, plot_run(document, folder.plots, options.n), write_tables(document, folder.tables))
    return 0


def compare(options: argparse.Namespace) -> int:
    """`compare --a RUNS --b RUNS`: what is slower or faster in B; 1 if too much is, with --fail-on-slower."""
    from mapscope.analysis.compare import compare as compare_sides
    from mapscope.analysis.runs import read_runs
    from mapscope.output.terminal.comparison import print_comparison, too_slow
    from mapscope.output.terminal.comparison_text import name_of

    results = Path(options.results or RESULTS)
    limit = percent_of("fail-on-slower", options.fail_on_slower)
    margin = percent_of("margin", options.margin)
    sides = []
    for side in ("a", "b"):
        if not (names := _words(getattr(options, side))):
            raise UsageError(f"--{side} ({side.upper()}): name one run or more, or a file of Google Benchmark's")
        sides.append(read_runs(names, results))
    found = compare_sides(*sides, **({} if margin is None else {"margin": margin / 100}))
    print_comparison(_console(), found, everything=options.all is not None)
    if limit is None or (slow := too_slow(found, limit)).empty:
        return 0
    worst = slow.sort_values("ratio", ascending=False).to_dict("records")[0]
    raise MapscopeError(
        f"{count_of(len(slow), 'row')} slower by more than {limit:g} %; "
        f"worst: {name_of(worst)}, {worst['ratio'] - 1:+.1%}"
    )


def page(options: argparse.Namespace) -> int:
    """`report RUNS`: one self-contained HTML page."""
    from mapscope.analysis.passing import stored
    from mapscope.analysis.runs import read_runs
    from mapscope.output.page.page import write_page

    results = Path(options.results or RESULTS)
    names = _words(options.runs) or ["latest"]
    runs = read_runs(names, results)
    path = Path(options.out) if options.out else find(names[0], results).path / "report.html"
    write_page(runs, path, stored(results))
    print(f"{_shown(path)}: {path.stat().st_size / 1e6:.1f} MB, {count_of(len(runs.labels), 'run')}")
    return 0


def across(options: argparse.Namespace) -> int:
    """`across RUNS`: what holds on every machine."""
    from mapscope.analysis.across import agreement
    from mapscope.analysis.runs import read_runs
    from mapscope.output.terminal.across import print_agreement

    runs = read_runs(_words(options.runs), Path(options.results or RESULTS))
    print_agreement(_console(), runs, agreement(runs))
    return 0


def export(options: argparse.Namespace) -> int:
    """`export RUN --format F`: the run for another service, into a file or the terminal."""
    from mapscope.output.export import FORMATS

    kind = options.format or "google"
    if kind not in FORMATS:
        raise UsageError(f"--format (FORMAT): unknown format '{kind}'; choose one of {', '.join(FORMATS)}")
    document = FORMATS[kind](load.read_run(find(options.run or "latest", Path(options.results or RESULTS))))
    if options.out is None:
        print(json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False))
        return 0
    try:
        write.write_json(Path(options.out), document)
    except OSError as error:
        raise RunStopped(f"cannot write {options.out}: {error.strerror}") from None
    print(f"{options.out}: {kind}")
    return 0


def trend(options: argparse.Namespace) -> int:
    """`trend`: one benchmark over all stored runs, as a table and a picture."""
    from mapscope.analysis.trend import draw_trend, history, print_trend, stored

    results = Path(options.results or RESULTS)
    runs, refused = stored(results)
    for line in refused:
        print(f"left out: {line}")
    if not runs.labels:
        raise UsageError(f"no run in {results} that can be read; make one with `make bench`")
    n = whole("n", options.n, 1, MAX_SIZE) if options.n else None
    table = history(runs, {"workload": options.workload, "kv": options.kv, "n": n, "map": options.map})
    print_trend(_console(), table)
    first = table.iloc[0]
    stem = Path(options.out) if options.out else results / "trend" / f"{first['workload']}-{first['kv']}-n{first['n']}"
    print(_shown(draw_trend(runs, table, stem)))
    return 0


def figures(options: argparse.Namespace) -> int:
    """`figures`: the article of docs/writeup, from the run that results/index.json names for it."""
    from mapscope.output.writeup import WRITEUP, write_article

    results = Path(options.results or RESULTS)
    folder = Path(options.out) if options.out else WRITEUP
    for path in write_article(options.run or _indexed(results, "writeup"), results, folder):
        print(_shown(path))
    return 0


def order(options: argparse.Namespace) -> int:
    """`order COUNTS`: how random hmap's range is, from the counts of semantics_order."""
    from mapscope.output.plots.order import draw_order, read_counts

    stem = Path(options.out) if options.out else Path(options.results or RESULTS) / "order" / "order"
    print(_shown(draw_order(read_counts(Path(options.counts)), stem)))
    return 0


def passing(options: argparse.Namespace) -> int:
    """`passing OUTPUT PROGRAM`: what handing a table to a function costs, and the instructions for it."""
    from mapscope.analysis.passing import FOLDER, Passing, markdown, read_ways, table
    from mapscope.plan.environment import describe_machine

    program = Path(options.program)
    ways = read_ways(Path(options.output), program)
    machine = describe_machine(None, {})
    found = Passing(machine["cpu_model"], build.read_catalogue(program.parent).compiler, ways)
    folder = Path(options.results or RESULTS) / FOLDER
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
        print(_shown(path))
    return 0


def _indexed(results: Path, purpose: str) -> str:
    """The stored reference run for a purpose. Raises DocumentError."""
    path = results / "index.json"
    for entry in load.read_json(path):
        if entry.get("purpose") == purpose:
            return entry["run"]
    raise DocumentError(f"{path}: field 'purpose': no run for '{purpose}'")


def _words(given: str | None) -> list[str]:
    """Names separated by commas or blanks."""
    return (given or "").replace(",", " ").split()


def validate(options: argparse.Namespace) -> int:
    """`validate RUN`: 0 when run.json is sound in form and in itself."""
    folder = find(options.run or "latest", Path(options.results or RESULTS))
    document = load.read_run(folder)
    state = "complete" if document["complete"] else f"{len(document['missing'])} processes missing"
    found = f"{count_of(len(document['rows']), 'row')}, {count_of(len(document['failures']), 'failure')}"
    print(f"{_shown(folder.run)}: valid, {found}, {state}")
    return 0


def _resume(options: argparse.Namespace, results: Path, catalogue: build.Catalogue) -> int:
    if given := [name for name in (*SELECTING, "against") if getattr(options, name)]:
        names = ", ".join(name.upper() for name in given)
        raise UsageError(f"--resume (RESUME) goes on with a stored plan as it stands; leave out {names}")
    folder = find(options.resume, results)
    plan = load.read_plan(folder)
    sides: tuple[Side, Side] | None = None
    if folder.pair.is_file():
        sides = stored_sides(folder, catalogue)
        folder, plan = sides[1].folder, sides[1].plan
    unknown = [name for name in plan.selection["maps"] if name not in catalogue.binaries]
    if unknown:
        raise UsageError(f"cannot resume {_shown(folder.path)}: this build has no {', '.join(unknown)}")
    pinned = plan.environment["pinned_cpu"]
    cpu = pinned["value"]
    if cpu is not None:
        choose_cpu(cpu)
    write.check_destination(folder.path, 0, 0)
    missing = folder.missing(plan)
    if options.targets:
        asked = asked_for(plan.selection["counters"])
        print(*build.targets(catalogue, plan.selection["maps"], asked))
        return 0
    if options.dry_run:  # the build may still be to come, so it is compared only when it counts
        print(f"{_shown(folder.path)}: {len(missing)} processes are missing")
        return 0
    for side in sides or (Side(plan, folder, catalogue),):
        now = make_plan(Selection(**plan.selection), plan.suite, plan.seeds["base"], side.catalogue, cpu, pinned)
        now = of_commit(now, side.catalogue) if sides and side is sides[0] else now
        if reasons := differences(side.plan, now):
            raise UsageError(
                f"cannot resume {_shown(side.folder.path)}: {'; '.join(reasons)}; "
                "go back to what it was started with, or start a new run"
            )
    return _measure_sides(sides, cpu) if sides else _measure(plan, folder, catalogue, cpu)


def _measure(plan: Plan, folder: RunFolder, catalogue: build.Catalogue, cpu: int | None) -> int:
    """Carry out the plan, then show what came of it."""
    from mapscope.output.lines_table import write_tables
    from mapscope.output.plots.run import plot_run
    from mapscope.output.terminal.summary import print_summary

    console = _console()
    missing, planned = folder.missing(plan), sum(1 for _ in plan.tasks())
    pinned = plan.environment["pinned_cpu"]
    place = f"on CPU {cpu}" if pinned["reason"] is None else f"not pinned ({pinned['reason']})"
    print(
        f"suite {plan.suite['name']}, {len(missing)} of {planned} processes to run {place}, into {_shown(folder.path)}"
    )
    try:
        document = execute(
            plan, folder, catalogue, cpu, Display(console, missing, planned, free_cpus())
        )
    except (Interrupted, RunStopped) as error:
        left = len(folder.missing(plan))
        error.args = (
            f"{error}; {planned - left} of {planned} processes are kept in {_shown(folder.path)}, "
            f"{left} are missing; go on with: make bench RESUME={_shown(folder.path)}",
        )
        raise
    if document["rows"]:
        print_summary(console, document)
        print()
        _announce(folder, plot_run(document, folder.plots), write_tables(document, folder.tables))
    if not document["failures"]:
        return 0
    first = document["failures"][0]
    again = f"; try the missing again with: make bench RESUME={_shown(folder.path)}" if document["missing"] else ""
    raise MapscopeError(
        f"{count_of(len(document['failures']), 'failure')}, listed in {_shown(folder.run)}; "
        f"first: {which(first)}: {first['message']}{again}"
    )


def _measure_pair(
    options: argparse.Namespace,
    results: Path,
    catalogue: build.Catalogue,
    selection: Selection,
    suite: dict[str, Any],
    seed: int,
    cpu: int | None,
    pinned: dict[str, Any],
) -> int:
    """`run --against`: the present build and another, process by process, then how they compare."""
    if (options.counters or "off") != "off":
        raise UsageError("--against (AGAINST) compares times; leave out COUNTERS")
    selection = replace(selection, counters="off")
    write.check_destination(results, 2 * selection.benchmarks, 0)
    if options.dry_run:  # the other build may still be to come
        print(f"{2 * selection.processes} processes, two builds in turn, into {results}")
        return 0
    there = build.read_catalogue(Path(options.against))
    if not options.workloads:
        selection = replace(selection, workloads=without_new_states(selection.workloads, catalogue, there))
    require_alike(catalogue, there, selection.maps, selection.workloads)
    if SUITES[suite["name"]].growth and selection.growth != "off" and (reason := cannot_watch(there, selection.maps)):
        if options.growth or options.growth_sizes or options.growth_repetitions:
            raise UsageError(f"--against (AGAINST): {reason}; leave growth out with GROWTH=off")
        print(f"no table is watched growing: {reason}")
        selection = replace(selection, growth="off")
    plans = [make_plan(selection, suite, seed, each, cpu, pinned, builds=2) for each in (there, catalogue)]
    plans[0] = of_commit(plans[0], there)
    when, host = datetime.now(), plans[1].environment["hostname"]
    earlier = when - timedelta(seconds=1)  # so that `latest` is the present build
    sides = (
        Side(plans[0], RunFolder(results / f"{run_name(earlier, host, plans[0].tool)}-base"), there),
        Side(plans[1], RunFolder(results / run_name(when, host, plans[1].tool)), catalogue),
    )
    create_folders(sides)
    return _measure_sides(sides, cpu)


def _measure_sides(sides: tuple[Side, Side], cpu: int | None) -> int:
    """Carry out what is missing of two plans in turn, then show how they compare."""
    names = [_shown(side.folder.path) for side in sides]
    rejoin(sides)
    planned = sum(1 for side in sides for _ in side.plan.tasks())
    tasks = [task for side in sides for task in side.folder.missing(side.plan)]
    print(f"{len(tasks)} of {planned} processes of two builds to run in turn, into {names[0]} and {names[1]}")
    try:
        documents = execute_pair(sides, cpu, Display(_console(), tasks, planned))
    except (Interrupted, RunStopped) as error:
        left = sum(len(side.folder.missing(side.plan)) for side in sides)
        error.args = (
            f"{error}; {planned - left} of {planned} processes are kept in {names[0]} and {names[1]}; "
            f"go on with: make bench RESUME={names[1]}",
        )
        raise
    from mapscope.analysis.compare import compare as compare_sides
    from mapscope.analysis.runs import read_runs
    from mapscope.output.terminal.comparison import print_comparison

    runs = [read_runs([str(side.folder.path)], side.folder.path.parent) for side in sides]
    print_comparison(_console(), compare_sides(*runs))
    print(f"\nagain with: make compare A={names[0]} B={names[1]}")
    if failed := sum(len(document["failures"]) for document in documents):
        raise MapscopeError(f"{count_of(failed, 'failure')}, listed in run.json of {names[0]} and {names[1]}")
    return 0


def _announce(folder: RunFolder, pictures: list[Path], tables: list[Path]) -> None:
    print(f"{len(pictures)} pictures in {_shown(folder.plots)}")
    if tables:
        print(f"{count_of(len(tables), 'table')} in {_shown(folder.tables)}")


def _console() -> Console:
    """The terminal as it is; in a log, plain text of a fixed width."""
    return Console() if sys.stdout.isatty() else Console(width=LOG_WIDTH, force_terminal=False, color_system=None)


def _shown(path: Path) -> str:
    """The path as the user would type it from here."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


class _Parser(argparse.ArgumentParser):
    """argparse whose complaints are one line, like all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mapscope", description="Benchmarks hash maps and keeps every measurement.")
    parser.add_argument("--version", action="version", version=f"mapscope {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    measuring = commands.add_parser("run", help="measure, then show tables and draw plots")
    measuring.set_defaults(command=run)
    suites = "; ".join(f"{suite.name}: {suite.summary}" for suite in SUITES.values())
    for option, meaning in (
        ("--suite", f"how much is measured (default standard). {suites}"),
        ("--maps", "comma list of maps (default: all that are built)"),
        ("--workloads", "comma list of workloads (default: all)"),
        ("--kv", "comma list of payloads, such as int_int (default: all)"),
        ("--hash", "shared, own, or both (default: the suite's)"),
        ("--sizes", "comma list of entry counts (default: the suite's)"),
        ("--rounds", "how often everything is measured anew (default: the suite's)"),
        ("--min-time", "least seconds of timed passes per benchmark and process (default: the suite's)"),
        ("--cpu", "the CPU to pin to (default: the last one allowed)"),
        ("--seed", "what keys, orders and shuffles derive from (default 1)"),
        ("--memory", "resident or first_touch (default resident)"),
        ("--counters", f"default auto. {'; '.join(f'{word}: {what}' for word, what in REQUESTS.items())}"),
        ("--cache", "the processor whose caches are simulated (default host, this one)"),
        ("--papi-events", "comma list of native events to count through PAPI as well"),
        ("--growth", "auto (what the suite says) or off: watch tables grow, insert by insert"),
        ("--growth-sizes", "comma list of entry counts for it (default: the suite's)"),
        ("--growth-repetitions", "how often each is repeated in a new process (default: the suite's)"),
        ("--resume", "finish an interrupted run: its folder, or `latest`"),
        ("--build-dir", "where the binaries are (default build/bench)"),
        ("--against", "another build's directory, to be measured in turn with this one"),
    ):
        measuring.add_argument(option, default="", metavar="X", help=meaning)
    measuring.add_argument("--dry-run", action="store_true", help="check everything, measure nothing")
    measuring.add_argument("--targets", action="store_true", help="only print what must be built for this run")

    for name, function, meaning in (
        ("summary", summary, "tables in the terminal"),
        ("plot", plot, "PNG and SVG into the run's folder plots"),
        ("validate", validate, "check a run.json in form and in itself"),
    ):
        reading = commands.add_parser(name, help=meaning)
        reading.set_defaults(command=function)
        reading.add_argument(
            "run", nargs="?", default="", metavar="RUN", help="run folder, run.json or `latest` (default)"
        )
        if function is not validate:
            reading.add_argument(
                "--n", default="", metavar="N", help="the size to show, or `all` (default: the largest)"
            )
    comparing = commands.add_parser("compare", help="two sides of one or more runs: ratios, intervals, verdicts")
    comparing.set_defaults(command=compare)
    for option, meaning in (
        ("--a", "the runs to compare with, separated by commas or blanks"),
        ("--b", "the runs that are compared"),
        ("--margin", "percent; a ratio closer to 1 is the same for all purposes (default 3)"),
        ("--fail-on-slower", "percent; end with 1 if a row is slower by more"),
        ("--all", "any value: list every row, not only those that differ"),
    ):
        comparing.add_argument(option, default="", metavar="X", help=meaning)

    for name, function, meaning in (
        ("report", page, "one self-contained HTML page about one or more runs"),
        ("across", across, "runs of several machines: what holds on all of them"),
    ):
        reporting = commands.add_parser(name, help=meaning)
        reporting.set_defaults(command=function)
        reporting.add_argument("--runs", default="", metavar="X", help="runs, separated by commas or blanks")
        if function is page:
            reporting.add_argument("--out", default="", metavar="FILE", help="(default write.html of the first run)")

    drawing = commands.add_parser("figures", help="the article in docs/writeup, from stored runs")
    drawing.set_defaults(command=figures)
    drawing.add_argument("run", nargs="?", default="", metavar="RUN", help="(default: what results/index.json names)")
    drawing.add_argument("--out", default="", metavar="DIR", help="(default docs/writeup)")

    ordering = commands.add_parser("order", help="how random hmap's range is, drawn from the counts of semantics_order")
    ordering.set_defaults(command=order)
    ordering.add_argument("counts", metavar="COUNTS", help="the CSV that build/bench/semantics_order prints")
    ordering.add_argument("--out", default="", metavar="FILE", help="the picture, without its suffix")

    handing = commands.add_parser("passing", help="what handing a table to a function costs, with the instructions")
    handing.set_defaults(command=passing)
    handing.add_argument("output", metavar="OUTPUT", help="what build/bench/semantics_passing has written as JSON")
    handing.add_argument("program", metavar="PROGRAM", help="build/bench/semantics_passing itself, for its instructions")

    following = commands.add_parser("trend", help="one benchmark over all stored runs")
    following.set_defaults(command=trend)
    for option, meaning in (
        ("--workload", "default find_hit"), ("--kv", "default: the first stored"), ("--n", "default: the first stored"),
        ("--map", "default: all"), ("--out", "the picture, without its suffix"),
    ):  # fmt: skip
        following.add_argument(option, default="", metavar="X", help=meaning)

    exporting = commands.add_parser("export", help="a run in the format of another service")
    exporting.set_defaults(command=export)
    exporting.add_argument("run", nargs="?", default="", metavar="RUN", help="(default: the latest)")
    exporting.add_argument("--format", default="", metavar="X", help="google (default), bencher or github")
    exporting.add_argument("--out", default="", metavar="FILE", help="(default: the terminal)")

    for command in commands.choices.values():
        command.add_argument("--results", default="", metavar="DIR", help="where runs are kept (default results)")
    return parser
