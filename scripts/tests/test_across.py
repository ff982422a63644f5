"""Several machines: times are never divided; what holds, what flips and what is open are listed apart."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from conftest import Lab, one_line, with_figures
from mapscope.analysis.across import agreement, of_subject, same_machine, sentences, size_in_units
from mapscope.analysis.fingerprint import differences
from mapscope.analysis.ladder import load_ns
from mapscope.analysis.runs import KEY, Runs, read_runs
from mapscope.errors import UsageError
from mapscope.output.terminal.across import print_agreement
from mapscope.output.terminal.across_summary import caveats_across
from mapscope.plan.records import CacheEntry
from mapscope.store import derived

PACE = {"hmap": 2.0, "std": 4.0, "boost_flat": 1.0}


def machine(
    source: Path,
    target: Path,
    name: str,
    pace: dict[str, float],
    extra: Callable[[dict[str, Any]], None] = lambda d: None,
) -> str:
    """A copy of a run as another machine would have made it: three maps, each with a pace of its own."""
    document = json.loads((source / "run.json").read_text())
    document["environment"] |= {"cpu_model": name, "hostname": name}
    document["rows"] = [row for row in document["rows"] if row["map"] in pace]
    for row in document["rows"]:
        row["rounds"] = [pace[row["map"]] * row["n"] * (1 + 0.001 * number) for number in range(len(row["rounds"]))]
        if row["map"] == "std":
            row["rounds"][0] *= 1.002
    extra(document)
    document["rows"] = with_figures(document["rows"])
    target.mkdir(parents=True)
    (target / "run.json").write_text(json.dumps(document))
    return str(target)


@pytest.fixture
def pair(finished: Lab, climbed: dict[str, Any], tmp_path: Path) -> Callable[[dict[str, float]], Runs]:
    def make(other: dict[str, float]) -> Runs:
        one = machine(finished.folder(), tmp_path / "one", "Old", PACE, lambda d: d.update(climbed))
        two = machine(finished.folder(), tmp_path / "two", "New", other, lambda d: d.update(climbed))
        return read_runs([one, two], tmp_path)

    return make


def test_the_same_order_holds_everywhere(pair: Callable[[dict[str, float]], Runs]) -> None:
    found = agreement(pair({name: 3 * pace for name, pace in PACE.items()}))
    assert set(found.pairs["outcome"]) == {"holds"} and len(found.pairs) == 3 * 8
    assert (found.work["rank"] == 1).all() and (found.work["spearman"].round(9) == 1).all()
    assert "flips" not in " ".join(sentences(found)[1:])


def test_an_order_turned_round_flips(pair: Callable[[dict[str, float]], Runs]) -> None:
    found = agreement(pair({"hmap": 4.0, "std": 2.0, "boost_flat": 1.0}))
    flipped = found.pairs[found.pairs["outcome"] == "flips"]
    assert {tuple(sorted(pair)) for pair in zip(flipped["one"], flipped["other"], strict=True)} == {("hmap", "std")}
    assert found.work["fastest"].tolist() == [["boost_flat", "boost_flat"]] * 8
    assert (found.work["rank"] < 1).all()
    assert any("hmap against std: flips; ratio of times 0.50 to 2.00" in s for s in sentences(found))


def test_what_one_machine_does_not_settle_is_open(pair: Callable[[dict[str, float]], Runs]) -> None:
    found = agreement(pair({"hmap": 2.0, "std": 2.001, "boost_flat": 1.0}))
    outcome = found.pairs.set_index(["one", "other"])["outcome"].sort_index()
    assert set(outcome.loc[("hmap", "std")]) == {"undecided"}
    assert set(outcome.loc[("hmap", "boost_flat")]) == {"holds"}


def test_machines_are_reported_apart_and_their_times_refused(
    finished: Lab, pair: Callable[[dict[str, float]], Runs], tmp_path: Path
) -> None:
    runs = pair(PACE)
    assert not same_machine(runs)
    hardware, rest = differences(*([run] for run in runs.by_label.values()))
    assert hardware == ["CPU: Old against New"] and rest == ["host: Old against New"]
    line = one_line(finished.mapscope("compare", "--a", str(tmp_path / "one"), "--b", str(tmp_path / "two")), 2)
    assert "different machines" in line and "make across" in line
    answer = finished.mapscope("across", "--runs", f"{tmp_path / 'one'} {tmp_path / 'two'}")
    assert answer.returncode == 0, answer.stderr
    assert "times are not compared across machines" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 100


def test_a_page_of_two_machines_has_no_ratio_of_times(
    finished: Lab, pair: Callable[[dict[str, float]], Runs], tmp_path: Path
) -> None:
    pair({"hmap": 4.0, "std": 2.0, "boost_flat": 1.0})
    out = tmp_path / "report.html"
    words = ("report", "--runs", f"{tmp_path / 'one'},{tmp_path / 'two'}", "--out", str(out))
    assert finished.mapscope(*words).returncode == 0
    text = out.read_text()
    assert "The runs are of different machines" in text and "B over A, geometric" not in text
    assert "hmap against std: flips" in text


def test_nothing_to_compare_is_one_line(finished: Lab) -> None:
    assert "agrees with itself" in one_line(finished.mapscope("across", "--runs", "latest"), 2)
    one = read_runs([str(finished.folder())], finished.results)
    label = one.labels[0]
    half = one.table[one.table["n"] == 1000].assign(run="a"), one.table[one.table["n"] != 1000].assign(run="b")
    import pandas

    apart = Runs({"a": one.by_label[label], "b": one.by_label[label]}, pandas.concat(half))
    with pytest.raises(UsageError, match="in common"):
        agreement(apart)


def line_of(runs: Runs, label: str, key: dict[str, Any]) -> dict[str, Any]:
    (line,) = [line for line in runs.of(label).to_dict("records") if all(line[field] == key[field] for field in KEY)]
    return line


def test_times_and_sizes_in_units_of_the_machine_they_were_measured_on(
    finished: Lab, pair: Callable[[dict[str, float]], Runs], tmp_path: Path
) -> None:
    runs = pair(PACE)
    two = tmp_path / "two" / "run.json"
    document = json.loads(two.read_text())
    for rung in document["latencies"]:  # a machine whose loads take twice as long
        rung["rounds"] = [2 * ns for ns in rung["rounds"]]
        rung |= derived.describe(rung["rounds"])
    two.write_text(json.dumps(document))
    runs = read_runs([str(tmp_path / "one"), str(tmp_path / "two")], tmp_path)
    loads = agreement(runs).loads
    assert len(loads) == 3 * 2 * 2 * 2 * 2
    for row in loads.to_dict("records"):
        one, other = (line_of(runs, label, row) for label in runs.labels)
        reported = load_ns(runs.by_label[runs.labels[0]], one["n"] * one["payload_bytes"]).value
        assert row["loads"] == pytest.approx([one["median"] / reported, other["median"] / reported / 2])
    answer = finished.mapscope("across", "--runs", f"{tmp_path / 'one'} {tmp_path / 'two'}")
    assert "in dependent loads of the machine" in answer.stdout and "TLB 256 KiB, then 8 MiB" in answer.stdout
    assert max(map(len, answer.stdout.splitlines())) <= 100
    out = tmp_path / "report.html"
    assert (
        finished.mapscope("report", "--runs", f"{tmp_path / 'one'},{tmp_path / 'two'}", "--out", str(out)).returncode
        == 0
    )
    assert "hmap: dependent loads an operation" in out.read_text()


def test_without_a_ladder_there_is_no_unit(pair: Callable[[dict[str, float]], Runs], tmp_path: Path) -> None:
    pair(PACE)
    for name in ("one", "two"):
        path = tmp_path / name / "run.json"
        document = json.loads(path.read_text()) | {"latencies": []}
        document["ladder"]["reason"] = "the build has no ladder"
        path.write_text(json.dumps(document))
    runs = read_runs([str(tmp_path / name) for name in ("one", "two")], tmp_path)
    assert of_subject(agreement(runs).loads).empty
    console = Console(width=100, record=True, file=io.StringIO())
    print_agreement(console, runs, agreement(runs))
    text = console.export_text()
    assert "n/a: the build has no ladder" in text and "One operation of" not in text


def test_a_size_is_reported_by_the_largest_reach_that_it_exceeds(pair: Callable[[dict[str, float]], Runs]) -> None:
    run = pair(PACE).by_label["one"]
    caches = [CacheEntry(level, "Data", size, 64, 8, "0") for level, size in ((1, 2**15), (2, 2**20))]
    run = replace(run, environment=replace(run.environment, caches=caches))
    assert size_in_units(run, 2**14) == "0.50 L1, 0.06 first TLB"
    assert size_in_units(run, 2**16) == "2.00 L1, 0.25 first TLB"
    assert size_in_units(run, 2**24) == "16.0 L2, 2.00 second TLB"
    assert size_in_units(None, 2**24) == "n/a"


def test_the_summary_comes_first_and_is_a_screen(pair: Callable[[dict[str, float]], Runs]) -> None:
    runs = pair({"hmap": 4.0, "std": 2.0, "boost_flat": 1.0})
    console = Console(width=100, record=True, file=io.StringIO())
    print_agreement(console, runs, agreement(runs))
    summary, details = console.export_text().split("\nDetails\n")
    assert len(summary.splitlines()) <= 50 and max(map(len, summary.splitlines())) <= 100
    text = " ".join(summary.split())
    assert "Of 24 comparisons of two maps" in text and "16 hold on every machine, 8 flip, and 0 are undecided" in text
    assert "against std 0 0 8 0 0.50 to 2.00" in text and "against boost_flat 0 8 0 0 2.00 to 4.00" in text
    assert "find_hit int_int: hmap / std: A 0.50, B 2.00" in text
    assert "48 rows are in every run" in text and " A: " in text and " B: " in text
    assert "fastest on each" in details and "!0.50-2.00" in details


def test_rows_left_out_and_other_commits_are_caveats(finished: Lab, tmp_path: Path) -> None:
    def change(document: dict[str, Any]) -> None:
        document["rows"] = [row for row in document["rows"] if row["n"] == 1000]
        document["tool"]["commit"]["value"] = "0123456789"

    one = machine(finished.folder(), tmp_path / "one", "Old", PACE)
    two = machine(finished.folder(), tmp_path / "two", "New", PACE, change)
    runs = read_runs([one, two], tmp_path)
    reported = caveats_across(runs, agreement(runs))
    assert reported[0].startswith("24 rows are in every run (24 of A are not, and are left out)")
    assert "different commits" in reported[1] and "0123456789" in reported[1]
