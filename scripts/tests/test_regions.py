"""The bands of caches in pictures over n."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import replace

import matplotlib
import pytest
from matplotlib import pyplot

from conftest import Lab
from mapscope.fact import unknown
from mapscope.output.plots.regions import bands, cache_sizes, draw_bands, in_words
from mapscope.output.plots.run import MOST_MARKS, pictures
from mapscope.output.plots.style import RC
from mapscope.plan.records import CacheEntry
from mapscope.store.records import Run

CACHES = {"L1": 2**15, "L2": 2**20, "L3": 2**25}


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    with matplotlib.rc_context(RC):
        yield
    pyplot.close("all")


def test_bands_end_where_the_payload_fills_a_cache() -> None:
    assert bands(CACHES, 16, 1, 1e8) == [
        ("L1", 1, 2**11), ("L2", 2**11, 2**16), ("L3", 2**16, 2**21), ("memory", 2**21, 1e8),
    ]  # fmt: skip
    assert bands(CACHES, 16, 3000, 4000) == [("L2", 3000, 4000)]
    assert bands({}, 16, 1, 1e8) == []


def test_a_simulation_has_the_caches_of_its_model(finished: Lab) -> None:
    run = Run.of(finished.run_json())
    host = replace(run.environment, caches=[CacheEntry(1, "Data", 2**14, 64, 8, "0")])
    run = replace(run, environment=host)
    assert cache_sizes(run) == cache_sizes(run, "papi") == {"L1": 2**14}
    assert cache_sizes(run, "sim") == CACHES
    assert cache_sizes(replace(run, cache=unknown("no cache is simulated")), "sim") == {}
    assert in_words(CACHES).endswith("(L1 32 KiB, L2 1 MiB, L3 32 MiB).") and in_words({}) == ""


def test_a_name_that_does_not_fit_its_band_is_cut_or_left_out() -> None:
    figure, axes = pyplot.subplots(figsize=(2, 2))
    axes.set_xscale("log")
    axes.set_xlim(1.2 * 2**10, 2.5 * 2**22)
    draw_bands(axes, CACHES, 16)
    assert [text.get_text() for text in axes.texts] == ["L2", "L3", "mem"]
    figure.set_size_inches(8, 2)
    draw_bands(axes, CACHES, 16)
    assert [text.get_text() for text in axes.texts][3:] == ["L1", "L2", "L3", "memory"]


def test_many_sizes_are_all_drawn_and_some_are_marked(finished: Lab) -> None:
    document = finished.run_json()
    rows = [row for row in document["rows"] if row["workload"] == "find_hit" and row["n"] == 1000]
    sizes = [round(16 * math.sqrt(2) ** step) for step in range(44)]
    document["rows"] = [json.loads(json.dumps(row | {"n": n})) for row in rows for n in sizes]
    run = Run.of(document)
    caches = [CacheEntry(int(name[1]), "Data", count, 64, 8, "0") for name, count in CACHES.items()]
    run = replace(run, environment=replace(run.environment, caches=caches))
    for name, draw in pictures(run):
        if not name.startswith("find_hit-"):
            continue
        for axes in draw().axes:
            lines = [line for line in axes.lines if len(line.get_xdata()) == len(sizes) and line.get_markevery()]
            assert len(lines) == len(run.map_names)
            for line in lines:
                first, step = line.get_markevery()
                assert len(sizes[first::step]) <= MOST_MARKS
            assert len({line.get_markevery() for line in lines}) > 1
            assert {"L2", "L3", "memory"} <= {text.get_text() for text in axes.texts}
