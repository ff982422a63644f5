"""Counters from the plan to the tables: what is counted, what is not and why, and what is not believed."""

import itertools
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import HARDWARE, MAPS, calls, make_build, make_valgrind, set_faults
from mapscope.analysis.caveats import is_often_disturbed
from mapscope.fact import known, unknown
from mapscope.plan import valgrind
from mapscope.plan.counters import BACKENDS, asked_for, counted_sizes, why_not_counted
from mapscope.plan.stages import callgrind
from mapscope.plan.tasks import COUNTING
from test_load import Tamper
from test_run import wait_for

COUNTERS = (*SMALL[:-2], "--counters")


@pytest.fixture(autouse=True)
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are the subject of test_show."""
    monkeypatch.setattr("mapscope.commands.plot.plot_run", lambda run, folder, n: [])


@pytest.fixture
def hardware(tmp_path: Path) -> Lab:
    """A build on a machine with a PMU."""
    return Lab(make_build(tmp_path / "build", hardware=HARDWARE), tmp_path / "results")


def row_of(lab: Lab, map_name: str = "hmap", workload: str = "find_hit") -> dict[str, Any]:
    rows = lab.run_json()["rows"]
    return next(row for row in rows if row["map"] == map_name and row["workload"] == workload)


def reason_of(lab: Lab, backend: str, event: str, **which: str) -> str:
    cell = row_of(lab, **which)["counters"][backend][event]
    assert cell["value"] is None
    return cell["reason"]


def raw_of(lab: Lab, stage: str, map_name: str = "hmap") -> dict[str, Any]:
    return json.loads((lab.folder() / f"raw/counters/{stage}/int_int-n100-{map_name}.json").read_text())


def stages_started(lab: Lab) -> list[str]:
    return [word for line in calls(lab.build) for word in line.split()[5:]]


@pytest.mark.parametrize(
    ("request_", "backends"),
    [
        ("off", []),
        ("auto", ["os", "papi", "perf", "sim"]),
        ("papi", ["os", "papi"]),
        ("perf,sim", ["os", "perf", "sim"]),
        ("callgrind", ["os", "callgrind"]),
    ],
)
def test_what_a_request_asks_for(request_: str, backends: list[str]) -> None:
    assert asked_for(request_) == backends


def test_without_a_pmu_every_hardware_cell_has_its_reason(finished: Lab) -> None:
    document = finished.run_json()
    for row in document["rows"]:
        for backend, reported in (("papi", "7.1 would"), ("perf", "no such device")):
            cells = row["counters"][backend]
            assert list(cells) == list(BACKENDS[backend].events)
            assert all(cell["value"] is None and reported in cell["reason"] for cell in cells.values())
        assert all(cell["value"] is not None for cell in row["counters"]["sim"].values())
    assert not any("papi" in line or "perf" in line for line in calls(finished.build))
    text = finished.mapscope("summary", "latest").stdout
    assert "papi       n/a: PAPI 7.0.0 does not know this processor" in text
    assert [line.split()[1:3] for line in text.splitlines() if line.startswith("  boost_flat ")] == [["n/a"] * 2] * 8


def test_auto_takes_the_first_hardware_backend_that_works(hardware: Lab) -> None:
    assert hardware.mapscope("run", *COUNTERS, "auto").returncode == 0
    assert list(row_of(hardware)["counters"]) == ["os", "papi", "sim"]
    stages = stages_started(hardware)
    assert stages == ["papi"] * 7 + stages[7:] and set(stages[7:]) == {"sim"}
    assert reason_of(hardware, "papi", "l3_misses") == "AMD's L3 is an uncore unit"
    (papi,) = [b for b in hardware.run_json()["counter_backends"] if b["name"] == "papi"]
    event = papi["events"][0]
    assert (event["name"], event["native"], event["coverage"]) == ("l1_misses", "PERF_COUNT_HW_CACHE_L1D:MISS", 1.0)


def test_values_are_what_the_binary_reported(finished: Lab) -> None:
    row = finished.run_json()["rows"][0]
    path = finished.folder() / f"raw/counters/sim/{row['kv']}-n{row['n']}-{row['map']}.json"
    entry = json.loads(path.read_text())["benchmarks"][0]
    assert row["counters"]["sim"]["l1_misses"] == {"value": entry["sim_l1_misses"], "reason": None}
    assert row["counters"]["sim"]["l3_misses"] == {"value": 0, "reason": None}  # counted, and there were none


def test_counting_processes_have_the_seed_of_round_1_and_come_last(finished: Lab) -> None:
    plan = json.loads((finished.folder() / "plan.json").read_text())
    words = [line.split() for line in calls(finished.build)]
    counting = [line for line in words if len(line) == 6]
    assert words[-len(counting) :] == counting
    assert {line[4] for line in counting} == {str(plan["seeds"]["rounds"][0])}


def test_cache_reaches_the_binary_and_cold_misses_come_from_it(lab: Lab) -> None:
    assert lab.mapscope("run", *COUNTERS, "sim", "--cache", "zen5").returncode == 0
    assert {"./bench_hmap_sim", "--cache=zen5"} <= set(raw_of(lab, "sim")["mapscope_process"]["command"])
    cells = row_of(lab)["counters"]["sim"]
    assert cells["cold_l1_misses"]["value"] > cells["l1_misses"]["value"]
    assert "sim cold" in lab.mapscope("summary", "latest").stdout
    assert lab.run_json()["cache"]["value"]["name"] == "zen5"


def test_native_events_are_rows_of_their_own(hardware: Lab) -> None:
    assert hardware.mapscope("run", *COUNTERS, "papi", "--papi-events", "perf::PAGE-FAULTS, other").returncode == 0
    command = raw_of(hardware, "papi")["mapscope_process"]["command"]
    assert "--papi-events=perf::PAGE-FAULTS,other" in command


def test_off_counts_nothing(undisturbed: Lab) -> None:
    document = undisturbed.run_json()
    assert all(row["counters"] == {} for row in document["rows"])
    assert document["counter_backends"] == document["calibration"] == []
    assert "Counters" not in undisturbed.mapscope("summary", "latest").stdout


def test_a_failing_counter_process_costs_its_cells_only(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "crash", "stage": "sim"}})
    assert "RESUME=" in one_line(lab.mapscope("run", *COUNTERS, "sim"), 1)
    document = lab.run_json()
    (failure,) = document["failures"]
    assert (failure["stage"], failure["round"], failure["map"], failure["kind"]) == ("sim", None, "std", "crash")
    assert [entry["stage"] for entry in document["missing"]] == ["sim"]
    assert "SIGSEGV" in reason_of(lab, "sim", "l1_misses", map_name="std")
    assert None not in row_of(lab, "std")["rounds"]
    assert lab.mapscope("validate", "latest").returncode == 0

    set_faults(lab.build, {})
    before = len(calls(lab.build))
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert len(calls(lab.build)) == before + 1
    assert row_of(lab, "std")["counters"]["sim"]["l1_misses"]["value"] > 0


def test_interrupted_while_counting_side_by_side(lab: Lab) -> None:
    set_faults(lab.build, {name: {"fault": "hang", "stage": "sim"} for name in ("std", "boost_flat")})
    process = lab.start("run", *COUNTERS, "sim")
    wait_for(lab.build / "hanging", process)
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 143 and "RESUME=" in stderr
    assert not list(lab.folder().glob("at-work*"))
    for line in calls(lab.build):
        assert not Path(f"/proc/{line.split()[0]}").exists(), "a counting process outlives the runner"
    set_faults(lab.build, {})
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert lab.run_json()["complete"]


def test_a_rejected_event_is_withheld_and_marked(lab: Lab) -> None:
    set_faults(lab.build, {"absl_flat": {"fault": "badly calibrated", "stage": "sim"}})
    assert lab.mapscope("run", *COUNTERS, "sim").returncode == 0
    assert reason_of(lab, "sim", "l1_misses", map_name="absl_flat").endswith("read 150 for 100")
    assert row_of(lab, "absl_flat")["counters"]["sim"]["l2_misses"]["value"] is not None
    assert row_of(lab, "std")["counters"]["sim"]["l1_misses"]["value"] is not None
    (worst,) = [entry for entry in lab.run_json()["calibration"] if entry["backend"] == "sim"]
    assert (worst["read"], worst["accepted"], worst["rejected"], worst["processes"]) == (150, False, 1, 7)
    text = lab.mapscope("summary", "latest").stdout
    assert "REJECTED in 1 of 7" in text and "failed their calibration" in text


def test_a_wrong_answer_while_counting_costs_the_counters(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "wrong checksum", "stage": "sim"}})
    one_line(lab.mapscope("run", *COUNTERS, "sim"), 1)
    assert "have" in reason_of(lab, "sim", "lines_mean", map_name="std")
    assert row_of(lab, "std")["median"] > 0
    assert row_of(lab, "std", "erase")["counters"]["sim"]["lines_mean"]["value"] is not None


def test_what_cannot_be_zero_is_no_zero(hardware: Lab) -> None:
    set_faults(hardware.build, {"hmap": {"fault": "zero cycles", "stage": "papi"}})
    assert hardware.mapscope("run", *COUNTERS, "papi").returncode == 0
    assert "cannot be" in reason_of(hardware, "papi", "cycles")
    assert row_of(hardware)["counters"]["papi"]["l3_misses"]["value"] is None


def test_disturbed_turns_are_counted_round_by_round(lab: Lab) -> None:
    set_faults(lab.build, {"hmap": {"fault": "disturbed", "after": 1}})
    assert lab.mapscope("run", *COUNTERS, "off").returncode == 0
    row = row_of(lab)
    assert row["involuntary_switches"] == [0, 3 * row["turns"][1]] and row["disturbed_turns"] == [0, row["turns"][1]]
    assert row_of(lab, "std")["involuntary_switches"] == [0, 0]


def test_rows_whose_turns_are_often_disturbed_are_marked(lab: Lab) -> None:
    set_faults(lab.build, {"hmap": {"fault": "disturbed"}})
    assert lab.mapscope("run", *COUNTERS, "off").returncode == 0
    text = lab.mapscope("summary", "latest").stdout
    assert text.count(" !*") == 3
    assert "in more than 25% of the turns of 3 of 21 rows (marked !)" in " ".join(text.split())
    assert is_often_disturbed([2, 1], [4, 4]) and not is_often_disturbed([1, 1], [4, 4])


def test_what_the_operating_system_counts_is_of_all_timed_passes(lab: Lab) -> None:
    set_faults(lab.build, {"hmap": {"fault": "disturbed", "turns": [2]}})
    assert lab.mapscope("run", *COUNTERS, "sim").returncode == 0
    row = row_of(lab)
    passes = 3 * sum(row["turns"])
    assert row["counters"]["os"]["involuntary_switches"]["value"] == pytest.approx(2 * 3 / (passes * row["ops"]))


def test_a_changed_counting_binary_is_no_continuation(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "crash", "stage": "sim"}})
    one_line(lab.mapscope("run", *COUNTERS, "sim"), 1)
    with (lab.build / "bench_std_sim").open("a") as program:
        program.write("\n")
    assert "sim binary of std" in one_line(lab.mapscope("run", "--resume", "latest"), 2)


def test_without_its_binary_sim_is_not_available(lab: Lab) -> None:
    (lab.build / "bench_std_sim").unlink()
    assert lab.mapscope("run", *COUNTERS, "sim").returncode == 0
    assert reason_of(lab, "sim", "l1_misses") == "bench_std_sim is not built"
    assert stages_started(lab) == []


class TestCallgrind:
    @pytest.fixture(autouse=True)
    def fake_valgrind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", f"{make_valgrind(tmp_path / 'bin')}{os.pathsep}{os.environ['PATH']}")

    def test_two_stages_give_three_levels(self, lab: Lab) -> None:
        answer = lab.mapscope("run", *COUNTERS, "callgrind")
        assert answer.returncode == 0, answer.stderr
        values = {event: cell["value"] for event, cell in row_of(lab)["counters"]["callgrind"].items()}
        assert values == {
            "instructions": 100, "loads": 10, "stores": 1,
            "l1_misses": 6500 / 65536, "l2_misses": 3000 / 65536, "l3_misses": 1000 / 65536,
        }  # fmt: skip
        document = raw_of(lab, "callgrind_l2")
        assert "--LL=1048576,8,64" in document["mapscope_process"]["command"]
        assert "--LL=33554432,8,64" in raw_of(lab, "callgrind_l3")["mapscope_process"]["command"]
        assert str(lab.results) not in json.dumps(document["mapscope_process"])
        assert not list(lab.folder().glob("at-work*"))
        assert lab.mapscope("validate", "latest").returncode == 0

    def test_a_geometry_it_cannot_simulate_is_a_reason(self) -> None:
        odd = {"level": 3, "bytes": 36 * 2**20, "ways": 12, "line_bytes": 64}
        cache = {
            "name": "odd",
            "levels": [{"level": n, "bytes": 2**15 * n, "ways": 8, "line_bytes": 64} for n in (1, 2)],
        }
        refused = valgrind.refusals(known({**cache, "levels": [*cache["levels"], odd]}))
        assert list(refused) == ["callgrind_l3"] and "49152" in refused["callgrind_l3"]
        assert set(valgrind.refusals(unknown("unknown"))) == {"callgrind_l2", "callgrind_l3"}


def test_no_valgrind_is_a_reason(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("mapscope.plan.valgrind.shutil.which", lambda name: None)
    assert lab.mapscope("run", *COUNTERS, "callgrind").returncode == 0
    assert reason_of(lab, "callgrind", "instructions") == "valgrind is not installed"


def test_a_dump_as_valgrind_writes_it(tmp_path: Path) -> None:
    (tmp_path / "out.1").write_text(
        "# callgrind format\nversion: 1\npart: 1\n\ndesc: I1 cache: 32768 B, 64 B, 8-way associative\n"
        "desc: Trigger: Client Request: find_hit/kv:int_int/hash:shared/n:1000\n\npositions: line\n"
        "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw\nsummary: 375015 62500 7 3 62499 1 3 62499 1\n\n"
        "fn=(1) main\n0 375005 62500 1 1 62499\n\ntotals: 375005 62500 1 1 62499 0 1 62499\n"
    )
    (tmp_path / "out").write_text("desc: Trigger: Program termination\nevents: Ir\ntotals: 5\n")
    dumps = callgrind.read_dumps(tmp_path / "out")
    assert list(dumps) == ["find_hit/kv:int_int/hash:shared/n:1000"]
    (totals,) = dumps.values()
    assert totals["DLmw"] == 0  # trailing zeroes are left out
    assert COUNTING["callgrind_l2"].readings(totals, 1000)["l1_misses"] == 62.499
    assert COUNTING["callgrind_l2"].readings({"Ir": 0}, 1000) == {}


@pytest.mark.parametrize(
    ("relation", "expected", "misses", "accepted"),
    [("=", 100, 104, True), ("=", 100, 106, False), ("=", 100, 94, False), (">=", 100, 900, True), ("=", 0, 4, True)],
)
def test_callgrind_is_calibrated_by_its_dumps(relation: str, expected: int, misses: int, accepted: bool) -> None:
    wanted = {"backend": "callgrind", "kernel": "chase", "event": "l1_misses", "relation": relation,
              "expected": expected, "read": None, "error": None, "accepted": None, "steps": 100}  # fmt: skip
    totals = dict(
        zip(
            ("Ir", "Dr", "Dw", "I1mr", "D1mr", "D1mw", "ILmr", "DLmr", "DLmw"),
            [500, 1, 1, 0, misses, 0, 0, 0, 0],
            strict=True,
        )
    )
    (result,) = callgrind.calibrated(COUNTING["callgrind_l2"], [wanted], {"calibration/chase": totals})
    assert result["read"] == misses and result["accepted"] is accepted
    assert callgrind.calibrated(COUNTING["callgrind_l3"], [wanted], {}) == []
    assert "nothing" in callgrind.calibrated(COUNTING["callgrind_l2"], [wanted], {})[0]["reason"]


def test_a_run_of_schema_version_1_is_still_read(tampered: Tamper) -> None:
    def age(document: dict[str, Any]) -> None:
        document["schema_version"] = 1
        for field in ("counter_backends", "cache", "calibration", "growth", "growth_passes"):
            del document[field]
        for field in ("counters", "cache", "papi_events", "growth", "growth_sizes", "growth_repetitions"):
            del document["selection"][field]
        for entry in document["maps"]:
            del entry["counter_binaries"]
        document["processes"] = [entry for entry in document["processes"] if entry["stage"] is None]
        for entry in document["processes"]:
            del entry["stage"]
        for row in document["rows"]:
            del row["counters"], row["involuntary_switches"]

    lab = tampered(age)
    assert lab.mapscope("validate", "latest").returncode == 0
    text = lab.mapscope("summary", "latest").stdout
    assert "find_hit" in text and "Counters" not in text and "Calibration" not in text


@pytest.mark.parametrize(
    ("change", "reported"),
    [
        (lambda cell: cell.update(reason="but there is one"), "either a value or a reason"),
        (lambda cell: cell.update(value=None), "either a value or a reason"),
        (lambda cell: cell.update(value=-1), "counters.sim.l1_misses.value"),
    ],
)
def test_a_cell_is_a_value_or_a_reason(tampered: Tamper, change: Any, reported: str) -> None:
    lab = tampered(lambda document: change(document["rows"][0]["counters"]["sim"]["l1_misses"]))
    assert reported in one_line(lab.mapscope("validate", "latest"), 2)


def test_tables_fit_100_columns_with_every_source(
    hardware: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{make_valgrind(tmp_path / 'bin')}{os.pathsep}{os.environ['PATH']}")
    assert hardware.mapscope("run", *COUNTERS, "papi,perf,sim,callgrind").returncode == 0
    text = hardware.mapscope("summary", "latest").stdout
    tables = text[text.index("Counters per operation") : text.index("Caveats:")]
    assert max(map(len, tables.splitlines())) <= 100 and "…" not in tables
    for source in (
        "[hw: PAPI 7.1.0]",
        "[hw: perf_event]",
        "virtual addresses]",
        "sim cold",
        "[callgrind: D1=32768,8,64",
    ):
        assert source in tables
    assert "n/a papi L3: AMD's L3 is an uncore unit" in tables
    assert all(f" {name} " in tables for name in MAPS)


def test_lines_beside_time_in_markdown(finished: Lab) -> None:
    text = (finished.folder() / "tables/lines-and-ns-shared.md").read_text()
    row = next(row for row in finished.run_json()["rows"] if row["map"] == "hmap" and row["n"] == 1000)
    assert f"## {row['kv']}, n = 1000" in text
    cells = next(line for line in text.splitlines() if line.startswith(f"| {row['workload']} |")).split("|")
    assert cells[2].strip() == f"{row['counters']['sim']['lines_mean']['value']:.0f} × {row['median']:.1f}"


def test_targets_are_what_is_timed(lab: Lab) -> None:
    def targets(*options: str) -> list[str]:
        done = lab.mapscope("run", "--targets", "--maps", "hmap,std", *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    assert targets("--counters", "sim,callgrind") == ["bench_hmap", "bench_std"]
    assert targets("--hash", "own,shared") == ["bench_hmap", "bench_std", "bench_hmap_own", "bench_std_own"]
    assert targets("--hash", "own") == ["bench_hmap", "bench_std", "bench_hmap_own", "bench_std_own"]


FORTY = sorted({*(round(16 * 2 ** (step / 2)) for step in range(39)), 6656, 6657, 106_496, 106_497})
"""As the standard suite times integers: half octaves from 16 to 8.4 million, and both sides of two growth points."""


def test_a_wide_run_is_counted_at_sizes_evenly_spread() -> None:
    chosen = counted_sizes(FORTY)
    assert {16, 6656, 6657, 106_496, 106_497, FORTY[-1]} <= set(chosen) <= set(FORTY)
    dense = [n for n in chosen if n <= 1_000_000]
    assert 12 <= len(dense) <= 16 and len(chosen) == len(dense) + 1
    assert max(b / a for a, b in itertools.pairwise(dense)) < 4


@pytest.mark.parametrize("sizes", [[1000], FORTY[:12], [6656 + step * 400 for step in range(20)]])
def test_other_runs_are_counted_at_every_size(sizes: list[int]) -> None:
    assert counted_sizes(sizes) == sizes
    assert all(why_not_counted(BACKENDS["sim"], "erase", "string_int", n, sizes) is None for n in sizes)


def test_whole_tables_are_simulated_as_far_as_they_can_be() -> None:
    def counted(backend: str, workload: str, kv: str = "int_int") -> int:
        return max(n for n in FORTY if why_not_counted(BACKENDS[backend], workload, kv, n, FORTY) is None)

    assert counted("sim", "find_hit") == counted("papi", "erase") == FORTY[-1]
    assert counted("sim", "erase") == counted("sim", "range_keys") == counted("callgrind", "find_hit") == 106_497
    assert counted("sim", "find_miss") == counted("sim", "find_hit", "string_string") == FORTY[-1]
    assert all(2**14 <= counted("sim", name, "string_string") <= 2**15 for name in ("erase", "find_miss"))


def test_what_is_not_counted_at_a_size_says_so(tmp_path: Path) -> None:
    lab = Lab(make_build(tmp_path / "build", maps=("hmap",)), tmp_path / "results")
    words = ["--sizes", ",".join(map(str, FORTY[-1:] + FORTY[:-1:2])), "--rounds", "1", "--workloads", "find_hit,erase"]
    answer = lab.mapscope("run", *COUNTERS[:4], *words, "--growth", "off", "--counters", "sim")
    assert answer.returncode == 0, answer.stderr
    run = lab.run_json()
    assert run["complete"] and not run["failures"]
    sizes = run["selection"]["sizes"]
    cells = {(row["workload"], row["n"]): row["counters"]["sim"]["l1_misses"] for row in run["rows"]}
    for (workload, n), cell in cells.items():
        why = why_not_counted(BACKENDS["sim"], workload, "int_int", n, sizes)
        assert (cell["value"] is None, cell["reason"]) == (why is not None, why)
    assert cells["find_hit", sizes[-1]]["value"] and not cells["erase", sizes[-1]]["value"]
    started = sorted(int(line.split()[3]) for line in calls(lab.build) if line.endswith(" sim"))
    assert started == counted_sizes(sizes)
