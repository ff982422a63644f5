"""Runs of concurrent maps: what is selected and refused, how processes are started, what is stored, and every way to
read it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import SMALL, Lab, made_once, one_line
from fake_bench import CONCURRENT, FAMILIES, add_concurrent, calls, make_build, set_faults
from mapscope.analysis.caveats import caveats
from mapscope.analysis.conclusions import main_points
from mapscope.analysis.concurrent.published import beside_published
from mapscope.analysis.concurrent.read_latency import curve_of
from mapscope.analysis.concurrent.throughput import mark, never_in_words, panels, scaling_note, throughput
from mapscope.analysis.heatmap import ON_ONE_SCREEN, heatmap, on_one_screen
from mapscope.analysis.ranking import ranking
from mapscope.analysis.runs import read_runs
from mapscope.errors import UsageError
from mapscope.fact import known, unknown
from mapscope.output.page.page import SHAPES, SWATCHES
from mapscope.output.plots.style import CONCURRENT_LOOKS, SPARE, looks
from mapscope.plan.build import read_catalogue
from mapscope.plan.concurrent import default_threads, expand, parse_threads
from mapscope.plan.records import Selection
from mapscope.plan.selection import OVERRIDING, select
from mapscope.plan.suites import SUITES
from mapscope.plan.tasks import tasks
from mapscope.run.budget import READING_SHARE, for_rounds
from mapscope.store.folder import RunFolder
from mapscope.store.load import read_plan, read_run
from mapscope.store.records import Run
from mapscope.store.upgrade import upgraded
from test_page import browser, needs_browser, open_page

__all__ = ["browser"]  # a fixture
SUITE = ("run", "--suite", "concurrent", "--threads", "1,2,4", "--rounds", "2")
SOME = (*SUITE, "--sizes", "100", "--workloads", "fill,go_range")


def build_of(directory: Path, **changes: Any) -> Path:
    return add_concurrent(make_build(directory), **changes)


@pytest.fixture
def crowd(tmp_path: Path) -> Lab:
    """A fresh build with maps of both kinds."""
    return Lab(build_of(tmp_path / "build"), tmp_path / "results")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The suite as it is, two rounds; not to be changed."""

    def make(base: Path) -> None:
        lab = Lab(build_of(base / "build"), base / "results")
        answer = lab.mapscope(*SUITE)
        assert answer.returncode == 0, answer.stderr
        (base / "stdout").write_text(answer.stdout)

    base = made_once(tmp_path_factory, "concurrent", make)
    return Lab(base / "build", base / "results")


@pytest.fixture(scope="module")
def run(measured: Lab) -> Run:
    return read_run(RunFolder(measured.folder()))


def chosen(lab: Lab, **given: str) -> tuple[Selection, str]:
    """What is selected, and the name of the suite."""
    selection, suite = select(dict.fromkeys(("suite", *OVERRIDING)) | given, read_catalogue(lab.build))
    return selection, suite.name


# ---- what is selected


def test_the_suite_has_all_concurrent_maps_peers_too_and_nothing_else(crowd: Lab) -> None:
    selection, _ = chosen(crowd, suite="concurrent", threads="1,2,4")
    assert selection.maps == list(CONCURRENT) == chosen(crowd, suite="concurrent", maps="all")[0].maps
    assert selection.workloads == [f"{family}_t{count}" for family in FAMILIES for count in (1, 2, 4)]
    assert (selection.kv, selection.counters, selection.growth) == (["int_int"], "off", "off")
    assert selection.is_concurrent
    for given in ({}, {"maps": "all"}, {"suite": "smoke"}):
        other = chosen(crowd, **given)[0]
        assert not {*other.maps} & {*CONCURRENT} and other.threads == [] and not other.is_concurrent


def test_sizes_are_those_of_the_families(crowd: Lab) -> None:
    selection, _ = chosen(crowd, suite="concurrent")
    assert selection.sizes_of == {"int_int": [1_024, 10_000, 1_000_000]}
    assert selection.family_sizes["go_range"] == [1_024]
    assert {tuple(sizes) for family, sizes in selection.family_sizes.items() if family != "go_range"} == {
        (10_000, 1_000_000)
    }
    assert chosen(crowd, workloads="go_*")[0].sizes == [1_024]
    named, _ = chosen(crowd, suite="concurrent", sizes="7,9")
    assert (named.sizes, named.family_sizes) == ([7, 9], {})


