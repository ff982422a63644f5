"""`go-sync`: programs that answer as Go and the benchmarks do; what is missing is one line."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from conftest import Lab, one_line
from mapscope.analysis.concurrent.go_sync import compare
from mapscope.plan.go_sync import SCENARIOS, Times
from mapscope.plan.sources import describe_tool
from mapscope.run.go_sync import _installed, find_gos, find_versions

GO = r"""#!/bin/sh
if [ "$1" = version ]; then echo "go version go@version@ linux/amd64"; exit; fi
@before@
env | grep ^GO | cut -d= -f1 | sort | tr '\n' ' ' > "$0.environment"
while [ "$1" != -o ]; do shift; done
cat > "$2" <<'TEST'
#!/bin/sh
for word in "$@"; do case $word in
  -test.list=*) for name in @names@; do echo Benchmark@prefix@$name; done; exit ;;
  -test.bench=*DeepCopyMap*Balanced* | -test.bench=*Balanced*DeepCopyMap*) echo PASS; exit ;;
esac; done
echo "Benchmark@prefix@Some/*sync.Map-2    12345    @ns@ ns/op    0 B/op"
TEST
chmod +x "$2"
"""
BENCH = r"""#!/bin/sh
for word in "$@"; do case $word in
  *go_range_t2) error=', "error_occurred": true, "error_message": "n/a: it cannot"' ;;
  *go_swap_collision_t1) error=', "error_occurred": true, "error_message": "wrong answer"' ;;
