"""One benchmark over all stored runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import Lab, one_line
from mapscope.text import significant
from test_compare import edited, slowed


@pytest.fixture
def three(undisturbed: Lab, tmp_path: Path) -> Path:
    """Three runs of different commits, the last with a slower find; and a file that cannot be read."""

    def of_commit(commit: str, day: int, factor: float) -> Any:
        def change(document: dict[str, Any]) -> None:
            document["tool"] |= {"commit": {"value": commit, "reason": None}, "dirty": False}
            document["created"] = f"2026-01-0{day}T00:00:00+00:00"
            slowed(factor, "find_hit")(document)

        return change

    results = tmp_path / "results"
    for name, commit, day, factor in (("b", "later", 2, 2.0), ("a", "early", 1, 1.0), ("c", "latest", 3, 3.0)):
        edited(undisturbed.folder(), results / name, of_commit(commit, day, factor))
    (results / "broken").mkdir()
    (results / "broken" / "run.json").write_text('{"schema_version": 2}')
    return results


def test_oldest_first_with_what_was_left_out(undisturbed: Lab, three: Path, tmp_path: Path) -> None:
    lab = Lab(undisturbed.build, three)
    answer = lab.mapscope("trend", "--map", "hmap", "--out", str(tmp_path / "picture"))
    assert answer.returncode == 0, answer.stderr
    commits = [word for word in answer.stdout.split() if word in ("early", "later", "latest")]
    assert commits == ["early", "later", "latest"]
    assert "left out: " in answer.stdout and "broken/run.json: field" in answer.stdout
    assert "find_hit, int_int, shared hash, n = 100" in answer.stdout
    median = json.loads((three / "c" / "run.json").read_text())["rows"]
    (row,) = [row for row in median if (row["map"], row["workload"]) == ("hmap", "find_hit")]
    assert significant(row["median"]) in answer.stdout
    for suffix in (".png", ".svg"):
        assert (tmp_path / f"picture{suffix}").stat().st_size > 5_000


def test_what_no_run_has_is_one_line(undisturbed: Lab, three: Path, tmp_path: Path) -> None:
    lab = Lab(undisturbed.build, three)
    assert "available: churn, erase, find_hit" in one_line(lab.mapscope("trend", "--workload", "sort"), 2)
    assert "(N): no stored run has '7'" in one_line(lab.mapscope("trend", "--n", "7"), 2)
    assert "no run in" in one_line(Lab(lab.build, tmp_path / "empty").mapscope("trend"), 2)
