"""A run from end to end, and what is left of it when something goes wrong."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import MAPS, calls, make_build, set_faults


@pytest.fixture(autouse=True)
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are the subject of test_show."""
    monkeypatch.setattr("mapscope.commands.plot.plot_run", lambda run, folder, n: [])


def wait_for(path: Path, process: subprocess.Popen[str]) -> None:
    """Until `path` exists; fails when the process ends first."""
    while not path.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


def raw_files(lab: Lab) -> dict[str, str]:
    """Every finished measurement, by name."""
    folder = lab.folder()
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.glob("raw/*/*.json"))}


def test_a_whole_run(finished: Lab) -> None:
    document = finished.run_json()
    assert document["complete"] and not document["missing"] and not document["failures"]
    assert len(document["rows"]) == 2 * 2 * 2 * 2 * 7  # workloads, payloads, hashes, sizes, maps
    assert [m["name"] for m in document["maps"]] == list(MAPS)
    assert len(list(finished.folder().glob("raw/round-0[12]/*.json"))) == 2 * (2 * 2 * 2 * 7)
    assert len(list(finished.folder().glob("raw/counters/sim/*.json"))) == 2 * 2 * 2 * 7
    assert (finished.folder() / "raw/round-01/int_int-n1000-hmap-own.json").is_file()
    assert (finished.folder() / "raw/round-01/int_int-n1000-hmap.json").is_file()
    assert re.fullmatch(r"\d{8}-\d{6}-[\w-]+-\w+(-dirty)?", finished.folder().name)
    assert {p.name for p in finished.folder().iterdir()} == {
        "plan.json", "raw", "run.json", "turns.parquet", "sessions", "plots", "tables",
    }  # fmt: skip


def test_blocks_follow_one_another_with_the_seed_of_their_round(finished: Lab) -> None:
    plan = json.loads((finished.folder() / "plan.json").read_text())
    started = [line.split(" ", 1)[1] for line in calls(finished.build)]
    blocks = [
        sorted(f"{name} {kv} {n} {seed}" for name in MAPS for _ in ("shared", "own"))
        for seed in plan["seeds"]["rounds"] for kv in ("int_int", "string_string") for n in (1000, 6656)
    ]  # fmt: skip
    timed = started[: 2 * 2 * 2 * 14]
    found = [sorted(timed[at : at + 14]) for at in range(0, len(timed), 14)]
    assert found[:4] == blocks[:4] and sorted(found[4:]) == sorted(blocks[4:])  # then those that take least come first
    assert [line.split()[4] for line in started[len(timed) :]] == ["growth"] * 7 + ["sim"] * 56


def test_times_are_what_the_binary_reported(finished: Lab) -> None:
    row = finished.run_json()["rows"][0]
    raw = json.loads((finished.folder() / f"raw/round-01/{row['kv']}-n{row['n']}-{row['map']}.json").read_text())
    entry = raw["benchmarks"][0]
    assert entry["name"] == f"{row['workload']}/kv:{row['kv']}/hash:{row['hash']}/n:{row['n']}"
    assert row["rounds"][0] == pytest.approx(entry["real_time"] / entry["ops"])
    assert entry["label"] == f"checksum={row['checksums'][0]}"


def test_log_output_is_plain_lines(finished: Lab) -> None:
    text = (finished.results.parent / "stdout").read_text()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
    assert (
        text.count("elapsed") == 2 * 2 * (2 + 1) + 1 + 2
    )  # one line a block, timed or counted; growth; weighing a payload
    # A line may be as long as the path that it names.
    assert max(len(line.replace(str(finished.folder()), "")) for line in text.splitlines()) <= 130
    assert "on CPU" in text


def test_stored_files_do_not_tell_where_the_sources_lie(finished: Lab) -> None:
    for path in finished.folder().rglob("*.json"):
        assert str(finished.build) not in path.read_text()


def test_a_crashing_map_does_not_stop_the_others(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "crash", "after": 1}})
    line = one_line(lab.mapscope("run", *SMALL), 1)
    assert "SIGSEGV" in line and "RESUME=" in line
    document = lab.run_json()
    (failure,) = document["failures"]
    assert (failure["map"], failure["round"], failure["signal"], failure["kind"]) == ("std", 2, "SIGSEGV", "crash")
    assert failure["stderr"] == "about to fall over"
    assert document["missing"] == [{"stage": None, "round": 2, "kv": "int_int", "n": 100, "map": "std"}]
    std = [row for row in document["rows"] if row["map"] == "std"]
    assert std and all(row["rounds"][0] > 0 and row["rounds"][1] is None for row in std)
    assert all(None not in row["rounds"] for row in document["rows"] if row["map"] != "std")
    assert lab.mapscope("validate", "latest").returncode == 0

    set_faults(lab.build, {})  # mended; resuming measures just this block and clears the record
    first = (lab.folder() / "raw/round-01/int_int-n100-hmap.json").stat()
    before = len(calls(lab.build))
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert sorted(line.split()[1] for line in calls(lab.build)[before:]) == sorted(MAPS)
    assert (lab.folder() / "raw/round-01/int_int-n100-hmap.json").stat() == first
    assert lab.run_json()["failures"] == [] and lab.run_json()["complete"]


