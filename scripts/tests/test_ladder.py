"""The latency ladder: a process in two rounds, believed only when it is sound; levels and reach as they are read off
it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import SMALL, WIDE, Lab, one_line
from fake_bench import make_build, set_faults
from mapscope.analysis.ladder import in_words, levels, load_ns, reach_in_words, shared_cache, tlb_reach
from mapscope.fact import known
from mapscope.plan.ladder import SECONDS, half_octaves, working_set_bytes
from mapscope.store.records import Run

KIB, MIB = 2**10, 2**20


@pytest.fixture
def climbing(tmp_path: Path) -> Lab:
    """A fake build that has a ladder."""
    return Lab(make_build(tmp_path / "build", maps=("hmap", "std"), ladder=True), tmp_path / "results")


def machine(run: dict[str, Any], **changes: Any) -> Run:
    """The run as of a machine with the caches that the fake ladder has."""
    caches = [
        {"level": level, "type": kind, "bytes": size, "line_bytes": 64, "ways": 8, "shared_by": "0"}
        for level, kind, size in (
            (1, "Data", 32 * KIB),
            (1, "Instruction", 64 * KIB),
            (2, "Unified", MIB),
            (3, "Unified", 32 * MIB),
        )
    ]
    return Run.of(run | {"environment": run["environment"] | {"caches": caches}} | changes)


def test_a_run_begins_with_both_of_them(climbing: Lab) -> None:
    answer = climbing.mapscope("run", *WIDE)
    assert answer.returncode == 0, answer.stderr
    run = climbing.run_json()
    assert run["complete"] and run["ladder"]["reason"] is None
    mine = [p for p in run["processes"] if p["stage"] == "ladder"]
    assert [(p["round"], p["map"], p["kv"], p["n"]) for p in mine] == [(1, None, None, None), (2, None, None, None)]
    assert [run["processes"].index(p) for p in mine] == [0, 1]
    assert all(f"--seconds={SECONDS}" in p["command"] for p in mine)
    assert all("--out" not in " ".join(p["command"]) for p in mine)
    assert len(run["latencies"]) == len(run["ladder"]["sizes"]) + len(run["ladder"]["pages"])
    raw = [json.loads((climbing.folder() / f"raw/round-0{k}/ladder.json").read_text()) for k in (1, 2)]
    for at, rung in enumerate(run["latencies"]):
        passes = [sorted(document["rungs"][at]["passes"]) for document in raw]
        assert rung["rounds"] == [each[2] for each in passes]  # of five, the median
        assert rung["bytes"] == rung["lines"] * (64 if rung["layout"] == "packed" else 4096)
    text = climbing.mapscope("summary", "latest").stdout
    assert "latencies  L1 1.0" in text and "TLB reach  256 KiB, then 8 MiB" in text
    assert climbing.mapscope("validate", "latest").returncode == 0


def test_levels_are_read_where_the_level_before_is_of_no_help(climbing: Lab) -> None:
    climbing.mapscope("run", *WIDE)
    run = machine(climbing.run_json())
    found = levels(run)
    assert [(level.name, level.read_at) for level in found[:3]] == [("L1", 16 * KIB), ("L2", 64 * KIB), ("L3", 2 * MIB)]
    assert [int(level.latency.value) for level in found[:3]] == [1, 4, 16]
    assert tlb_reach(run) == [known(256 * KIB), known(8 * MIB)]
    assert int(load_ns(run, 100).value) == 1 and int(load_ns(run, 500 * KIB).value) == 4
    between = load_ns(run, 1.2 * MIB).value
    assert 4.3 < between < 16  # between two rungs
    assert "larger than" in load_ns(run, 2**40).reason
    if run.ladder.sizes[-1] >= 64 * MIB:
        assert in_words(run).startswith("L1 1.0") and "memory 10" in in_words(run)


def test_what_was_not_seen_has_a_reason(climbing: Lab) -> None:
    climbing.mapscope("run", *WIDE)
    run = climbing.run_json()
    flat = [rung | {"median": 1.0} for rung in run["latencies"]]
    assert "no step up to 16384 pages" in reach_in_words(machine(run, latencies=flat))
    packed_only = [rung for rung in run["latencies"] if rung["layout"] == "packed" and rung["bytes"] <= MIB]
    small = machine(run, latencies=packed_only)
    assert [level.latency.value is None for level in levels(small)] == [False, False, True, True]
    assert "L3 n/a (no working set that falls in it was measured)" in in_words(small)
    assert reach_in_words(small) == "n/a: was not measured"
    assert shared_cache(small) is None


def test_a_last_level_that_others_use_is_a_caveat(climbing: Lab) -> None:
    climbing.mapscope("run", *WIDE)
    run = climbing.run_json()
    assert shared_cache(machine(run)) is None
    crowded = [
        rung | {"median": 100.0} if rung["layout"] == "packed" and rung["bytes"] > 4 * MIB else rung
        for rung in run["latencies"]
    ]
    assert shared_cache(machine(run, latencies=crowded)) == ("L3", 32 * MIB, 4 * MIB)


@pytest.mark.parametrize(
    ("fault", "reported"),
    [("exit 1", "ended in the wrong place"), ("a rung less", "'rungs' does not hold"), ("zero", "numbers above 0")],
)
def test_what_cannot_be_believed_is_a_failure_and_can_be_resumed(climbing: Lab, fault: str, reported: str) -> None:
    set_faults(climbing.build, {"ladder": {"fault": fault}})
    line = one_line(climbing.mapscope("run", *WIDE), 1)
    assert "first: latency ladder: " in line and reported in line
    run = climbing.run_json()
    assert run["latencies"] == [] and len(run["failures"]) == 2 and run["missing"][0]["map"] is None
    assert in_words(machine(run)).startswith("L1 n/a (was not measured)")
    assert "latency ladder, round 1" in climbing.mapscope("summary", "latest").stdout
    set_faults(climbing.build, {})
    answer = climbing.mapscope("run", "--resume", "latest")
    assert answer.returncode == 0 and "2 of 14 processes" in answer.stdout
    assert climbing.run_json()["latencies"]


def test_a_build_without_it_says_so(undisturbed: Lab) -> None:
    run = undisturbed.run_json()
    assert run["ladder"]["reason"] == "the build has no ladder" and run["latencies"] == []
    assert "latencies  n/a: the build has no ladder" in undisturbed.mapscope("summary", "latest").stdout


def test_a_run_of_schema_version_3_is_still_read(tampered: Any) -> None:
    def older(document: dict[str, Any]) -> None:
        document["schema_version"] = 3
        del document["ladder"], document["latencies"]
        document["processes"] = [p for p in document["processes"] if p["stage"] != "ladder"]

    answer = tampered(older).mapscope("summary", "latest")
    assert answer.returncode == 0, answer.stderr
    assert "latencies  n/a: the run is older than the latency ladder is" in answer.stdout


def test_of_four_rounds_the_first_and_the_last_are_measured(climbing: Lab) -> None:
    words = [word if word != "2" else "4" for word in WIDE]
    assert climbing.mapscope("run", *words).returncode == 0
    run = climbing.run_json()
    assert run["complete"] and run["selection"]["rounds"] == 4
    present = [number for number, ns in enumerate(run["latencies"][0]["rounds"], 1) if ns is not None]
    assert present == [1, 4]
    assert climbing.mapscope("validate", "latest").returncode == 0


@pytest.mark.parametrize("sizes", ["100", "100,200,399", "100,10000"])
def test_a_narrow_run_needs_none(climbing: Lab, sizes: str) -> None:
    words = [sizes if word == "100" else word for word in SMALL]
    answer = climbing.mapscope("run", *words)
    assert answer.returncode == 0, answer.stderr
    run = climbing.run_json()
    assert run["complete"] and run["latencies"] == []
    assert "not needed by fewer than 3 sizes" in run["ladder"]["reason"]
    assert "latencies  n/a: not needed by" in climbing.mapscope("summary", "latest").stdout


def test_working_sets_without_time_are_absent_and_named(climbing: Lab) -> None:
    set_faults(climbing.build, {"ladder": {"fault": "no time"}})
    answer = climbing.mapscope("run", *WIDE)
    assert answer.returncode == 0, answer.stderr
    run = climbing.run_json()
    absent = {size // 64 for size in run["ladder"]["sizes"][-3:-1]}
    present = {rung["lines"] for rung in run["latencies"] if rung["layout"] == "packed"}
    assert not absent & present and run["ladder"]["sizes"][-1] // 64 in present
    assert "no time for " in in_words(machine(run))
    assert climbing.mapscope("validate", "latest").returncode == 0


def test_working_sets_beyond_the_last_cache_are_octaves() -> None:
    assert working_set_bytes(4 * KIB, 16 * KIB) == [1024, 1536, 2048, 3072, 4096, 8192, 16384]
    assert working_set_bytes(0, 4 * KIB) == [1024, 1536, 2048, 3072, 4096]


def test_half_octaves() -> None:
    assert half_octaves(16, 64) == [16, 24, 32, 48, 64]
    assert half_octaves(16, 50) == [16, 24, 32, 48]