@pytest.mark.parametrize(
    "given",
    [{"maps": "go_sync_map"}, {"workloads": "fill"}, {"workloads": "mixed_*_t2"},
     {"workloads": "fill_t1", "maps": "all"}],
)  # fmt: skip
def test_the_suite_follows_from_maps_or_workloads(crowd: Lab, given: dict[str, str]) -> None:
    assert chosen(crowd, **given)[1] == "concurrent"
    assert chosen(crowd, workloads="find_*")[1] == "standard"


def test_workloads_are_families_single_ones_or_patterns() -> None:
    families, threads = ["fill", "mixed_0", "mixed_10"], [1, 2]
    assert expand(["fill"], families, threads) == ["fill_t1", "fill_t2"]
    assert expand(["mixed_10_t2", "fill_t1"], families, threads) == ["fill_t1", "mixed_10_t2"]
    assert expand(["mixed_*_t2"], families, threads) == ["mixed_0_t2", "mixed_10_t2"]
    assert expand(["mixed*"], families, threads) == ["mixed_0_t1", "mixed_0_t2", "mixed_10_t1", "mixed_10_t2"]
    for wrong in ("fill_t4", "fil", "mixed_*_t8"):
        with pytest.raises(UsageError, match=re.escape(f"'{wrong}'")):
            expand([wrong], families, threads)


@pytest.mark.parametrize(
    ("cpus", "threads"),
    [(1, [1, 2, 4]), (2, [1, 2, 4]), (3, [1, 2, 4]), (4, [1, 2, 4, 8]), (6, [1, 2, 4, 8]), (8, [1, 2, 4, 8, 16]),
     (500, [1, 2, 4, 8, 16, 32, 64, 128, 256])],
)  # fmt: skip
def test_by_default_threads_go_beyond_the_cpus(cpus: int, threads: list[int]) -> None:
    assert default_threads(cpus) == threads


def test_threads_are_powers_of_two() -> None:
    assert parse_threads("4, 1,2,4") == [1, 2, 4]
    assert parse_threads("256") == [256]
    for word in ("0", "3", "512", "-1", "2.0", "two", "1,,2", ""):
        with pytest.raises(UsageError, match=r"THREADS.*power of two from 1 to 256"):
            parse_threads(word)


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        ("--maps=go_sync_map,hmap", ("MAPS", "go_sync_map", "hmap", "not of both")),
        ("--suite=concurrent --maps=hmap", ("MAPS", "not concurrent: hmap", "go_sync_map")),
        ("--suite=smoke --maps=go_sync_map", ("SUITE", "smoke", "go_sync_map", "SUITE=concurrent")),
        ("--suite=smoke --workloads=fill", ("SUITE", "fill", "SUITE=concurrent")),
        ("--maps=hmap --workloads=fill", ("MAPS", "not concurrent: hmap")),
        ("--maps=go_sync_map --workloads=find_hit", ("WORKLOADS", "'find_hit'", "fill, range_written")),
        ("--suite=concurrent --maps=libcuckoo", ("MAPS", "libcuckoo", "header not found")),
        ("--suite=concurrent --threads=3", ("THREADS", "'3'")),
        ("--threads=2", ("THREADS", "standard", "one thread")),
        ("--suite=concurrent --counters=sim", ("COUNTERS", "'sim'", "one thread")),
        ("--suite=concurrent --cache=zen5", ("CACHE",)),
        ("--suite=concurrent --papi-events=x", ("PAPI_EVENTS",)),
        ("--suite=concurrent --growth=auto", ("GROWTH", "'auto'")),
        ("--suite=concurrent --growth-sizes=9", ("GROWTH_SIZES",)),
        ("--suite=concurrent --growth-repetitions=9", ("GROWTH_REPETITIONS",)),
        ("--suite=concurrent --hash=own", ("HASH", "shared hash")),
        ("--suite=concurrent --keys=strided", ("KEYS", "random")),
        ("--suite=concurrent --start=cold", ("START", "caches")),
        ("--suite=concurrent --cpu=0", ("CPU", "taskset")),
        ("--suite=concurrent --kv=string_int", ("KV", "go_sync_map", "string_int", "int_int")),
    ],
)
def test_what_means_nothing_is_refused_in_one_line(crowd: Lab, arguments: str, reported: tuple[str, ...]) -> None:
    line = one_line(crowd.mapscope("run", *arguments.split()), 2)
    for part in reported:
        assert part in line
    assert calls(crowd.build) == []


