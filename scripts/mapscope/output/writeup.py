"""The article in docs/writeup: its numbers, tables and figures, all from stored runs.

The text is a template that names numbers and never spells one. What it names is worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import matplotlib
import numpy as np
import pandas

from mapscope.analysis import caveats
from mapscope.analysis.costs import cost_of_growth, cost_of_line, points_of, sawtooth, watched_growing
from mapscope.analysis.fingerprint import caches as data_caches
from mapscope.analysis.fingerprint import fingerprint
from mapscope.analysis.runs import Runs, read_runs
from mapscope.errors import RunStopped
from mapscope.files import write_whole
from mapscope.output.plots.figure import save
from mapscope.output.plots.style import RC
from mapscope.output.plots.writeup import cost_of_growth_figure, cost_of_line_figure, waiting_figure
from mapscope.repository import ROOT
from mapscope.store.records import Growth
from mapscope.text import count_of, duration

WRITEUP = ROOT / "docs" / "writeup"
TEMPLATE = "article.template.md"
STALL = 0.01
"""A single insert that takes so large a part of the time of all counts as a stall."""
QUEUE = 10
"""A response that is so many times the maximum insert latency is a queue."""


@dataclass
class Article:
    """What the template may name."""

    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, pandas.DataFrame] = field(default_factory=dict)


def write_article(name: str, results: Path, folder: Path = WRITEUP) -> list[Path]:
    """README.md, tables/ and figures/ in `folder`, from the run of that name. Raises UsageError or RunStopped."""
    runs = read_runs([name], results)
    lines, growth, waiting = cost_of_line(runs), cost_of_growth(runs), watched_growing(runs)
    article = Article(
        _values(runs, lines, growth) | {"waiting": _waiting_values(waiting)},
        {
            "cost-of-a-line": _line_table(runs),
            "cost-of-growth": _growth_table(growth),
            "waiting": _waiting_table(waiting),
        },
    )
    written = []
    try:
        for stem, table in article.tables.items():
            for suffix, text in ((".md", markdown(table)), (".tex", latex(table))):
                path = folder / "tables" / f"{stem}{suffix}"
                write_whole(path, text)
                written.append(path)
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WRITEUP), undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True, trim_blocks=True, autoescape=False,
        )  # fmt: skip
        tables = {stem.replace("-", "_"): markdown(table) for stem, table in article.tables.items()}
        text = environment.get_template(TEMPLATE).render(**article.values, tables=tables)
        write_whole(folder / "README.md", text)
    except OSError as error:
        raise RunStopped(f"cannot write in {folder}: {error.strerror}") from None
    (run,) = runs.measured
    with matplotlib.rc_context(RC):
        figures = [
            save(cost_of_line_figure(run, points_of(runs), lines), folder / "figures" / "cost-of-a-line"),
            save(cost_of_growth_figure(run, growth), folder / "figures" / "cost-of-growth"),
            save(waiting_figure(run, waiting), folder / "figures" / "waiting"),
        ]
    return [folder / "README.md", *written, *figures]


def markdown(table: pandas.DataFrame) -> str:
    """A table with its column names as head."""
    rows = [list(table.columns), ["---", *["---:"] * (len(table.columns) - 1)], *table.astype(str).to_numpy().tolist()]
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)


def latex(table: pandas.DataFrame) -> str:
    """The same for LaTeX with booktabs."""
    escaped = table.rename(columns=str).map(lambda cell: str(cell).replace("_", r"\_").replace("%", r"\%"))
    escaped.columns = [str(name).replace("_", r"\_") for name in escaped.columns]
    return escaped.to_latex(index=False, column_format="l" + "r" * (len(table.columns) - 1))


def _values(runs: Runs, lines: pandas.DataFrame, growth: pandas.DataFrame) -> dict[str, Any]:
    """Every number that the text names, as it is to be read."""
    label = runs.labels[0]
    (run,) = runs.measured
    facts = fingerprint(run)
    largest = int(lines["n"].max())
    smallest = int(lines["n"].min())

    def slope(workload: str, n: int) -> dict[str, str]:
        row = lines[(lines["workload"] == workload) & (lines["n"] == n)].iloc[0]
        return {
            "ns": f"{row['slope']:.1f}", "low": f"{row['low']:.1f}", "high": f"{row['high']:.1f}",
            "r2": f"{row['r2']:.2f}", "maps": str(row["maps"]),
        }  # fmt: skip

    subject = growth[growth["map"] == "hmap"]
    by_map = growth.groupby("map", sort=False)["ratio"].apply(lambda ratios: float(np.exp(np.log(ratios).mean())))
    fold = {name: f"{value:.2f}" for name, value in by_map.items()}
    return {
        "run": label,
        "cpu": facts["CPU"],
        "caches": data_caches(run),
        "hypervisor": facts["hypervisor"],
        "compiler": facts["compiler"],
        "flags": facts["flags"],
        "date": run.created[:10],
        "rounds": run.rounds_measured,
        "maps": count_of(runs.table["map"].nunique(), "map"),
        "payload": points_of(runs)["kv"].iloc[0],
        "smallest": f"{smallest:,}",
        "largest": f"{largest:,}",
        "chained_small": slope("find_hit_chained", smallest),
        "chained_large": slope("find_hit_chained", largest),
        "free_large": slope("find_hit", largest),
        "hmap_growth": fold.get("hmap", "-"),
        "hmap_extra_low": f"{subject['extra'].min():.1f}",
        "hmap_extra_high": f"{subject['extra'].max():.1f}",
        "least_growth": _named(fold, min(by_map.items(), key=lambda item: item[1])[0]),
        "most_growth": _named(fold, max(by_map.items(), key=lambda item: item[1])[0]),
        "sawtooth": [
            {"n": f"{n:,}", "ratio": f"{ratio:.2f}", "low": f"{low:.2f}", "high": f"{high:.2f}"}
            for n, ratio, low, high in sawtooth(runs).itertuples(index=False)
        ],
        "caveats": [text.removesuffix(" (marked !)") for text in caveats.caveats(run)],
    }


def _named(fold: dict[str, str], name: str) -> dict[str, str]:
    return {"map": name, "ratio": fold[name]}


def _line_table(runs: Runs) -> pandas.DataFrame:
    """Lines × ns of each map at the largest size."""
    points = points_of(runs)
    at = points[points["n"] == points["n"].max()]
    result = []
    for name, part in at.groupby("map", sort=False):
        cells = {"map": name}
        for row in part.to_dict("records"):
            cells |= {
                f"{row['workload']}, lines": f"{row['lines']:.2f}",
                f"{row['workload']}, ns": f"{row['median']:.1f}",
            }
        result.append(cells)
    return pandas.DataFrame(result).fillna("-")


def _growth_table(growth: pandas.DataFrame) -> pandas.DataFrame:
    """One line a map and payload: the ratio at each size, with its interval."""
    cells = growth.assign(
        cell=[f"{r:.2f} [{low:.2f}, {high:.2f}]" for r, low, high in growth[["ratio", "low", "high"]].to_numpy()],
        row=growth["map"] + ", " + growth["kv"],
    )
    wide = cells.pivot_table(index="row", columns="n", values="cell", aggfunc="first", sort=False).fillna("-")
    wide.columns = [f"n = {n:,}" for n in wide.columns]
    return wide.reset_index(names="map, payload")


def _waiting_table(rows: list[Growth]) -> pandas.DataFrame:
    """One line a map: insert latency, and response times at a million arrivals a second."""
    return pandas.DataFrame(
        {
            "map": row.map,
            "p50": duration(row.denoised.inserts.percentiles_ns[0]),
            "p99": duration(row.denoised.inserts.percentiles_ns[2]),
            "p99.99": duration(row.denoised.inserts.percentiles_ns[4]),
            "max": duration(row.denoised.inserts.max_ns),
            "response, p99": duration(response.percentiles_ns[2]),
            "response, max": duration(response.max_ns),
            "bytes an entry at most": f"{row.resident.peak_per_entry:.1f}" if row.resident else "n/a",
        }
        for row in rows
        for response in [row.replay("1M/s").responses]
    )  # fmt: skip


def _waiting_values(rows: list[Growth]) -> dict[str, Any]:
    """Values for the text: maps where one insert stalls, and maps whose responses are slow although none does."""
    single = {row.map: row.denoised.inserts for row in rows}
    response = {row.map: row.replay("1M/s").responses.max_ns for row in rows}
    stalls = [name for name, times in single.items() if times.max_ns > STALL * times.total_ns]
    smooth = [name for name in single if name not in stalls]

    def named(name: str) -> dict[str, str]:
        return {"map": name, "longest": duration(single[name].max_ns), "response": duration(response[name])}

    return {
        "n": f"{rows[0].n:,}",
        "payload": rows[0].kv,
        "repetitions": rows[0].repetitions,
        "null": duration(max(row.null_loop.denoised.max_ns for row in rows)),
        "stalls": [named(name) for name in sorted(stalls, key=lambda name: single[name].max_ns)],
        "smooth": [named(name) for name in smooth],
        "queued": [named(name) for name in smooth if response[name] > QUEUE * single[name].max_ns],
    }
