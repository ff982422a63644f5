"""The page in a real browser: quiet, complete, right to the last digit, and usable without a mouse."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import math
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conftest import SMALL, Lab, one_line
from mapscope import typed
from mapscope.analysis.growth.draining import drain_of
from mapscope.analysis.ladder import load_ns, tlb_reach
from mapscope.analysis.passing import Passing, Way
from mapscope.analysis.runs import read_runs
from mapscope.analysis.table import rows
from mapscope.analysis.tradeoff import tradeoff
from mapscope.files import write_whole
from mapscope.output.heat import BACKGROUNDS, level
from mapscope.output.page import growth
from mapscope.output.page.page import MOST_BYTES, write_page
from mapscope.output.passing import cells
from mapscope.repository import RESULTS
from mapscope.store.records import Growth, Run
from mapscope.store.upgrade import upgraded
from mapscope.text import duration
from test_compare import edited, slowed
from test_heatmap import means_of

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
WAIT_MS = 60_000
REAL = Path(__file__).with_name("real")


@dataclass
class Opened:
    """A page in the browser, and all that it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def evaluate(self, code: str, argument: Any = None) -> Any:
        """The value of a JavaScript expression, or what a function makes of the argument."""
        return self.page.evaluate(code, argument)

    def choose(self, chart: str, **options: str) -> None:
        """Set the controls of a chart, as a user would, and wait until it is drawn."""
        for name, value in options.items():
            self.page.select_option(f"form[data-chart={chart}] [name={name}]", value)
        self.evaluate("() => window.mapscope.busy.then(() => null)")

    def drawn(self, chart: str) -> list[dict[str, Any]]:
        """The points that the chart library draws from."""
        return self.evaluate("(id) => mapscope.views[id].data('shown')", chart)


PASSING = Passing(
    "a processor", "a compiler",
    [Way("pass_pointer", "take_pointer", 8, True, {8: {"median": 2.5, "spread": 0.02}},
         {"pass_pointer": ["+0    call passing::take_pointer"],
          "take_pointer": ["+0    mov (%rdi),%rax", "+3    ret"]})],
)  # fmt: skip


