"""Tables and pictures."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from conftest import Lab, one_line, with_figures
from mapscope.output.plots.run import plot_run
from mapscope.output.plots.style import LOOKS, SPARE, looks
from mapscope.output.terminal.summary import print_summary
from mapscope.store import derived
from mapscope.store.records import Run
from test_load import Tamper


def test_summary_fits_100_columns_and_marks_the_best_in_text(finished: Lab) -> None:
    answer = finished.mapscope("summary", "latest")
    assert answer.returncode == 0, answer.stderr
    assert max(map(len, answer.stdout.splitlines())) <= 100
    assert "…" not in answer.stdout
    assert "\x1b" not in answer.stdout
    assert answer.stdout.count(" *") >= 2 * 2 * 2  # workloads, payloads, hashes
    assert "n = 6656" in answer.stdout and "n = 1000" not in answer.stdout
    assert "Caveats" in answer.stdout


@pytest.mark.parametrize("width", [60, 80, 120])
def test_titles_are_not_folded_to_the_width_of_narrow_tables(finished: Lab, width: int) -> None:
    run = finished.run_json()
    run["rows"] = [row for row in run["rows"] if row["map"] == "hmap"]
    run["maps"] = run["maps"][:1]
    console = Console(width=width, record=True, file=io.StringIO())
    print_summary(console, Run.of(run))
    lines = console.export_text().splitlines()
    assert "int_int   n = 6656   shared hash" in [line.rstrip() for line in lines]
    assert "int_int   n = 6656   shared hash   counters" in [line.rstrip() for line in lines]
    assert any(line.startswith("growth   int_int   n = ") and "memory" in line for line in lines) or width == 60
    assert max(map(len, lines)) <= width


def test_no_cell_is_cut_however_wide_its_figures(tampered: Tamper) -> None:
    def widen(document: dict[str, Any]) -> None:
        for row in document["rows"]:
            scale = 0 if row["map"] == "hmap" else 1e7
            row["rounds"] = [value + scale * (1 + 3 * number) for number, value in enumerate(row["rounds"])]
            row["involuntary_switches"] = [1, 0]
        document["rows"] = with_figures(document["rows"])

    text = tampered(widen).mapscope("summary", "latest").stdout
    assert "…" not in text and max(map(len, text.splitlines())) <= 100
    row = next(line for line in text.splitlines() if line.strip().startswith("find_hit"))
    assert row.count("!25000") == 6  # the rest of each figure is folded below


def test_summary_at_a_chosen_size(finished: Lab) -> None:
    assert "n = 1000" in finished.mapscope("summary", "latest", "--n", "1000").stdout
    everything = finished.mapscope("summary", "latest", "--n", "all").stdout
    assert "n = 1000" in everything and "n = 6656" in everything
    assert "1000, 6656" in one_line(finished.mapscope("summary", "latest", "--n", "5"), 2)


def test_a_withheld_row_is_a_dash(tampered: Tamper) -> None:
    def withhold(document: dict[str, Any]) -> None:
        document["rows"] = derived.add_ratios([
            row
            for row in document["rows"]
            if row["workload"] == "range" and row["hash"] == "shared" and (row["map"], row["n"]) != ("std", 6656)
        ])  # fmt: skip

    lab = tampered(withhold)
    assert " - " in lab.mapscope("summary", "latest").stdout
    assert lab.mapscope("plot", "latest").returncode == 0


def test_pictures_of_a_run(finished: Lab) -> None:
    names = {path.name for path in (finished.folder() / "plots").iterdir()}
    stems = {"find_hit-shared", "find_hit-own", "range-shared", "range-own"}
    stems |= {"overview-shared-n6656", "overview-own-n6656", "lines-shared-n6656", "lines-own-n6656"}
    stems |= {f"tradeoff-{workload}-{which}-n6656" for workload in ("find_hit", "range") for which in ("shared", "own")}
    stems |= {"memory-shared", "memory-own"}
    stems |= {f"misses-sim-{workload}-{which}" for workload in ("find_hit", "range") for which in ("shared", "own")}
    grown = {path.stem for path in (finished.folder() / "plots").iterdir() if path.stem.startswith("growth-")}
    assert {stem.rsplit("20000-", 1)[-1] for stem in grown} >= {"inserts", "percentiles", "open-loop"}
    stems |= grown
    assert names == {f"{stem}.{suffix}" for stem in stems for suffix in ("png", "svg")}


@pytest.mark.parametrize(
    "keep", [{"n": [1000]}, {"kv": ["int_int"]}, {"map": ["hmap"]}, {"n": [1000], "map": ["hmap"]}]
)
def test_pictures_of_small_runs(finished: Lab, tmp_path: Path, keep: dict[str, list[Any]]) -> None:
    document = finished.run_json()
    document["rows"] = [
        row for row in document["rows"]
        if row["workload"] == "range" and row["hash"] == "shared" and all(row[k] in v for k, v in keep.items())
    ]  # fmt: skip
    pictures = plot_run(Run.of(document), tmp_path)
    names = {picture.stem.split("-")[0] for picture in pictures}
    assert names == {
        "growth", "range", "misses", "lines", "memory", *([] if keep.get("map") else ["overview", "tradeoff"])
    }  # fmt: skip
    for picture in pictures:
        assert picture.stat().st_size > 10_000
        assert picture.with_suffix(".svg").is_file()


def test_same_results_same_bytes(finished: Lab, tmp_path: Path) -> None:
    document = finished.run_json()
    document["rows"] = [row for row in document["rows"] if row["workload"] == "range" and row["hash"] == "shared"]
    plot_run(Run.of(document), tmp_path / "a")
    plot_run(Run.of(document), tmp_path / "b")
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name


def test_no_two_maps_look_alike() -> None:
    known = [*LOOKS.values(), *SPARE]
    for feature in ("colour", "marker"):
        assert len({getattr(look, feature) for look in known}) == len(known)
    assert len({str(look.dashes) for look in known}) == len(known)
    assert looks(["stranger", "hmap", "other"])["stranger"] == SPARE[0]
