"""Peers, and maps from outside of the repository: which run, and that somebody else's header is really measured."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import Lab, one_line
from fake_bench import make_build
from mapscope.repository import ROOT

OWN = Path(__file__).parent / "own_maps" / "sorted_pairs.hpp"
ORDER = """#include <functional>
#include <string>
template <class K> using order = std::less<K>;
std::string library_version();
"""


@pytest.fixture
def peered(tmp_path: Path) -> Lab:
    """A build whose boost_flat is a peer."""
    build = make_build(tmp_path / "build", maps=("hmap", "std", "boost_flat"))
    catalogue = json.loads((build / "maps.json").read_text())
    catalogue["maps"][2]["peer"] = True
    (build / "maps.json").write_text(json.dumps(catalogue))
    return Lab(build, tmp_path / "results")


@pytest.mark.parametrize(
    ("words", "maps"),
    [
        ((), ["hmap", "std"]),
        (("--maps", "default"), ["hmap", "std"]),
        (("--maps", "boost_flat,default"), ["hmap", "std", "boost_flat"]),
        (("--maps", "all"), ["hmap", "std", "boost_flat"]),
        (("--maps", "boost_flat"), ["boost_flat"]),
    ],
)
def test_peers_run_where_they_are_named(peered: Lab, words: tuple[str, ...], maps: list[str]) -> None:
    answer = peered.mapscope("run", *words, "--targets")
    assert answer.returncode == 0 and answer.stdout.split() == [f"bench_{name}" for name in maps]


def test_mistakes_about_own_maps_are_one_line(peered: Lab, tmp_path: Path) -> None:
    other = tmp_path / "My-Table.hpp"
    other.touch()
    assert "nowhere.hpp is not there" in one_line(peered.mapscope("run", "--adapter", "nowhere.hpp"), 2)
    assert "has the name of the map" in one_line(peered.mapscope("run", "--adapter", str(other)), 2)
    assert "is not a directory" in one_line(peered.mapscope("run", "--adapter", str(OWN), "--include", "none"), 2)
    assert "cannot build" in one_line(peered.mapscope("run", "--adapter", str(OWN)), 2)
    assert "for the map of an --adapter" in one_line(peered.mapscope("run", "--link", "m"), 2)


needs_compiler = pytest.mark.skipif(not all(map(shutil.which, ("cmake", "ninja", "g++"))), reason="needs a compiler")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a library and its header."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "order.hpp").write_text(ORDER)
    (folder / "order.cpp").write_text('#include "order.hpp"\nstd::string library_version() { return "7.5"; }\n')
    subprocess.run(("g++", "-c", "order.cpp", "-o", "order.o"), cwd=folder, check=True)
    subprocess.run(("ar", "rcs", "libordered.a", "order.o"), cwd=folder, check=True)
    return folder


@needs_compiler
def test_a_header_of_somebody_else_is_measured_beside_std(library: Path, tmp_path: Path) -> None:
    build = tmp_path / "build"
    configure = (
        "cmake",
        "-S",
        ROOT,
        "-B",
        build,
        "-G",
        "Ninja",
        "-DCMAKE_BUILD_TYPE=Debug",
        "-DMAPSCOPE_BUILD_TESTS=OFF",
    )
    subprocess.run(configure, check=True, capture_output=True)
    lab = Lab(build, tmp_path / "results")
    own = ("--adapter", str(OWN), "--include", str(library), "--link", str(library / "libordered.a"))
    lacking = lab.mapscope("run", *own[:2], "--maps", "sorted_pairs")  # its header is not found
    assert lacking.returncode == 2 and "cannot be built" in lacking.stderr.splitlines()[-1]
    taken = shutil.copy(OWN, tmp_path / "hmap.hpp")
    assert "there is a map hmap already" in one_line(lab.mapscope("run", "--adapter", str(taken)), 2)
    subprocess.run(("cmake", build), check=True, capture_output=True)  # it can still be configured
    answer = lab.mapscope(
        "run", *own, "--maps", "sorted_pairs", "--kv", "int_int", "--workloads", "find_hit,range", "--sizes", "100",
        "--rounds", "1", "--counters", "off", "--growth", "off",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    run = lab.run_json()
    assert {row["map"] for row in run["rows"]} == {"sorted_pairs"} and run["complete"]
    (entry,) = run["maps"]
    assert (entry["title"], entry["version"]) == ("std::map", "7.5")


@needs_compiler
def test_another_project_takes_mapscope_as_a_package(library: Path, tmp_path: Path) -> None:
    shutil.copy(OWN, tmp_path)
    (tmp_path / "CMakeLists.txt").write_text(f"""
        cmake_minimum_required(VERSION 3.22)
        project(theirs CXX)
        find_package(mapscope REQUIRED PATHS {ROOT}/cmake NO_DEFAULT_PATH)
        add_library(ordered {library}/order.cpp)
        target_include_directories(ordered PUBLIC {library})
        mapscope_add_maps(sorted_pairs.hpp LIBRARIES ordered)
        """)
    build = tmp_path / "build"
    configure = ("cmake", "-S", tmp_path, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug")
    subprocess.run(configure, check=True, capture_output=True)
    lab = Lab(build / "mapscope", tmp_path / "results")
    targets = lab.mapscope("run", "--maps", "sorted_pairs", "--targets")
    assert targets.stdout.split() == ["ladder", "bench_sorted_pairs"]
    subprocess.run(("cmake", "--build", build, "--target", "bench_sorted_pairs"), check=True, capture_output=True)
    checked = subprocess.run((build / "mapscope/bench_sorted_pairs", "--check"), capture_output=True, text=True)
    assert checked.returncode == 0 and "right answers" in checked.stdout


@needs_compiler
def test_an_abseil_of_the_user_is_found_before_the_systems(tmp_path: Path) -> None:
    package = tmp_path / "prefix" / "lib" / "cmake" / "absl"
    package.mkdir(parents=True)
    targets = "\n".join(f"add_library(absl::{name} INTERFACE IMPORTED)" for name in ("flat_hash_map", "node_hash_map"))
    (package / "abslConfig.cmake").write_text(f"set(absl_VERSION 99990101)\n{targets}\n")
    (package / "abslConfigVersion.cmake").write_text(
        "set(PACKAGE_VERSION 99990101)\nset(PACKAGE_VERSION_COMPATIBLE TRUE)\n"
    )
    build = tmp_path / "build"
    subprocess.run(
        ("cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DMAPSCOPE_BUILD_TESTS=OFF"),
        check=True, capture_output=True, env={**os.environ, "CMAKE_PREFIX_PATH": str(tmp_path / "prefix")},
    )  # fmt: skip
    catalogue = json.loads((build / "maps.json").read_text())
    assert catalogue["found"]["Abseil"] == "99990101"
    assert "absl_flat" in {entry["name"] for entry in catalogue["maps"]}


@needs_compiler
def test_a_download_is_checked_by_its_hash(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.h"
    theirs.write_text("#pragma once\n")
    script = tmp_path / "fetch.cmake"
    script.write_text(f"""include({ROOT}/cmake/Peers.cmake)
fetch_header("file://{theirs}" "${{SHA256}}" "{tmp_path}/kept/theirs.h")
""")

    def fetch(sha256: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(("cmake", f"-DSHA256={sha256}", "-P", script), capture_output=True, text=True)

    wrong = fetch("0" * 64)
    assert wrong.returncode != 0 and "nothing was kept" in " ".join(wrong.stderr.split())
    assert not list(tmp_path.glob("kept/*"))
    right = fetch(subprocess.run(("sha256sum", theirs), capture_output=True, text=True, check=True).stdout.split()[0])
    assert right.returncode == 0 and (tmp_path / "kept/theirs.h").read_text() == "#pragma once\n"
    theirs.unlink()
    assert fetch("0" * 64).returncode != 0  # not there any more, and what is kept is another one
