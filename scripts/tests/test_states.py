"""Workloads of many states: when they run, what their rows say, and those that a map never has."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import Lab
from fake_bench import STATES, WORKLOADS
from mapscope.plan.build import read_catalogue
from mapscope.plan.selection import OVERRIDING, select
from mapscope.plan.suites import SUITES, Suite
from mapscope.store import load
from mapscope.store.folder import RunFolder

RUN = ("--suite", "smoke", "--kv", "int_int", "--sizes", "100", "--rounds", "2", "--growth", "off", "--counters", "sim")


@pytest.fixture(scope="module")
def with_states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from fake_bench import make_build

    base = tmp_path_factory.mktemp("states")
    lab = Lab(make_build(base / "build", maps=("hmap", "std")), base / "results")
    answer = lab.mapscope("run", *RUN, "--workloads", "range,range_*")
    assert answer.returncode == 0, answer.stderr
    assert lab.mapscope("validate").returncode == 0
    return lab.run_json()


def words(**given: str) -> dict[str, str | None]:
    names = ("suite", *OVERRIDING)
    return dict.fromkeys(names) | given


def test_states_run_only_where_they_are_named(lab: Lab) -> None:
    catalogue = read_catalogue(lab.build)
    assert select(words(suite="smoke", workloads="find_hit"), catalogue)[0].workloads == ["find_hit"]
    plain = Suite("plain", "", sizes=(10,), rounds=1, least_rounds=1)
    SUITES["plain"] = plain
    try:
        assert select(words(suite="plain"), catalogue)[0].workloads == list(WORKLOADS)
    finally:
        del SUITES["plain"]
    assert select(words(workloads="range_load*,range"), catalogue)[0].workloads == ["range", *STATES[:9]]


def test_an_unknown_name_or_pattern_is_reported_the_known(lab: Lab) -> None:
    answer = lab.mapscope("run", *RUN, "--workloads", "rage_*")
    assert answer.returncode == 2
    assert "unknown name 'rage_*'" in answer.stderr and "range_*" in answer.stderr


def test_a_suite_may_measure_states_at_fewer_sizes(lab: Lab) -> None:
    chosen, _ = select(words(suite="standard"), read_catalogue(lab.build))
    suite = SUITES["standard"]
    assert set(suite.state_sizes) < set(suite.sizes)
    assert chosen.state_sizes == list(suite.state_sizes)
    assert select(words(suite="standard", sizes="77"), read_catalogue(lab.build))[0].state_sizes == []


def test_rows_say_what_was_scanned_or_why_not(with_states: dict[str, Any]) -> None:
    slots = {(row["workload"], row["map"]): row["slots_per_op"] for row in with_states["rows"]}
    assert slots["range_load0_one", "hmap"] == {"value": 2.0, "reason": None}
    assert slots["range_load0_one", "std"] == {"value": None, "reason": "it iterates over a list"}
    assert slots["range", "hmap"]["value"] is None


def test_a_state_that_a_map_never_has_is_neither_row_nor_failure(with_states: dict[str, Any]) -> None:
    assert with_states["failures"] == []
    assert with_states["not_applicable"] == [
        {"workload": "range_stuck", "kv": "int_int", "hash": "shared", "n": 100, "map": "std",
         "reason": "it grows at once"}
    ]  # fmt: skip
    assert {row["map"] for row in with_states["rows"] if row["workload"] == "range_stuck"} == {"hmap"}


def test_what_is_only_timed_says_so_in_its_counters(with_states: dict[str, Any]) -> None:
    (cold,) = [r for r in with_states["rows"] if (r["workload"], r["map"]) == ("range_cold", "hmap")]
    assert cold["counters"]["sim"]["lines_mean"] == {"value": None, "reason": "too much memory"}


def test_older_runs_have_no_states(tampered: Any) -> None:
    def make_older(document: dict[str, Any]) -> None:
        document["schema_version"] = 3
        del document["not_applicable"], document["selection"]["state_sizes"]
        for workload in document["workloads"]:
            del workload["family"], workload["state"]
        for row in document["rows"]:
            del row["slots_per_op"]

    older = load.read_run(RunFolder(tampered(make_older).folder()))
    assert older.not_applicable == [] and "older" in older.rows[0].slots_per_op.reason
