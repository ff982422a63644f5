"""A run that gzip has packed, or a run.json by itself, is read by every command that reads a run."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from conftest import Lab, one_line


@pytest.fixture
def packed(finished: Lab, tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere.run.json.gz"
    path.write_bytes(gzip.compress((finished.folder() / "run.json").read_bytes()))
    return path


def test_every_command_reads_it(finished: Lab, packed: Path, tmp_path: Path) -> None:
    run, out = str(packed), str(tmp_path / "out")
    for words in (
        ("summary", run), ("validate", run), ("plot", run), ("export", run, "--out", out),
        ("compare", "--a", run, "--b", run), ("across", "--runs", f"{run} {finished.folder()}"),
        ("report", "--runs", run),
    ):  # fmt: skip
        answer = finished.mapscope(*words)
        assert answer.returncode == 0, (words, answer.stderr)
    assert (tmp_path / "elsewhere" / "report.html").is_file() and list((tmp_path / "elsewhere" / "plots").glob("*.png"))
    lab = Lab(finished.build, tmp_path)
    answer = lab.mapscope("trend", "--out", out)
    assert answer.returncode == 0 and "left out" not in answer.stdout, answer.stderr + answer.stdout


def test_it_says_the_same_as_the_run_itself(finished: Lab, packed: Path) -> None:
    answers = [finished.mapscope("summary", str(path)).stdout for path in (packed, finished.folder())]
    assert answers[0] == answers[1] and "find_hit" in answers[0]
    assert "elsewhere" in finished.mapscope("compare", "--a", str(packed), "--b", str(finished.folder())).stdout


def test_a_folder_may_hold_its_run_packed(finished: Lab, packed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    packed.rename(folder / "run.json.gz")
    assert finished.mapscope("validate", str(folder)).returncode == 0
    assert finished.mapscope("validate", str(folder / "run.json.gz")).returncode == 0


def test_a_file_not_packed_is_not_taken_for_its_neighbour(finished: Lab, tmp_path: Path) -> None:
    document = finished.run_json()
    document["rows"] = document["rows"][:1]
    (tmp_path / "run.json").write_text(json.dumps(finished.run_json()))
    (tmp_path / "one.json").write_text(json.dumps({"schema_version": 99}))
    assert "one.json" in one_line(finished.mapscope("validate", str(tmp_path / "one.json")), 2)


def test_what_is_cut_off_is_reported(finished: Lab, packed: Path) -> None:
    packed.write_bytes(packed.read_bytes()[:-100])
    line = one_line(finished.mapscope("summary", str(packed)), 2)
    assert "elsewhere.run.json.gz: truncated or corrupt" in line
