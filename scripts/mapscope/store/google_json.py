"""Google Benchmark's own JSON: the times that any program's output holds, by benchmark."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path
from typing import Any

NS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}

Key = tuple[str, str, str, str, int]
"""map, workload, kv, hash, n, as runs.KEY has them; what a name does not say is empty or 0."""


def is_google(document: Any) -> bool:
    """Whether it is of Google Benchmark's making, by its two fields."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("context"), dict)
        and isinstance(document.get("benchmarks"), list)
    )


def read_rounds(document: dict[str, Any]) -> dict[Key, list[float]]:
    """ns of each repetition, by benchmark; per operation where the benchmark counts `ops`.

    Aggregates (mean, median, stddev) are left out: they say nothing that the repetitions do not.
    Raises ValueError naming the field that is wrong.
    """
    rounds: dict[Key, list[float]] = defaultdict(list)
    map_name = str(document["context"].get("mapscope_map") or _program(document["context"]))
    for number, entry in enumerate(document["benchmarks"]):
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError(f"field 'benchmarks[{number}].name' is missing")
        if entry.get("run_type", "iteration") != "iteration" or entry.get("error_occurred"):
            continue
        rounds[key_of(entry.get("run_name", entry["name"]), map_name)].append(_ns(entry, number))
    if not rounds:
        raise ValueError("field 'benchmarks' holds no measurement that succeeded")
    return dict(rounds)


def key_of(name: str, map_name: str) -> Key:
    """`find_hit/kv:int_int/hash:shared/n:4096` in its parts; any other name is a workload unchanged."""
    name = name.removesuffix("/manual_time")
    workload, *parts = name.split("/")
    reported = dict(part.split(":", 1) for part in parts if ":" in part)
    if set(reported) == {"kv", "hash", "n"} and len(reported) == len(parts) and reported["n"].isdecimal():
        return map_name, workload, reported["kv"], reported["hash"], int(reported["n"])
    if set(reported) == {"map", "kv", "hash", "n"} and len(reported) == len(parts) and reported["n"].isdecimal():
        return reported["map"], workload, reported["kv"], reported["hash"], int(reported["n"])
    return map_name, name, "", "", 0


def _ns(entry: dict[str, Any], number: int) -> float:
    time, unit, ops = entry.get("real_time"), entry.get("time_unit", "ns"), entry.get("ops", 1)
    if unit not in NS:
        raise ValueError(f"field 'benchmarks[{number}].time_unit' is {unit!r}, expected one of {', '.join(NS)}")
    for field, value in (("real_time", time), ("ops", ops)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            raise ValueError(f"field 'benchmarks[{number}].{field}' is {value!r}, expected a number above 0")
    return time * NS[unit] / ops


def _program(context: dict[str, Any]) -> str:
    """The file name of the program, without the folders it lay in."""
    return Path(str(context.get("executable", ""))).name
