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
from scipy import stats as scipy_stats

from mapscope.analysis import caveats, inference
from mapscope.analysis.fingerprint import caches as data_caches
from mapscope.analysis.fingerprint import fingerprint
from mapscope.analysis.runs import Runs, counters_of, read_runs
from mapscope.errors import RunStopped, UsageError
from mapscope.files import write_whole
from mapscope.output.plots.figure import save
from mapscope.output.plots.style import RC
from mapscope.output.terminal.growth import open_loop
from mapscope.output.writeup_figures import cost_of_growth_figure, cost_of_line_figure, waiting_figure
from mapscope.repository import ROOT
from mapscope.text import count_of, duration

WRITEUP = ROOT / "docs" / "writeup"
TEMPLATE = "article.template.md"
LINES_OF = ("find_hit_chained", "find_hit")
GROWING, RESERVED = "insert_grow", "insert_reserved"
STALL = 0.01
"""A single insert that takes so large a part of the time of all is said to stall."""
QUEUE = 10
"""A caller who waits so many times the longest insert has waited for many."""


@dataclass
class Article:
    """What the template may name."""

    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, pandas.DataFrame] = field(default_factory=dict)


def write_article(run: str, results: Path, folder: Path = WRITEUP) -> list[Path]:
    """README.md, tables/ and figures/ in `folder`, from a run. Raises UsageError or RunStopped."""
    runs = read_runs([run], results)
    lines, growth, waiting = cost_of_line(runs), cost_of_growth(runs), watched_growing(runs)
    article = Article(
        _values(runs, lines, growth) | {"waiting": _waiting_values(waiting)},
        {"cost-of-a-line": _line_table(runs), "cost-of-growth": _growth_table(growth), "waiting": _waiting_table(waiting)},
    )
    written = []
    try:
        for name, table in article.tables.items():
            for suffix, text in ((".md", markdown(table)), (".tex", latex(table))):
                path = folder / "tables" / f"{name}{suffix}"
                write_whole(path, text)
                written.append(path)
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(WRITEUP), undefined=jinja2.StrictUndefined,
            keep_trailing_newline=True, trim_blocks=True, autoescape=False,
        )  # fmt: skip
        tables = {name.replace("-", "_"): markdown(table) for name, table in article.tables.items()}
        text = environment.get_template(TEMPLATE).render(**article.values, tables=tables)
        write_whole(folder / "README.md", text)
    except OSError as error:
        raise RunStopped(f"cannot write in {folder}: {error.strerror}") from None
    run_document = runs.documents[runs.labels[0]]
    with matplotlib.rc_context(RC):
        figures = [
            save(cost_of_line_figure(run_document, _points(runs), lines), folder / "figures" / "cost-of-a-line"),
            save(cost_of_growth_figure(run_document, growth), folder / "figures" / "cost-of-growth"),
            save(waiting_figure(run_document, waiting), folder / "figures" / "waiting"),
        ]
    return [folder / "README.md", *written, *figures]


def cost_of_line(runs: Runs) -> pandas.DataFrame:
    """A straight line through the maps, ns over lines, for each workload and size: `slope`, `low`, `high`, `r2`.

    One payload, one hash: of the maps the run has with both a time and a count of lines.
    """
    found = []
    for (workload, n), part in _points(runs).groupby(["workload", "n"], sort=False):
        if len(part) < 4:
            continue
        fit = scipy_stats.linregress(part["lines"], part["median"])
        reach = float(scipy_stats.t.ppf(0.975, len(part) - 2) * fit.stderr)
        found.append(
            {"workload": workload, "n": int(n), "maps": len(part), "slope": fit.slope, "low": fit.slope - reach,
             "high": fit.slope + reach, "intercept": fit.intercept, "r2": fit.rvalue**2}
        )  # fmt: skip
    if not found:
        raise UsageError(f"{runs.labels[0]}: too few maps with counted lines and times; measure with COUNTERS=sim")
    return pandas.DataFrame(found)


def cost_of_growth(runs: Runs) -> pandas.DataFrame:
    """How many times as long an insert takes into a table that grows as into one that was reserved for n."""
    table = runs.table[runs.table["hash"] == "shared"]
    grown = table[table["workload"] == GROWING].set_index(["kv", "n", "map"])["rounds"]
    reserved = table[table["workload"] == RESERVED].set_index(["kv", "n", "map"])["rounds"]
    both = [key for key in grown.index if key in reserved.index]
    if not both:
        raise UsageError(f"{runs.labels[0]}: {GROWING} and {RESERVED} were not both measured")
    a, b = (np.array(side.loc[both].tolist(), dtype=float) for side in (reserved, grown))
    ratio, low, high = inference.interval(inference.paired(a, b))
    extra = [float(np.nanmedian(y - x)) for x, y in zip(a, b, strict=True)]
    keys = pandas.DataFrame(both, columns=["kv", "n", "map"])
    return keys.assign(ratio=ratio, low=low, high=high, extra=extra)


def watched_growing(runs: Runs) -> list[dict[str, Any]]:
    """Rows of the tables that were filled insert by insert in memory touched for the first time: the largest, all maps."""
    label = runs.labels[0]
    rows = [
        row for row in runs.documents[label]["growth"]
        if row["mix"] == "insert" and row["memory"] == "first_touch" and not row["reserved"] and row["pages"] == "small"
    ]  # fmt: skip
    if not rows:
        raise UsageError(f"{label}: no table was watched growing; measure without GROWTH=off")
    largest = max(rows, key=lambda row: row["n"])
    return [row for row in rows if (row["n"], row["kv"]) == (largest["n"], largest["kv"])]