def test_a_build_without_concurrent_maps_says_so(lab: Lab) -> None:
    assert "no concurrent maps" in one_line(lab.mapscope("run", "--suite", "concurrent"), 2)


def test_options_that_change_nothing_are_taken(crowd: Lab) -> None:
    words = ("--hash=shared", "--keys=random", "--start=warm", "--counters=off", "--growth=off")
    answer = crowd.mapscope(*SUITE, *words, "--dry-run")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("suite concurrent: 4 maps, 18 workloads with 1, 2, 4 threads, 1 payloads, 3 sizes")


def test_only_binaries_of_these_maps_are_built(crowd: Lab) -> None:
    answer = crowd.mapscope("run", "--suite", "concurrent", "--targets")
    assert answer.stdout.split() == [f"bench_{name}" for name in CONCURRENT]


def test_compile_cost_leaves_them_out(crowd: Lab) -> None:
    answer = crowd.mapscope("compile-cost", "--build-dir", str(crowd.build), "--maps", "go_sync_map")
    assert "unknown map 'go_sync_map'" in one_line(answer, 2)


# ---- how it is measured


def test_processes_have_every_cpu(measured: Lab, finished: Lab) -> None:
    usable = ",".join(map(str, sorted(os.sched_getaffinity(0))))
    lines = (measured.build / "cpus.log").read_text().splitlines()
    assert {line.split()[1] for line in lines} == {usable} and {line.split()[0] for line in lines} == {*CONCURRENT}
    pinned = {line.split()[1] for line in (finished.build / "cpus.log").read_text().splitlines()}
    assert len(pinned) == 1 and "," not in pinned.pop()


def test_turns_of_the_maps_are_interleaved_and_every_round_has_all(measured: Lab, run: Run) -> None:
    turns = [line.split() for line in (measured.build / "turns.log").read_text().splitlines()]
    block = [(name, number) for name, workload, n, seed, number, _ in turns
             if (workload, n, seed) == ("fill_t2", "10000", str(run.seeds.rounds[0]))]  # fmt: skip
    for number in {number for _, number in block}:
        assert sorted(name for name, each in block if each == number) == sorted(CONCURRENT)
    assert [int(number) for _, number in block] == sorted(int(number) for _, number in block)
    assert {len(row.rounds) for row in run.rows} == {2}


def test_go_scenarios_have_their_own_size(run: Run) -> None:
    places = {(panel.family, panel.n) for panel in panels(run)}
    others = {family for family in FAMILIES if family != "go_range"}
    assert places == {("go_range", 1_024), *((family, n) for family in others for n in (10_000, 1_000_000))}


def test_further_processes_come_after_the_rounds(measured: Lab) -> None:
    plan = read_plan(RunFolder(measured.folder()))
    stages = [task.stage.name for task in tasks(plan)]
    blocks = 1 + 2 + 2  # Go's, and at each of two sizes what takes whole tables by itself
    assert stages == [None] * (2 * blocks * 4) + ["read_latency"] * (2 * 4) + ["table_memory"] * 4
    apart = {task.part: task.stage.workloads(task, plan) for task in tasks(plan) if task.n == 10_000 and task.is_timed}
    assert apart.keys() == {"", "whole"}
    assert apart["whole"] == [f"{family}_t{count}" for family in ("fill", "range_written") for count in (1, 2, 4)]
    budget = for_rounds(replace(plan, selection=replace(plan.selection, budget_s=600.0)), [])
    assert budget.seconds == pytest.approx(600 * (1 - READING_SHARE))
    assert SUITES["concurrent"].budget_s == 540