@pytest.fixture(scope="module")
def two_runs(finished: Lab, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """A page made from a run and a slower one, and the two run.json."""
    base = tmp_path_factory.mktemp("page")
    slower = edited(finished.folder(), base / "slower", slowed(1.3, "range"))
    path = base / "report.html"
    lab = Lab(finished.build, base / "results")
    shutil.copytree(finished.results, lab.results)
    write_whole(lab.results / "passing" / "passing.json", json.dumps(PASSING.document()))
    answer = lab.mapscope("report", "--runs", f"latest,{slower}", "--out", str(path))
    assert answer.returncode == 0, answer.stderr
    return path, [json.loads((folder / "run.json").read_text()) for folder in (finished.folder(), slower)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def open_page(browser: Any, path: Path, width: int = 1280, scheme: str = "light") -> Opened:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened = Opened(page)
    page.on("console", lambda message: opened.said.append(message.text))
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.on("request", lambda request: opened.asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-ready=yes]", timeout=WAIT_MS)
    return opened


@pytest.fixture(scope="module")
def opened(browser: Any, two_runs: tuple[Path, list[dict[str, Any]]]) -> Iterator[Opened]:
    result = open_page(browser, two_runs[0])
    yield result
    result.page.close()


def test_one_file_that_refers_to_nothing_outside(two_runs: tuple[Path, Any]) -> None:
    path, _ = two_runs
    assert path.stat().st_size < MOST_BYTES
    text = re.sub(r"<script>.*?</script>", "<script></script>", path.read_text(), flags=re.DOTALL)
    references = re.findall(r"""<(?:link|script|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?([^"'> ]+)""", text)
    assert all(each.startswith("data:") for each in references), references
    assert "@import" not in text.split("</style>")[0] and "url(" not in text.split("</style>")[0]


def test_it_opens_with_the_heatmap_of_each_run(two_runs: tuple[Path, list[dict[str, Any]]]) -> None:
    path, documents = two_runs
    text = path.read_text()
    assert re.findall(r'<section id="([\w-]+)"', text)[:3] == ["ratios-to-fastest", "growth", "conclusions"]
    tables = text.split('<table class="heat"')[1:]
    for document, table in zip(documents, tables, strict=True):
        expected = means_of([row for row in document["rows"] if row["hash"] == "shared"])
        body = table.split("</table>")[0]
        lines = dict(re.findall(r'<th scope="row">(\w+)</th>(.*?)</tr>', body))
        assert set(lines) == {name for name, _ in expected}
        for name, line in lines.items():
            cells = re.findall(r'<td style="background:(#\w+);color:#000000">([\d.]+)([*=]?)</td>', line)
            ratios = [expected[name, workload] for workload in ("find_hit", "range")]
            assert [float(cell[1]) for cell in cells] == [round(ratio, 2) for ratio in ratios]
            assert [cell[0] for cell in cells] == [BACKGROUNDS[level(ratio)] for ratio in ratios]
            assert [cell[2] == "*" for cell in cells] == [ratio == 1 for ratio in ratios]


def test_links_of_the_page_lead_to_its_sections(two_runs: tuple[Path, Any]) -> None:
    text = two_runs[0].read_text().split("<script")[0]
    assert set(re.findall(r'href="#([\w-]+)"', text)) == set(re.findall(r'<section id="([\w-]+)"', text))


def test_conclusions_are_few_and_the_rest_is_folded(two_runs: tuple[Path, Any]) -> None:
    section = two_runs[0].read_text().split('<section id="conclusions"')[1].split("</section>")[0]
    parts = section.split("<h3>")[1:]
    for part in parts:
        shown = part.split("<details>")[0].split('<ul class="sentences">')
        assert len(shown) != 2 or 1 <= shown[1].count("<li>") <= 5
    folded = parts[1].split("<details>")[1]
    assert folded.count("Geometric mean over") == 4  # workloads and hashes


def test_what_passing_a_table_costs_comes_along_with_its_instructions(two_runs: tuple[Path, Any]) -> None:
    text = two_runs[0].read_text()
    (way,) = PASSING.ways
    assert f"Measured on {PASSING.cpu}, compiled by {PASSING.compiler}" in text
    assert all(f">{cell}<" in text for cell in cells(way))
    for name, body in way.instructions.items():
        assert f"{name}:\n" + "\n".join(body) in text


def test_what_operations_cost_while_a_table_drains_stands_beside_before_and_after(two_runs: tuple[Path, Any]) -> None:
    path, documents = two_runs
    text = path.read_text()
    rows = [(letter, row) for letter, run in zip("AB", documents, strict=True) for row in run["growth"] if row["drain"]]
    assert rows
    for letter, row in rows:
        drain = drain_of(typed.read(Growth, row))
        assert drain is not None and len(drain.lines) == len(row["drain"]["ns"]) + 1
        caption = f"{drain.title} ({row['kv']}, {row['stage'].removeprefix('growth/')}, {letter})</caption>"
        table = text.split(caption)[1].split("</table>")[0]
        for line in drain.lines:
            assert f'<th scope="row">{line[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in line[1:]) in table


def test_growing_tables_of_both_runs_stand_side_by_side(two_runs: tuple[Path, Any]) -> None:
    path, documents = two_runs
    text = path.read_text()
    section = text.split('id="comparison"')[1].split("</section>")[0]
    assert documents[0]["growth"] and "growing tables, 0 slower" in text
    for a, b in zip(documents[0]["growth"], documents[1]["growth"], strict=True):
        table = section.split(f"<caption>Growing: {typed.read(Growth, a).title.replace('   ', ', ')}</caption>")[
            1
        ].split("</table>")[0]
        line = table.split(f'<th scope="row">{a["map"]}</th>')[1].split("</tr>")[0]
        sides = [row["denoised"]["inserts"] for row in (a, b)]
        for at in range(3):
            assert "".join(f"<td>{duration(side['percentiles_ns'][at])}</td>" for side in sides) in line
        assert "".join(f"<td>{duration(side['max_ns'])}</td>" for side in sides) in line


def test_a_page_without_it_does_not_speak_of_it(finished: Lab, tmp_path: Path) -> None:
    text = write_page(read_runs(["latest"], finished.results), tmp_path / "report.html").read_text()
    assert "Passing a map" not in text


def test_it_says_what_follows_and_what_does_not(two_runs: tuple[Path, Any]) -> None:
    text = two_runs[0].read_text()
    assert "B against A" in text and "+30.0 %" in text and "95% interval" in text
    assert "were measured while growing" in text
    assert growth.sentence([]).startswith("None of these runs recorded single growths")
    assert "All runs are of one machine" in text
    assert "Caveats" in text


def test_the_page_of_one_run_lies_in_its_folder(finished: Lab) -> None:
    answer = finished.mapscope("report")
    path = finished.folder() / "report.html"
    assert answer.returncode == 0 and "1 run" in answer.stdout
    assert "Only one run is on this page" in path.read_text()
    path.unlink()


def test_what_cannot_be_made_is_one_line(finished: Lab, tmp_path: Path) -> None:
    raw = next((finished.folder() / "raw" / "round-01").glob("*-hmap.json"))
    answer = finished.mapscope("report", "--runs", str(raw), "--out", "x.html")
    assert "neither machine nor build" in one_line(answer, 2)
    (tmp_path / "file").write_text("")
    line = one_line(finished.mapscope("report", "--out", str(tmp_path / "file" / "x.html")), 1)
    assert "cannot write" in line


def test_names_cannot_break_out_of_their_place(finished: Lab, tmp_path: Path) -> None:
    def rename(document: dict[str, Any]) -> None:
        document["environment"]["cpu_model"] = "<script>alert(1)</script>"

    evil = edited(finished.folder(), tmp_path / "evil", rename)
    out = tmp_path / "evil.html"
    assert finished.mapscope("report", "--runs", str(evil), "--out", str(out)).returncode == 0
    assert "<script>alert(1)" not in out.read_text()


def test_the_downloads_are_the_data(two_runs: tuple[Path, list[dict[str, Any]]]) -> None:
    path, documents = two_runs
    links = dict(re.findall(r'<a download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', path.read_text()))
    whole = [gzip.decompress(base64.b64decode(links[name])) for name in links if name.endswith("run.json.gz")]
    assert [json.loads(each) for each in whole] == documents
    rows = list(csv.DictReader(io.StringIO(base64.b64decode(links["rows.csv"]).decode())))
    assert [float(row["median"]) for row in rows] == [row["median"] for d in documents for row in d["rows"]]
    rounds = list(csv.DictReader(io.StringIO(base64.b64decode(links["rounds.csv"]).decode())))
    assert [float(row["ns"]) for row in rounds] == [ns for d in documents for row in d["rows"] for ns in row["rounds"]]


@needs_browser
def test_quiet_and_offline(opened: Opened, two_runs: tuple[Path, Any]) -> None:
    assert opened.said == []
    assert opened.asked == [two_runs[0].as_uri()]


@needs_browser
def test_every_number_drawn_is_that_of_run_json(opened: Opened, two_runs: tuple[Path, list[dict[str, Any]]]) -> None:
    seen = 0
    for number, document in enumerate(two_runs[1]):
        opened.choose("sweep", run=str(number))
        rows = {tuple(row[f] for f in ("workload", "kv", "hash", "map", "n")): row for row in document["rows"]}
        for workload, kv, hash_name in sorted({key[:3] for key in rows}):
            opened.choose("sweep", workload=workload, kv=kv, hash=hash_name)
            for metric in ("ns", "sim:lines_mean", "sim:l1_misses"):
                for relative in ("absolute", "fastest", "hmap"):
                    opened.choose("sweep", metric=metric, relative=relative)
                    points = opened.drawn("sweep")
                    group = [row for key, row in rows.items() if key[:3] == (workload, kv, hash_name)]
                    assert len(points) == len(group)
                    for point in points:
                        row = rows[workload, kv, hash_name, point["map"], point["n"]]
                        assert agrees(point["value"], expected(row, group, metric, relative)), (point, row)
                        seen += 1
    assert seen == 2 * len(two_runs[1][0]["rows"]) * 9


def expected(row: dict[str, Any], group: list[dict[str, Any]], metric: str, relative: str) -> float | None:
    """The number to be drawn, from run.json by another way."""
    peers = [other for other in group if other["n"] == row["n"]]
    if metric == "ns":
        if relative == "absolute":
            return row["median"]
        if relative == "fastest":
            return row["ratio_to_best"]
        if relative == row["best"]:
            return row["ratio_to_best"]
        base = next(other for other in peers if other["map"] == relative)
        ratios = sorted(a / b for a, b in zip(row["rounds"], base["rounds"], strict=True))
        return sum(ratios) / 2  # of two rounds
    backend, event = metric.split(":")
    read = {other["map"]: other["counters"][backend][event]["value"] for other in peers}
    value = read[row["map"]]
    if relative == "absolute" or value is None:
        return value
    base = min(v for v in read.values() if v is not None) if relative == "fastest" else read[relative]
    return None if not base else value / base


def agrees(a: float | None, b: float | None) -> bool:
    return a is b is None or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-12))


