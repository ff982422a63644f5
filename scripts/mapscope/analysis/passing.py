"""What passing a map as an argument costs: times of experiments/passing, and the instructions of both sides of the
call.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mapscope.analysis.disassembly import disassemble
from mapscope.errors import DocumentError, UsageError
from mapscope.json_file import read_json
from mapscope.store import derived
from mapscope.store.google_json import is_google, read_rounds

KEY, FORMAT, FOLDER = "mapscope_passing", "1", "passing"
DESCRIPTIONS = {
    "pass_number": "a number, to compare",
    "pass_reference": "map, by reference",
    "pass_pointer": "pointer to the map",
    "pass_span": "span: pointer, length",
    "pass_slice": "Go's slice: + capacity",
    "pass_handle_reference": "handle, by reference",
    "pass_handle": "handle, by value",
    "move_handle": "handle, moved and back",
    "move_map": "map, moved and back",
    "copy_map": "map, by value",
}
NAME = re.compile(r"(?P<caller>\w+)/(?P<callee>\w+)/n:(?P<n>\d+)")


@dataclass(frozen=True)
class Way:
    """A way to pass a map, with its cost by the map's size."""

    caller: str
    callee: str
    bytes: int
    """Of what is passed, by itself."""
    registers: bool
    """Whether the calling convention passes it in registers; else it goes through memory."""
    times: dict[int, dict[str, float | None]]
    """By entries: derived.describe of ns a call, over repetitions."""
    instructions: dict[str, list[str]]
    """Of the caller and of the callee, each behind its offset, `+1c`."""

    def description(self) -> str:
        """For a table."""
        return DESCRIPTIONS[self.caller]


@dataclass(frozen=True)
class Passing:
    """What was found, and on what."""

    cpu: str
    compiler: str
    ways: list[Way]

    def document(self) -> dict[str, Any]:
        """For a file."""
        ways = [
            asdict(way) | {"times": [{"n": n} | described for n, described in way.times.items()]} for way in self.ways
        ]
        return {KEY: FORMAT, "cpu": self.cpu, "compiler": self.compiler, "ways": ways}


def stored(results: Path) -> Passing | None:
    """What `make passing` has left in a results folder; None where it never ran. Raises DocumentError."""
    path = results / FOLDER / "passing.json"
    if not path.is_file():
        return None
    document = read_json(path)
    try:
        if document[KEY] != FORMAT:
            raise ValueError(f"field '{KEY}' is {document[KEY]!r}, expected {FORMAT!r}")
        ways = [
            Way(**way | {"times": {at["n"]: {"median": at["median"], "spread": at["spread"]} for at in way["times"]}})
            for way in document["ways"]
        ]
        return Passing(document["cpu"], document["compiler"], ways)
    except (KeyError, TypeError, ValueError) as error:
        raise DocumentError(f"{path}: not what `make passing` writes ({error!r}); make it again") from None


def read_ways(output: Path, binary: Path) -> list[Way]:
    """From what the binary has written with `--benchmark_out`, and from itself. Raises UsageError."""
    document = _read(output)
    rounds: dict[tuple[str, str], dict[int, list[float]]] = {}
    for (_, name, *_), times in _rounds(output, document).items():
        if (reported := NAME.fullmatch(name)) is None or reported["caller"] not in DESCRIPTIONS:
            raise _foreign(output, f"benchmark '{name}' is none of its own")
        rounds.setdefault((reported["caller"], reported["callee"]), {})[int(reported["n"])] = times
    if missing := DESCRIPTIONS.keys() - {caller for caller, _ in rounds}:
        raise _foreign(output, f"no time of {', '.join(sorted(missing))}")
    single = [entry for entry in document["benchmarks"] if entry.get("run_type", "iteration") == "iteration"]
    facts = {entry["name"].split("/")[0]: entry for entry in single}
    code = disassemble(binary)
    ways = []
    for (caller, callee), by_size in rounds.items():
        if absent := {caller, callee} - code.keys():
            raise UsageError(f"{binary}: no function {', '.join(sorted(absent))} in it; build it with `make passing`")
        ways.append(
            Way(
                caller, callee, int(facts[caller]["bytes"]), bool(facts[caller]["registers"]),
                {n: derived.describe(times) for n, times in sorted(by_size.items())},
                {name: code[name] for name in (caller, callee)},
            )
        )  # fmt: skip
    return sorted(ways, key=lambda way: list(DESCRIPTIONS).index(way.caller))


def _read(output: Path) -> dict[str, Any]:
    try:
        document = json.loads(output.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{output}: not readable ({error}); make it with `make passing`") from None
    if not is_google(document):
        raise _foreign(output, "not of Google Benchmark")
    for entry in document["benchmarks"]:
        if entry.get("error_occurred"):
            raise DocumentError(f"{output}: {entry['name']}: {entry.get('error_message', 'failed')}")
    return document


def _rounds(output: Path, document: dict[str, Any]) -> dict[Any, list[float]]:
    try:
        if any(not {"bytes", "registers"} <= entry.keys() for entry in document["benchmarks"]):
            raise ValueError("a benchmark does not report 'bytes' and 'registers'")
        return read_rounds(document)
    except ValueError as error:
        raise _foreign(output, str(error)) from None


def _foreign(output: Path, why: str) -> DocumentError:
    return DocumentError(f"{output}: not of experiment_passing ({why}); make it with `make passing`")
