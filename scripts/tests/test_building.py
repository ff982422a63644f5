"""What is not timed is built when its stage comes: a fake cmake puts binaries where they belong, and logs when."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import calls, make_build
from mapscope.plan.build import read_catalogue, targets

CHOSEN = (*SMALL[:-4], "--maps", "hmap,std", "--growth-sizes", "2000", "--counters", "sim")
CMAKE = r"""#!{python}
import os, signal, sys, time
from pathlib import Path

directory = Path(sys.argv[sys.argv.index("--build") + 1])
wanted = sys.argv[sys.argv.index("--target") + 1:]
with (directory / "calls.log").open("a") as log:
    log.write(f"{{os.getpid()}} cmake {{' '.join(wanted)}}\n")
if (directory / "hangs").exists():
    (directory / "hanging").touch()
    time.sleep(60)
broken = (directory / "broken").read_text().split() if (directory / "broken").exists() else []
for name in wanted:
    if name in broken:
        print(f"error: {{name}} does not compile")
    elif (directory / "sources" / name).exists():
        (directory / name).write_bytes((directory / "sources" / name).read_bytes())
        (directory / name).chmod(0o755)
sys.exit(any(name in broken for name in wanted))
"""


@pytest.fixture
def staged(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A build that CMake has made, in which only what is timed is built."""
    (lab.build / "CMakeCache.txt").touch()
    sources = lab.build / "sources"
    sources.mkdir()
    for binary in [*lab.build.glob("bench_*_growth"), *lab.build.glob("bench_*_sim")]:
        shutil.move(binary, sources)
    program = tmp_path / "bin" / "cmake"
    program.parent.mkdir()
    program.write_text(CMAKE.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return lab


def test_growth_and_simulation_are_built_after_what_is_timed(staged: Lab) -> None:
    answer = staged.mapscope("run", *CHOSEN)
    assert answer.returncode == 0, answer.stderr
    assert "building 2 growth benchmarks (cmake)" in answer.stdout
    order = [line.split(" ", 1)[1] for line in calls(staged.build)]
    timed = [line for line in order if len(line.split()) == 4]
    assert len(timed) == 4 and order[:4] == timed
    assert order[4] == "cmake bench_hmap_growth bench_std_growth"
    assert [line.split()[-1] for line in order[5:7]] == ["growth"] * 2
    assert order[7] == "cmake bench_hmap_sim bench_std_sim"
    assert [line.split()[-1] for line in order[8:]] == ["sim"] * 2
    document = staged.run_json()
    assert document["complete"] and {each["map"] for each in document["growth"]} == {"hmap", "std"}
    assert all(set(entry["counter_binaries"]) == {"growth", "sim"} for entry in document["maps"])
    assert not list(staged.folder().glob("build-*.log"))
    assert staged.mapscope("validate", "latest").returncode == 0


def test_what_cannot_be_built_is_a_failure_and_the_run_goes_on(staged: Lab) -> None:
    (staged.build / "broken").write_text("bench_std_growth")
    answer = staged.mapscope("run", *CHOSEN)
    assert "failed: 1 binary not built" in answer.stdout
    assert "bench_std_growth cannot be built" in one_line(answer, 1)
    document = staged.run_json()
    assert [each["map"] for each in document["growth"]] == ["hmap"]
    assert {row["map"] for row in document["rows"]} == {"hmap", "std"}
    assert "does not compile" in (staged.folder() / "build-growth.log").read_text()
    (staged.build / "broken").unlink()
    assert staged.mapscope("run", "--resume", "latest").returncode == 0
    assert staged.run_json()["complete"] and not staged.run_json()["failures"]


def test_a_binary_that_is_built_otherwise_is_no_continuation(staged: Lab) -> None:
    assert staged.mapscope("run", *CHOSEN).returncode == 0
    next(staged.folder().glob("raw/growth/*/*-std.json")).unlink()
    with (staged.build / "sources" / "bench_std_growth").open("a") as program:
        program.write("\n# changed\n")
    assert "growth binary of std is" in one_line(staged.mapscope("run", "--resume", "latest"), 1)


def test_an_interrupted_build_ends_the_run(staged: Lab) -> None:
    (staged.build / "hangs").touch()
    run = staged.start("run", *CHOSEN)
    deadline = time.monotonic() + 60
    while not (staged.build / "hanging").exists() and time.monotonic() < deadline:
        assert run.poll() is None, run.communicate()
        time.sleep(0.02)
    run.send_signal(signal.SIGINT)
    _, stderr = run.communicate(timeout=30)
    assert run.returncode == 130 and "RESUME" in stderr
    hung = int(next(line for line in calls(staged.build) if " cmake " in line).split()[0])
    assert not Path(f"/proc/{hung}").exists()
    assert staged.run_json()["sessions"][-1]["outcome"] == "interrupted"


def test_both_sides_of_a_pair_are_built(staged: Lab, tmp_path: Path) -> None:
    other = make_build(tmp_path / "other")
    (other / "CMakeCache.txt").touch()
    shutil.copytree(staged.build / "sources", other / "sources")
    for late in (other / "bench_hmap_growth", other / "bench_hmap_own"):
        shutil.move(late, other / "sources" / late.name)
    answer = staged.mapscope("run", *CHOSEN[:-2], "--maps", "hmap", "--hash", "own", "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    order = [line.split(" ", 1)[1] for line in calls(other)]
    assert order[0] == "cmake bench_hmap_own" and "cmake bench_hmap_growth" in order[2:]
    for folder in staged.results.iterdir():
        assert json.loads((folder / "run.json").read_text())["complete"]


def test_a_missing_binary_of_the_own_hash_is_a_usage_error(lab: Lab) -> None:
    (lab.build / "bench_std_own").unlink()
    assert "--target bench_std_own" in one_line(lab.mapscope("run", *SMALL, "--hash", "own"), 2)
    assert lab.mapscope("run", *SMALL).returncode == 0


def test_one_binary_did_everything_in_older_builds(lab: Lab) -> None:
    document = json.loads((lab.build / "maps.json").read_text())
    old = [
        {"name": m["name"], "binary": f"bench_{m['name']}", "title": "", "sim": f"bench_{m['name']}_sim"}
        for m in document["maps"]
    ]
    (lab.build / "maps.json").write_text(json.dumps(document | {"maps": old}))
    catalogue = read_catalogue(lab.build)
    assert targets(catalogue, ["hmap"], ["shared", "own"], [""]) == ["bench_hmap"]
    assert catalogue.growth["std"] == "bench_std"
    assert catalogue.further_binaries("std") == {"sim": "bench_std_sim", "own_sim": "bench_std_sim"}
