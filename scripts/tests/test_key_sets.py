"""Key sets: which payloads they make, what a benchmark is told, and lists that are the same ones or refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from conftest import SMALL, Lab, one_line
from mapscope.plan import key_sets

TINY = (*SMALL[:2], "--workloads", "find_hit", "--sizes", "100", "--rounds", "1", *SMALL[-4:], "--maps", "hmap,std")


@pytest.fixture
def lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a dictionary of fifty words and one package of forty files."""
    (tmp_path / "words").write_text(
        "".join(f"word{i}\n" for i in range(50)) + "has~tilde\n\n" + "x" * 136 + "\nword1\n"
    )
    (tmp_path / "one.list").write_text("".join(f"/usr/share/{i}\n" for i in range(40)))
    monkeypatch.setattr(key_sets, "DICTIONARY", tmp_path / "words")
    monkeypatch.setattr(key_sets, "PACKAGES", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("kv", "keys", "payloads"),
    [
        ("int_int", "sequential,random", ["int_int", "int_int.sequential"]),
        ("int_int,string_int", "strided,uuid", ["int_int.strided", "string_int.uuid"]),
        (
            "string_int,int_struct",
            "random,bits32,uuid",
            ["int_struct", "int_struct.bits32", "string_int", "string_int.uuid"],
        ),
    ],
)
def test_types_have_the_keys_that_fit_them(lab: Lab, kv: str, keys: str, payloads: list[str]) -> None:
    answer = lab.mapscope("run", *TINY, "--kv", kv, "--keys", keys)
    assert answer.returncode == 0, answer.stderr
    run = lab.run_json()
    assert sorted(run["selection"]["kv"]) == payloads == sorted({row["kv"] for row in run["rows"]})
    assert {one["name"]: one["keys"] for one in run["payloads"]} == {
        name: name.partition(".")[2] or "random" for name in payloads
    }
    assert lab.mapscope("validate", "latest").returncode == 0


def test_what_fits_nothing_is_one_line(lab: Lab) -> None:
    assert "keys of strings" in one_line(lab.mapscope("run", *TINY, "--kv", "int_int", "--keys", "uuid"), 2)
    assert "keys of integers" in one_line(lab.mapscope("run", *TINY, "--kv", "string_int", "--keys", "bits32"), 2)
    assert "unknown name 'odd'" in one_line(lab.mapscope("run", *TINY, "--keys", "odd"), 2)


def test_lists_are_identified_and_handed_on(lab: Lab, lists: Path) -> None:
    answer = lab.mapscope("run", *TINY, "--kv", "string_int", "--keys", "words,paths")
    assert answer.returncode == 0, answer.stderr
    by_name = {one["name"]: one["key_list"] for one in lab.run_json()["payloads"]}
    text = "".join(sorted(f"word{i}\n" for i in range(50)))
    assert by_name["string_int.words"] == {
        "source": str(lists / "words"), "lines": 50, "mean_bytes": 5.8,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    assert by_name["string_int.paths"]["lines"] == 40
    assert [each.read_text() for each in lab.build.glob("keys/words-*.txt")] == [text]


def test_a_run_goes_on_with_the_same_list_only(lab: Lab, lists: Path) -> None:
    assert lab.mapscope("run", *TINY, "--kv", "string_int", "--keys", "words").returncode == 0
    (stored,) = lab.build.glob("keys/*.txt")
    next(lab.folder().glob("raw/round-01/*std*")).unlink()
    stored.unlink()
    assert lab.mapscope("run", "--resume", "latest").returncode == 0 and stored.is_file()
    next(lab.folder().glob("raw/round-01/*std*")).unlink()
    stored.unlink()
    (lists / "words").write_text("".join(f"other{i}\n" for i in range(50)))
    assert "is another one than when the run was planned" in one_line(lab.mapscope("run", "--resume", "latest"), 2)


def test_a_machine_with_too_little_is_one_line(lab: Lab, lists: Path) -> None:
    (lists / "words").write_text("one\ntwo\n")
    assert "at least 30 are needed" in one_line(lab.mapscope("run", *TINY, "--kv", "string_int", "--keys", "words"), 2)


def test_without_a_dictionary_the_words_are_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_sets, "DICTIONARY", tmp_path / "none")
    found = key_sets.read_list("words")
    assert found.source == "words of mapscope's documentation" and found.lines > 2000


def test_without_packages_the_paths_are_those_of_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(40):
        (tmp_path / f"file{i}").touch()
    monkeypatch.setattr(key_sets, "PACKAGES", tmp_path / "none")
    monkeypatch.setattr(key_sets, "TREE", tmp_path)
    found = key_sets.read_list("paths")
    assert (found.source, found.lines) == (str(tmp_path), 40)


def test_older_runs_had_random_keys(finished: Lab) -> None:
    assert {one["keys"] for one in json.loads((finished.folder() / "plan.json").read_text())["payloads"]} == {"random"}
