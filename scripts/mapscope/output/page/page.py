"""The page: one HTML file with everything in it, which opens from a disk and asks nothing of a network.

Text and tables are put in place here and need no JavaScript; the charts are drawn by Vega-Lite,
whose code lies in the page. The numbers travel once, packed, for the charts and their tables.
"""

from __future__ import annotations

import base64
import functools
import gzip
import json
from pathlib import Path
from typing import Any

import jinja2
import vl_convert

from mapscope import __version__
from mapscope.analysis.across import agreement, loads_of, reaches, same_machine
from mapscope.analysis.compare import Comparison, compare
from mapscope.analysis.fingerprint import size
from mapscope.analysis.inference import CONFIDENCE
from mapscope.analysis.passing import Passing
from mapscope.analysis.runs import KEY, Runs
from mapscope.errors import RunStopped, UsageError
from mapscope.files import write_whole
from mapscope.output.page import concurrent, facts, growth
from mapscope.output.plots.style import looks
from mapscope.store.records import Run

FILES = Path(__file__).with_name("files")
MOST_BYTES = 5_000_000
"""What a page may take; whole run.json files are left out, the largest first, before it takes more."""
VEGA_LITE = "6.4"
LOADS = "time:in dependent loads"
BYTES = "memory:bytes per entry"
DRAWN = ("payload_bytes", "median", "q1", "q3", "best", "rounds", "ratio_to_best", "ratio_low", "ratio_high")
SHAPES = {
    "o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "v": "triangle-down", "P": "cross",
    "X": "M-.7,-1L0,-.3L.7,-1L1,-.7L.3,0L1,.7L.7,1L0,.3L-.7,1L-1,.7L-.3,0L-1,-.7Z",
    "<": "triangle-left", ">": "triangle-right", "p": "M0,-.7L.67,-.22L.41,.57L-.41,.57L-.67,-.22Z",
    "h": "M-.6,-.35L0,-.7L.6,-.35L.6,.35L0,.7L-.6,.35Z", "d": "M0,-1L.6,0L0,1L-.6,0Z",
}  # fmt: skip
"""matplotlib's markers as Vega's, so that a map looks the same in every picture."""
SWATCHES = {
    "circle": "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z", "square": "M-4,-4H4V4H-4Z", "triangle-up": "M0,-5L5,4H-5Z",
    "diamond": "M0,-5L5,0L0,5L-5,0Z", "triangle-down": "M0,5L5,-4H-5Z", "cross": "M-2,-5H2V-2H5V2H2V5H-2V2H-5V-2H-2Z",
    "triangle-left": "M-5,0L4,-5V5Z", "triangle-right": "M5,0L-4,-5V5Z",
    SHAPES["p"]: "M0,-5L4.8,-1.5L3,4L-3,4L-4.8,-1.5Z", SHAPES["h"]: "M-4.3,-2.5L0,-5L4.3,-2.5L4.3,2.5L0,5L-4.3,2.5Z",
    SHAPES["d"]: "M0,-6L3.6,0L0,6L-3.6,0Z",
}  # fmt: skip


def write_page(runs: Runs, path: Path, passing: Passing | None = None) -> Path:
    """With what `make passing` found, where it did. Raises UsageError, or RunStopped when it cannot be written."""
    if None in runs.by_label.values():
        raise UsageError("a page needs runs; Google Benchmark's files describe neither machine nor build")
    text = render(runs, passing)
    try:
        write_whole(path, text)
    except OSError as error:
        raise RunStopped(f"cannot write {path}: {error.strerror}") from None
    return path


def render(runs: Runs, passing: Passing | None = None) -> str:
    """The whole page."""
    comparison, why_no_comparison = _comparison(runs)
    across, why_not_across = _across(runs)
    packed = _packed(chart_data(runs, comparison))
    fixed_part = len(packed) + len(_library()) + 200_000
    return _template().render(
        **facts.facts(runs, comparison, across, passing),
        why_no_comparison=why_no_comparison,
        why_not_across=why_not_across,
        downloads=facts.downloads(runs, MOST_BYTES - fixed_part),
        packed=packed,
        library=_library(),
        css=(FILES / "page.css").read_text(encoding="utf-8"),
        script=(FILES / "page.js").read_text(encoding="utf-8"),
        version=__version__,
        confidence=f"{CONFIDENCE:.0%}",
    )


