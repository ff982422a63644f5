"""The memory of tables: from the binaries to every row, the tables, the pictures and the page; and other keys."""

from __future__ import annotations

import json
from pathlib import Path

import pandas
import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import make_build
from mapscope.analysis.key_sets import collapses, compared_keys
from mapscope.analysis.runs import read_runs
from mapscope.analysis.tradeoff import pareto_front, tradeoff
from mapscope.fact import known, unknown

WEIGHED = ("run", *SMALL[:3], "int_int,string_int", "--workloads", "find_hit,insert_reserved", "--sizes", "60,80,100",
           *SMALL[-6:], "--maps", "hmap,std,boost_flat")  # fmt: skip


def describe(lab: Lab, **changes: object) -> None:
    make_build(lab.build, table_memory=True, **changes)


def test_every_row_has_the_bytes_of_its_table(lab: Lab) -> None:
    describe(lab)
    answer = lab.mapscope(*WEIGHED, "--hash", "shared,own")
    assert answer.returncode == 0, answer.stderr
    run = lab.run_json()
    tables = {(one["kv"], one["hash"], one["n"], one["map"]): one for one in run["table_memory"]}
    assert len(tables) == 2 * 2 * 3 * 3 and run["why_not_weighed"] is None
    for row in run["rows"]:
        table = tables[row["kv"], row["hash"], row["n"], row["map"]]
        held = table["reserved_bytes" if row["workload"] == "insert_reserved" else "grown_bytes"]
        assert row["bytes_per_entry"] == {"value": held / row["n"], "reason": None}
    assert lab.mapscope("validate", "latest").returncode == 0
    processes = [each for each in run["processes"] if each["stage"] == "table_memory"]
    assert len(processes) == 2 * 2 * 3  # one a map, payload and hash
    summary = lab.mapscope("summary", "latest").stdout
    assert "bytes per" in summary and "reserved" in summary and " 20.0 " in summary and " 18.0 " in summary


def test_a_load_factor_has_bytes_of_its_own(lab: Lab) -> None:
    describe(lab)
    words = [word.replace("insert_reserved", "find_load_50,find_load_90") for word in WEIGHED]
    assert lab.mapscope(*words).returncode == 0
    assert (lab.folder() / "plots" / "load-int_int-shared-n100.png").is_file()
    values = {
        row["workload"]: row["bytes_per_entry"]["value"] for row in lab.run_json()["rows"] if row["map"] == "hmap"
    }
    assert values == {"find_hit": 20.0, "find_load_50": 30.5, "find_load_90": 30.5}


def test_a_state_and_an_older_binary_have_a_reason(lab: Lab) -> None:
    describe(lab)
    words = [word.replace("find_hit,insert_reserved", "find_hit,range_stuck") for word in WEIGHED]
    assert lab.mapscope(*words).returncode == 0
    reasons = {row["workload"]: row["bytes_per_entry"]["reason"] for row in lab.run_json()["rows"]}
    assert reasons["find_hit"] is None and "a state's table" in reasons["range_stuck"]


def test_binaries_that_weigh_nothing_say_why(lab: Lab) -> None:
    assert lab.mapscope(*WEIGHED).returncode == 0
    run = lab.run_json()
    assert "cannot weigh tables" in run["why_not_weighed"] and run["table_memory"] == []
    assert {row["bytes_per_entry"]["reason"] for row in run["rows"]} == {run["why_not_weighed"]}
    assert "bytes per\n" not in lab.mapscope("summary", "latest").stdout


def test_a_reason_of_the_binary_reaches_the_rows(lab: Lab) -> None:
    describe(lab, weighs_nothing="no such library")
    assert lab.mapscope(*WEIGHED).returncode == 0
    assert {row["bytes_per_entry"]["reason"] for row in lab.run_json()["rows"]} == {"no such library"}


def test_bytes_that_cannot_be_are_a_failure(lab: Lab) -> None:
    describe(lab, weighs_ill=True)
    one_line(lab.mapscope(*WEIGHED), 1)
    run = lab.run_json()
    assert {failure["stage"] for failure in run["failures"]} == {"table_memory"}
    assert all("fewer at the peak than afterwards" in failure["message"] for failure in run["failures"])
    assert {row["bytes_per_entry"]["reason"] for row in run["rows"]} == {"not weighed yet"}
    describe(lab)
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert all(row["bytes_per_entry"]["value"] for row in lab.run_json()["rows"])


