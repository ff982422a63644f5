"""Many runs as one table: every schema version, Google Benchmark's files, and what is wrong named once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Lab
from mapscope.analysis.runs import COLUMNS, KEY, counters_of, read_runs, rounds_of
from mapscope.errors import DocumentError, UsageError
from mapscope.store import derived
from mapscope.store.google_json import key_of

GOOGLE = {
    "context": {"executable": "/somewhere/bench_x", "num_cpus": 2},
    "benchmarks": [
        {"name": "BM_find/8", "run_type": "iteration", "real_time": 2.0, "time_unit": "us"},
        {"name": "BM_find/8", "run_type": "iteration", "real_time": 4.0, "time_unit": "us"},
        {"name": "BM_find/8_mean", "run_type": "aggregate", "real_time": 3.0, "time_unit": "us"},
        {"name": "BM_bad", "run_type": "iteration", "error_occurred": True, "real_time": 0, "time_unit": "ns"},
    ],
}


def google(tmp_path: Path, document: Any = GOOGLE) -> str:
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_one_line_per_run_and_row(finished: Lab) -> None:
    runs = read_runs(["latest", str(finished.folder())], finished.results)
    name = finished.folder().name
    assert runs.labels == [name, f"{name} (2)"]
    assert list(runs.table.columns) == COLUMNS
    document = finished.run_json()
    assert len(runs.table) == 2 * len(document["rows"])
    assert not runs.table.duplicated(["run", *KEY]).any()
    first = runs.of(name).iloc[0]
    assert all(first[field] == document["rows"][0][field] for field in (*KEY, "median", "rounds"))
    assert runs.by_label[name].document == document


def test_rounds_and_counters_are_tidy(finished: Lab) -> None:
    table = read_runs(["latest"], finished.results).table
    rounds = rounds_of(table)
    assert len(rounds) == 2 * len(table) and set(rounds["round"]) == {1, 2}
    assert rounds["ns"].head(2).tolist() == table["rounds"].iloc[0]
    counters = counters_of(table)
    value = table["counters"].iloc[0].value("sim", "lines_mean")
    found = counters[(counters["backend"] == "sim") & (counters["event"] == "lines_mean")].iloc[0]
    assert found["value"] == value


def test_version_1_is_a_run_without_counters(finished: Lab, tmp_path: Path) -> None:
    document = finished.run_json() | {"schema_version": 1}
    for field in ("counter_backends", "cache", "calibration"):
        del document[field]
    for field in ("counters", "cache", "papi_events"):
        del document["selection"][field]
    document["maps"] = [{k: v for k, v in m.items() if k != "counter_binaries"} for m in document["maps"]]
    for row in document["rows"]:
        del row["counters"], row["involuntary_switches"]
    document["processes"] = [p for p in document["processes"] if p["stage"] is None]
    for name in ("failures", "missing", "processes"):
        for entry in document[name]:
            del entry["stage"]
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "run.json").write_text(json.dumps(document))
    runs = read_runs([str(tmp_path / "old"), "latest"], finished.results)
    assert len(runs.table) == 2 * len(document["rows"])
    assert counters_of(runs.of("old")).empty


def test_any_programs_google_benchmark_file(tmp_path: Path) -> None:
    runs = read_runs([google(tmp_path)], tmp_path)
    (row,) = runs.table.to_dict("records")
    assert [row[field] for field in KEY] == ["bench_x", "BM_find/8", "", "", 0]
    assert row["rounds"] == [2000, 4000] and row["median"] == 3000
    assert runs.by_label == {"theirs": None}


def test_our_own_names_are_taken_apart() -> None:
    own = key_of("find_hit/kv:int_int/hash:shared/n:1000/manual_time", "hmap")
    assert own == ("hmap", "find_hit", "int_int", "shared", 1000)
    assert key_of("find_hit/kv:int_int/n:x", "m") == ("m", "find_hit/kv:int_int/n:x", "", "", 0)


def test_raw_files_of_a_run_are_google_benchmarks(finished: Lab) -> None:
    raw = next((finished.folder() / "raw" / "round-01").glob("*-hmap.json"))
    table = read_runs([str(raw)], finished.results).table
    document = finished.run_json()
    row = table.iloc[0]
    (same,) = [r for r in document["rows"] if all(r[field] == row[field] for field in KEY)]
    assert row["median"] == pytest.approx(same["rounds"][0])


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        ({"benchmarks": 1}, "'context' and 'benchmarks' are missing"),
        ({"benchmarks": []}, "'benchmarks' holds no measurement"),
        ({"benchmarks": [{"name": "x", "real_time": 1, "time_unit": "h"}]}, "benchmarks[0].time_unit"),
        ({"benchmarks": [{"name": "x", "real_time": "1"}]}, "benchmarks[0].real_time"),
        ({"benchmarks": [{"real_time": 1}]}, "benchmarks[0].name"),
    ],
)
def test_foreign_files_are_reported_by_file_and_field(tmp_path: Path, change: dict[str, Any], reported: str) -> None:
    with pytest.raises(DocumentError) as error:
        read_runs([google(tmp_path, GOOGLE | change)], tmp_path)
    assert "theirs.json" in str(error.value) and reported in str(error.value)


def test_a_run_without_rows_and_a_run_that_is_not_there(finished: Lab, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run at"):
        read_runs(["nowhere"], finished.results)
    document = finished.run_json() | {"rows": []}
    (tmp_path / "run.json").write_text(json.dumps(document))
    with pytest.raises(UsageError, match="no finished row"):
        read_runs([str(tmp_path)], finished.results)


def test_thousands_of_rows_keep_their_structure(finished: Lab, tmp_path: Path) -> None:
    document = finished.run_json()
    once = document["rows"]
    document["rows"] = [{**row, "n": row["n"] + 10 * copy} for copy in range(18) for row in once][:2000]
    document["rows"] = document["rows"][: 2000 - 2000 % 7]  # whole groups, so that each keeps its best
    document["rows"] = derived.add_ratios(document["rows"])  # of a size that lost some of its rows
    (tmp_path / "run.json").write_text(json.dumps(document))
    table = read_runs([str(tmp_path)] * 3, tmp_path).table
    assert len(table) == 3 * len(document["rows"]) == 3 * 1995
    assert table["run"].nunique() == 3 and not table.duplicated(["run", *KEY]).any()
    assert str(table.dtypes["median"]) == "float64" and str(table.dtypes["n"]) == "int64"
    assert len(rounds_of(table)) == 2 * len(table)
