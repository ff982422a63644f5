"""Two interleaved builds: twins side by side, a run for each, and what is compared in the end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import MAPS, calls, make_build, set_faults
from mapscope.analysis.compare import twins
from mapscope.analysis.runs import read_runs
from mapscope.plan import growth

GROWING = (*SMALL[:-4], "--growth-sizes", "4000")
SCRIPTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another build of the same."""
    return make_build(tmp_path / "other")


def test_each_process_has_its_twin_at_its_side(lab: Lab, other: Path) -> None:
    answer = lab.mapscope("run", *SMALL[:-2], "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    base, ours = sorted(lab.results.iterdir(), key=lambda folder: not folder.name.endswith("-base"))
    assert base.name.endswith("-base") and not ours.name.endswith("-base")
    documents = [json.loads((folder / "run.json").read_text()) for folder in (base, ours)]
    assert all(document["complete"] and not document["failures"] for document in documents)
    assert documents[0]["seeds"] == documents[1]["seeds"]
    a, b = (read_runs([str(folder)], lab.results) for folder in (base, ours))
    assert twins(a, b) == [(base.name, ours.name)]
    assert "interleaved: ratios inside each round" in answer.stdout and "make compare A=" in answer.stdout
    for folder in (base, ours):
        assert lab.mapscope("validate", str(folder)).returncode == 0
        assert not list(folder.glob("at-work-*"))
    assert ours.name in lab.mapscope("validate", "latest").stdout


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (("--counters", "sim"), "leave out COUNTERS"),
        (("--against", "nowhere"), "'nowhere' is neither a commit here nor a directory with a build"),
    ],
)
def test_mistakes_are_one_line(lab: Lab, other: Path, words: tuple[str, ...], reported: str) -> None:
    assert reported in one_line(lab.mapscope("run", *SMALL[:-2], "--against", str(other), *words), 2)
    assert not lab.results.exists()


def test_an_older_build_has_no_states(lab: Lab, other: Path) -> None:
    catalogue = json.loads((other / "maps.json").read_text())
    del catalogue["states"]
    (other / "maps.json").write_text(json.dumps(catalogue))
    few = ("--maps", "hmap", "--kv", "int_int", "--rounds", "1", "--growth", "off", "--against", str(other))
    answer = lab.mapscope("run", "--suite", "standard", *few)
    assert answer.returncode == 0, answer.stderr
    assert not any(
        w.startswith("range_")
        for w in json.loads(next(lab.results.glob("*/plan.json")).read_text())["selection"]["workloads"]
    )
    refused = lab.mapscope("run", *few, "--sizes", "100", "--workloads", "range_keys")
    assert "choose others by WORKLOADS" in one_line(refused, 2)


def test_a_build_that_lacks_a_map_or_was_made_otherwise_is_refused(lab: Lab, other: Path) -> None:
    catalogue = json.loads((other / "maps.json").read_text())
    (other / "maps.json").write_text(json.dumps(catalogue | {"maps": catalogue["maps"][:1]}))
    assert "choose others by MAPS" in one_line(lab.mapscope("run", *SMALL[:-2], "--against", str(other)), 2)
    (other / "maps.json").write_text(json.dumps(catalogue | {"flags": "-O0"}))
    assert "built differently" in one_line(lab.mapscope("run", *SMALL[:-2], "--against", str(other)), 2)


def test_resuming_takes_no_commit(undisturbed: Lab, other: Path) -> None:
    line = one_line(undisturbed.mapscope("run", "--resume", "latest", "--against", str(other)), 2)
    assert "leave out AGAINST" in line


def repetitions(lab: Lab, other: Path) -> list[tuple[str, int]]:
    """Which map's repetition ran, in what order, of both builds."""
    reported = []
    for build in (lab.build, other):
        reported += [line.split() for line in (build / "repetitions.log").read_text().splitlines()]
    return [(name, int(number)) for name, number, _ in sorted(reported, key=lambda line: int(line[2]))]


def watched(results: Path) -> list[dict[str, Any]]:
    """What both runs have seen of growing tables, the base first."""
    return [json.loads((folder / "run.json").read_text())["growth"] for folder in pair_of(results)]


