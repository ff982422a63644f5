"""The command line: `run` measures; `summary`, `plot`, `validate` and `export` take one run; `compare`, `across`,
`report`, `trend` and `figures` several. Each is a module of mapscope.commands.

Exit codes: 0 well, 1 measured but with failures, 2 a mistake of the caller, 128 + n after signal n.
An empty option counts as unset, which is how `make` hands its variables through.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from typing import Any, NoReturn

from mapscope import __version__
from mapscope.errors import MapscopeError, UsageError
from mapscope.plan.counters import REQUESTS
from mapscope.plan.suites import SUITES

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main(arguments: list[str] | None = None) -> int:
    """Parse, carry out, and turn every foreseen fault into one line on stderr."""
    code = 0
    try:
        code = _carry_out(arguments)
        sys.stdout.flush()  # also of --help, and of what an error has ended: output that is lost is an error of its own
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
    """What is left in its buffer can go nowhere, and the interpreter would complain about it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    """argparse whose complaints are one line, like all others."""

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
        ("--growth", "auto (what the suite says) or off: time each insert while a map grows"),
        ("--growth-sizes", "comma list of entry counts for it (default: the suite's)"),
        ("--growth-repetitions", "how often each is repeated in a new process (default: the suite's)"),
        ("--resume", "finish an interrupted run: its folder, or `latest`"),
        ("--build-dir", "where the binaries are (default build/bench)"),
        ("--against", "another build's directory, to be measured interleaved with this one"),
    ):
        measuring.add_argument(option, default="", metavar="X", help=meaning)
    measuring.add_argument("--dry-run", action="store_true", help="check everything, measure nothing")
    measuring.add_argument("--targets", action="store_true", help="only print what must be built for this run")

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
    for option, meaning in (
        ("--a", "the runs to compare with, separated by commas or blanks"),
        ("--b", "the runs that are compared"),
        ("--margin", "percent; a ratio closer to 1 is the same for all purposes (default 3)"),
        ("--fail-on-slower", "percent; end with 1 if a row is slower by more"),
        ("--all", "any value: list every row, not only those that differ"),
    ):
        comparing.add_argument(option, default="", metavar="X", help=meaning)

    for name, meaning in (
        ("report", "one self-contained HTML page about one or more runs"),
        ("across", "runs of several machines: what holds on all of them"),
    ):
        reporting = commands.add_parser(name, help=meaning)
        reporting.set_defaults(command=name)
        reporting.add_argument("--runs", default="", metavar="X", help="runs, separated by commas or blanks")
        if name == "report":
            reporting.add_argument("--out", default="", metavar="FILE", help="(default report.html of the first run)")

    drawing = commands.add_parser("figures", help="the article in docs/writeup, from stored runs")
    drawing.set_defaults(command="figures")
    drawing.add_argument("run", nargs="?", default="", metavar="RUN", help="(default: what results/index.json names)")
    drawing.add_argument("--out", default="", metavar="DIR", help="(default docs/writeup)")

    ordering = commands.add_parser(
        "order", help="how random hmap's iteration order is, drawn from the counts of experiment_iteration_order"
    )
    ordering.set_defaults(command="order")
    ordering.add_argument("counts", metavar="COUNTS", help="the CSV that build/bench/experiment_iteration_order prints")
    ordering.add_argument("--out", default="", metavar="FILE", help="the picture, without its suffix")

    handing = commands.add_parser("passing", help="what passing a map as an argument costs, with the instructions")
    handing.set_defaults(command="passing")
    handing.add_argument("output", metavar="OUTPUT", help="what build/bench/experiment_passing has written as JSON")
    handing.add_argument(
        "program", metavar="PROGRAM", help="build/bench/experiment_passing itself, for its instructions"
    )

    following = commands.add_parser("trend", help="one benchmark over all stored runs")
    following.set_defaults(command="trend")
    for option, meaning in (
        ("--workload", "default find_hit"), ("--kv", "default: the first stored"), ("--n", "default: the first stored"),
        ("--map", "default: all"), ("--out", "the picture, without its suffix"),
    ):  # fmt: skip
        following.add_argument(option, default="", metavar="X", help=meaning)

    exporting = commands.add_parser("export", help="a run in the format of another service")
    exporting.set_defaults(command="export")
    exporting.add_argument("run", nargs="?", default="", metavar="RUN", help="(default: the latest)")
    exporting.add_argument("--format", default="", metavar="X", help="google (default), bencher or github")
    exporting.add_argument("--out", default="", metavar="FILE", help="(default: the terminal)")

    for command in commands.choices.values():
        command.add_argument("--results", default="", metavar="DIR", help="where runs are kept (default results)")
    return parser