def test_a_run_can_be_resumed(crowd: Lab) -> None:
    set_faults(crowd.build, {"snapshot_hmap": {"fault": "crash"}})
    one_line(crowd.mapscope(*SOME), 1)
    assert {failure["map"] for failure in crowd.run_json()["failures"]} == {"snapshot_hmap"}
    set_faults(crowd.build, {})
    answer = crowd.mapscope("run", "--resume", "latest")
    assert answer.returncode == 0, answer.stderr
    assert crowd.run_json()["complete"] and crowd.run_json()["failures"] == []


def test_two_builds_are_interleaved(crowd: Lab, tmp_path: Path) -> None:
    other = build_of(tmp_path / "other")
    answer = crowd.mapscope(*SOME, "--against", str(other))
    assert answer.returncode == 0, answer.stderr
    assert "interleaved: ratios inside each round" in answer.stdout
    lacking = make_build(tmp_path / "lacking")
    assert "has no go_sync_map" in one_line(crowd.mapscope(*SOME, "--against", str(lacking)), 2)


# ---- what is stored


def test_run_json_is_valid_and_says_how_many_threads(measured: Lab, run: Run) -> None:
    assert measured.mapscope("validate").returncode == 0
    document = measured.run_json()
    assert document["schema_version"] == 9
    assert document["selection"]["threads"] == [1, 2, 4]
    (entry,) = [each for each in document["workloads"] if each["name"] == "fill_t4"]
    assert (entry["family"], entry["state"], entry["threads"]) == ("fill", "t4", 4)
    assert document["environment"]["usable_cpus"] == sorted(os.sched_getaffinity(0))
    assert "CPUs" in document["environment"]["pinned_cpu"]["reason"]
    assert (run.why_no_read_latency, run.counter_backends, run.growth_passes) == (None, [], [])
    commands = [word for process in document["processes"] for word in process["command"]]
    assert not any(str(measured.results) in word for word in commands)


def test_states_that_a_map_never_has_are_no_failures(run: Run) -> None:
    assert run.failures == []
    assert {(each.map, each.workload) for each in run.not_applicable} == {
        ("tbb_hash_map", f"range_written_t{count}") for count in (2, 4)
    }
    assert never_in_words(run) == ["tbb_hash_map: 4 rows: no iteration while others write"]


def test_bytes_per_entry_are_those_of_tables_with_n_entries(run: Run) -> None:
    for row in run.rows:
        if row.workload.startswith("go_"):
            assert row.bytes_per_entry == unknown("Go's scenarios do not fill a table with n entries")
        else:
            assert row.bytes_per_entry == known(20.0 + CONCURRENT.index(row.map))
    assert {one.reserved_bytes for one in run.table_memory} == {None}


def test_read_latency_has_a_value_for_each_map_and_size(run: Run) -> None:
    wanted = [(n, name) for n in (10_000, 1_000_000) for name in CONCURRENT]
    assert [(each.n, each.map) for each in run.read_latency] == wanted
    first = run.read_latency[1].value
    assert first and (first.reads, first.writes, first.rate) == (500_000, 77_777, 1e6)
    assert first.alone == {"p50": 200, "p90": 400, "p99": 800, "p99.9": 16e3, "p99.99": 18e4, "max": 2e6}
    assert first.written == {name: 3 * ns for name, ns in first.alone.items()}