def chart_data(runs: Runs, comparison: Comparison | None) -> dict[str, Any]:
    """What the charts draw: every row of every run, numbers as run.json has them."""
    order = list(dict.fromkeys(name for run in runs.measured for name in run.map_names))
    present = set(runs.table["map"])
    maps = [name for name in order if name in present]
    rows = [
        {field: line[field] for field in (*KEY, *DRAWN)}
        | {
            "run": runs.labels.index(line["run"]),
            "counters": {f"{backend}:{event}": [fact.value, fact.reason] for backend, event, fact in line["counters"]}
            | _in_loads(runs.by_label[line["run"]], line)
            | {BYTES: [line["bytes_per_entry"].value, line["bytes_per_entry"].reason]},
        }
        for line in runs.table[["run", *KEY, *DRAWN, "counters", "bytes_per_entry"]]
        .astype(object)
        .where(lambda table: table.notna(), None)
        .to_dict("records")
    ]
    notes = {
        entry.name: f"{entry.summary}; one operation is {entry.operation}."
        for run in runs.measured
        for entry in run.workloads
        if entry.summary
    }
    return {
        "runs": runs.labels,
        "maps": maps,
        "looks": {name: _look(look) for name, look in looks(maps).items()},
        "notes": notes,
        "growth": [line for number, run in enumerate(runs.measured) for line in growth.lines_of(run, number)],
        "caches": [_caches(run) for run in runs.measured],
        "rows": rows,
        "comparison": None if comparison is None else _ratios(comparison),
        **concurrent.chart_data(runs.measured),
    }


def _comparison(runs: Runs) -> tuple[Comparison | None, str]:
    """Of the second run with the first, if that makes sense; else why not."""
    if len(runs.labels) < 2:
        return None, "Only one run is on this page; name two to compare them."
    if not same_machine(runs):
        return None, "The runs are of different machines: their times cannot be compared. See the next section."
    if len(runs.labels) > 2:
        return None, "More than two runs are on this page; name two to compare them."
    first, second = (
        Runs({label: runs.by_label[label]}, runs.of(label).reset_index(drop=True)) for label in runs.labels
    )
    try:
        return compare(first, second), ""
    except UsageError as error:
        return None, f"{error}."


def _across(runs: Runs) -> tuple[Any, str]:
    if same_machine(runs):
        many = "All runs are" if len(runs.labels) > 1 else "The run is"
        return None, f"{many} of one machine; name runs of several to see which conclusions hold on all of them."
    try:
        return agreement(runs), ""
    except UsageError as error:
        return None, f"{error}."


def _ratios(comparison: Comparison) -> list[dict[str, Any]]:
    rows = comparison.rows[[*KEY, "ratio", "low", "high", "verdict"]].astype(object)
    return rows.where(rows.notna(), None).to_dict("records")


def _look(look: Any) -> dict[str, Any]:
    shape = SHAPES.get(look.marker, "circle")
    dashes = [] if look.dashes == "solid" else [round(3 * length, 1) for length in look.dashes[1]]
    path = SWATCHES.get(shape, "M-5,-7L0,-2L5,-7L7,-5L2,0L7,5L5,7L0,2L-5,7L-7,5L-2,0L-7,-5Z")
    colour = "currentColor" if look.colour == "#000000" else look.colour  # black on white, white on black
    return {"colour": colour, "shape": shape, "dash": dashes, "path": path}


def _caches(run: Run) -> list[dict[str, Any]]:
    """The caches of the measured processor that hold data, and its TLBs: a size may be shown as a multiple of one."""
    return [
        {"name": name, "bytes": fact.value, "text": size(fact.value)}
        for name, fact in reaches(run).items()
        if fact.value
    ]


def _in_loads(run: Run, line: dict[str, Any]) -> dict[str, list[Any]]:
    """The row's time in dependent loads of its own machine, to be chosen like a counter; nothing without a ladder."""
    if run.ladder.reason:
        return {}
    fact = loads_of(run, line["median"], line["n"] * line["payload_bytes"])
    return {LOADS: [fact.value, fact.reason]}


def _packed(document: Any) -> str:
    text = json.dumps(document, allow_nan=False, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


@functools.cache
def _library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script."""
    return vl_convert.javascript_bundle(vl_version=VEGA_LITE).replace("</script", "<\\/script")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FILES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html")
