"""The maps of a block, interleaved turn by turn: their order, what ends a turn or the rounds, and what is kept."""

from __future__ import annotations

import itertools
import json
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pandas
import pytest

from conftest import Lab, one_line
from fake_bench import calls, make_build, set_faults
from mapscope.plan.suites import SUITES
from mapscope.run import memory
from mapscope.run.block import LEAST_TURNS
from mapscope.run.process import Child
from mapscope.store.sharing import USUAL_SLOPE
from mapscope.store.turns import Turns, centre

THREE = ("hmap", "std", "boost_flat")
FEW = (
    "--suite", "smoke", "--kv", "int_int", "--workloads", "find_hit,erase", "--sizes", "100", "--growth", "off",
    "--counters", "off",
)  # fmt: skip


@pytest.fixture(autouse=True)
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are the subject of test_show."""
    monkeypatch.setattr("mapscope.commands.plot.plot_run", lambda run, folder, n: [])


@pytest.fixture
def few(tmp_path: Path) -> Lab:
    """A build of three maps."""
    return lab_with(tmp_path)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite has two to four rounds, as many as the target takes."""
    monkeypatch.setitem(SUITES, "smoke", replace(SUITES["smoke"], rounds=4, least_rounds=2))


def lab_with(directory: Path, **changes: Any) -> Lab:
    return Lab(make_build(directory / "build", maps=THREE, **changes), directory / "results")


def measured(lab: Lab, *words: str) -> dict[str, Any]:
    """The run.json of a run that goes well."""
    answer = lab.mapscope("run", *FEW, *words)
    assert answer.returncode == 0, answer.stderr
    return lab.run_json()


def turns_taken(lab: Lab) -> list[tuple[str, str, int, str, int, str]]:
    """Map, workload, n, seed, number and start of every turn, in the order in which they were taken."""
    words = (line.split() for line in (lab.build / "turns.log").read_text().splitlines())
    return [(name, workload, int(n), seed, int(number), start) for name, workload, n, seed, number, start in words]


def rounds_of(run: dict[str, Any]) -> dict[str, int]:
    """In how many rounds each workload was measured, of every map alike."""
    counts = {(row["workload"], sum(ns is not None for ns in row["rounds"])) for row in run["rows"]}
    assert len(counts) == len({workload for workload, _ in counts})
    return dict(counts)


def started(lab: Lab) -> Counter[str]:
    """How many processes of each map."""
    return Counter(line.split()[1] for line in calls(lab.build))


def test_each_map_has_each_turn_once_in_an_order_drawn_anew(few: Lab) -> None:
    run = measured(few, "--rounds", "2")
    orders = []
    works = [
        (list(group), key) for key, group in itertools.groupby(turns_taken(few), key=lambda turn: (turn[3], turn[1]))
    ]
    assert [key for _, key in works] == [
        (str(seed), workload) for seed in run["seeds"]["rounds"] for workload in ("find_hit", "erase")
    ]
    for taken, _ in works:
        rounds = [taken[at : at + 3] for at in range(0, len(taken), 3)]
        assert len(rounds) >= LEAST_TURNS
        for number, each in enumerate(rounds, 1):
            assert sorted(turn[0] for turn in each) == sorted(THREE)
            assert {turn[4] for turn in each} == {number}  # and so the same keys
            orders.append(tuple(turn[0] for turn in each))
    assert len(set(orders)) > 1


def test_who_dies_in_its_turn_is_a_failure_and_the_others_go_on(few: Lab) -> None:
    set_faults(few.build, {"std": {"fault": "dies in its turn"}})
    assert "SIGSEGV" in one_line(few.mapscope("run", *FEW, "--rounds", "2"), 1)
    run = few.run_json()
    assert {(f["map"], f["kind"], f["signal"]) for f in run["failures"]} == {("std", "crash", "SIGSEGV")}
    assert {row["map"] for row in run["rows"]} == {"hmap", "boost_flat"}
    assert all(min(row["turns"]) >= 1 for row in run["rows"])
    assert Counter(turn[0] for turn in turns_taken(few))["std"] == 2  # one of each round
    set_faults(few.build, {})
    assert few.mapscope("run", "--resume", "latest").returncode == 0
    assert few.run_json()["complete"] and {row["map"] for row in few.run_json()["rows"]} == set(THREE)


