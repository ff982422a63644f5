"""Passing a map as an argument: times beside the instructions of a program that is really compiled."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conftest import Lab, make_build, one_line
from mapscope.analysis.disassembly import disassemble
from mapscope.analysis.passing import DESCRIPTIONS, stored
from mapscope.errors import DocumentError

CALLEES = {
    "pass_handle_reference": "take_handle_reference", "move_handle": "return_handle", "move_map": "return_map",
    "copy_map": "take_map",
}  # fmt: skip


def callee_of(caller: str) -> str:
    return CALLEES.get(caller, caller.replace("pass_", "take_"))


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("c++") is None or shutil.which("objdump") is None:
        pytest.skip("needs a compiler and objdump")
    folder = tmp_path_factory.mktemp("passing")
    functions = [name for caller in DESCRIPTIONS for name in (caller, callee_of(caller))]
    source = "".join(f"int {name}(int* from) {{ return *from + {i}; }}\n" for i, name in enumerate(functions))
    (folder / "ways.cpp").write_text(f"namespace passing {{\n{source}}}\nint main() {{}}\n")
    (folder / "maps.json").write_text((make_build(folder / "build") / "maps.json").read_text())
    subprocess.run(("c++", "-O2", "ways.cpp", "-o", "experiment_passing"), cwd=folder, check=True)
    return folder / "experiment_passing"


def times(path: Path, **changed: Any) -> Path:
    benchmarks = [
        {
            "name": f"{caller}/{callee_of(caller)}/n:{n}", "run_type": "iteration", "real_time": at + repetition / 10,
            "time_unit": "ns", "bytes": 8.0, "registers": 1.0,
        } | changed
        for at, caller in enumerate(reversed(DESCRIPTIONS), 1) for n in (1000, 8) for repetition in range(3)
    ]  # fmt: skip
    path.write_text(json.dumps({"context": {"executable": "experiment_passing"}, "benchmarks": benchmarks}))
    return path


def shown(lab: Lab, output: Path, build: Path) -> subprocess.CompletedProcess[str]:
    return lab.mapscope("experiment", "passing", "--output", str(output), "--build-dir", str(build))


def test_every_way_has_its_times_and_the_instructions_of_both_sides(lab: Lab, tmp_path: Path, program: Path) -> None:
    answer = shown(lab, times(tmp_path / "t.json"), program.parent)
    assert answer.returncode == 0, answer.stderr
    document = json.loads((lab.results / "passing" / "passing.json").read_text())
    ways = document["ways"]
    assert (found := stored(lab.results)) is not None
    assert [way.caller for way in found.ways] == list(DESCRIPTIONS)
    assert [way["caller"] for way in ways] == list(DESCRIPTIONS)
    assert [entry["n"] for entry in ways[0]["times"]] == [8, 1000]
    assert ways[0]["times"][0]["median"] == pytest.approx(len(DESCRIPTIONS) + 0.1)
    text = (lab.results / "passing" / "passing.md").read_text()
    for way in ways:
        assert list(way["instructions"]) == [way["caller"], callee_of(way["caller"])]
        for body in way["instructions"].values():
            assert body
            assert all(instruction in text for instruction in body)
        assert f"| {DESCRIPTIONS[way['caller']]} |" in text


def test_the_instructions_are_those_of_the_function_alone(program: Path) -> None:
    code = disassemble(program)
    assert len(code) == 2 * len(DESCRIPTIONS)
    assert all("nop" not in line for body in code.values() for line in body)
    assert sum("ret" in line for line in code["copy_map"]) == 1


def test_anything_else_is_refused(lab: Lab, tmp_path: Path, program: Path) -> None:
    good = times(tmp_path / "good.json")
    unreadable = tmp_path / "unreadable"
    unreadable.mkdir()
    (unreadable / "experiment_passing").write_text("no program")

    def refused(output: Path, build: Path = program.parent) -> str:
        return one_line(shown(lab, output, build), 2)

    assert "nothere.json" in refused(tmp_path / "nothere.json")
    assert "make passing" in refused(program)
    assert "wrong answer" in refused(times(tmp_path / "wrong.json", error_occurred=True, error_message="wrong answer"))
    assert "none of its own" in refused(times(tmp_path / "other.json", name="find/n:8"))
    assert "registers" in refused(_without(tmp_path))
    assert "real_time" in refused(times(tmp_path / "b.json", real_time=-1.0))
    assert "nothere" in refused(good, tmp_path / "nothere")
    assert "objdump cannot read" in refused(good, unreadable)


def _without(folder: Path) -> Path:
    path = times(folder / "without.json")
    document = json.loads(path.read_text())
    for entry in document["benchmarks"]:
        del entry["registers"]
    path.write_text(json.dumps(document))
    return path


def test_a_results_folder_without_it_has_none_and_a_foreign_file_is_refused(tmp_path: Path) -> None:
    assert stored(tmp_path) is None
    (tmp_path / "passing").mkdir()
    for foreign in ('{"mapscope_passing": "0"}', "{}", "[]"):
        (tmp_path / "passing" / "passing.json").write_text(foreign)
        with pytest.raises(DocumentError, match="make passing"):
            stored(tmp_path)
