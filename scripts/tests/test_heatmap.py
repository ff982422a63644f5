"""The heatmap: its numbers are those of run.json, it fits one screen, and it needs neither colour nor a whole run."""

from __future__ import annotations

import io
import math
import re
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from conftest import SMALL, Lab
from mapscope.analysis.heatmap import Heatmap, heatmap
from mapscope.output.heat import BACKGROUNDS, LIMITS, level
from mapscope.output.terminal.heatmap import heatmap_lines
from mapscope.repository import RESULTS
from mapscope.store.folder import find
from mapscope.store.load import read_run
from mapscope.store.records import Run

LINES, COLUMNS = 24, 100


@pytest.fixture(scope="module")
def stored() -> Run:
    """Eight maps, six workloads, two payloads, five sizes, nine rounds."""
    return read_run(find("20261122-104925-vm-7b99e82cf6", RESULTS))


def shown(found: Heatmap, width: int = COLUMNS, colour: str | None = None) -> list[str]:
    console = Console(width=width, file=io.StringIO(), force_terminal=colour is not None, color_system=colour)
    console.print(heatmap_lines(found, width))
    return console.file.getvalue().splitlines()


def means_of(rows: list[dict[str, Any]]) -> dict[tuple[str, str], float]:
    """The ratios from run.json by another way; every row has every map and every round."""
    logs: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        logs[row["map"], row["workload"]].append(sum(map(math.log, row["rounds"])) / len(row["rounds"]))
    means = {key: sum(each) / len(each) for key, each in logs.items()}
    least = {workload: min(mean for (_, other), mean in means.items() if other == workload) for _, workload in means}
    return {(name, workload): math.exp(mean - least[workload]) for (name, workload), mean in means.items()}


def test_its_numbers_are_those_of_run_json(stored: Run) -> None:
    found = heatmap(stored)
    expected = means_of(stored.document["rows"])
    assert {key: cell.ratio for key, cell in found.cells.items()} == pytest.approx(expected)
    lines = {line.split()[0]: line.split()[1:] for line in shown(found)[3:] if line.startswith(" ")}
    for name in stored.map_names:
        for cell, workload in zip(lines[name], found.workloads, strict=True):
            assert cell.rstrip("*=") == f"{expected[name, workload]:.2f}"
            assert cell.endswith("*") == (expected[name, workload] == 1)
            assert cell.endswith("=") == (found.cells[name, workload].mark == "=")


def test_two_hashes_and_states_do_not_mix(finished: Lab) -> None:
    run = read_run(find("latest", finished.results))
    assert {row.hash for row in run.rows} == {"shared", "own"}
    expected = means_of([row for row in finished.run_json()["rows"] if row["hash"] == "shared"])
    assert {key: cell.ratio for key, cell in heatmap(run).cells.items()} == pytest.approx(expected)
    family = [replace(entry, family="range") if entry.name == "range" else entry for entry in run.workloads]
    assert heatmap(replace(run, workloads=family)).workloads == ["find_hit"]


def test_an_interrupted_run_has_dashes(stored: Run) -> None:
    def done(row: Any) -> bool:
        return row.workload == "find_hit" and row.map in ("hmap", "std")

    found = heatmap(replace(stored, rows=[row for row in stored.rows if done(row)]))
    text = shown(found)
    assert found.maps == stored.map_names and found.workloads == stored.selection.workloads
    assert next(line for line in text if "hmap" in line).split() == ["hmap", "-", "-", "1.00*", "-", "-", "-"]
    assert "- no data" in text[-1] and "20 rows" in text[1]
    empty = heatmap(replace(stored, rows=[]))
    assert shown(empty)[1] == "no row yet" and not empty.compares


def test_a_single_round_is_marked_as_one(stored: Run) -> None:
    rows = [replace(row, rounds=[row.rounds[0], *[None] * 8]) for row in stored.rows]
    found = heatmap(replace(stored, rows=rows))
    assert {cell.mark for cell in found.cells.values()} == {"*", "?"} and found.half_width is None
    assert "? a single round" in shown(found)[-1]


def wider(run: Run, count: int) -> Run:
    """The run with the names of further workloads."""
    extra = ["erase", "churn", "life_grow", "life_reserved", "ttl_cache", "half_grown"][: count - 6]
    rows = [replace(row, workload=name) for name in extra for row in run.rows if row.workload == "range"]
    return replace(run, rows=[*run.rows, *rows])


@pytest.mark.parametrize("count", [6, 8, 12])
def test_it_fits_one_screen(stored: Run, count: int) -> None:
    found = heatmap(wider(stored, count))
    assert len(found.cells) == 8 * count
    for width, screen in ((COLUMNS, LINES - 5), (80, LINES - 4), (50, 60)):
        text = shown(found, width)
        assert max(map(len, text)) <= width and len(text) <= screen
        assert "…" not in "".join(text)
        cells = sum(len(re.findall(r" \d+\.\d\d", line)) for line in text if re.match(r" \w+ +\d", line))
        assert cells == 8 * count


def test_maps_go_across_where_only_that_fits(stored: Run) -> None:
    found = heatmap(wider(stored, 12))
    assert "of the column" in shown(found)[0] and "of the row" in shown(found, 80)[0]
    line = next(line for line in shown(found, 80) if line.startswith(" find_hit "))
    assert line.split()[1:] == [
        f"{found.cells[name, 'find_hit'].text}{found.cells[name, 'find_hit'].mark}" for name in found.maps
    ]


@pytest.mark.parametrize("colour", ["truecolor", "256", "standard"])
def test_colour_adds_nothing_that_the_text_does_not_say(stored: Run, colour: str) -> None:
    plain, coloured = shown(heatmap(stored)), shown(heatmap(stored), colour=colour)
    assert "\x1b" not in "".join(plain)
    assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in coloured] == plain
    assert sum(line.count("\x1b[") for line in coloured) > 2 * 48


def test_backgrounds_go_by_the_ratio_and_black_is_readable_on_them() -> None:
    assert [level(ratio) for ratio in (1.0, *LIMITS, 99.0)] == [0, *range(len(LIMITS)), len(LIMITS)]
    for background in BACKGROUNDS:
        linear = [(int(background[at : at + 2], 16) / 255) ** 2.2 for at in (1, 3, 5)]
        luminance = sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
        assert (luminance + 0.05) / 0.05 > 6


def test_a_run_ends_with_one_screen(finished: Lab) -> None:
    text = (finished.results.parent / "stdout").read_text()
    screen = text[text.rindex("suite smoke: geometric mean") :].splitlines()
    assert len(screen) <= LINES
    assert any(re.match(r" std +\d\.\d\d", line) for line in screen)
    path = str(finished.folder())
    assert [line.split()[0] for line in screen[-3:]] == ["full", "plots", "page"]
    assert screen[-3].endswith(f"make summary RUN={path}") and screen[-1].endswith(f"make report RUN={path}")
    assert f"in {path}/plots" in screen[-2]
    assert any(re.match(r"caveats +\d+, the gravest: \d+ of \d+ ratios are known less", line) for line in screen[-6:])


def test_a_single_map_has_its_times_instead(lab: Lab) -> None:
    answer = lab.mapscope("run", *SMALL, "--maps", "hmap")
    assert answer.returncode == 0, answer.stderr
    assert "int_int   n = 100   shared hash" in answer.stdout and "geometric mean" not in answer.stdout


def test_the_summary_leads_with_it(finished: Lab) -> None:
    text = finished.mapscope("summary", "latest").stdout
    assert text.index("suite smoke: geometric mean") < text.index("int_int   n = 6656   shared hash")