def test_who_hangs_in_its_turn_is_ended_and_the_others_go_on(few: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def kill_what_hangs(child: Child) -> None:
        if child.task.map == "std" and (few.build / "hanging").exists():
            child._timed_out = True
            child._popen.kill()

    monkeypatch.setattr(Child, "kill_when_overdue", kill_what_hangs)
    set_faults(few.build, {"std": {"fault": "hangs in its turn"}})
    assert "still running after" in one_line(few.mapscope("run", *FEW, "--rounds", "1"), 1)
    run = few.run_json()
    assert [(f["map"], f["kind"]) for f in run["failures"]] == [("std", "timeout")]
    assert {row["map"] for row in run["rows"]} == {"hmap", "boost_flat"}


def test_an_interruption_in_a_turn_leaves_no_process_and_can_be_resumed(few: Lab) -> None:
    set_faults(few.build, {"std": {"fault": "hangs in its turn"}})
    run = few.start("run", *FEW, "--rounds", "1")
    while not (few.build / "hanging").exists():
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, stderr = run.communicate(timeout=60)
    assert run.returncode == 130 and len(stderr.splitlines()) == 1 and "RESUME=" in stderr
    assert not [line for line in calls(few.build) if Path(f"/proc/{line.split()[0]}").exists()]
    assert not list(few.folder().glob("*at-work*")) and not few.run_json()["rows"]
    set_faults(few.build, {})
    assert few.mapscope("run", "--resume", "latest").returncode == 0
    assert few.run_json()["complete"] and started(few) == dict.fromkeys(THREE, 2)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize(("luck", "rounds"), [(0.0, 2), (1.0, 4)])
def test_rounds_go_on_until_the_target_is_met(tmp_path: Path, luck: float, rounds: int) -> None:
    run = measured(lab_with(tmp_path, luck=luck))
    assert rounds_of(run) == {"find_hit": rounds, "erase": rounds}
    assert run["complete"] and run["selection"]["target"] == 0.03
    others = [row for row in run["rows"] if row["map"] != row["best"]]
    # Without luck a ratio is the same in all rounds but for the rounding of times to a nanosecond.
    assert all((row["ratio_high"] / row["ratio_low"] < 1.01) == (luck == 0) for row in others)


@pytest.mark.usefixtures("patient")
def test_further_rounds_have_only_what_is_not_precise_enough(tmp_path: Path) -> None:
    lab = lab_with(tmp_path, luck={"erase": 1.0})
    assert rounds_of(measured(lab)) == {"find_hit": 2, "erase": 4}
    assert lab.mapscope("validate", "latest").returncode == 0
    seeds = lab.run_json()["seeds"]["rounds"]
    assert {turn[1] for turn in turns_taken(lab) if turn[3] == str(seeds[2])} == {"erase"}


@pytest.mark.usefixtures("patient")
def test_a_wide_target_is_met_at_once(tmp_path: Path) -> None:
    lab = lab_with(tmp_path, luck=0.2)
    run = measured(lab, "--target", "1000%")
    assert run["selection"]["target"] == 10 and rounds_of(run) == {"find_hit": 2, "erase": 2}


@pytest.mark.usefixtures("patient")
def test_what_gave_nothing_has_no_further_rounds(tmp_path: Path) -> None:
    lab = lab_with(tmp_path, luck=1.0)
    set_faults(lab.build, {"std": {"fault": "crash"}})
    one_line(lab.mapscope("run", *FEW), 1)
    assert rounds_of(lab.run_json()) == {"find_hit": 4, "erase": 4}
    assert started(lab) == {"hmap": 4, "std": 2, "boost_flat": 4}
    assert [entry["round"] for entry in lab.run_json()["missing"]] == [1, 2]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("luck", [0.0, 1.0])
def test_rounds_that_are_named_are_these_and_no_more(tmp_path: Path, luck: float) -> None:
    assert rounds_of(measured(lab_with(tmp_path, luck=luck), "--rounds", "3")) == {"find_hit": 3, "erase": 3}


@pytest.mark.usefixtures("patient")
def test_a_spent_budget_ends_the_rounds_but_never_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0, 100)
    monkeypatch.setattr("mapscope.run.budget.time", SimpleNamespace(monotonic=lambda: next(clock)))
    lab = lab_with(tmp_path, luck=1.0)
    run = measured(lab, "--budget", "1m30s", "--sizes", "100,200")
    assert run["complete"] and run["selection"]["budget_s"] == 90
    assert rounds_of(run) == {"find_hit": 1, "erase": 1} and {row["n"] for row in run["rows"]} == {100, 200}
    text = " ".join(lab.mapscope("summary", "latest").stdout.split())
    assert "8 of 8 ratios are known less precisely than ±3%; 8 with a single round, whose interval is not known" in text


