"""Growing tables from the plan to the tables and pictures: what is kept, what is refused, and what is not believed."""

import json
import signal
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy
import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import MAPS, calls, set_faults
from mapscope.analysis import split_half
from mapscope.plan import growth
from mapscope.plan.growth import plan_growth
from mapscope.plan.selection import _workloads
from mapscope.plan.suites import SUITES, WHOLE_LIVES
from mapscope.store.records import Clock, Durations
from mapscope.text import duration
from test_load import Tamper

GROWING = (*SMALL[:-4], "--counters", "off", "--growth-sizes", "4000")
STAGE = "growth/insert-first_touch"


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that are of something else."""
    monkeypatch.setattr("mapscope.commands.plot.plot_run", lambda run, folder, n: [])


def growth_of(lab: Lab) -> dict[str, dict[str, Any]]:
    return {row["map"]: row for row in lab.run_json()["growth"]}


def test_a_pass_of_every_map_is_kept_with_its_durations(lab: Lab) -> None:
    answer = lab.mapscope("run", *GROWING)
    assert answer.returncode == 0, answer.stderr
    rows = growth_of(lab)
    assert list(rows) == list(MAPS)
    assert all(row["stage"] == STAGE and row["n"] == 4000 and row["repetitions"] == 3 for row in rows.values())
    raw = lab.folder() / f"raw/{STAGE}/int_int-n4000-hmap"
    with numpy.load(raw.with_suffix(".npz")) as trace:
        assert trace["denoised"].shape == trace["raw"].shape == (4000,)
    process = json.loads(raw.with_suffix(".json").read_text())["mapscope_process"]
    assert process["stage"] == STAGE
    assert not any(str(lab.results) in word for word in process["command"])
    assert not list(lab.folder().glob("at-work*"))
    assert lab.mapscope("validate", "latest").returncode == 0
    names = {path.name for path in (lab.folder() / "plots").glob("growth-*.png")}
    stem = "growth-insert-first_touch-int_int-n4000-"
    assert names == {
        f"{stem}{what}.png" for what in ("inserts", "percentiles", "open-loop", "memory", "parts", "drain")
    }


@pytest.mark.usefixtures("without_pictures")
def test_tables_fit_100_columns_and_say_what_is_noise(lab: Lab) -> None:
    assert lab.mapscope("run", *GROWING).returncode == 0
    text = lab.mapscope("summary", "latest").stdout
    tables = text[text.index("growth   int_int") : text.index("Caveats:")]
    assert max(map(len, tables.splitlines())) <= 100 and "…" not in tables
    assert all(f" {name} " in tables for name in MAPS)
    assert "Empty loop: 70ns at most" in tables and "steps of 10 ns" in " ".join(tables.split())
    assert "hmap, its parts" in tables and "std, its parts" not in tables
    drain = tables[tables.index("hmap: around its growth at 2,000 entries") :]
    assert drain.split("update", 1)[1].split()[:7] == ["20.0", "±0.0", "60.0", "±0.0", "30.0", "±0.0", "3.00"]
    assert "std: around" not in tables
    assert "differ at p50/p90/p99/max by: hmap 0/0/0/25 %, std 0/0/0/25 %, " in " ".join(tables.split())
    assert "have not settled" not in text


def repetitions_of(lab: Lab) -> list[str]:
    """Map and repetition, in the order in which they ran."""
    return [line.rsplit(" ", 1)[0] for line in (lab.build / "repetitions.log").read_text().splitlines()]


@pytest.mark.usefixtures("without_pictures")
def test_maps_take_turns_repetition_by_repetition(lab: Lab) -> None:
    assert lab.mapscope("run", *GROWING).returncode == 0
    assert repetitions_of(lab) == [f"{name} {i}" for i in range(3) for name in MAPS]
    document = lab.run_json()
    assert all(one["in_turns"] for one in document["growth_passes"])
    assert not any("--growth-turns" in word for one in document["processes"] for word in one["command"])


@pytest.mark.usefixtures("without_pictures")
def test_where_too_much_would_wait_one_map_follows_the_other(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "SHARE_FOR_WAITING", 0.0)
    assert lab.mapscope("run", *GROWING).returncode == 0
    assert repetitions_of(lab) == [f"{name} {i}" for name in MAPS for i in range(3)]


@pytest.mark.usefixtures("without_pictures")
def test_who_dies_in_its_turn_is_a_failure_and_the_others_go_on(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "dies in its turn", "stage": "growth"}})
    assert "SIGSEGV" in one_line(lab.mapscope("run", *GROWING), 1)
    assert sorted(growth_of(lab)) == sorted(set(MAPS) - {"std"})
    set_faults(lab.build, {})
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert sorted(growth_of(lab)) == sorted(MAPS)


def test_an_interruption_leaves_nobody_waiting_for_a_turn(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "hangs in its turn", "stage": "growth"}})
    run = lab.start("run", *GROWING)
    deadline = time.monotonic() + 60
    while not (lab.build / "hanging").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=60)
    assert run.returncode != 0
    assert not [
        pid for pid in map(int, (line.split()[0] for line in calls(lab.build))) if Path(f"/proc/{pid}").exists()
    ]
    set_faults(lab.build, {})
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert sorted(growth_of(lab)) == sorted(MAPS)


def test_turns_need_several_maps_and_memory_for_those_who_wait() -> None:
    passes = plan_growth("growth", "auto", [1_000_000], None, ["int_int"])
    assert not any(one.in_turns for one in passes)
    growing = [one for one in passes if one.churn is None]
    assert {one.mix: growth.waiting_bytes(one) for one in growing} == {"insert": 20_000_000, "mixed": 40_000_000}
    turns = growth.with_turns(growing, 8, 4 * 8 * 20_000_000)
    assert {one.mix: one.in_turns for one in turns} == {"insert": True, "mixed": False}
    assert not any(one.in_turns for one in growth.with_turns(growing, 1, 10**12))


@pytest.mark.usefixtures("without_pictures")
def test_growth_can_be_switched_off(lab: Lab) -> None:
    assert lab.mapscope("run", *SMALL).returncode == 0
    assert growth_of(lab) == {} and lab.run_json()["growth_passes"] == []
    assert not any(line.endswith(" growth") for line in calls(lab.build))


@pytest.mark.usefixtures("without_pictures")
@pytest.mark.parametrize(
    ("fault", "reported"),
    [
        ("short trace", "expected 8000"),
        ("below the minimum", "above that of a single repetition"),
        ("low half", "half of the repetitions has other inserts"),
        ("lost drain", "drain: erase after of 2 repetitions, expected 3"),
        ("crash", "SIGSEGV"),
        ("exit 3", "the reason"),
    ],
)
def test_what_cannot_be_believed_is_a_failure_and_can_be_resumed(lab: Lab, fault: str, reported: str) -> None:
    set_faults(lab.build, {"std": {"fault": fault, "stage": "growth"}})
    assert reported in one_line(lab.mapscope("run", *GROWING), 1)
    assert sorted(growth_of(lab)) == sorted(set(MAPS) - {"std"})
    assert [entry["stage"] for entry in lab.run_json()["missing"]] == [STAGE]
    assert not list(lab.folder().glob("at-work*"))
    set_faults(lab.build, {})
    before = len(calls(lab.build))
    assert lab.mapscope("run", "--resume", "latest").returncode == 0
    assert len(calls(lab.build)) == before + 1
    assert sorted(growth_of(lab)) == sorted(MAPS)


@pytest.mark.usefixtures("without_pictures")
def test_another_checksum_costs_the_row(lab: Lab) -> None:
    set_faults(lab.build, {"std": {"fault": "wrong checksum", "stage": "growth"}})
    assert "std" in one_line(lab.mapscope("run", *GROWING), 1)
    assert "std" not in growth_of(lab)
    (entry,) = lab.run_json()["failures"]
    assert (entry["kind"], entry["stage"], entry["map"]) == ("checksum", STAGE, "std")


def test_a_full_table_that_churns_is_shown_with_its_erases(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    churning = replace(SUITES["smoke"].growth, variants=(), churn=((200, 6),))
    monkeypatch.setitem(SUITES, "smoke", replace(SUITES["smoke"], growth=churning))
    answer = lab.mapscope("run", *GROWING)
    assert answer.returncode == 0, answer.stderr
    rows = growth_of(lab)
    assert list(rows) == list(MAPS)
    assert all((row["churn"], row["n"], row["denoised"]["inserts"]["count"]) == (6, 200, 1200) for row in rows.values())
    text = lab.mapscope("summary", "latest").stdout
    assert "each entry replaced 6 times" in text and "their erases" in text
    tables = text[text.index("growth   int_int") : text.index("Caveats:")]
    assert max(map(len, tables.splitlines())) <= 100 and "…" not in tables
    assert "around its growth" not in text
    names = {path.name for path in (lab.folder() / "plots").glob("growth-*.png")}
    stem = "growth-churn-first_touch-int_int-n200-"
    assert names == {f"{stem}{what}.png" for what in ("inserts", "percentiles", "open-loop", "memory")}


def test_churn_stands_at_three_loads_of_hmap() -> None:
    churn = [one for one in plan_growth("growth", "auto", [], None, ["int_int"]) if one.churn]
    assert {one.kv for one in churn} == {"int_int"} and plan_growth("growth", "auto", [], None, ["string_int"]) == []
    small = [one.n / 32 for one in churn[:3]]
    assert small == pytest.approx([3.3, 5.0, 6.5], abs=0.02)
    # Sizes that are asked for are of tables that grow: these stand where their loads are.
    assert [one for one in plan_growth("growth", "auto", [5], None, ["int_int"]) if one.churn] == churn
    assert plan_growth("growth", "auto", [], 2, ["int_int"])[-1].repetitions == 2


def test_whole_lives_run_when_they_are_named() -> None:
    catalogue = SimpleNamespace(
        workloads=("find_hit", "insert_grow", "insert_reserved", "churn", *WHOLE_LIVES),
        states=("range_keys",),
        further_workloads=(),
    )
    assert not set(WHOLE_LIVES) & set(_workloads(None, replace(SUITES["standard"], states=()), catalogue))
    for suite in ("full", "growth"):
        assert set(WHOLE_LIVES) < set(_workloads(None, SUITES[suite], catalogue))
    assert _workloads("ttl_cache", SUITES["standard"], catalogue) == ["ttl_cache"]


def test_the_full_suite_has_every_regime() -> None:
    passes = plan_growth("growth", "auto", [], None, ["int_int", "string_string", "int_struct", "string_int"])
    passes = [one for one in passes if one.churn is None]
    assert {one.kv for one in passes} == {"int_int", "string_string", "int_struct"}
    assert {one.n for one in passes} == {10_000_000}
    assert {one.memory for one in passes} == {"first_touch", "resident"}
    assert {one.mix for one in passes} == {"insert", "mixed"}
    assert {one.reserved for one in passes} == {True, False}
    stages = [(one.stage, one.kv, one.n) for one in passes]
    assert len(stages) == len(set(stages))
    assert SUITES["standard"].growth.sizes == (1_000_000,)
    assert plan_growth("standard", "off", [], None, ["int_int"]) == []
    (one,) = plan_growth("smoke", "auto", [5], 2, ["int_int"])
    assert (one.n, one.repetitions) == (5, 2)


def test_without_huge_pages_there_is_a_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    setting = tmp_path / "enabled"
    monkeypatch.setattr(growth, "THP", setting)
    assert "No such file" in growth.why_no_huge_pages()
    setting.write_text("always madvise [never]")
    huge = [one for one in plan_growth("growth", "auto", [], None, ["int_int"]) if one.pages == "huge"]
    assert huge and all("says never" in one.reason for one in huge)
    setting.write_text("always [madvise] never")
    assert growth.why_no_huge_pages() is None


def test_a_run_of_schema_version_3_is_still_read(tampered: Tamper) -> None:
    lab = tampered(lambda document: document.update(schema_version=3))
    assert lab.mapscope("validate", "latest").returncode == 0


def test_growth_of_schema_version_3_is_still_read(lab: Lab) -> None:
    assert lab.mapscope("run", *GROWING).returncode == 0
    document = lab.run_json()
    document["schema_version"] = 3
    for entry in document["growth_passes"]:
        del entry["churn"]
    for row in document["growth"]:
        del row["churn"], row["drain"], row["denoised"]["erases"], row["denoised"]["halves"], row["raw"]["erases"]
    (lab.folder() / "run.json").write_text(json.dumps(document))
    assert lab.mapscope("validate", "latest").returncode == 0
    text = lab.mapscope("summary", "latest").stdout
    assert "growth   int_int" in text and "around its growth" not in text


def test_growth_of_schema_version_4_is_still_read(lab: Lab) -> None:
    assert lab.mapscope("run", *GROWING).returncode == 0
    assert "Split-half agreement" in lab.mapscope("summary", "latest").stdout
    document = lab.run_json()
    document["schema_version"] = 4
    for entry in document["growth_passes"]:
        del entry["in_turns"]
    for row in document["growth"]:
        del row["denoised"]["halves"]
    (lab.folder() / "run.json").write_text(json.dumps(document))
    assert lab.mapscope("validate", "latest").returncode == 0
    text = lab.mapscope("summary", "latest").stdout
    assert "growth   int_int" in text and "Split-half agreement" not in text


@pytest.mark.usefixtures("without_pictures")
def test_percentiles_that_have_not_settled_are_reported(lab: Lab) -> None:
    assert lab.mapscope("run", *GROWING).returncode == 0
    document = lab.run_json()
    for row, longer in zip(document["growth"], (1.14, 1.16, 1.5), strict=False):
        for half, p99 in zip(row["denoised"]["halves"], (700.0, 700.0 * longer), strict=True):
            half["percentiles_ns"][2] = p99
    (lab.folder() / "run.json").write_text(json.dumps(document))
    reported = " ".join(lab.mapscope("summary", "latest").stdout.split())
    assert f"percentiles of 2 of {len(MAPS)} growing tables have not settled" in reported
    assert "hmap 0/0/14/25 %, std 0/0/16/25 %" in reported


def row_with_halves(name: str, *halves: tuple[float, float, float, float]) -> Any:
    """Of p50, p90, p99 and the longest."""
    of = [Durations(1, 1.0, times[3], [*times[:3], 1.0, 1.0, 1.0, 1.0], [0, 0, 0]) for times in halves]
    return SimpleNamespace(map=name, clock=Clock("a clock", 0.4, 5.0, 20.0), denoised=SimpleNamespace(halves=of))


def test_halves_are_compared_whichever_is_the_larger() -> None:
    one, other = (
        row_with_halves("one", (100, 200, 300, 8e6), (110, 100, 300, 1e7)),
        row_with_halves("other", (5, 5, 5, 5)),
    )
    assert split_half.apart(one) == pytest.approx({"p50": 0.1, "p90": 1.0, "p99": 0.0, "max": 0.25})
    assert split_half.apart(other) is None
    words = split_half.by_map([one, other])
    assert words is not None and words.endswith("differ at p50/p90/p99/max by: one 10/100/0/25 %")
    third = row_with_halves("third", (0, 100, 100, 100), (1, 105, 108, 150))
    assert "third -/0/8/50 %" in (split_half.by_map([one, third]) or "")
    assert "at most 100 % at p50, p90 and p99, by 50 % at the maximum" in (split_half.at_most([one, third]) or "")
    assert split_half.by_map([other]) is None and split_half.at_most([other]) is None


def test_a_run_of_schema_version_2_is_still_read(tampered: Tamper) -> None:
    def age(document: dict[str, Any]) -> None:
        document["schema_version"] = 2
        for field in ("growth", "growth_passes"):
            del document[field]
        for field in ("growth", "growth_sizes", "growth_repetitions"):
            del document["selection"][field]

    lab = tampered(age)
    assert lab.mapscope("validate", "latest").returncode == 0
    assert "growth   " not in lab.mapscope("summary", "latest").stdout


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0ns"),
        (140.2, "140ns"),
        (999.8, "1us"),
        (4910, "4.91us"),
        (1.5e5, "150us"),
        (6.92e8, "692ms"),
        (5.1e9, "5.1s"),
    ],
)
def test_durations_in_their_unit(ns: float, text: str) -> None:
    assert duration(ns) == text
