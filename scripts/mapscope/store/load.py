"""The only reader of stored results. Whatever is wrong with a file, it says which file and which field.

A file of a schema version that is
not known is refused, never half understood.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NoReturn

import jsonschema
import jsonschema_rs

from mapscope import typed
from mapscope.errors import DocumentError, UsageError
from mapscope.json_file import read_json
from mapscope.plan.plan import Plan
from mapscope.repository import SCHEMA
from mapscope.store import derived
from mapscope.store.folder import RunFolder
from mapscope.store.records import Run
from mapscope.store.upgrade import READABLE, upgraded

GROUP = ["workload", "kv", "hash", "n"]
"""The rows that are compared with each other: the same work, one row a map."""


@functools.cache
def schema() -> dict[str, Any]:
    """The schema of run.json; that of plan.json is its `$defs/plan`."""
    return read_json(SCHEMA)


@functools.cache
def _validator(definition: str | None) -> jsonschema_rs.Draft202012Validator:
    """Of run.json, or of a part of it by the name of its definition; compiled, fit for thousands of rows."""
    return jsonschema_rs.Draft202012Validator(_part(definition))


def _part(definition: str | None) -> dict[str, Any]:
    return schema() if definition is None else {"$ref": f"#/$defs/{definition}", "$defs": schema()["$defs"]}


def read_plan(folder: RunFolder) -> Plan:
    """The plan of a run. Raises UsageError or DocumentError."""
    if not folder.plan.is_file():
        raise UsageError(f"{folder.path} is not a run folder: it has no plan.json")
    return typed.read(Plan, _checked(folder.plan, "plan"))


def read_run(folder: RunFolder) -> Run:
    """A whole run.json, valid by schema and consistent with itself. Raises UsageError or DocumentError."""
    if not folder.run.is_file():
        hint = f"; finish it with `make bench RESUME={folder.path}`" if folder.plan.is_file() else ""
        raise UsageError(f"{folder.path} has no run.json{hint}")
    document = _checked(folder.run, None)
    _check_consistency(folder.run, document)
    return Run.of(document)


def _checked(path: Path, definition: str | None) -> dict[str, Any]:
    """The file's document in the present version, valid by schema."""
    document = read_json(path)
    if not isinstance(document, dict) or "schema_version" not in document:
        raise DocumentError(f"{path}: field 'schema_version' is missing; this is not a mapscope file")
    version = document["schema_version"]
    if version not in READABLE:
        readable = f"{', '.join(map(str, READABLE[:-1]))} and {READABLE[-1]}"
        raise DocumentError(f"{path}: field 'schema_version' is {version!r}; this mapscope reads {readable}")
    document = upgraded(document)
    if not _validator(definition).is_valid(document):
        raise DocumentError(f"{path}: {_what_is_wrong(document, definition)}")
    return document


def _what_is_wrong(document: dict[str, Any], definition: str | None) -> str:
    """Field and fault, as jsonschema words them best: slowly, but only when something is wrong."""
    errors = jsonschema.Draft202012Validator(_part(definition)).iter_errors(document)
    error = jsonschema.exceptions.best_match(errors)
    if error is None:
        return "not valid by run.schema.json"
    return f"field '{error.json_path.removeprefix('$.')}': {error.message[:200]}"


def _check_consistency(path: Path, document: dict[str, Any]) -> None:
    """What a schema cannot say: references resolve, lengths agree, derived numbers follow from the rounds."""

    def fail(index: int, field: str, message: str) -> NoReturn:
        raise DocumentError(f"{path}: field 'rows[{index}].{field}': {message}")

    known_maps = {entry["name"] for entry in document["maps"]}
    backends = {entry["name"] for entry in document["counter_backends"]}
    rounds = max((len(row["rounds"]) for row in document["rows"]), default=0)
    seen = set()
    for index, row in enumerate(document["rows"]):
        key = tuple(row[field] for field in (*GROUP, "map"))
        if key in seen:
            fail(index, "map", f"a second row for {key}")
        seen.add(key)
        if row["map"] not in known_maps:
            fail(index, "map", f"'{row['map']}' is not in 'maps'")
        for field in ("rounds", "checksums", "turns", "disturbed_turns", "ratios", "involuntary_switches"):
            if len(row[field]) != rounds:
                fail(index, field, f"has {len(row[field])} entries for {rounds} rounds")
        if all(value is None for value in row["rounds"]):
            fail(index, "rounds", "no round has a time")
        for backend, cells in row["counters"].items():
            if backend not in backends:
                fail(index, "counters", f"'{backend}' is not in 'counter_backends'")
            if wrong := [name for name, cell in cells.items() if (cell["value"] is None) == (not cell["reason"])]:
                fail(index, f"counters.{backend}.{wrong[0]}", "needs either a value or a reason")
    described = derived.describe_all([row["rounds"] for row in document["rows"]])
    recomputed = derived.add_ratios([row | figures for row, figures in zip(document["rows"], described, strict=True)])
    for index, (row, again) in enumerate(zip(document["rows"], recomputed, strict=True)):
        for field in derived.DERIVED:
            if row[field] != again[field] and not derived.agrees(row[field], again[field]):
                fail(index, field, f"is {row[field]}, but the rounds give {again[field]}")
    _check_latencies(path, document)
    for index, entry in enumerate(document["read_latency"]):
        if (entry["value"] is None) == (entry["reason"] is None):
            raise DocumentError(f"{path}: field 'read_latency[{index}]': needs either a value or a reason")
    if document["complete"] != (not document["missing"]):
        raise DocumentError(f"{path}: field 'complete': disagrees with 'missing'")


def _check_latencies(path: Path, document: dict[str, Any]) -> None:
    rounds = document["selection"]["rounds"]
    for index, rung in enumerate(document["latencies"]):
        field = f"{path}: field 'latencies[{index}]"
        if len(rung["rounds"]) != rounds or all(value is None for value in rung["rounds"]):
            raise DocumentError(f"{field}.rounds': needs {rounds} rounds, and a time in one of them")
        for name, value in derived.describe(rung["rounds"]).items():
            if rung[name] != value and not derived.agrees(rung[name], value):
                raise DocumentError(f"{field}.{name}': is {rung[name]}, but the rounds give {value}")