def test_read_latency_comes_with_workloads_that_mix(crowd: Lab) -> None:
    assert crowd.mapscope(*SOME).returncode == 0
    document = crowd.run_json()
    assert document["read_latency"] == [] and "mixed_*" in document["why_no_read_latency"]
    assert "read latency: n/a (lookups beside a writer" in crowd.mapscope("summary").stdout


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"reads_nothing": "one CPU"}, "one CPU"), ({"reads_ill": True}, "fall from one percentile to the next")],
)
def test_read_latency_without_a_value_has_a_reason(tmp_path: Path, changes: dict[str, Any], reason: str) -> None:
    lab = Lab(build_of(tmp_path / "build", **changes), tmp_path / "results")
    answer = lab.mapscope(*SUITE, "--workloads", "mixed_0*", "--sizes", "100", "--maps", "go_sync_map,snapshot_hmap")
    assert answer.returncode == (1 if "reads_ill" in changes else 0)
    found = lab.run_json()["read_latency"]
    assert [each["value"] for each in found] == [None, None] and all(reason in each["reason"] for each in found)
    assert len(lab.run_json()["failures"]) == (2 if "reads_ill" in changes else 0)
    assert lab.mapscope("validate").returncode == 0
    assert reason in " ".join(lab.mapscope("summary").stdout.split())
    assert lab.mapscope("report").returncode == 0
    assert reason in next(lab.results.glob("*/report.html")).read_text()


def test_an_older_run_has_one_thread(finished: Lab) -> None:
    document = finished.run_json()
    old = json.loads(json.dumps(document)) | {"schema_version": 8}
    for name in ("why_no_read_latency", "read_latency"):
        del old[name]
    for name in ("threads", "family_sizes"):
        del old["selection"][name]
    for name in ("usable_cpus", "usable_cores"):
        del old["environment"][name]
    for entry in old["workloads"]:
        del entry["threads"]
    again = upgraded(old)
    assert again["environment"]["usable_cpus"] is None and again["environment"]["usable_cores"]["reason"]
    again["environment"] = document["environment"]
    assert again == document
    assert Run.of(again).is_concurrent is False


def test_a_read_latency_needs_a_value_or_a_reason(measured: Lab, tmp_path: Path) -> None:
    document = measured.run_json()
    document["read_latency"][2]["reason"] = "both"
    (tmp_path / "x.run.json").write_text(json.dumps(document))
    assert "read_latency[2]" in one_line(measured.mapscope("validate", str(tmp_path / "x.run.json")), 2)


# ---- how it is shown


def row_of(run: Run, workload: str, n: int, name: str) -> Any:
    return next(row for row in run.rows if (row.workload, row.n, row.map) == (workload, n, name))


def test_the_summary_has_every_family_at_each_number_of_threads(measured: Lab, run: Run) -> None:
    text = measured.mapscope("summary").stdout
    for family in FAMILIES:
        n = 1_024 if family == "go_range" else 1_000_000
        head, *lines = text.split(f"{family}   int_int   n = {n:,}\n")[1].splitlines()[1:]
        assert re.findall(r"t\d+", head) == ["t1", "t2", "t4"]
        for name in CONCURRENT:
            cells = next(line for line in lines if line.split()[:1] == [name]).split()[1:]
            counts: tuple[int, ...] = (1, 2, 4)
            if (name, family) == ("tbb_hash_map", "range_written"):
                assert cells[-2:] == ["n/a"] * 2
                cells, counts = cells[:-2], (1,)
            figures = [float(cell.strip("!*=")) for cell in cells if not cell.startswith("±")]
            found = [row_of(run, f"{family}_t{count}", n, name) for count in counts]
            assert figures[::3] == pytest.approx([row.median for row in found], rel=0.006)
            assert figures[1::3] == pytest.approx([1e3 / row.median for row in found], rel=0.006)
            assert figures[2::3] == pytest.approx([row.ratio_to_best for row in found], abs=0.006)
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "n = 10,000" in measured.mapscope("summary", "--n", "10000").stdout.split("scaling beyond")[0]


def with_cpus(run: Run, cpus: int, cores: int | None = None) -> Run:
    fact = known(cores or cpus)
    return replace(run, environment=replace(run.environment, usable_cpus=list(range(cpus)), usable_cores=fact))


def test_the_summary_says_what_this_machine_cannot_show(measured: Lab, run: Run) -> None:
    assert scaling_note(with_cpus(run, 2)) == (
        "scaling beyond 2 cores not measured here: this machine has 2 cores; t4 has more threads than cores"
    )
    assert scaling_note(with_cpus(run, 8)) == "scaling beyond 8 cores not measured here: this machine has 8 cores"
    assert scaling_note(with_cpus(run, 2, 1)) == (
        "scaling beyond 1 core not measured here: this machine has 1 core with 2 hardware threads; t2, t4 have more "
        "threads than cores"
    )
    assert scaling_note(run) in measured.mapscope("summary").stdout