@pytest.mark.usefixtures("patient")
def test_an_ample_budget_ends_nothing(tmp_path: Path) -> None:
    assert rounds_of(measured(lab_with(tmp_path, luck=1.0), "--budget", "10h")) == {"find_hit": 4, "erase": 4}


@pytest.mark.usefixtures("patient")
def test_a_block_that_lacks_a_map_is_measured_again_as_a_whole(tmp_path: Path) -> None:
    lab = lab_with(tmp_path, luck=1.0)
    measured(lab)
    for number in (1, 4):  # one that a complete run must have, and one beyond
        (lab.folder() / f"raw/round-0{number}/int_int-n100-std.json").unlink()
    before = len(calls(lab.build))
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    again = [line.split() for line in calls(lab.build)[before:]]
    seeds = lab.run_json()["seeds"]["rounds"]
    assert sorted((words[1], words[4]) for words in again) == sorted(
        (name, str(seeds[number - 1])) for name in THREE for number in (1, 4)
    )
    assert lab.run_json()["complete"] and rounds_of(lab.run_json()) == {"find_hit": 4, "erase": 4}


def test_a_warm_turn_reads_the_table_that_fits_the_caches_and_a_cold_one_evicts_it(few: Lab, tmp_path: Path) -> None:
    run = measured(few, "--rounds", "1", "--sizes", "100,100000000")
    assert {(n, start) for _, _, n, _, _, start in turns_taken(few)} == {(100, "table"), (100_000_000, "as_is")}
    assert run["selection"]["start"] == "warm"
    cold = lab_with(tmp_path / "cold")
    run = measured(cold, "--rounds", "1", "--start", "cold")
    last = max(cache["bytes"] for cache in run["environment"]["caches"] if cache["type"] != "Instruction")
    assert {turn[5] for turn in turns_taken(cold)} == {f"evict={2 * last}"}
    assert run["selection"]["start"] == "cold"


def test_answers_are_checked_once_for_each_map_payload_and_hash(few: Lab) -> None:
    run = measured(few, "--rounds", "2", "--sizes", "100,200", "--kv", "int_int,string_int", "--hash", "shared,own")
    checks = [line.split() for line in (few.build / "checks.log").read_text().splitlines()]
    assert len(checks) == 2 * 2 * 2 * 2 * 3
    checked = Counter((name, kv, hash_name) for name, kv, hash_name, _, how in checks if how == "checked")
    assert checked == {
        (name, kv, h): 1 for name in THREE for kv in ("int_int", "string_int") for h in ("shared", "own")
    }
    words = {word.partition("=")[0] for process in run["processes"] for word in process["command"]}
    assert not words & {"--answers-are-checked", "--baton"} and "--turns" in words


def test_a_payload_may_have_sizes_of_its_own(few: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SUITES, "smoke", replace(SUITES["smoke"], sizes=(100,), sizes_of={"string_int": (7, 100)}))
    unnamed = [word for word in FEW if word not in ("--sizes", "100")]
    answer = few.mapscope("run", *unnamed, "--kv", "int_int,string_int", "--rounds", "1")
    assert answer.returncode == 0, answer.stderr
    run = few.run_json()
    assert run["complete"] and run["selection"]["sizes_of"] == {"int_int": [100], "string_int": [7, 100]}
    assert {(row["kv"], row["n"]) for row in run["rows"]} == {("int_int", 100), ("string_int", 7), ("string_int", 100)}
    assert len(run["rows"]) == 3 * 2 * len(THREE) and len(run["processes"]) == 3 * len(THREE)