@needs_browser
def test_the_ratios_drawn_are_those_of_the_comparison(opened: Opened, two_runs: tuple[Path, Any]) -> None:
    for map_name in ("hmap", "std"):
        opened.choose("ratios", map=map_name, kv="int_int")
        points = opened.drawn("ratios")
        assert len(points) == 8
        for point in points:
            assert point["ratio"] == pytest.approx(1.3 if point["workload"] == "range" else 1.0)
            assert point["verdict"] == ("slower" if point["workload"] == "range" else "same")


@needs_browser
def test_the_points_of_time_and_memory_are_those_of_the_analysis(
    opened: Opened, two_runs: tuple[Path, list[dict[str, Any]]]
) -> None:
    for number, document in enumerate(two_runs[1]):
        table = rows(Run.of(document))
        for n in (1000, 6656):
            opened.choose("tradeoff", run=str(number), workload="range", kv="int_int", hash="own", n=str(n))
            wanted = {point.map: point for point in tradeoff(table, "range", "int_int", "own", n)}
            points = opened.drawn("tradeoff")
            assert {point["map"] for point in points} == set(wanted) and len(wanted) > 1
            for point in points:
                same = wanted[point["map"]]
                assert (point["value"], point["bytes"]) == pytest.approx((same.ns, same.bytes))
                assert (point["front"] == "yes") == same.is_on_front
    assert opened.page.locator("#tradeoff-table tbody tr").count() == len(wanted)
    opened.page.focus("#tradeoff")
    opened.page.keyboard.press("ArrowRight")
    assert "bytes per entry" in opened.page.inner_text("#tradeoff-point")