def test_turns_of_more_threads_than_cpus_are_not_called_disturbed(run: Run) -> None:
    bad = [replace(row, disturbed_turns=row.turns) for row in run.rows]
    wide, narrow = (with_cpus(replace(run, rows=bad), cpus) for cpus in (4, 2))
    assert (wide.crowded, len(narrow.crowded)) == (set(), len(FAMILIES))
    row = row_of(wide, "fill_t4", 10_000, "go_sync_map")
    assert (mark(wide, row), mark(narrow, row)) == ("!*", "*")
    assert any(f"of {len(bad)} of {len(bad)} rows" in text for text in caveats(wide))
    assert any("rows (marked !)" in text and f"of {len(bad)} rows" not in text for text in caveats(narrow))
    assert not any("pinned" in text or "other programs" in text for text in caveats(run))


def test_throughput_never_reads_as_zero() -> None:
    assert [throughput(ns) for ns in (50.0, 4.0, 2e5, 3e7, 1e9)] == ["20.0", "250", "0.005", "3e-05", "1e-06"]


def test_the_end_of_a_run_shows_one_screen_of_families(run: Run) -> None:
    found = replace(heatmap(run), workloads=[*ON_ONE_SCREEN, "go_range", "mixed_0_zipf_disjoint"])
    shown = on_one_screen(found)
    assert (shown.workloads, shown.omitted) == (list(ON_ONE_SCREEN), 2)
    narrow = replace(found, workloads=["fill", "go_range"])
    assert on_one_screen(narrow) is narrow, "a narrow run shows what it has"


def test_the_heatmap_is_over_sizes_and_threads(measured: Lab, run: Run) -> None:
    found = heatmap(run)
    assert (found.workloads, found.threads) == (list(FAMILIES), [1, 2, 4])
    table = read_runs([str(measured.folder())], measured.results).table
    alone = ranking(table, ["workload"])
    logs: list[float] = [
        float(alone[(alone["map"] == "tbb_hash_map") & (alone["workload"] == f"fill_t{count}")]["ratio"].iloc[0])
        for count in (1, 2, 4)
    ]
    assert found.cells["tbb_hash_map", "fill"].ratio == pytest.approx((logs[0] * logs[1] * logs[2]) ** (1 / 3))
    assert found.cells["tbb_hash_map", "fill"].rows == 2 * 3
    assert found.cells["go_sync_map", "range_written"].rows == 2  # those that every map has: with one thread
    assert "1, 2, 4 threads" in (measured.results.parent / "stdout").read_text()


def test_the_main_points_are_of_families_and_threads(run: Run) -> None:
    points = main_points(run)
    assert points[0] == "go_sync_map is the fastest in 6 of 6 workloads."
    (dependence,) = [point for point in points if point.startswith("Threads and size matter most to ")]
    named = re.findall(r"([\d.]+) times the fastest with (\d+) threads?, n = ([\d,]+)", dependence)
    name, family = dependence.removeprefix("Threads and size matter most to ").split(":")[0].split(" in ")
    for ratio, threads, n in named:
        row = row_of(run, f"{family}_t{threads}", int(n.replace(",", "")), name)
        assert f"{row.ratio_to_best:.2f}" == ratio
    assert len(named) == 2


