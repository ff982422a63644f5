"""The article: made anew it is what is committed, and it spells no number of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas
import pytest

from conftest import Lab, one_line
from mapscope.analysis.runs import read_runs
from mapscope.cli import main
from mapscope.output.writeup import TEMPLATE, WRITEUP, cost_of_growth, cost_of_line, latex, markdown
from mapscope.repository import RESULTS
from mapscope.text import duration


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("writeup")
    assert main(["figures", "--out", str(folder)]) == 0
    return folder


def test_made_anew_it_is_what_is_committed(made: Path) -> None:
    names = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
    assert names >= {"README.md", "tables/cost-of-a-line.tex", "figures/cost-of-growth.svg", "figures/waiting.svg"}
    for name in names:
        assert (WRITEUP / name).exists(), name
        if not name.endswith(".png"):  # its compression is another library's business
            assert (made / name).read_bytes() == (WRITEUP / name).read_bytes(), name


def test_the_template_spells_no_measurement() -> None:
    text = re.sub(r"\{[{%].*?[}%]\}", "", (WRITEUP / TEMPLATE).read_text(), flags=re.DOTALL)
    numbers = set(re.findall(r"(?<![\w²])\d[\d.,]*", text))
    assert numbers <= {"95"}, numbers  # the confidence of intervals is a choice


def test_what_the_article_cites_is_stored_and_indexed() -> None:
    for entry in json.loads((RESULTS / "index.json").read_text()):
        assert set(entry) == {"run", "purpose", "about"}
        assert read_runs([entry["run"]], RESULTS).labels == [entry["run"]]


def test_its_figures_by_another_way(made: Path) -> None:
    run = next(e["run"] for e in json.loads((RESULTS / "index.json").read_text()) if e["purpose"] == "writeup")
    runs = read_runs([run], RESULTS)
    rows = {(r.workload, r.kv, r.hash, r.n, r.map): r for r in runs.by_label[run].rows}
    growth = cost_of_growth(runs)
    for line in growth.to_dict("records"):
        rounds = (
            rows[w, line["kv"], "shared", line["n"], line["map"]].rounds for w in ("insert_grow", "insert_reserved")
        )
        product = 1.0
        pairs = list(zip(*rounds, strict=True))
        for grown, reserved in pairs:
            product *= grown / reserved
        assert line["ratio"] == pytest.approx(product ** (1 / len(pairs)))
        assert line["low"] < line["ratio"] < line["high"]
    lines = cost_of_line(runs)
    assert (lines["low"] < lines["slope"]).all() and (lines["r2"] <= 1).all()
    largest = lines[(lines["workload"] == "find_hit_chained") & (lines["n"] == lines["n"].max())].iloc[0]
    assert f"**{largest['slope']:.1f} ns**" in (made / "README.md").read_text()


def test_who_waits_by_another_way(made: Path) -> None:
    run = next(e["run"] for e in json.loads((RESULTS / "index.json").read_text()) if e["purpose"] == "writeup")
    growth = [row for row in read_runs([run], RESULTS).by_label[run].growth if row.stage == "growth/insert-first_touch"]
    table = [line.split(" | ") for line in (made / "tables" / "waiting.md").read_text().splitlines()[2:]]
    assert [line[0].strip("| ") for line in table] == [row.map for row in growth]
    text = (made / "README.md").read_text()
    for line, row in zip(table, growth, strict=True):
        inserts = row.denoised.inserts
        (response,) = (x.responses for x in row.open_loop if x.name == "1M/s" and x.arrivals == "poisson")
        assert line[4] == duration(inserts.max_ns) and line[6] == duration(response.max_ns)
        stalls = inserts.max_ns > inserts.total_ns / 100
        assert (f"{row.map} **{line[4]}**" in text) != stalls


def test_tables_for_both_kinds_of_text() -> None:
    table = pandas.DataFrame({"map": ["a_b"], "n = 1": ["5 %"]})
    assert markdown(table) == "| map | n = 1 |\n| --- | ---: |\n| a_b | 5 % |\n"
    assert r"a\_b & 5 \% \\" in latex(table) and r"\toprule" in latex(table)


def test_a_run_that_cannot_carry_it_is_one_line(undisturbed: Lab, tmp_path: Path) -> None:
    line = one_line(undisturbed.mapscope("figures", "latest", "--out", str(tmp_path)), 2)
    assert "COUNTERS=sim" in line