@needs_browser
def test_controls_switch_scale_maps_and_sizes(opened: Opened) -> None:
    opened.choose("sweep", run="0", metric="ns", relative="absolute", scale="linear")
    assert opened.evaluate("() => mapscope.views.sweep.scale('y').type") == "linear"
    opened.choose("sweep", scale="log")
    assert opened.evaluate("() => mapscope.views.sweep.scale('y').type") == "log"
    everything = len(opened.drawn("sweep"))
    opened.page.uncheck("form[data-chart=sweep] input[value=std]")
    opened.choose("sweep", to="1000")
    assert len(opened.drawn("sweep")) == everything // 2 - 1
    opened.page.check("form[data-chart=sweep] input[value=std]")
    opened.choose("sweep", to="6656")
    assert len(opened.drawn("sweep")) == everything


@needs_browser
def test_sizes_as_multiples_of_this_machines_caches(
    opened: Opened, two_runs: tuple[Path, list[dict[str, Any]]]
) -> None:
    document = two_runs[1][0]
    caches = [cache for cache in document["environment"]["caches"] if cache["type"] != "Instruction"]
    if not caches:
        pytest.skip("this machine reports no caches")
    opened.choose("sweep", run="0", workload="find_hit", kv="int_int", axis=f"L{caches[0]['level']}")
    (row,) = [
        row
        for row in document["rows"]
        if (row["workload"], row["kv"], row["hash"], row["map"], row["n"])
        == ("find_hit", "int_int", "shared", "hmap", 1000)
    ]
    points = {(p["map"], p["n"]): p["x"] for p in opened.drawn("sweep")}
    assert points["hmap", 1000] == pytest.approx(1000 * row["payload_bytes"] / caches[0]["bytes"])
    opened.choose("sweep", axis="n")


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The page of a real run whose tables were watched growing to 20,000 entries, and its run.json."""
    folder = tmp_path_factory.mktemp("grown")
    document = json.loads(gzip.decompress((REAL / "growth.json.gz").read_bytes()))
    (folder / "run.json").write_text(json.dumps(document))
    return write_page(read_runs([str(folder)], folder), folder / "growth.html"), document


def curves_of(entry: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
    """What is to be drawn of one table, read from run.json by another way."""
    spans = entry["denoised"]["timeline"]
    names = {"timeline: median": 1, "timeline: 99th percentile": 2, "timeline: maximum": 3}
    found = {name: [(span[0] or 1, span[at]) for span in spans] for name, at in names.items()}
    curves = {"single operations, by share": entry["denoised"]["curve"]}
    curves |= {f"open loop, {one['name']}, {one['arrivals']} arrivals": one["curve"] for one in entry["open_loop"]}
    return found | {name: [(1 - x, y) for x, y in curve if x != 1 and y != 0] for name, curve in curves.items()}


@needs_browser
def test_every_growth_drawn_is_that_of_a_real_run(browser: Any, grown: tuple[Path, dict[str, Any]]) -> None:
    path, document = grown
    opened = open_page(browser, path)
    wanted = {entry["map"]: curves_of(entry) for entry in document["growth"]}
    assert set(wanted) == {"hmap", "std"} and len({entry["stage"] for entry in document["growth"]}) == 1
    for shown in wanted["hmap"]:
        for scale in ("log", "linear"):
            opened.choose("growing", shown=shown, scale=scale)
            drawn = [(p["map"], p["x"], p["value"]) for p in opened.drawn("growing")]
            assert drawn == [(name, x, y) for name in ("hmap", "std") for x, y in wanted[name][shown]]
            assert len(drawn) > 20
    assert opened.said == [] and opened.asked == [path.as_uri()]
    events = sum(len(entry["events"]) for entry in document["growth"])
    assert f"2 tables were measured while growing, {events} growths in all" in path.read_text()
    opened.page.close()


@needs_browser
def test_times_in_dependent_loads_are_drawn(browser: Any, grown: tuple[Path, dict[str, Any]]) -> None:
    path, document = grown
    opened = open_page(browser, path)
    opened.choose("sweep", metric="time:in dependent loads", workload="find_hit")
    rows = {(row["map"], row["n"]): row for row in document["rows"] if row["workload"] == "find_hit"}
    run = Run.of(upgraded(document))
    points = opened.drawn("sweep")
    assert len(points) == len(rows) == 4
    for point in points:
        row = rows[point["map"], point["n"]]
        load = load_ns(run, row["n"] * row["payload_bytes"]).value
        assert agrees(point["value"], row["median"] / load)
    opened.choose("sweep", axis="first TLB")
    reach = tlb_reach(run)[0].value
    assert {p["x"] for p in opened.drawn("sweep")} == {row["n"] * row["payload_bytes"] / reach for row in rows.values()}
    opened.page.close()


@needs_browser
def test_growth_fits_a_narrow_screen_and_tells_what_a_log_scale_cannot_show(
    browser: Any, grown: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    runs = read_runs([str(grown[0].parent)], tmp_path)
    timeline = runs.by_label[runs.labels[0]].growth[0].denoised.timeline
    for span in timeline[:3]:
        span[1] = 0.0
    path = write_page(runs, tmp_path / "growth.html")
    opened = open_page(browser, path, 380, "dark")
    opened.choose("growing", shown="timeline: median")
    assert "3 of " in opened.page.inner_text("#growing-note")
    everything = len(opened.evaluate("() => mapscope.points.growing"))
    assert opened.page.locator("#growing .mark-symbol path").count() >= everything - 3
    assert opened.evaluate("() => mapscope.views.growing.scale('y').domain()[0]") > 0
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= 380
    opened.page.focus("#growing")
    opened.page.keyboard.press("ArrowRight")
    assert opened.page.inner_text("#growing-point").startswith("hmap, ")
    assert opened.said == []
    opened.page.close()


@needs_browser
def test_without_a_mouse(opened: Opened, two_runs: tuple[Path, list[dict[str, Any]]]) -> None:
    opened.choose("sweep", run="0", workload="find_hit", kv="int_int", hash="shared", metric="ns", relative="absolute")
    rows = two_runs[1][0]["rows"]
    row = next(
        r for r in rows if (r["workload"], r["kv"], r["hash"], r["map"]) == ("find_hit", "int_int", "shared", "hmap")
    )
    opened.page.focus("#sweep")
    opened.page.keyboard.press("ArrowRight")
    reported = opened.page.inner_text("#sweep-point")
    assert reported.startswith(f"hmap, n = 1,000: {row['median']:.3f}"), reported
    assert opened.page.locator("#sweep .here").count() == 1
    opened.page.keyboard.press("ArrowRight")
    assert opened.page.inner_text("#sweep-point").startswith("hmap, n = 6,656")
    opened.page.keyboard.press("ArrowDown")
    assert opened.page.inner_text("#sweep-point").startswith("std, n = 6,656")
    opened.page.focus("form[data-chart=sweep] [name=workload]")
    opened.page.keyboard.press("ArrowDown")
    opened.evaluate("() => window.mapscope.busy.then(() => null)")
    assert opened.page.inner_text("#sweep-title").startswith("range")


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_accessible_and_never_wider_than_the_screen(
    browser: Any, two_runs: tuple[Path, Any], width: int, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = open_page(browser, two_runs[0], width, scheme)
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= width
    found = Axe().run(opened.page).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
    assert opened.said == []
    opened.page.close()


@needs_browser
def test_runs_of_one_round_have_no_intervals_and_no_complaints(
    browser: Any, finished: Lab, lab: Lab, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    assert lab.mapscope("run", *SMALL, "--rounds", "1").returncode == 0
    single = str(lab.folder())
    recwarn.clear()
    for number, names in enumerate(([single], ["latest", single])):
        path = write_page(read_runs(names, finished.results), tmp_path / f"{number}.html")
        opened = open_page(browser, path)
        assert opened.said == []
        opened.page.close()
    assert [str(each.message) for each in recwarn] == []


@needs_browser
def test_the_maps_stay_in_sight_when_the_heatmap_is_scrolled(browser: Any, tmp_path: Path) -> None:
    runs = read_runs(["20261122-104925-vm-7b99e82cf6"], RESULTS)
    opened = open_page(browser, write_page(runs, tmp_path / "report.html"), 360)
    scrolled = opened.evaluate(
        "() => { const e = document.querySelector('.heat').parentNode; e.scrollLeft = 999; return e.scrollLeft }"
    )
    assert scrolled > 50
    left = "() => document.querySelector('.heat tbody th').getBoundingClientRect().left"
    assert 0 <= opened.evaluate(left) < 40
    assert opened.evaluate("() => document.documentElement.scrollWidth") <= 360
    opened.page.close()


@needs_browser
def test_it_prints(opened: Opened) -> None:
    opened.page.emulate_media(media="print", color_scheme="dark")
    assert opened.evaluate("() => getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    assert not opened.page.is_visible("form[data-chart=sweep]")
    assert opened.page.pdf()[:5] == b"%PDF-"
    opened.page.emulate_media(media="screen", color_scheme="light")
