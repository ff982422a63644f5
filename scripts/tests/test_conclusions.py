"""The conclusions of a run: at most five sentences, each from its data."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import geometric_mean

import pytest

from mapscope.analysis.conclusions import main_points
from mapscope.analysis.growth.insert_latency import sentence
from mapscope.analysis.heatmap import heatmap
from mapscope.repository import RESULTS
from mapscope.store.folder import find
from mapscope.store.load import read_run
from mapscope.store.records import Run
from mapscope.text import duration
from test_heatmap import means_of


@pytest.fixture(scope="module")
def stored() -> Run:
    return read_run(find("20261122-104925-vm-7b99e82cf6", RESULTS))


def test_five_sentences_from_the_data(stored: Run) -> None:
    winners, positions, dependence, growth, precision = main_points(stored)
    ratios = means_of(stored.document["rows"])
    fastest = [name for (name, _), ratio in ratios.items() if ratio == 1]
    for name in set(fastest):
        assert (
            f"{name} is the fastest in {fastest.count(name)}" in winners
            or f"{name} in {fastest.count(name)}" in winners
        )
    means = {name: geometric_mean(r for (other, _), r in ratios.items() if other == name) for name in stored.map_names}
    order = sorted(means, key=means.__getitem__)
    for name in ("hmap", "steady"):
        assert f"{name} {means[name]:.2f}, place {order.index(name) + 1} of 8" in positions
    spread = {
        key: [row.ratio_to_best for row in stored.rows if (row.map, row.workload) == key and row.ratio_to_best]
        for key in ratios
    }
    name, workload = max(spread, key=lambda key: math.log(max(spread[key]) / min(spread[key])))
    assert f"most to {name} in {workload}: {min(spread[name, workload]):.2f} times" in dependence
    assert f"{max(spread[name, workload]):.2f} times at" in dependence
    rows = [row for row in stored.growth if row.stage == "growth/insert-first_touch"]
    for row in rows:
        if row.map in ("hmap", "steady"):
            assert f"{row.map} {duration(row.denoised.inserts.max_ns)}" in growth
    found = heatmap(stored)
    level = sum(cell.mark == "=" for cell in found.cells.values())
    assert f"±{found.half_width:.0%}" in precision and f"{level} of {len(found.cells) - 6} ratios" in precision


def test_other_maps_than_ours_are_led_by_the_nearest_to_the_fastest(stored: Run) -> None:
    kept = [row for row in stored.rows if row.map in ("std", "absl_flat", "boost_flat")]
    positions = main_points(replace(stored, rows=kept))[1]
    assert "absl_flat 1." in positions and "place 1 of 3" in positions and "hmap" not in positions


def test_what_was_not_measured_has_no_sentence(stored: Run) -> None:
    alone = replace(stored, rows=[row for row in stored.rows if row.map == "hmap"])
    assert main_points(alone) == []
    one = replace(stored, growth=[], rows=[row for row in stored.rows if (row.workload, row.n) == ("range", 1000)])
    winners, dependence, precision = main_points(one)
    assert winners.endswith(" is the fastest in 1 of 1 workload.")
    assert dependence.startswith("Size and payload matter most") and precision.startswith("95% interval")
    single = replace(one, rows=[replace(row, rounds=row.rounds[:1]) for row in one.rows])
    assert main_points(single)[-1].startswith("Every row has a single round")


def test_maximum_insert_latencies_of_all_maps_in_order(stored: Run) -> None:
    text = sentence(stored)
    named = [part.split()[0] for part in text.split("): ")[1].split(", ")]
    rows = {row.map: row.denoised.inserts.max_ns for row in stored.growth if row.stage == "growth/insert-first_touch"}
    assert named == sorted(rows, key=rows.__getitem__) and sentence(replace(stored, growth=[])) == ""
