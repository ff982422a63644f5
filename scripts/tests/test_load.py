"""Reading back: what is damaged, foreign or inconsistent is named by file and field, and never shown."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import numpy
import pytest
from scipy import stats

from conftest import Lab, group_of, one_line
from mapscope.analysis.caveats import caveats
from mapscope.errors import DocumentError
from mapscope.json_file import read_json, write_json
from mapscope.repository import RESULTS
from mapscope.store.folder import find
from mapscope.store.load import read_run, schema

Tamper = Callable[[Callable[[dict[str, Any]], None]], Lab]


def set_row(field: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["rows"][0].__setitem__(field, value)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_finished_run_is_valid(finished: Lab) -> None:
    answer = finished.mapscope("validate", "latest")
    assert answer.returncode == 0, answer.stderr
    assert "valid, 112 rows, 0 failures, complete" in answer.stdout
    plan = json.loads((finished.folder() / "plan.json").read_text())
    jsonschema.validate(plan, {"$ref": "#/$defs/plan", "$defs": schema()["$defs"]})


@pytest.mark.parametrize("run", ["latest", "{folder}", "{folder}/run.json", "{name}"])
def test_ways_to_name_a_run(finished: Lab, run: str) -> None:
    named = run.format(folder=finished.folder(), name=finished.folder().name)
    assert finished.mapscope("validate", named).returncode == 0


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (lambda d: d.update(schema_version=10), ("schema_version", "10", "reads 1, 2, 3, 4, 5, 6, 7, 8 and 9")),
        (lambda d: d.pop("schema_version"), ("schema_version", "missing")),
        (lambda d: d.pop("environment"), ("environment",)),
        (lambda d: d.update(surprise=1), ("surprise",)),
        (lambda d: d["environment"]["governor"].update(value=None, reason=None), ("environment.governor",)),
        (set_row("median", "fast"), ("rows[0].median",)),
        (set_row("median", 0), ("rows[0].median",)),
        (set_row("median", 12345.0), ("rows[0].median", "12345.0")),
        (set_row("rounds", [1.0]), ("rows[0].rounds", "2 rounds")),
        (set_row("map", "stranger"), ("rows[0].map", "stranger")),
        (set_row("checksums", [12, 13]), ("rows[0].checksums",)),
        (lambda d: d["rows"].append(d["rows"][0]), ("rows[112].map", "second row")),
        (lambda d: d.update(complete=False), ("complete",)),
    ],
)
@pytest.mark.parametrize("command", ["validate"])
def test_what_is_wrong_is_named(tampered: Tamper, change: Any, reported: tuple[str, ...], command: str) -> None:
    line = one_line(tampered(change).mapscope(command, "latest"), 2)
    assert "run.json" in line
    for part in reported:
        assert part in line


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (lambda rung: rung.update(median=7.0), ("latencies[3].median", "7.0")),
        (lambda rung: rung["rounds"].pop(), ("latencies[3].rounds", "2 rounds")),
    ],
)
def test_what_is_wrong_with_latencies_is_named(
    tampered: Tamper, climbed: dict[str, Any], change: Any, reported: tuple[str, ...]
) -> None:
    def climb(document: dict[str, Any]) -> None:
        document.update(copy.deepcopy(climbed))
        change(document["latencies"][3])

    line = one_line(tampered(climb).mapscope("validate", "latest"), 2)
    assert all(part in line for part in reported)


@pytest.mark.parametrize("command", ["validate", "summary", "plot"])
def test_truncated_files_are_reported_by_every_command(tampered: Tamper, command: str) -> None:
    lab = tampered(lambda document: None)
    path = lab.folder() / "run.json"
    path.write_text(path.read_text()[:5000])
    line = one_line(lab.mapscope(command, "latest"), 2)
    assert "run.json: truncated or corrupt at line" in line
    assert not (lab.folder() / "plots").exists()


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ('{"a": NaN}', "NaN is not a JSON number"),
        ('{"a": -Infinity}', "-Infinity is not a JSON number"),
        ('{"a": 1, "a": 2}', "'a' occurs twice"),
        ('{"a": 1, "a" : 2}', "'a' occurs twice"),
        ('{"a": 1, "a"\n\t: 2, "b" : 3}', "'a' occurs twice"),
        ('[{"b": {"a": 1, "\\u0061": 2}}, "\\":"]', "'a' occurs twice"),
        ('{"a:": 1, "a:": 2, "b": "\\u003a\\u003A"}', "'a:' occurs twice"),
        ("", "truncated or corrupt"),
        ("\x00\x01", "truncated or corrupt"),
    ],
)
def test_only_strict_json_is_read(tmp_path: Any, text: str, reported: str) -> None:
    (tmp_path / "file.json").write_text(text)
    with pytest.raises(DocumentError, match=r"file\.json") as error:
        read_json(tmp_path / "file.json")
    assert reported in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": {"a": [1, {"a": -0.5e-7}]}, "b": "\\"a\\": 1", "c\\\\": ":"}',
        '{"a" : 1, "b"\n: [2, "x :y"], "":\t""}',
        '"\\u00e9 \\ud83d\\ude00 \u00e9"',
        "[9007199254740993, 1e300, 0.1, true, null]",
    ],
)
def test_what_is_strict_is_read_as_python_reads_it(tmp_path: Any, text: str) -> None:
    (tmp_path / "file.json").write_text(text)
    assert read_json(tmp_path / "file.json") == json.loads(text)


def test_binary_files_are_reported(tmp_path: Any) -> None:
    (tmp_path / "file.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DocumentError, match="not a text file"):
        read_json(tmp_path / "file.json")


def test_foreign_json_is_reported(tampered: Tamper) -> None:
    lab = tampered(lambda document: None)
    (lab.folder() / "run.json").write_text('{"context": {}, "benchmarks": []}')
    assert "not a mapscope file" in one_line(lab.mapscope("summary", "latest"), 2)


def test_nan_is_not_written_and_the_old_file_stays(tmp_path: Any) -> None:
    path = tmp_path / "file.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError):
        write_json(path, {"a": float("nan")})
    assert read_json(path) == {"a": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["file.json"]


def test_a_run_from_before_turns_is_read_with_its_processes_as_turns() -> None:
    folder = find("20261122-104925-vm-7b99e82cf6", RESULTS)
    stored, run = read_json(folder.run), read_run(folder)
    assert (stored["schema_version"], run.schema_version) == (4, 9)  # by way of 5 to 8
    rounds = {(*group_of(row), row["map"]): row["rounds"] for row in stored["rows"]}
    assert len(run.rows) == len(rounds)
    for row, old in zip(run.rows, stored["rows"], strict=True):
        ratios = numpy.divide(old["rounds"], rounds[(*group_of(old), old["best"])])
        assert (row.best, row.median, row.rounds) == (old["best"], old["median"], old["rounds"])
        assert row.ratios == pytest.approx(ratios.tolist())
        assert row.ratio_to_best == pytest.approx(stats.gmean(ratios))
        if row.map != row.best:
            assert row.ratio_low < row.ratio_to_best < row.ratio_high
        assert row.turns == [1] * len(old["rounds"])
        assert row.disturbed_turns == [int(bool(count)) for count in old["involuntary_switches"]]
    selection = run.selection
    assert selection.sizes_of == dict.fromkeys(selection.kv, stored["selection"]["sizes"])
    assert (selection.least_rounds, selection.target, selection.budget_s, selection.start) == (9, None, None, "warm")
    assert run.timed.share is None and not any("ratios are known less" in each for each in caveats(run))


def test_every_field_is_documented() -> None:
    text = (RESULTS / "README.md").read_text()
    definitions = schema()["$defs"]
    fields = {*schema()["properties"], *definitions["plan"]["properties"]}
    for name in (
        "row",
        "failure",
        "process",
        "session",
        "environment",
        "selection",
        "build",
        "counter_backend",
        "calibration",
        "growth_pass",
        "growth",
        "ladder",
        "latency",
        "read_latency",
        "response_times",
    ):
        fields |= set(definitions[name]["properties"])
    fields |= set(definitions["read_latency"]["properties"]["value"]["properties"])
    assert [field for field in sorted(fields) if f"`{field}`" not in text] == []
    assert "schema version 9" in text.lower()


def test_the_rounds_of_a_run_are_those_that_its_rows_have(finished: Lab) -> None:
    run = read_run(find("latest", finished.results))
    assert run.rounds_measured == "2"
    fewer = replace(run.rows[0], rounds=[run.rows[0].rounds[0], None])
    assert replace(run, rows=[fewer, *run.rows[1:]]).rounds_measured == "1 to 2"
