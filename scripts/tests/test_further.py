"""Workloads with binaries of their own: what is built and started for them, and that they meet in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import FURTHER, calls, make_build
from mapscope.plan.suites import EVERYDAY

BOTH = (*SMALL[:4], "--workloads", "find_hit,fifo", *SMALL[6:], "--maps", "hmap,std")


def test_they_have_processes_of_their_own(lab: Lab) -> None:
    answer = lab.mapscope("run", *BOTH)
    assert answer.returncode == 0, answer.stderr
    run = lab.run_json()
    assert {row["workload"] for row in run["rows"]} == {"find_hit", "fifo"} and run["complete"]
    assert {each["name"]: each["part"] for each in run["workloads"]} == {"find_hit": "", "fifo": "further"}
    assert next(each["summary"] for each in run["workloads"] if each["name"] == "fifo") == "does fifo"
    assert len(calls(lab.build)) == 2 * 2 * 2  # rounds, maps, parts
    assert lab.mapscope("validate", "latest").returncode == 0


def test_they_are_counted_by_their_own(lab: Lab) -> None:
    answer = lab.mapscope("run", *BOTH[:-4], "--counters", "sim", "--maps", "hmap", "--workloads", "fifo")
    assert answer.returncode == 0, answer.stderr
    assert [line.split()[5:] for line in calls(lab.build)].count(["sim"]) == 1
    (row,) = (row for row in lab.run_json()["rows"] if row["workload"] == "fifo")
    assert row["map"] == "hmap"


@pytest.mark.parametrize(
    ("words", "binaries"),
    [
        (("find_hit",), ["bench_hmap"]),
        (("fifo",), ["bench_hmap", "bench_hmap_further"]),  # the first describes the map
        (("fifo,find_hit", "--hash", "own"), ["bench_hmap", "bench_hmap_own", "bench_hmap_own_further"]),
        (("find_mixed*",), ["bench_hmap", "bench_hmap_further"]),
    ],
)
def test_only_what_runs_is_built(lab: Lab, words: tuple[str, ...], binaries: list[str]) -> None:
    answer = lab.mapscope("run", "--maps", "hmap", "--targets", "--workloads", *words)
    assert answer.stdout.split() == binaries, answer.stderr


def test_they_are_not_among_the_usual_ones(lab: Lab) -> None:
    lab.mapscope("run", *SMALL[:4], *SMALL[6:], "--maps", "hmap,std")
    assert not {row["workload"] for row in lab.run_json()["rows"]} & set(FURTHER)


def test_one_that_is_not_built_is_one_line(lab: Lab) -> None:
    (lab.build / "bench_std_further").unlink()
    assert "bench_std_further is not built" in one_line(lab.mapscope("run", *BOTH), 2)


def test_the_suite_has_the_workloads_that_there_are() -> None:
    from mapscope.repository import ROOT

    lines = (ROOT / "workloads/CMakeLists.txt").read_text().splitlines()
    further = [
        line.removeprefix("add_further(").rstrip(")").split()[0] for line in lines if line.startswith("add_further(")
    ]
    # find_mixed_50 is in every run; those of find_load_* (indented) are run where they are named.
    assert sorted(EVERYDAY) == sorted([*further, "find_mixed_50"])


def test_two_builds_of_them_are_compared(lab: Lab, tmp_path: Path) -> None:
    other = make_build(tmp_path / "other")
    answer = lab.mapscope("run", *BOTH, "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    assert len(calls(lab.build)) == len(calls(other)) == 2 * 2 * 2