def test_growing_tables_take_turns_build_by_build(lab: Lab, other: Path) -> None:
    answer = lab.mapscope("run", *GROWING, "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    ran = repetitions(lab, other)
    assert ran == [(name, i) for i in range(3) for name in MAPS for _ in range(2)]
    assert [[row["map"] for row in rows] for rows in watched(lab.results)] == [list(MAPS)] * 2
    assert f"Of {len(MAPS)} growing tables, 0 slower, 0 faster, {len(MAPS)} the same" in " ".join(answer.stdout.split())
    assert "Not all were interleaved" not in answer.stdout


def test_where_few_may_wait_the_two_builds_of_one_map_take_turns(
    lab: Lab, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_wait = 2.5 * 4000 * growth.BYTES_PER_OPERATION
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    monkeypatch.setattr(growth, "SHARE_FOR_WAITING", two_wait / memory)
    assert lab.mapscope("run", *GROWING, "--against", str(other)).returncode == 0
    assert repetitions(lab, other) == [(name, i) for name in MAPS for i in range(3) for _ in range(2)]


def test_where_none_may_wait_they_are_not_called_in_turn(
    lab: Lab, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growth, "SHARE_FOR_WAITING", 0.0)
    answer = lab.mapscope("run", *GROWING, "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    reported = " ".join(answer.stdout.split())
    assert f"0 the same, {len(MAPS)} undecided" in reported and "Not all were interleaved" in reported


def test_a_growth_whose_twin_died_is_measured_again_with_it(lab: Lab, other: Path) -> None:
    set_faults(other, {"std": {"fault": "dies in its turn", "stage": "growth"}})
    assert "failure" in one_line(lab.mapscope("run", *GROWING, "--against", str(other)), 1)
    base, ours = watched(lab.results)
    assert [row["map"] for row in base] == [name for name in MAPS if name != "std"] and len(ours) == len(MAPS)
    set_faults(other, {})
    before = len(repetitions(lab, other))
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert repetitions(lab, other)[before:] == [("std", i) for i in range(3) for _ in range(2)]
    assert [len(rows) for rows in watched(lab.results)] == [len(MAPS)] * 2


def test_an_interruption_in_a_turn_leaves_no_process_and_can_be_resumed(lab: Lab, other: Path) -> None:
    set_faults(other, {"std": {"fault": "hangs in its turn", "stage": "growth"}})
    run = lab.start("run", *GROWING, "--against", str(other))
    deadline = time.monotonic() + 300
    while not (other / "hanging").exists():
        assert time.monotonic() < deadline and run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, stderr = run.communicate(timeout=60)
    assert run.returncode == 130 and "go on with: make bench RESUME=" in stderr
    started = [int(line.split()[0]) for build in (lab.build, other) for line in calls(build)]
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    assert not [path for folder in lab.results.iterdir() for path in folder.glob("at-work-*")]
    set_faults(other, {})
    before = len(repetitions(lab, other))
    answer = lab.mapscope("run", "--resume", "latest")
    assert answer.returncode == 0, answer.stderr
    assert repetitions(lab, other)[before:] == [(name, i) for i in range(3) for name in MAPS for _ in range(2)]
    assert f"{len(MAPS)} the same" in answer.stdout


def test_a_build_older_than_turns_compares_the_rest(lab: Lab, other: Path) -> None:
    described = json.loads((other / "describe.json").read_text())
    described["std"]["refuses"] = ["growth-turns"]
    (other / "describe.json").write_text(json.dumps(described))
    small = [word for word in GROWING if word not in ("--growth-sizes", "4000")]
    answer = lab.mapscope("run", *small, "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    assert "growth is not measured" in answer.stdout and "older than interleaved growth: std" in answer.stdout
    assert watched(lab.results) == [[], []]
    assert "leave growth out with GROWTH=off" in one_line(lab.mapscope("run", *GROWING, "--against", str(other)), 2)


def test_a_binary_that_is_missing_is_not_called_old(lab: Lab, other: Path) -> None:
    (other / "bench_std").unlink()
    line = one_line(lab.mapscope("run", *GROWING, "--against", str(other)), 2)
    assert "bench_std" in line and "older" not in line


def test_a_slower_growth_is_reported_and_fails_on_demand(lab: Lab, other: Path) -> None:
    described = json.loads((lab.build / "describe.json").read_text())
    described["hmap"]["growth_factor"] = 1.2
    (lab.build / "describe.json").write_text(json.dumps(described))
    answer = lab.mapscope("run", *GROWING, "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    reported = " ".join(answer.stdout.split())
    assert f"Of {len(MAPS)} growing tables, 1 slower, 0 faster, {len(MAPS) - 1} the same" in reported
    assert "hmap + 1.200 [1.20, 1.20]" in reported
    near = 3 * len(MAPS) - 2  # 50 and 60 ns are a step of the clock apart
    assert f"{near} of {near + 2} percentiles (p50, p90, p99) are within 15% of each other" in reported
    tables = answer.stdout[answer.stdout.index("growth   int_int") : answer.stdout.index("again with")]
    assert max(map(len, tables.splitlines())) <= 100 and "…" not in tables
    base, ours = map(str, pair_of(lab.results))
    assert "growth/insert-first_touch" in one_line(
        lab.mapscope("compare", "--a", base, "--b", ours, "--fail-on-slower", "5"), 1
    )
    assert lab.mapscope("compare", "--a", base, "--b", ours, "--fail-on-slower", "25").returncode == 0
    assert lab.mapscope("compare", "--a", ours, "--b", base, "--fail-on-slower", "5").returncode == 0


def pair_of(results: Path) -> tuple[Path, Path]:
    """The base's folder, and the present build's."""
    base, ours = sorted(results.iterdir(), key=lambda folder: not folder.name.endswith("-base"))
    return base, ours


def test_an_interrupted_pair_goes_on_as_a_pair(lab: Lab, other: Path) -> None:
    set_faults(lab.build, {"std": {"fault": "hang", "after": 1}})
    process = lab.start("run", *SMALL[:-2], "--against", str(other))
    deadline = time.monotonic() + 60
    while not (lab.build / "hanging").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    base, ours = pair_of(lab.results)
    assert process.returncode == 130 and len(stderr.splitlines()) == 1
    assert "go on with: make bench RESUME=" in stderr and ours.name in stderr
    set_faults(lab.build, {})
    answer = lab.mapscope("run", "--resume", str(base))  # either of the two will do
    assert answer.returncode == 0, answer.stderr
    assert "interleaved: ratios inside each round" in answer.stdout
    for folder in (base, ours):
        document = json.loads((folder / "run.json").read_text())
        assert document["complete"] and len(document["sessions"]) == 2
        assert not list(folder.glob("at-work-*"))
    assert twins(*(read_runs([str(folder)], lab.results) for folder in (base, ours)))


def test_a_block_that_lacks_a_process_of_either_build_is_measured_again_as_a_whole(lab: Lab, other: Path) -> None:
    assert lab.mapscope("run", *SMALL[:-2], "--against", str(other)).returncode == 0
    base, ours = pair_of(lab.results)
    (base / "raw/round-01/int_int-n100-hmap.json").unlink()
    before = len(calls(lab.build)), len(calls(other))
    answer = lab.mapscope("run", "--resume", "latest")
    assert answer.returncode == 0, answer.stderr
    again = [
        [(words[1], words[4]) for words in map(str.split, calls(build)[count:])]
        for build, count in zip((lab.build, other), before, strict=True)
    ]
    seed = str(json.loads((ours / "plan.json").read_text())["seeds"]["rounds"][0])
    assert [sorted(each) for each in again] == [sorted((name, seed) for name in MAPS)] * 2


def test_a_pair_without_its_other_build_is_refused(lab: Lab, other: Path) -> None:
    assert lab.mapscope("run", *SMALL[:-2], "--against", str(other)).returncode == 0
    _, ours = pair_of(lab.results)
    shutil.rmtree(other)
    assert "make it again with: scripts/against.sh" in one_line(lab.mapscope("run", "--resume", "latest"), 2)
    (ours / "pair.json").write_text("{}")
    assert "needs the fields" in one_line(lab.mapscope("run", "--resume", "latest"), 2)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits of something that a stand-in for cmake builds."""
    root = tmp_path / "repository"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPTS / "against.sh", root / "scripts")
    (root / "CMakeLists.txt").write_text("one\n")
    (root / ".gitignore").write_text("/build/\n")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "cmake").write_text(
        '#!/bin/sh\nmkdir -p build/bench && echo "$(cat CMakeLists.txt): $*" >>build/bench/log\n'
    )
    (tools / "cmake").chmod(0o755)
    git(root, "init", "-q")
    for text in ("one", "two"):
        (root / "CMakeLists.txt").write_text(f"{text}\n")
        git(root, "add", "-A")
        git(root, "-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", text)
    return root


def git(root: Path, *words: str) -> None:
    subprocess.run(("git", *words), cwd=root, check=True, capture_output=True)


def against(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    path = f"{root.parent / 'tools'}:{os.environ['PATH']}"
    return subprocess.run(
        ("scripts/against.sh", *words), cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )


def test_another_commit_is_built_beside_this_one(repository: Path) -> None:
    answer = against(repository, "HEAD~1", "hmap,std")
    assert answer.returncode == 0, answer.stderr
    directory = repository / answer.stdout.splitlines()[-1]
    log = (directory / "log").read_text().splitlines()
    assert log == ["one: --preset bench", "one: --build --preset bench --target bench_hmap --target bench_std"]
    assert (repository / "CMakeLists.txt").read_text() == "two\n"
    assert against(repository, "HEAD~1").returncode == 0
    assert len((directory / "log").read_text().splitlines()) == 4  # in the same place, and all maps
    shutil.rmtree(repository / "build")
    assert against(repository, "HEAD~1").returncode == 0  # after `make clean`


def test_what_is_no_commit_is_one_line(repository: Path) -> None:
    answer = against(repository, "nothing")
    assert answer.returncode == 2 and answer.stdout == ""
    assert answer.stderr == "against: AGAINST: 'nothing' is no commit here; give a name that git log knows\n"
    assert against(repository, "--check", "nothing").stderr == answer.stderr
    good = against(repository, "--check", "HEAD~1")
    assert (good.returncode, good.stdout, good.stderr) == (0, "", "")
    trees = subprocess.run(("git", "worktree", "list"), cwd=repository, capture_output=True, text=True, check=True)
    assert len(trees.stdout.splitlines()) == 1 and not (repository / "build").exists()
