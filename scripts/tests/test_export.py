"""Exports: what the services' formats ask for is there, and the numbers are those of the run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Lab, one_line
from mapscope.analysis.runs import KEY, read_runs


def exported(lab: Lab, kind: str, tmp_path: Path) -> Path:
    out = tmp_path / f"{kind}.json"
    answer = lab.mapscope("export", "latest", "--format", kind, "--out", str(out))
    assert answer.returncode == 0, answer.stderr
    return out


def test_google_comes_back_as_it_went(undisturbed: Lab, tmp_path: Path) -> None:
    path = exported(undisturbed, "google", tmp_path)
    back = read_runs([str(path)], tmp_path).table.set_index(KEY)["rounds"]
    there = read_runs(["latest"], undisturbed.results).table.set_index(KEY)["rounds"]
    assert back.to_dict() == there.to_dict()
    entry = json.loads(path.read_text())["benchmarks"][0]
    for field in ("name", "run_name", "run_type", "repetitions", "repetition_index", "threads", "iterations",
                  "real_time", "cpu_time", "time_unit"):  # fmt: skip
        assert field in entry
    same = undisturbed.mapscope("compare", "--a", str(path), "--b", "latest")
    assert same.returncode == 0 and "0 slower, 0 faster" in same.stdout


def test_bencher_has_a_latency_with_its_bounds(undisturbed: Lab, tmp_path: Path) -> None:
    document = json.loads(exported(undisturbed, "bencher", tmp_path).read_text())
    rows = undisturbed.run_json()["rows"]
    assert len(document) == len(rows)
    first = document["find_hit/map:hmap/kv:int_int/hash:shared/n:100"]["latency"]
    row = next(row for row in rows if (row["workload"], row["map"]) == ("find_hit", "hmap"))
    assert first == {"value": row["median"], "lower_value": row["q1"], "upper_value": row["q3"]}


def test_github_is_a_list_of_smaller_is_better(undisturbed: Lab, tmp_path: Path) -> None:
    document = json.loads(exported(undisturbed, "github", tmp_path).read_text())
    assert [entry["value"] for entry in document] == [row["median"] for row in undisturbed.run_json()["rows"]]
    assert all(set(entry) == {"name", "unit", "value", "range", "extra"} for entry in document)


def test_to_the_terminal_and_mistakes(undisturbed: Lab, tmp_path: Path) -> None:
    answer = undisturbed.mapscope("export", "latest", "--format", "github")
    assert len(json.loads(answer.stdout)) == 21
    assert "google, bencher, github" in one_line(undisturbed.mapscope("export", "--format", "xml"), 2)
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "x.json")
    assert "cannot write" in one_line(undisturbed.mapscope("export", "--format", "google", "--out", out), 1)


@pytest.mark.parametrize("kind", ["google", "bencher", "github"])
def test_the_formats_are_documented(kind: str) -> None:
    from mapscope.repository import RESULTS

    assert f"FORMAT={kind}" in (RESULTS / "README.md").read_text()