def test_where_memory_is_short_fewer_are_alive_at_once(few: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "SHARE", 0.0)
    run = measured(few, "--rounds", "1")
    order = [name for name, _ in itertools.groupby(turn[0] for turn in turns_taken(few))]
    assert order == list(THREE)  # one after the other
    assert run["complete"] and len(run["rows"]) == 2 * len(THREE) and 0 < run["timed"]["share"] < 1


def test_every_turn_is_in_the_parquet_file_and_gives_the_figures_of_run_json(finished: Lab) -> None:
    turns = pandas.read_parquet(finished.folder() / "turns.parquet")
    assert list(turns.columns) == [
        "workload", "kv", "hash", "map", "n", "round", "turn", "ns_per_op", "passes", "involuntary_switches",
        "pace_ns",
    ]  # fmt: skip
    key = ["workload", "kv", "hash", "n", "map"]
    rows = {tuple(row[name] for name in key): row for row in finished.run_json()["rows"]}
    assert len(turns) == sum(sum(row["turns"]) for row in rows.values())
    for identity, of_row in turns.groupby(key, observed=True):
        row = rows.pop(identity)
        rounds = [of_round for _, of_round in of_row.groupby("round")]
        assert [each["turn"].tolist() for each in rounds] == [list(range(1, count + 1)) for count in row["turns"]]
        centres = [centre(Turns(each["ns_per_op"].tolist(), each["involuntary_switches"] > 0)) for each in rounds]
        assert row["rounds"] == pytest.approx(centres)
        assert row["median"] == pytest.approx(numpy.median(centres))
    assert not rows


def test_the_share_of_timed_passes_is_that_of_the_turns(finished: Lab) -> None:
    run = finished.run_json()
    documents = [json.loads(path.read_text()) for path in finished.folder().glob("raw/round-*/*.json")]
    passes = sum(ns for each in documents for entry in each.get("benchmarks", ()) for _, ns, *_ in entry["turns"]) / 1e9
    blocks = sum(each["mapscope_block"]["seconds"] for each in documents if "mapscope_block" in each)
    ladders = sum(each["mapscope_process"]["seconds"] for each in documents if "mapscope_block" not in each)
    assert run["timed"]["passes_s"] == pytest.approx(passes, abs=0.001)
    assert run["timed"]["pinned_s"] == pytest.approx(blocks + ladders, abs=0.001)
    assert run["timed"]["share"] == pytest.approx(passes / (blocks + ladders), abs=0.001)


def test_a_core_that_is_shared_is_reported_and_its_times_are_corrected(few: Lab) -> None:
    set_faults(few.build, {"std": {"fault": "shares its core"}})
    run = measured(few, "--rounds", "2")
    assert run["timed"]["pace_ns"] == 1000 and run["timed"]["alone"] == pytest.approx(2 / 3, abs=0.01)
    assert "slower than it can be in 33% of the turns" in few.mapscope("summary", "latest").stdout.replace("\n", " ")
    turns = pandas.read_parquet(few.folder() / "turns.parquet").groupby(["map", "workload"], observed=True)
    for row in run["rows"]:
        as_it_was = turns.get_group((row["map"], row["workload"]))["ns_per_op"].median()
        shared = 1.5**USUAL_SLOPE if row["map"] == "std" else 1  # no turn of it says what it is alone
        assert row["median"] == pytest.approx(as_it_was / shared, rel=0.05), row["map"]


def test_disturbed_turns_are_reported(few: Lab) -> None:
    set_faults(few.build, {"std": {"fault": "disturbed"}})
    for row in measured(few, "--rounds", "1")["rows"]:
        assert row["disturbed_turns"] == (row["turns"] if row["map"] == "std" else [0])
