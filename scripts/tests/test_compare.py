"""Two sides of runs: what is reported, what is refused, and what real runs of one build and of a slowed one say."""

from __future__ import annotations

import gzip
import itertools
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest

from conftest import Lab, one_line, with_figures
from mapscope.analysis.compare import compare, twins
from mapscope.analysis.runs import KEY, read_runs
from mapscope.errors import UsageError

REAL = Path(__file__).parent / "real"
"""Real runs; real/README.md says how they were made."""
HOLDS_FINDS = ("find_hit", "find_hit_chained", "find_miss")


def edited(source: Path, target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """A copy of a run, changed, with all that follows from its rounds."""
    document = json.loads((source / "run.json").read_text())
    change(document)
    document["rows"] = with_figures(document["rows"])
    target.mkdir(parents=True)
    (target / "run.json").write_text(json.dumps(document))
    return target


def slowed(factor: float, workload: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        for row in document["rows"]:
            if row["workload"] == workload:
                row["rounds"] = [ns * factor for ns in row["rounds"]]

    return change


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A stored real run, unpacked."""
    folder = tmp_path_factory.mktemp("real")

    def unpack(name: str) -> Path:
        target = folder / name
        if not target.exists():
            target.mkdir()
            with gzip.open(REAL / f"{name}.json.gz", "rb") as packed, (target / "run.json").open("wb") as run:
                shutil.copyfileobj(packed, run)
        return target

    return unpack


def test_a_run_is_the_same_as_itself(undisturbed: Lab) -> None:
    answer = undisturbed.mapscope("compare", "--a", "latest", "--b", "latest")
    assert answer.returncode == 0, answer.stderr
    assert "0 slower, 0 faster, 21 the same (within 3%), 0 undecided" in " ".join(answer.stdout.split())
    assert max(map(len, answer.stdout.splitlines())) <= 100
    assert "interleaved" in answer.stdout  # every process is its own twin


def test_what_is_slower_is_reported_and_fails_on_request(undisturbed: Lab, tmp_path: Path) -> None:
    slow = edited(undisturbed.folder(), tmp_path / "slow", slowed(1.5, "find_hit"))
    sides = ("--a", str(undisturbed.folder()), "--b", str(slow))
    answer = undisturbed.mapscope("compare", *sides)
    assert answer.returncode == 0
    assert "7 slower, 0 faster, 14 the same" in " ".join(answer.stdout.split())
    assert "1.500 [1.50, 1.50]" in answer.stdout
    reported = one_line(undisturbed.mapscope("compare", *sides, "--fail-on-slower", "20"), 1)
    assert "7 rows slower by more than 20 %" in reported and "find_hit" in reported and "+50.0%" in reported
    assert undisturbed.mapscope("compare", *sides, "--fail-on-slower", "60").returncode == 0
    back = undisturbed.mapscope("compare", "--a", str(slow), "--b", str(undisturbed.folder()), "--fail-on-slower", "1")
    assert back.returncode == 0 and "7 faster" in back.stdout


def test_all_rows_on_request(undisturbed: Lab) -> None:
    text = undisturbed.mapscope("compare", "--a", "latest", "--b", "latest", "--all", "1").stdout
    assert text.count("n=100 ") == 21


def test_google_benchmarks_files_compare_with_each_other_and_with_a_run(undisturbed: Lab) -> None:
    raw = str(next((undisturbed.folder() / "raw" / "round-01").glob("*-hmap.json")))
    answer = undisturbed.mapscope("compare", "--a", raw, "--b", "latest")
    assert answer.returncode == 0, answer.stderr
    assert "machine and build unknown" in answer.stdout
    assert "18 rows left out, which A lacks" in answer.stdout
    assert "3 undecided" in answer.stdout  # a single time has no spread


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("--a", "latest"), "--b (B): name one run"),
        (("--a", "nowhere", "--b", "latest"), "no run at nowhere"),
        (("--a", "latest", "--b", "latest", "--fail-on-slower", "much"), "FAIL_ON_SLOWER"),
        (("--a", "latest", "--b", "latest", "--margin", "-1"), "MARGIN"),
    ],
)
def test_mistakes_are_one_line(undisturbed: Lab, arguments: tuple[str, ...], reported: str) -> None:
    assert reported in one_line(undisturbed.mapscope("compare", *arguments), 2)


def test_runs_without_a_common_row_are_refused(undisturbed: Lab, tmp_path: Path) -> None:
    def move(document: dict[str, Any]) -> None:
        for row in document["rows"]:
            row["n"] += 1

    other = edited(undisturbed.folder(), tmp_path / "other", move)
    line = one_line(undisturbed.mapscope("compare", "--a", "latest", "--b", str(other)), 2)
    assert "no row in common" in line


def test_other_machines_are_refused_and_other_builds_told(undisturbed: Lab, tmp_path: Path) -> None:
    def machine(document: dict[str, Any]) -> None:
        document["environment"]["cpu_model"] = "Another CPU"

    def build(document: dict[str, Any]) -> None:
        document["build"]["compiler"] = "clang 99"

    foreign = edited(undisturbed.folder(), tmp_path / "foreign", machine)
    line = one_line(undisturbed.mapscope("compare", "--a", "latest", "--b", str(foreign)), 2)
    assert "different machines" in line and "Another CPU" in line and "make across" in line
    rebuilt = edited(undisturbed.folder(), tmp_path / "rebuilt", build)
    text = undisturbed.mapscope("compare", "--a", "latest", "--b", str(rebuilt)).stdout
    assert "differs in compiler: " in text and "clang 99" in text


def test_runs_at_different_times_are_no_twins(undisturbed: Lab, tmp_path: Path) -> None:
    def later(document: dict[str, Any]) -> None:
        for process in document["processes"]:
            process["started"] = "2031" + process["started"][4:]

    other = edited(undisturbed.folder(), tmp_path / "later", later)
    a, b = (read_runs([str(folder)], tmp_path) for folder in (undisturbed.folder(), other))
    assert twins(a, a) and not twins(a, b)
    assert compare(a, b).method == "apart"
    both = read_runs([str(undisturbed.folder()), str(other)], tmp_path)
    assert compare(both, both).method == "paired"
    other_way = read_runs([str(other), str(undisturbed.folder())], tmp_path)
    assert compare(both, other_way).method == "runs"


def test_the_geometric_mean_is_over_the_rows_of_each_round(undisturbed: Lab) -> None:
    a = read_runs([str(undisturbed.folder())], undisturbed.results)
    found = compare(a, a)
    assert len(found.means) == 21 and set(found.means["rows"]) == {1}
    merged = found.means.merge(found.rows, on=["map", "workload", "kv"])
    assert np.allclose(merged["a_x"], merged["a_y"])


def test_nothing_in_common_is_a_usage_error(undisturbed: Lab) -> None:
    a = read_runs([str(undisturbed.folder())], undisturbed.results)
    empty = type(a)(a.by_label, a.table.head(0))
    with pytest.raises(UsageError):
        compare(a, empty)


def called(a: list[Path], b: list[Path]) -> pandas.DataFrame:
    """The rows of a comparison of B with A."""
    sides = [read_runs([str(folder) for folder in side], REAL) for side in (a, b)]
    rows = compare(*sides).rows
    assert not rows.duplicated(KEY).any()
    return rows


def share_called_different(rows: pandas.DataFrame) -> float:
    return float(rows["verdict"].isin(("slower", "faster")).mean())


def test_one_binary_measured_twice_in_turn_does_not_differ(real: Callable[[str], Path]) -> None:
    assert share_called_different(called([real("same-a")], [real("same-b")])) <= 0.01


def test_one_binary_measured_at_other_times_does_not_differ(real: Callable[[str], Path]) -> None:
    runs = [real(name) for name in ("same-a", "same-b", "fast-1", "fast-2", "fast-3")]
    total = [share_called_different(called([a], [b])) for a, b in itertools.combinations(runs, 2)]
    assert len(total) == 10 and sum(total) / len(total) <= 0.01
    assert share_called_different(called(runs[:2], runs[2:])) <= 0.01


def test_a_find_slowed_by_a_tenth_is_slower_in_finds_and_nowhere_else(real: Callable[[str], Path]) -> None:
    fast, slow = ([real(f"{name}-{number}") for number in (1, 2, 3)] for name in ("fast", "slow"))
    rows = called(fast, slow)
    finds = rows["workload"].isin(HOLDS_FINDS)
    assert finds.sum() == 12 and (~finds).sum() == 20
    assert (rows["verdict"][finds] == "slower").all()
    assert not rows["verdict"][~finds].isin(("slower", "faster")).any()
    assert rows["ratio"][finds].between(1.08, 1.16).all()
    back = called(slow, fast)
    assert (back["verdict"][finds] == "faster").all()
    assert not back["verdict"][~finds].isin(("slower", "faster")).any()


def test_one_pair_of_runs_is_enough_for_most_of_it(real: Callable[[str], Path]) -> None:
    for number in (1, 2, 3):
        rows = called([real(f"fast-{number}")], [real(f"slow-{number}")])
        slower = rows[rows["verdict"] == "slower"]
        assert set(slower["workload"]) <= set(HOLDS_FINDS) and len(slower) >= 5
        assert not (rows["verdict"] == "faster").any()


def test_rounds_that_were_disturbed_are_left_out(undisturbed: Lab, tmp_path: Path) -> None:
    def disturb(document: dict[str, Any]) -> None:
        document["selection"]["rounds"] = 7
        document["seeds"]["rounds"] = list(range(1, 8))
        for row in document["rows"]:
            row["rounds"] = [100.0, 101.0, 99.0, 100.0, 101.0, 500.0, 100.5]
            row["involuntary_switches"] = [0, 0, 0, 0, 0, 3, None]
            row["checksums"] = row["checksums"][:1] * 7

    def calm(document: dict[str, Any]) -> None:
        disturb(document)
        for row in document["rows"]:
            row["rounds"] = [100.0] * 7
            row["involuntary_switches"] = [0] * 7

    a, b = (
        read_runs([str(edited(undisturbed.folder(), tmp_path / name, change))], tmp_path)
        for name, change in (("calm", calm), ("disturbed", disturb))
    )
    found = compare(a, b)
    assert found.rows["ratio"].max() < 1.01 and found.means["ratio"].max() < 1.01
    assert set(found.rows["verdict"]) == {"same"}