def test_published_figures_are_labelled_and_beside_the_nearest_workload(measured: Lab, run: Run) -> None:
    lines = beside_published(run)
    assert [(line.share, line.name, line.ns, line.map, line.family) for line in lines] == [
        ("read only", "sync.Map", 2.1, "go_sync_map", "mixed_0_uniform_shared"),
        ("read only", "map + RWMutex", 3.8, "rwlocked_hmap", "mixed_0_uniform_shared"),
        ("read only", "atomic snapshot", 2.3, "snapshot_hmap", "mixed_0_uniform_shared"),
        ("30 % writes", "sync.Map", 89.0, "go_sync_map", "mixed_30_uniform_shared"),
        ("30 % writes", "map + RWMutex", 41.0, "rwlocked_hmap", "mixed_30_uniform_shared"),
        ("30 % writes", "atomic snapshot", 37.0, "snapshot_hmap", "mixed_30_uniform_shared"),
    ]
    assert all(sorted(line.rows) == [(n, t) for n in (10_000, 1_000_000) for t in (1, 2, 4)] for line in lines)
    renamed = {f"mixed_30_uniform_shared_t{t}": f"mixed_50_uniform_shared_t{t}" for t in (1, 2, 4)}
    entries = [
        replace(each, name=renamed[each.name], family="mixed_50_uniform_shared") if each.name in renamed else each
        for each in run.workloads
    ]
    rows = [replace(row, workload=renamed.get(row.workload, row.workload)) for row in run.rows]
    nearest = beside_published(replace(run, workloads=entries, rows=rows))
    assert {line.family for line in nearest if line.share == "30 % writes"} == {"mixed_50_uniform_shared"}
    for text in (measured.mapscope("summary").stdout, page_of(measured)):
        assert "published elsewhere" in text.lower() and "in Go" in text


def test_the_summary_has_read_latency_and_memory(measured: Lab) -> None:
    text = measured.mapscope("summary").stdout
    table = text.split("read latency   int_int   n = 10,000")[1].split("read latency")[0]
    assert "1 reader, 1,000,000 lookups a second; 1 writer" in table
    line = next(line for line in table.splitlines() if line.split()[:1] == ["rwlocked_hmap"])
    assert line.split()[1:] == ["200ns", "800ns", "16us", "2ms", "600ns", "2.4us", "48us", "6ms", "77,777"]
    memory = text.split("bytes per entry, the entries included")[1]
    line = next(line for line in memory.splitlines() if line.split()[:1] == ["snapshot_hmap"])
    assert line.split()[1:] == ["22.0", "(42.0)"] * 3


def test_pictures(measured: Lab) -> None:
    names = {path.name for path in (measured.folder() / "plots").glob("*.png")}
    assert names == {
        *(f"throughput-int_int-n{n}.png" for n in (1_024, 10_000, 1_000_000)),
        *(f"read-latency-int_int-n{n}.png" for n in (10_000, 1_000_000)), "memory-shared.png",
    }  # fmt: skip


def test_no_two_of_these_maps_look_alike() -> None:
    known_looks = list(CONCURRENT_LOOKS.values())
    for feature in ("colour", "marker", "dashes"):
        assert len({str(getattr(look, feature)) for look in known_looks}) == len(known_looks)
    shapes = [SHAPES[look.marker] for look in known_looks]  # on the page as well
    assert len({SWATCHES.get(shape) for shape in shapes}) == len(known_looks)
    assert looks(["go_sync_map", "stranger"]) == {"go_sync_map": CONCURRENT_LOOKS["go_sync_map"], "stranger": SPARE[0]}


def test_a_curve_ends_at_the_maximum() -> None:
    state = {"p50": 1.0, "p90": 2.0, "p99": 3.0, "p99.9": 4.0, "p99.99": 5.0, "max": 6.0}
    assert curve_of(state, 10**6) == [[0.5, 1], [0.9, 2], [0.99, 3], [0.999, 4], [0.9999, 5], [1 - 1e-6, 6]]
    assert curve_of(state, 500) == [[0.5, 1], [0.9, 2], [0.99, 3], [1 - 1 / 500, 6]]


def page_of(lab: Lab) -> str:
    path = lab.folder() / "report.html"
    if not path.is_file():
        assert lab.mapscope("report").returncode == 0
    return path.read_text()