esac; done
echo "{\"benchmarks\": [{\"real_time\": 3000.0, \"ops\": 100$error}]}"
"""
OLD = ["LoadMostlyHits", "Range", "AdversarialAlloc"]
NEW = ["LoadMostlyHits", "LoadOrStoreBalanced", "Range"]


def program(path: Path, text: str, **words: str) -> Path:
    for name, word in {"before": "", **words}.items():
        text = text.replace(f"@{name}@", word)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def gos(lab: Lab, tmp_path: Path) -> str:
    """Go 1.19 and Go 1.26, and the binaries of all maps."""
    for name in ("go_sync_map", "hash_trie_map", "rwlocked_hmap", "snapshot_hmap"):
        program(lab.build / f"bench_{name}", BENCH)
    old = program(tmp_path / "old" / "go", GO, version="1.19.8", names=" ".join(OLD), prefix="", ns="60.0")
    new = program(tmp_path / "new" / "go", GO, version="1.26.1", names=" ".join(NEW), prefix="Map", ns="15.5")
    return f"{old},{new}"


def go_sync(lab: Lab, *words: str) -> object:
    return lab.mapscope("go-sync", "--build-dir", str(lab.build), *words)


def test_each_map_is_compared_with_the_go_that_it_is_a_port_of(lab: Lab, gos: str) -> None:
    answer = go_sync(lab, "--go", gos, "--threads", "1", "--rounds", "3")
    assert answer.returncode == 0, answer.stderr
    found = json.loads((lab.results / "go_sync" / "go_sync.json").read_text())
    places = {(one["map"], one["reference"]): one for one in found["compared"]}
    assert {
        ("go_sync_map", "sync.Map (go1.19.8)"),
        ("hash_trie_map", "sync.Map (go1.26.1)"),
        ("rwlocked_hmap", "RWMutexMap (go1.26.1)"),
        ("snapshot_hmap", "DeepCopyMap (go1.26.1)"),
    } == set(places)
    assert {one["scenario"] for one in found["compared"] if one["map"] == "go_sync_map"} == {
        "load_mostly_hits", "range", "adversarial_alloc",
    }  # fmt: skip
    one = places["go_sync_map", "sync.Map (go1.19.8)"]
    assert (one["ns"], one["reference_ns"]) == (30.0, 60.0)
    assert one["ratio"] == pytest.approx(0.5)
    assert places["hash_trie_map", "sync.Map (go1.26.1)"]["ratio"] == pytest.approx(30 / 15.5)


def test_what_exceeds_the_target_is_marked_and_counted(lab: Lab, gos: str) -> None:
    answer = go_sync(lab, "--go", gos, "--threads", "1", "--rounds", "2", "--maps", "hash_trie_map")
    assert "!1.94" in answer.stdout
    assert "hash_trie_map: within 1.3 of Go's sync.Map (go1.26.1) in 0 of 3 places; the most is 1.94" in " ".join(
        answer.stdout.split()
    )
    assert "| !1.94 |" in (lab.results / "go_sync" / "go_sync.md").read_text()


def test_what_a_map_or_go_does_not_have_is_left_out(lab: Lab, gos: str) -> None:
    go_sync(lab, "--go", gos, "--threads", "2", "--rounds", "2")
    found = json.loads((lab.results / "go_sync" / "go_sync.json").read_text())
    scenarios = {(one["map"], one["scenario"]) for one in found["compared"]}
    assert ("hash_trie_map", "range") not in scenarios, "n/a in C++"
    assert ("snapshot_hmap", "load_or_store_balanced") not in scenarios, "skipped by Go's benchmark"
    assert ("hash_trie_map", "load_or_store_balanced") in scenarios


def test_with_one_go_its_port_is_compared_and_the_other_named(lab: Lab, gos: str) -> None:
    answer = go_sync(lab, "--go", gos.split(",")[1], "--threads", "1", "--rounds", "1")
    assert answer.returncode == 0
    assert "mapscope: go_sync_map is left out: it is compared with golang-1.19-go" in answer.stderr
    found = json.loads((lab.results / "go_sync" / "go_sync.json").read_text())
    assert {one["map"] for one in found["compared"]} == {"hash_trie_map", "rwlocked_hmap", "snapshot_hmap"}
    assert all(one["low"] is None for one in found["compared"]), "no interval from one round"


def test_a_map_alone_without_its_go_is_one_line(lab: Lab, gos: str) -> None:
    answer = go_sync(lab, "--go", gos.split(",")[1], "--maps", "go_sync_map")
    line = one_line(answer, 2)
    assert "it is compared with golang-1.19-go" in line and "nothing remains to compare" in line
    assert not (lab.results / "go_sync" / "go_sync.json").exists()


@pytest.mark.parametrize("words", [(), ("--targets",)])
def test_no_go_is_one_line(lab: Lab, gos: str, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    monkeypatch.setattr("mapscope.run.go_sync._installed", list)
    assert "no Go is installed; install golang-1.19-go" in one_line(go_sync(lab, *words), 2)


def test_of_those_installed_one_without_tests_is_left_out(
    lab: Lab, gos: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripped = program(tmp_path / "a" / "go", GO, version="1.27.0", names="Once", prefix="", ns="1")
    broken = program(
        tmp_path / "b" / "go", GO, version="1.20.1", names="", prefix="", ns="1",
        before="echo 'package sync is not in GOROOT' >&2; exit 1",
    )  # fmt: skip
    places = [*gos.split(","), str(stripped), str(broken)]
    monkeypatch.setattr("mapscope.run.go_sync._installed", lambda: places)
    answer = go_sync(lab, "--threads", "1", "--rounds", "1")
    assert answer.returncode == 0, answer.stderr
    assert f"go1.27.0 ({stripped}) has no benchmark of sync.Map" in answer.stderr
    assert "go1.20.1 cannot compile the tests of its package sync" in answer.stderr
    found = json.loads((lab.results / "go_sync" / "go_sync.json").read_text())
    assert found["go"] == "go1.19.8, go1.26.1"


def test_one_program_under_two_names_is_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = program(tmp_path / "go-1.26" / "bin" / "go", "#!/bin/sh\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "go").symlink_to(go)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("mapscope.run.go_sync.Path.glob", lambda *_: [go])
    assert _installed() == [str(tmp_path / "bin" / "go")]


def test_settings_of_the_user_do_not_reach_go(lab: Lab, gos: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (name for name in os.environ if name.startswith("GO")):
        monkeypatch.delenv(name)
    for name in ("GOGC", "GOEXPERIMENT", "GOROOT", "GOCACHE"):
        monkeypatch.setenv(name, "/tmp")
    assert go_sync(lab, "--go", gos, "--threads", "1", "--rounds", "1").returncode == 0
    seen = Path(gos.split(",")[0] + ".environment").read_text().split()
    assert seen == ["GOCACHE", "GOENV", "GOPROXY", "GOTOOLCHAIN", "GOWORK"]


def test_the_documents_are_where_out_says_and_name_their_origin(lab: Lab, gos: str, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    answer = go_sync(lab, "--go", gos, "--threads", "1", "--rounds", "1", "--out", str(out))
    assert answer.returncode == 0, answer.stderr
    found = json.loads((out / "go_sync.json").read_text())
    assert found["commit"] == describe_tool().commit_name
    assert (out / "go_sync.md").read_text().startswith(f"# Concurrent maps beside Go's: {found['cpu']}, {found['go']}")
    assert not (lab.results / "go_sync").exists()
    (tmp_path / "file").touch()
    line = one_line(go_sync(lab, "--go", gos, "--out", str(tmp_path / "file")), 2)
    assert f"--out (OUT): cannot make the folder {tmp_path / 'file'}: File exists" in line, "before any round"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--go", "/nowhere/go"], "/nowhere/go cannot be run: No such file or directory"),
        (["--go", "/bin/echo"], "/bin/echo version says 'version': not a Go; name one with --go"),
        (["--maps", "std"], "--maps (MAPS): nothing in Go is like 'std'; available: go_sync_map, hash_trie_map"),
        (["--threads", "3"], "--threads (THREADS): '3' is not a power of two"),
        (["--rounds", "0"], "--rounds (ROUNDS): '0' is not a whole number"),
    ],
)
def test_bad_options_are_one_line(lab: Lab, gos: str, words: list[str], expected: str) -> None:
    answer = go_sync(lab, *words)
    assert expected in one_line(answer, 2)


def test_a_wrong_answer_is_one_line(lab: Lab, gos: str, tmp_path: Path) -> None:
    names = "LoadMostlyHits SwapCollision"
    go = program(tmp_path / "swapping" / "go", GO, version="1.26.1", names=names, prefix="Map", ns="1")
    answer = go_sync(lab, "--go", str(go), "--threads", "1")
    assert "go_swap_collision_t1: wrong answer" in answer.stderr
    assert answer.returncode == 1


def test_a_missing_binary_is_one_line(lab: Lab, gos: str) -> None:
    (lab.build / "bench_go_sync_map").unlink()
    answer = go_sync(lab, "--go", gos)
    assert "bench_go_sync_map is not built; run `make go_sync`" in one_line(answer, 2)


def test_a_standard_library_without_tests_is_one_line(lab: Lab, gos: str, tmp_path: Path) -> None:
    bare = program(tmp_path / "bare" / "go", GO, version="1.26.1", names="Once", prefix="", ns="1")
    answer = go_sync(lab, "--go", f"{gos.split(',')[0]},{bare}")
    assert f"go1.26.1 ({bare}) has no benchmark of sync.Map" in one_line(answer, 2)


def test_the_newest_of_each_kind_is_taken(tmp_path: Path) -> None:
    places = [
        str(program(tmp_path / each / "go", GO, version=each, names=" ".join(NEW), prefix="Map", ns="1"))
        for each in ("1.19.8", "1.23.4", "1.24.0", "1.25.2")
    ]
    assert [(go.version, go.kind) for go in find_gos(find_versions(places), tmp_path, True, print)] == [
        ("go1.23.4", "go_sync_map"),
        ("go1.25.2", "hash_trie_map"),
    ]


def test_ratios_are_taken_inside_rounds() -> None:
    drifting = [Times("range", 1, "here", (10.0, 20.0, 40.0)), Times("range", 1, "go", (20.0, 40.0, 80.0))]
    (one,) = compare(drifting, {"here": "go"})
    assert (one.ratio, one.low, one.high) == (pytest.approx(0.5),) * 3
    assert compare([], {"here": "go"}) == []


def test_the_scenarios_are_those_of_the_binaries() -> None:
    header = Path(__file__).resolve().parents[2] / "workloads" / "concurrent" / "go_scenarios.hpp"
    text = header.read_text()
    assert [f'"go_{name}"' in text for name in SCENARIOS] == [True] * len(SCENARIOS)