def markdown(table: pandas.DataFrame) -> str:
    """A table with its column names as head."""
    rows = [list(table.columns), ["---", *["---:"] * (len(table.columns) - 1)], *table.astype(str).to_numpy().tolist()]
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)


def latex(table: pandas.DataFrame) -> str:
    """The same for LaTeX with booktabs."""
    escaped = table.rename(columns=str).map(lambda cell: str(cell).replace("_", r"\_").replace("%", r"\%"))
    escaped.columns = [str(name).replace("_", r"\_") for name in escaped.columns]
    return escaped.to_latex(index=False, column_format="l" + "r" * (len(table.columns) - 1))


def _points(runs: Runs) -> pandas.DataFrame:
    """Rows of the first payload with both: median ns, and distinct cache lines of one operation."""
    counted = counters_of(runs.table)
    lines = counted[(counted["backend"] == "sim") & (counted["event"] == "lines_mean")]
    key = ["map", "workload", "kv", "hash", "n"]
    both = runs.table.merge(lines[[*key, "value"]], on=key).rename(columns={"value": "lines"})
    first = both["kv"].iloc[0] if len(both) else None
    chosen = (
        both["workload"].isin(LINES_OF) & (both["kv"] == first) & (both["hash"] == "shared") & both["lines"].notna()
    )
    return both[chosen].astype({"lines": float})


def _values(runs: Runs, lines: pandas.DataFrame, growth: pandas.DataFrame) -> dict[str, Any]:
    """Every number that the text names, as it is to be read."""
    label = runs.labels[0]
    run = runs.documents[label]
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
        "date": run["created"][:10],
        "rounds": run["selection"]["rounds"],
        "maps": count_of(runs.table["map"].nunique(), "map"),
        "payload": _points(runs)["kv"].iloc[0],
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
        "sawtooth": _sawtooth(runs),
        "caveats": [text.removesuffix(" (marked !)") for text in caveats.caveats(run)],
    }


def _named(fold: dict[str, str], name: str) -> dict[str, str]:
    return {"map": name, "ratio": fold[name]}


def _sawtooth(runs: Runs) -> list[dict[str, str]]:
    """At each growth point of hmap that was measured: the lookup in a table just grown, over the full one."""
    table = runs.table
    chosen = table[(table["map"] == "hmap") & (table["workload"] == "find_hit") & (table["hash"] == "shared")]
    first = chosen[chosen["kv"] == chosen["kv"].iloc[0]].set_index("n")["rounds"] if len(chosen) else chosen
    found = []
    for n in sorted(first.index):
        if n + 1 in first.index:
            sides = (np.array([first.loc[at]], dtype=float) for at in (n, n + 1))
            ratio, low, high = (float(x[0]) for x in inference.interval(inference.paired(*sides)))
            found.append({"n": f"{n:,}", "ratio": f"{ratio:.2f}", "low": f"{low:.2f}", "high": f"{high:.2f}"})
    return found


def _line_table(runs: Runs) -> pandas.DataFrame:
    """Lines × ns of each map at the largest size."""
    points = _points(runs)
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


def _waiting_table(rows: list[dict[str, Any]]) -> pandas.DataFrame:
    """One line a map: what an insert takes, and what a caller waits who comes a million times a second."""
    return pandas.DataFrame(
        {
            "map": row["map"],
            "p50": duration(row["denoised"]["inserts"]["percentiles_ns"][0]),
            "p99": duration(row["denoised"]["inserts"]["percentiles_ns"][2]),
            "p99.99": duration(row["denoised"]["inserts"]["percentiles_ns"][4]),
            "longest": duration(row["denoised"]["inserts"]["max_ns"]),
            "response, p99": duration(response["percentiles_ns"][2]),
            "response, longest": duration(response["max_ns"]),
            "bytes an entry at most": f"{row['resident']['peak_per_entry']:.1f}" if row["resident"] else "n/a",
        }
        for row in rows
        for response in [open_loop(row, "1M/s", "poisson")["responses"]]
    )  # fmt: skip


def _waiting_values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the text says of these: where a single insert takes long, and where callers wait although none does."""
    single = {row["map"]: row["denoised"]["inserts"] for row in rows}
    response = {row["map"]: open_loop(row, "1M/s", "poisson")["responses"]["max_ns"] for row in rows}
    stalls = [name for name, times in single.items() if times["max_ns"] > STALL * times["total_ns"]]
    smooth = [name for name in single if name not in stalls]

    def named(name: str) -> dict[str, str]:
        return {"map": name, "longest": duration(single[name]["max_ns"]), "response": duration(response[name])}

    return {
        "n": f"{rows[0]['n']:,}",
        "payload": rows[0]["kv"],
        "repetitions": rows[0]["repetitions"],
        "null": duration(max(row["null_loop"]["denoised"]["max_ns"] for row in rows)),
        "stalls": [named(name) for name in sorted(stalls, key=lambda name: single[name]["max_ns"])],
        "smooth": [named(name) for name in smooth],
        "queued": [named(name) for name in smooth if response[name] > QUEUE * single[name]["max_ns"]],
    }