def test_pictures_and_page_have_time_against_memory(lab: Lab) -> None:
    describe(lab)
    assert lab.mapscope(*WEIGHED).returncode == 0
    names = {path.name for path in (lab.folder() / "plots").glob("*.png")}
    assert {"memory-shared.png", "tradeoff-find_hit-shared-n100.png"} <= names
    assert not any("insert_reserved" in name for name in names if name.startswith("tradeoff"))
    assert lab.mapscope("report").returncode == 0
    page = (lab.folder() / "report.html").read_text()
    assert 'id="tradeoff"' in page and 'href="#memory"' in page and 'href="#keys"' not in page
    (csv,) = [line for line in page.splitlines() if 'download="rows.csv"' in line]
    assert csv


def table_of(*rows: tuple[str, str, int, float, float | None]) -> pandas.DataFrame:
    """map, kv, n, ns and bytes."""
    return pandas.DataFrame(
        [
            {"workload": "find_hit", "hash": "shared", "map": name, "kv": kv, "n": n, "median": ns,
             "bytes_per_entry": unknown("?") if held is None else known(held)}
            for name, kv, n, ns, held in rows
        ]
    )  # fmt: skip


def test_a_point_is_the_mean_of_an_octave_and_of_sizes_that_all_have() -> None:
    table = table_of(
        ("a", "int_int", 50, 99.0, 99.0), ("a", "int_int", 80, 4.0, 20.0), ("a", "int_int", 100, 9.0, 45.0),
        ("b", "int_int", 80, 5.0, 10.0), ("b", "int_int", 100, 5.0, 10.0), ("b", "int_int", 90, 1.0, 1.0),
        ("c", "int_int", 80, 7.0, 30.0), ("c", "int_int", 100, 7.0, 30.0), ("d", "int_int", 100, 1.0, None),
    )  # fmt: skip
    a, b, c = tradeoff(table, "find_hit", "int_int", "shared", 100)
    assert (a.map, a.ns, a.bytes, a.sizes) == ("a", pytest.approx(6), pytest.approx(30), 2)
    assert (a.ns_range, a.bytes_range) == ((4, 9), (20, 45))
    assert (b.ns, b.bytes, b.is_on_front) == (pytest.approx(5), pytest.approx(10), True)
    assert not a.is_on_front and not c.is_on_front
    assert tradeoff(table, "find_hit", "int_int", "own", 100) == []


def test_the_front_is_what_nobody_beats() -> None:
    assert pareto_front([(1, 9), (2, 2), (3, 3), (9, 1), (2, 2)]) == [True, True, False, True, True]
    assert pareto_front([]) == []


def test_who_collapses_on_which_keys() -> None:
    table = table_of(
        ("a", "int_int", 100, 5.0, None), ("a", "int_int.strided", 100, 50.0, None),
        ("a", "int_int", 200, 5.0, None), ("a", "int_int.strided", 200, 5.0, None),
        ("a", "int_int", 400, 5.0, None), ("b", "int_int", 100, 5.0, None),
        ("b", "int_int.strided", 100, 6.0, None),
    )  # fmt: skip
    (found,) = compared_keys(table)
    assert found.keys == ["strided"]
    assert found.ratios == {"a": {"strided": pytest.approx(10**0.5)}, "b": {"strided": pytest.approx(1.2)}}
    assert collapses([found]) == [
        "a with the shared hash takes 3.16 times as long on strided keys as on random ones (find_hit, int_int)."
    ]
    assert compared_keys(table[table["kv"] == "int_int"]) == []


def test_other_keys_have_a_section_and_stay_out_of_the_heatmap(lab: Lab) -> None:
    describe(lab)
    words = [word.replace("int_int,string_int", "int_int") for word in WEIGHED] + ["--keys", "random,strided"]
    assert lab.mapscope(*words).returncode == 0
    summary = lab.mapscope("summary", "latest").stdout
    assert "time on other keys over random ones" in summary
    scope = next(line for line in summary.splitlines() if " rows" in line and "sizes" in line)
    assert scope.startswith("int_int;")
    assert lab.mapscope("report").returncode == 0
    page = (lab.folder() / "report.html").read_text()
    assert 'href="#keys"' in page and "No map takes twice as long on other keys." in page


def test_google_files_have_no_bytes(tmp_path: Path) -> None:
    (tmp_path / "google.json").write_text(
        json.dumps({"context": {}, "benchmarks": [{"name": "BM/8", "run_name": "BM/8", "run_type": "iteration",
                                                  "real_time": 5.0, "time_unit": "ns", "iterations": 9}]})
    )  # fmt: skip
    table = read_runs([str(tmp_path / "google.json")], tmp_path).table
    assert all(fact.value is None for fact in table["bytes_per_entry"])
