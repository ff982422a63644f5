"""The command line: `run`, `fleet`, `compile-cost` and `go-sync` measure, `experiment` runs an experiment; `summary`,
`plot`, `validate`, `export` and `readme` read one run, `compare`, `across`, `report`, `trend` and `figures` several;
`choose` answers from one. Each is a module of mapscope.commands.

Exit status: 0 success, 1 measured but with failures, 2 a usage error, 128 + n after signal n.
An empty option counts as unset; it may also be given as a variable of make (variables.py).
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
import textwrap
from typing import Any, NoReturn

from mapscope import __version__
from mapscope.errors import MapscopeError, UsageError
from mapscope.plan.counters import REQUESTS
from mapscope.plan.experiments import EXPERIMENTS
from mapscope.plan.selection import STARTS
from mapscope.plan.suites import SUITES
from mapscope.variables import Variable, fill

_SELECTING = {
    "--suite": "how much is measured (default standard). "
    + "; ".join(f"{suite.name}: {suite.summary}" for suite in SUITES.values()),
    "--maps": "comma list of maps; `default`: those that run without being named; `all`: every one that is found",
    "--workloads": "comma list of workloads (default: all)",
    "--kv": "comma list of payloads, such as int_int (default: all)",
    "--keys": "comma list of key sets (default random). Of integers: sequential, low_masked, high_masked, strided, "
    "bits32; of strings: uuid, words, paths",
    "--hash": "shared, own, or both (default: the suite's)",
    "--sizes": "comma list of entry counts (default: the suite's)",
    "--rounds": "how often everything is measured in new processes, no more and no less (default: as often as the "
    "target takes, within the suite's limits)",
    "--target": "half-width of a ratio's 95-percent interval, in percent, at which a row gets no further rounds "
    "(default 3)",
    "--budget": "how long the run may take: 10m, 1h30m (default: the suite's)",
    "--start": "; ".join(f"{name}: the table is {what}" for name, what in STARTS.items()) + " (default warm)",
    "--cpu": "the CPU to pin to (default: the last one allowed)",
    "--seed": "what keys, orders and shuffles derive from (default 1)",
    "--memory": "resident or first_touch (default resident)",
    "--counters": f"default auto. {'; '.join(f'{word}: {what}' for word, what in REQUESTS.items())}",
    "--cache": "the processor whose caches are simulated (default host, this one)",
    "--papi-events": "comma list of native events to count through PAPI as well",
    "--growth": "auto (as the suite has it) or off: time each insert while a map grows, and operations during "
    "draining, in which a map moves its old buckets to the new array, a few with each write",
    "--growth-sizes": "comma list of entry counts for it (default: the suite's)",
    "--growth-repetitions": "how often each is repeated in a new process (default: the suite's)",
    "--threads": "of concurrent maps: comma list of powers of two, how many threads carry out a workload (default: up "
    "to more than there are CPUs)",
}
"""What narrows or widens a run; plan/selection.py reads the values."""
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: list[str] | None = None) -> int:
    """Parse, carry out, and report every expected error as one line on stderr."""
    code = 0
    try:
        code = _carry_out(arguments)
        sys.stdout.flush()  # after --help and after an error, too: lost output is an error of its own
        return code
    except BrokenPipeError:  # `mapscope summary latest | head`
        _silence_stdout()
        return code
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        print(f"mapscope: error: cannot write the output: {error.strerror}", file=sys.stderr)
        _silence_stdout()
        return code or 1


def _carry_out(arguments: list[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        fill(options, options.variables, os.environ)
        if getattr(options, "list_variables", False):
            _print_variables(options.variables)
            return 0
        for name, value in vars(options).items():
            if value == "":
                setattr(options, name, None)
        return importlib.import_module(f"mapscope.commands.{options.command}").run(options)
    except SystemExit as end:  # argparse's, after --help and --version
        return int(end.code or 0)
    except MapscopeError as error:
        print(f"mapscope: error: {error.line()}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("mapscope: error: interrupted", file=sys.stderr)
        return 130


def _silence_stdout() -> None:
    """Drop what is in its buffer: it cannot be written, and the interpreter would report that when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_variables(variables: list[Variable]) -> None:
    width = max(len(variable.name) for variable in variables) + 2
    for variable in variables:
        text = textwrap.fill(variable.meaning, 100, initial_indent=" " * width, subsequent_indent=" " * width)
        print(variable.name + text[len(variable.name) :])


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one line, and whose empty options are variables of make as well."""

    def variables(self) -> list[Variable]:
        """Of every option that is empty unless given."""
        return [
            Variable(action.dest.upper(), action.dest, action.help or "")
            for action in self._actions
            if action.default == ""
        ]

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse, which hides that it could not be written."""
        print(message, end="", file=file or sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="mapscope", description="Benchmarks hash maps and keeps every measurement.")
    parser.add_argument("--version", action="version", version=f"mapscope {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    measuring = commands.add_parser("run", help="measure, then show tables and draw plots")
    measuring.set_defaults(command="run")
    _add_empty(measuring, _SELECTING)
    _add_empty(
        measuring,
        {
            "--adapter": "comma list of headers, each the adapter of a map of yours, to be built and measured as well",
            "--include": "comma list of folders with what these include",
            "--link": "comma list of libraries for them: files, or names as after -l",
            "--resume": "finish an interrupted run: its folder, or `latest`",
            "--against": "a commit, or a directory with its build, to be measured interleaved with this build",
        },
    )
    measuring.add_argument("--build-dir", metavar="DIR", help="where the binaries are (default build/bench)")
    measuring.add_argument("--dry-run", action="store_true", help="check everything, measure nothing")
    measuring.add_argument("--targets", action="store_true", help="only print what must be built for this run")
    measuring.add_argument(
        "--variables", dest="list_variables", action="store_true", help="only print the variables that make takes"
    )

    remote = commands.add_parser("fleet", help="measure this commit on other machines over ssh, and gather the runs")
    remote.set_defaults(command="fleet")
    _add_empty(
        remote,
        {
            "--hosts": "the machines, separated by blanks: user@a user@b",
            "--ssh": "the command to reach them (default ssh)",
            "--tries": "attempts for each machine (default 3)",
            **_SELECTING,
        },
    )

    trying = commands.add_parser("experiment", help="build one of the experiments, run it and show its result")
    trying.set_defaults(command="experiment")
    trying.add_argument(
        "name", metavar="NAME", help="; ".join(f"{each.name}: {each.summary}" for each in EXPERIMENTS.values())
    )
    trying.add_argument("--build-dir", metavar="DIR", help="where its program is or will be (default build/bench)")
    trying.add_argument(
        "--output", metavar="FILE", help="what the program wrote before: nothing is built or run, only shown again"
    )

    compiling = commands.add_parser("compile-cost", help="compile time and code size of each map")
    compiling.set_defaults(command="compile_cost")
    _add_empty(
        compiling,
        {
            "--maps": "comma list of maps; `default`: those that `run` takes; `all`: every one that is found",
            "--kv": "int_int (default), string_int or string_string",
            "--rounds": "how often each source is compiled (default 5)",
        },
    )
    compiling.add_argument("--build-dir", metavar="DIR", help="whose flags are used (default build/bench)")

    beside_go = commands.add_parser("go-sync", help="concurrent maps beside those of an installed Go")
    beside_go.set_defaults(command="go_sync")
    _add_empty(
        beside_go,
        {
            "--maps": "comma list: go_sync_map, hash_trie_map, rwlocked_hmap, snapshot_hmap (default all)",
            "--threads": "comma list of powers of two (default 1,2)",
            "--rounds": "how often each scenario is run (default 5)",
            "--go": "comma list of go binaries (default: the one on PATH and those in /usr/lib/go-*)",
            "--out": "the folder of go_sync.json and go_sync.md (default go_sync in the results)",
        },
    )
    beside_go.add_argument("--build-dir", metavar="DIR", help="where the benchmarks are (default build/bench)")
    beside_go.add_argument("--targets", action="store_true", help="only say which build targets it needs")

    for name, meaning in (
        ("summary", "tables in the terminal"),
        ("plot", "PNG and SVG into the run's folder plots"),
        ("validate", "check a run.json in form and in itself"),
    ):
        reading = commands.add_parser(name, help=meaning)
        reading.set_defaults(command=name)
        reading.add_argument(
            "run",
            nargs="?",
            default="",
            metavar="RUN",
            help="run folder, run.json, <run>.run.json.gz or `latest` (default)",
        )
        if name != "validate":
            reading.add_argument(
                "--n", default="", metavar="N", help="the size to show, or `all` (default: the largest)"
            )
    comparing = commands.add_parser("compare", help="two sides of one or more runs: ratios, intervals, verdicts")
    comparing.set_defaults(command="compare")
    _add_empty(
        comparing,
        {
            "--a": "the runs to compare with, separated by commas or blanks",
            "--b": "the runs that are compared",
            "--margin": "percent; a ratio closer to 1 is the same for all purposes (default 3)",
            "--fail-on-slower": "percent; end with 1 if a row is slower by more",
            "--all": "any value: list every row, not only those that differ",
        },
    )

    choosing = commands.add_parser("choose", help="which map for a payload, a size and a mix of operations")
    choosing.set_defaults(command="choose")
    choosing.add_argument("run", nargs="?", default="", metavar="RUN", help="a stored run (default: the latest)")
    _add_empty(
        choosing,
        {
            "--payload": "types of key and value, and keys if not random: string_int, int_int.strided",
            "--n": "entries",
            "--mix": "operations and weights, such as read=90,miss=5,insert=3,erase=2; also replace, iterate, and "
            "any workload of the run",
            "--hash": "shared (default) or own",
            "--max-latency": "the maximum insert latency while the table grows: 100us",
            "--memory": "bytes per entry that a table may take, the entry included: 40B",
        },
    )

    for name, meaning in (
        ("report", "one self-contained HTML page about one or more runs"),
        ("across", "runs of several machines: what holds on all of them"),
    ):
        reporting = commands.add_parser(name, help=meaning)
        reporting.set_defaults(command=name)
        dest = "runs" if name == "across" else "run"  # and so the variable of make
        reporting.add_argument("--runs", dest=dest, default="", metavar="X", help="runs, separated by commas or blanks")
        if name == "report":
            reporting.add_argument("--out", default="", metavar="FILE", help="(default report.html of the first run)")

    drawing = commands.add_parser("figures", help="the article in docs/writeup, from stored runs")
    drawing.set_defaults(command="figures")
    drawing.add_argument("run", nargs="?", default="", metavar="RUN", help="(default: what results/index.json names)")
    drawing.add_argument("--out", default="", metavar="DIR", help="(default docs/writeup)")

    tabulating = commands.add_parser("readme", help="the results table of the README, from a stored run")
    tabulating.set_defaults(command="readme")
    tabulating.add_argument(
        "run", nargs="?", default="", metavar="RUN", help="(default: what results/index.json names)"
    )
    tabulating.add_argument("--out", default="", metavar="FILE", help="the README to rewrite (default README.md)")

    following = commands.add_parser("trend", help="one benchmark over all stored runs")
    following.set_defaults(command="trend")
    _add_empty(
        following,
        {
            "--workload": "default find_hit",
            "--kv": "default: the first stored",
            "--n": "default: the first stored",
            "--map": "default: all",
            "--out": "the picture, without its suffix",
        },
    )

    exporting = commands.add_parser("export", help="a run in the format of another service")
    exporting.set_defaults(command="export")
    exporting.add_argument("run", nargs="?", default="", metavar="RUN", help="(default: the latest)")
    exporting.add_argument("--format", default="", metavar="X", help="google (default), bencher or github")
    exporting.add_argument("--out", default="", metavar="FILE", help="(default: the terminal)")

    for command in commands.choices.values():
        command.add_argument("--results", default="", metavar="DIR", help="where runs are kept (default results)")
        command.set_defaults(variables=command.variables())
    return parser


def _add_empty(parser: argparse.ArgumentParser, options: dict[str, str]) -> None:
    for option, meaning in options.items():
        parser.add_argument(option, default="", metavar="X", help=meaning)
