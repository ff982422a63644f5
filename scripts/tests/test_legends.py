"""Every legend lies inside its figure, however many maps there are and however long their names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import pandas
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from conftest import Lab
from fake_bench import make_build
from mapscope.analysis.runs import Runs, read_runs
from mapscope.analysis.trend import history
from mapscope.output.plots import trend
from mapscope.output.plots.figure import by_rows, make_grid, put_legend
from mapscope.output.plots.order import draw_order
from mapscope.output.plots.run import pictures
from mapscope.output.plots.style import RC
from mapscope.store.folder import RunFolder
from mapscope.store.load import read_run
from mapscope.store.records import Run

LONG = "_with_a_name_that_is_longer_than_others"


@pytest.fixture(autouse=True)
def style() -> Iterator[None]:
    with matplotlib.rc_context(RC):
        yield
    pyplot.close("all")


def require_legends_inside(figure: Figure, name: str, fewest: int = 0) -> None:
    figure.draw_without_rendering()
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())]
    assert len(legends) >= fewest, name
    for legend in legends:
        box = legend.get_window_extent()
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
        assert inside, f"{name}: legend at {box} of a figure of {figure.bbox.size}"


def with_long_names(run: dict[str, Any]) -> dict[str, Any]:
    """The run, all its maps renamed."""
    text = json.dumps(run)
    for entry in run["maps"]:
        text = text.replace(f'"{entry["name"]}"', f'"{entry["name"]}{LONG}"')
    return json.loads(text)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A run of everything that there are pictures of, with all maps."""
    base = tmp_path_factory.mktemp("everything")
    lab = Lab(make_build(base / "build", ladder=True), base / "results")
    loads = "range_load0_live100,range_load0_live10,range_load100_live100,range_load100_live10"
    states = f"{loads},range_keys,range_stuck,range_cold"
    answer = lab.mapscope(
        "run", "--suite", "smoke", "--kv", "int_int", "--workloads", f"find_hit,range,{states}",
        "--sizes", "1000,2000,6656", "--counters", "sim",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return lab.run_json()


@pytest.mark.parametrize("rename", [False, True], ids=["as it is", "long names"])
def test_of_every_picture_of_a_run(everything: dict[str, Any], rename: bool) -> None:
    run = with_long_names(everything) if rename else everything
    kinds = set()
    for name, draw in pictures(Run.of(run)):
        figure = draw()
        require_legends_inside(figure, name)
        pyplot.close(figure)
        kinds.add(name.split("-")[0])
    assert {"find_hit", "overview", "misses", "lines", "range", "growth"} <= kinds
    assert "model" in kinds or rename  # the model knows hmap by its name


def test_of_a_trend_over_machines_with_long_names(finished: Lab) -> None:
    one = read_runs([str(finished.folder())], finished.results)
    (label,) = one.labels
    by_label, tables = {}, []
    for number in range(3):
        by_label[f"{label}-{number}"] = one.by_label[label]
        machine = f"host-{number}, Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz"
        tables.append(one.table.assign(run=f"{label}-{number}", machine=machine))
    runs = Runs(by_label, pandas.concat(tables, ignore_index=True))
    table = history(runs, {"workload": "find_hit", "kv": "int_int", "n": 1000, "map": None})
    require_legends_inside(trend._figure(runs, table), "trend", fewest=1)


def test_of_the_order_of_range(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = pandas.DataFrame(
        [
            (measure, order, place, 5)
            for measure in ("position", "successor", "repeat")
            for order in ("range()", "shuffle")
            for place in (0, 1)
        ],
        columns=["measure", "order", "place", "count"],
    )  # fmt: skip
    drawn: list[Figure] = []
    monkeypatch.setattr("mapscope.output.plots.order.save", lambda figure, stem: drawn.append(figure) or stem)
    draw_order(counts, tmp_path / "order")
    require_legends_inside(drawn[0], "order", fewest=1)


def test_rows_are_read_from_left_to_right_and_panels_keep_their_size(finished: Lab) -> None:
    assert by_rows([1, 2, 3, 4, 5], 3) == [1, 4, 2, 5, 3]
    run = read_run(RunFolder(finished.folder()))
    heights = []
    for count in (3, 40):
        figure, grid = make_grid(run, 1, 1, "a picture", "shared")
        put_legend(figure, [Line2D([], [], label=f"map {number} of many") for number in range(count)])
        require_legends_inside(figure, f"{count} entries", fewest=1)
        heights.append(grid[0, 0].get_window_extent().height)
        (legend,) = figure.legends
        assert legend.get_window_extent().y1 < grid[0, 0].get_tightbbox().y0
        assert legend.get_texts()[0].get_text() == "map 0 of many"
    assert heights[1] == pytest.approx(heights[0], rel=0.01)