def test_the_page_has_the_same(measured: Lab, run: Run) -> None:
    text = page_of(measured)
    assert 'href="#threads"' in text and 'href="#reading"' in text and 'href="#memory"' in text
    assert scaling_note(run)[1:] in text
    row = row_of(run, "fill_t2", 10_000, "snapshot_hmap")
    caption = text.split("<caption>fill, int_int, n = 10,000</caption>")[1].split("</table>")[0]
    cells = caption.split('<th scope="row">snapshot_hmap</th>')[1].split("</tr>")[0]
    assert f"{row.median:.1f} ns<br><small>{throughput(row.median)} M/s; " in cells
    assert "<td>n/a<br><small>no iteration while others write: not with 4 threads</small></td>" in text
    assert "n/a of tbb_hash_map: 4 rows: no iteration while others write" in measured.mapscope("summary").stdout


@needs_browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_its_charts_are_right_quiet_and_accessible(
    browser: Any, measured: Lab, run: Run, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page_of(measured)
    opened = open_page(browser, measured.folder() / "report.html", width, scheme)
    assert opened.said == []
    opened.choose("crowds", family="fill", n="1000000")
    drawn = {(each["map"], each["x"]): each for each in opened.drawn("crowds")}
    rows = {(row.map, t): row for row in run.rows for t in (1, 2, 4) if (row.workload, row.n) == (f"fill_t{t}", 10**6)}
    assert drawn.keys() == rows.keys()
    for place, row in rows.items():
        figures = [drawn[place][name] for name in ("value", "low", "high")]
        assert row.q1 and row.q3 and figures == pytest.approx([1e3 / row.median, 1e3 / row.q3, 1e3 / row.q1])
    opened.choose("crowds", shown="ns")
    assert drawn.keys() == {(each["map"], each["x"]) for each in opened.drawn("crowds")}
    opened.choose("waits", n="10000", shown="beside a writer")
    written = {entry.map: entry.value.written for entry in run.read_latency if entry.value and entry.n == 10_000}
    last = [each for each in opened.drawn("waits") if each["x"] < 1e-5]
    assert {each["map"]: each["value"] for each in last} == {name: times["max"] for name, times in written.items()}
    assert opened.said == []
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    violations = Axe().run(opened.page).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]][:3]) for each in violations] == []
    opened.page.close()


def test_a_page_of_maps_for_one_thread_has_no_such_section(finished: Lab, tmp_path: Path) -> None:
    assert finished.mapscope("report", "--out", str(tmp_path / "x.html")).returncode == 0
    text = (tmp_path / "x.html").read_text().split("<script")[0]
    assert 'id="threads"' not in text and 'id="reading"' not in text


@pytest.mark.parametrize(
    "command",
    [
        ("compare", "--a={run}", "--b={run}"), ("trend", "--workload", "fill_t2"), ("plot",),
        ("export", "--format", "bencher"), ("export", "--format", "github"),
        ("choose", "--payload", "int_int", "--n", "10000", "--mix", "mixed_0_uniform_shared_t2=1"),
    ],
)  # fmt: skip
def test_other_commands_read_it(measured: Lab, command: tuple[str, ...]) -> None:
    answer = measured.mapscope(*(word.format(run=measured.folder()) for word in command))
    assert answer.returncode == 0, answer.stderr


def test_an_export_names_the_threads(measured: Lab) -> None:
    document = json.loads(measured.mapscope("export", "--format", "google").stdout)
    assert {(each["run_name"].split("/")[0], each["threads"]) for each in document["benchmarks"]} >= {
        ("fill_t1", 1), ("fill_t4", 4),
    }  # fmt: skip


def test_a_comparison_says_that_the_cpus_differ(measured: Lab, tmp_path: Path) -> None:
    document = measured.run_json()
    document["environment"]["usable_cpus"] = list(range(64))
    (tmp_path / "wide.run.json").write_text(json.dumps(document))
    answer = measured.mapscope("compare", "--a", str(measured.folder()), "--b", str(tmp_path / "wide.run.json"))
    assert "threads run on" in answer.stdout and "64 CPUs" in answer.stdout


def test_a_run_for_one_thread_says_why_it_has_no_read_latency(lab: Lab) -> None:
    assert lab.mapscope("run", *SMALL).returncode == 0
    assert lab.run_json()["why_no_read_latency"] == "not a run of concurrent maps"
