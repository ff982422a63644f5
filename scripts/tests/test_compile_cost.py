"""`compile-cost`: real sources, compiled with the flags of a build; what cannot be compiled is one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Lab, one_line
from mapscope.store.compiled import BARE

ADAPTER = """
#pragma once
#include <unordered_map>
namespace adapters {{
struct {name} {{
  template <class Key, class Value, class Hash>
  struct map : ::std::unordered_map<Key, Value> {{ {body} }};
}};
}}
"""
HASH = "namespace workloads { struct shared_hash; }\n"


@pytest.fixture
def built(lab: Lab, tmp_path: Path) -> Lab:
    """A build whose hmap and std can be compiled; absl_flat has no try_emplace, and boost_flat no source."""
    sources = tmp_path / "sources"
    (sources / "workloads").mkdir(parents=True)
    (sources / "workloads" / "hash.hpp").write_text(HASH)
    bodies = {"hmap": "", "std": "", "absl_flat": "void try_emplace() = delete;"}
    entries = []
    for name, body in bodies.items():
        (sources / f"{name}.hpp").write_text(ADAPTER.format(name=name, body=body))
        file = lab.build / "generated" / name / "shared" / "int_int.cpp"
        file.parent.mkdir(parents=True)
        file.write_text(f'#include "{name}.hpp"\nusing adapter = adapters::{name};\n')
        command = f"g++ -std=c++20 -O1 -I{sources} -Winvalid-pch -include nowhere.hxx -o {name}.o -c {file}"
        entries.append({"file": str(file), "command": command, "directory": str(lab.build)})
        entries.append({"file": str(file), "command": command + " -DMAPSCOPE_WATCHED", "directory": "/nowhere"})
    (lab.build / "compile_commands.json").write_text(json.dumps(entries))
    return lab


def compile_cost(lab: Lab, *words: str) -> object:
    return lab.mapscope("compile-cost", "--build-dir", str(lab.build), *words)


def test_seconds_and_bytes_of_each_map(built: Lab) -> None:
    answer = compile_cost(built, "--maps", "std,hmap", "--rounds", "2")
    assert answer.returncode == 0, answer.stderr
    found = json.loads((built.results / "compile_cost" / "compile_cost.json").read_text())
    assert [one["map"] for one in found["maps"]] == ["std", "hmap", BARE]
    for one in found["maps"][:2]:
        assert set(one["seconds"]) == {"header", "find", "insert", "all"}
        assert all(each["min"] > 0 for each in one["seconds"].values())
        assert 0 < one["text_bytes"]["find"] < one["text_bytes"]["insert"]
    assert found["maps"][0]["text_bytes"] == found["maps"][1]["text_bytes"]  # the same code
    assert (found["kv"], found["rounds"]) == ("int_int", 2)
    table = (built.results / "compile_cost" / "compile_cost.md").read_text()
    assert "| std |" in table and BARE in table and "round 2 of 2" in answer.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--maps", "odd"), 2, "unknown map 'odd'"),
        (("--maps", "boost_flat"), 2, "has no source of boost_flat"),
        (("--maps", "absl_flat", "--rounds", "1"), 1, "absl_flat: its source `"),
        (("--maps", "std", "--kv", "odd"), 2, "unknown payload 'odd'"),
        (("--maps", "std", "--rounds", "0"), 2, "rounds"),
    ],
)
def test_what_cannot_be_compiled_is_one_line(built: Lab, words: tuple[str, ...], code: int, said: str) -> None:
    answer = compile_cost(built, *words)
    assert answer.returncode == code
    (line,) = [each for each in answer.stderr.splitlines() if not each.startswith("round ")]
    assert said in line and not (built.results / "compile_cost").exists()


def test_a_build_without_commands_is_one_line(lab: Lab) -> None:
    assert "compile_commands.json is not there" in one_line(compile_cost(lab, "--maps", "std"), 2)