def test_exit_code_and_last_line_of_stderr_are_kept(lab: Lab) -> None:
    set_faults(lab.build, {"hmap": {"fault": "exit 3"}})
    one_line(lab.mapscope("run", *SMALL), 1)
    failure = lab.run_json()["failures"][0]
    assert (failure["exit_code"], failure["stderr"], failure["signal"]) == (3, "the reason", None)


def test_the_version_of_the_output_is_checked_and_older_binaries_are_read(lab: Lab) -> None:
    set_faults(lab.build, {"hmap": {"fault": "of an older commit"}, "std": {"fault": "of a later commit"}})
    one_line(lab.mapscope("run", *SMALL), 1)
    document = lab.run_json()
    assert {row["map"] for row in document["rows"]} == set(MAPS) - {"std"}
    message = "context field 'mapscope_schema_version' is '3', expected '2'"
    assert {failure["message"] for failure in document["failures"]} == {message}


def test_what_a_killed_process_was_writing_does_not_stay(lab: Lab) -> None:
    set_faults(lab.build, {"hmap": {"fault": "killed while it writes", "stage": "sim"}})
    one_line(lab.mapscope("run", *SMALL[:-1], "sim"), 1)
    assert {failure["signal"] for failure in lab.run_json()["failures"]} == {"SIGKILL"}
    assert [path.name for path in lab.folder().iterdir() if "at-work" in path.name] == []


@pytest.mark.parametrize(
    ("fault", "reported"),
    [
        ("truncated", 'not an answer: \'{"checksum": '),
        ("NaN", 'not an answer: \'{"passes": NaN'),
        ("of a later protocol", "speaks version 3 of the protocol, expected 2"),
    ],
)
def test_unusable_output_is_a_failure_not_a_number(lab: Lab, fault: str, reported: str) -> None:
    set_faults(lab.build, {"hmap": {"fault": fault}})
    one_line(lab.mapscope("run", *SMALL), 1)
    document = lab.run_json()
    assert {f["kind"] for f in document["failures"]} == {"bad_output"}
    assert all(reported in f["message"] for f in document["failures"])
    assert "hmap" not in {row["map"] for row in document["rows"]}


@pytest.mark.parametrize(
    ("fault", "workload", "kind"),
    [
        ("wrong checksum", "find_hit", "checksum"),
        ("wrong answer", "erase", "wrong_answer"),
        ("zero", "churn", "bad_output"),
    ],
)
def test_a_row_that_cannot_be_trusted_is_withheld(lab: Lab, fault: str, workload: str, kind: str) -> None:
    set_faults(lab.build, {"tsl_robin": {"fault": fault, "after": 1}})  # in the second round only
    one_line(lab.mapscope("run", *SMALL), 1)
    document = lab.run_json()
    assert document["complete"]
    (failure,) = document["failures"]
    assert (failure["map"], failure["workload"], failure["kind"], failure["round"]) == ("tsl_robin", workload, kind, 2)
    workloads = {row["workload"] for row in document["rows"] if row["map"] == "tsl_robin"}
    assert workloads == {"find_hit", "erase", "churn"} - {workload}
    assert "hmap" in {row["map"] for row in document["rows"] if row["workload"] == workload}


@pytest.mark.parametrize(("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_interruption_keeps_what_has_finished_and_resume_completes_it(
    lab: Lab, undisturbed: Lab, signum: int, code: int
) -> None:
    set_faults(lab.build, {"std": {"fault": "hang", "after": 1}})  # stands still in round 2
    process = lab.start("run", *SMALL)
    wait_for(lab.build / "hanging", process)
    process.send_signal(signum)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == code
    hung = int(next(line for line in reversed(calls(lab.build)) if " std " in line).split()[0])
    deadline = time.monotonic() + 20
    while Path(f"/proc/{hung}/cmdline").exists() and Path(f"/proc/{hung}/cmdline").read_text():
        assert time.monotonic() < deadline, "the measured process outlives the runner"
        time.sleep(0.02)
    if signum != signal.SIGKILL:
        (line,) = stderr.splitlines()
        assert line.startswith("mapscope: error: interrupted;")
        assert f"RESUME={lab.folder()}" in line
        assert not lab.run_json()["complete"]
        assert len(lab.run_json()["missing"]) == 7
    kept = raw_files(lab)
    assert len(kept) == 7  # round 1, whole

    set_faults(lab.build, {})
    first, second = json.loads((lab.folder() / "plan.json").read_text())["seeds"]["rounds"]
    before = len(calls(lab.build))
    answer = lab.mapscope("run", "--resume", str(lab.folder()))
    assert answer.returncode == 0, answer.stderr
    resumed = [int(line.split()[4]) for line in calls(lab.build)[before:]]
    # The block that was missing, as a whole; what was just starting when it was interrupted may still log itself.
    assert set(resumed) == {second} and resumed.count(second) >= 7
    assert first != second
    assert kept.items() <= raw_files(lab).items()  # and nothing was touched
    document = lab.run_json()
    assert document["complete"] and len(document["sessions"]) == 2
    for row, same in zip(document["rows"], undisturbed.run_json()["rows"], strict=True):  # same plan, same seeds
        assert row["checksums"] == same["checksums"]
        assert row["rounds"] == pytest.approx(same["rounds"], rel=0.02)  # of as many turns as there was time for


def test_resume_refuses_another_build(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "crash"}})
    one_line(lab.mapscope("run", *SMALL), 1)
    make_build(lab.build, version="2.0", compiler="GCC 13.1.0")
    before = len(calls(lab.build))
    line = one_line(lab.mapscope("run", "--resume", "latest"), 2)
    assert "compiler is GCC 13.1.0, was GCC 12.2.0" in line and "version of hmap is 2.0, was 1.0" in line
    assert len(calls(lab.build)) == before


def test_a_map_without_its_own_hash_has_only_shared_rows(lab: Lab) -> None:
    description = json.loads((lab.build / "describe.json").read_text())
    description["hmap"]["has_own_hash"] = False
    (lab.build / "describe.json").write_text(json.dumps(description))
    assert lab.mapscope("run", *SMALL, "--hash", "shared,own").returncode == 0
    document = lab.run_json()
    assert document["complete"]
    assert {row["hash"] for row in document["rows"] if row["map"] == "hmap"} == {"shared"}
    assert {row["hash"] for row in document["rows"] if row["map"] == "std"} == {"shared", "own"}
    assert "hmap" in one_line(lab.mapscope("run", *SMALL, "--hash", "own"), 2)


def test_resume_takes_no_other_selection(finished: Lab) -> None:
    assert "SIZES" in one_line(finished.mapscope("run", "--resume", "latest", "--sizes", "5"), 2)


def test_a_full_disk_stops_the_run_and_keeps_what_fits(lab: Lab, tmp_path: Path) -> None:
    lab.results.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "mapscope-test", str(lab.results)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no permission to mount a small file system")
    try:
        set_faults(lab.build, {"std": {"fault": "fill the disk", "after": 1, "below": str(lab.results)}})
        line = one_line(lab.mapscope("run", *SMALL), 1)
        assert "no space left" in line.lower() and "RESUME=" in line
        kept = raw_files(lab)
        assert len(kept) == 7
        for text in kept.values():
            json.loads(text)
        json.loads((lab.folder() / "run.json").read_text())  # as of the end of round 1, and whole
        set_faults(lab.build, {})
        lab.mapscope("run", "--resume", "latest")
        assert lab.run_json()["complete"]
    finally:
        subprocess.run(["umount", str(lab.results)], check=True)


def test_too_little_space_is_noticed_before_measuring(lab: Lab) -> None:
    lab.results.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "mapscope-test", str(lab.results)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no permission to mount a small file system")
    try:
        assert "KiB free" in one_line(lab.mapscope("run", "--suite", "standard"), 2)
    finally:
        subprocess.run(["umount", str(lab.results)], check=True)
    assert calls(lab.build) == []


def test_one_map_one_size_one_round(lab: Lab) -> None:
    answer = lab.mapscope(
        "run", *SMALL[:-2], "--rounds", "1", "--maps", "hmap", "--memory", "first_touch", "--seed", "7"
    )
    assert answer.returncode == 0, answer.stderr
    row = lab.run_json()["rows"][0]
    assert row["q1"] is row["spread"] is None and row["ratio_to_best"] == 1
    assert lab.run_json()["seeds"]["base"] == 7
    assert "1 round, seed 7, first_touch memory, warm caches" in lab.mapscope("summary", "latest").stdout
