"""The words and tables of the page: everything in it that is not drawn."""

from __future__ import annotations

import base64
import gzip
import json
import string
from typing import Any

import pandas

from mapscope.analysis import conclusions, heatmap
from mapscope.analysis.across import Agreement, of_subject, sentences, size_in_units
from mapscope.analysis.caveats import caveats
from mapscope.analysis.compare import METHODS, Comparison
from mapscope.analysis.fingerprint import fingerprint, size
from mapscope.analysis.growth import insert_latency
from mapscope.analysis.growth.compare_growth import FIGURES
from mapscope.analysis.growth.draining import HEADS as DRAIN_HEADS
from mapscope.analysis.growth.draining import KEY as DRAIN_KEY
from mapscope.analysis.inference import CONFIDENCE, FALSE_DISCOVERIES, MARGIN
from mapscope.analysis.key_sets import collapses, compared_keys
from mapscope.analysis.ladder import in_words, reach_in_words
from mapscope.analysis.passing import Passing
from mapscope.analysis.ranking import ranking
from mapscope.analysis.runs import ABOUT, Runs, rounds_of
from mapscope.output.heat import BACKGROUNDS, INK, LIMITS, level
from mapscope.output.page import concurrent, growth
from mapscope.output.passing import METHOD as PASSING_METHOD
from mapscope.output.passing import cells, heads
from mapscope.output.terminal.comparison import GROWTH_KEY
from mapscope.output.terminal.summary import pinned_in_words
from mapscope.store.records import Run
from mapscope.text import count_of, duration, significant

SECTIONS = (
    ("ratios-to-fastest", "Ratios to the fastest"), ("growth", "Growth"), ("conclusions", "Conclusions"),
    ("threads", "Throughput over threads"), ("reading", "Read latency beside a writer"),
    ("explore", "Explore"), ("memory", "Time and memory"),
    ("keys", "Key sets"), ("ranking", "Ranking of the maps"),
    ("comparison", "Run against run"), ("machines", "Across machines"), ("draining", "Draining"),
    ("counters", "Counters"), ("passing", "Passing a map as an argument"), ("environment", "Environment"),
    ("method", "Method"), ("data", "Data"),
)  # fmt: skip

MOST_SENTENCES = 5
"""Of each part of the conclusions; the others are folded."""


def facts(
    runs: Runs, comparison: Comparison | None, across: Agreement | None, passing: Passing | None
) -> dict[str, Any]:
    """All that the template asks for, but for what the charts need."""
    all_runs = runs.measured
    heads = [_head(runs, number) for number in range(len(runs.labels))]
    keys = _key_sets(runs, heads)
    weighed = any(run.table_memory for run in all_runs)
    letters = [head["letter"] for head in heads]
    drains = growth.drains(all_runs, letters)
    threads, reading = concurrent.throughputs(all_runs, letters), concurrent.reads(all_runs, letters)
    absent = {
        name
        for name, there in {
            "passing": passing, "draining": drains, "keys": keys, "memory": weighed, "threads": threads,
            "reading": reading,
        }.items()
        if not there
    }  # fmt: skip
    return {
        "title": f"mapscope: {runs.labels[0]}" if len(heads) == 1 else f"mapscope: {count_of(len(heads), 'run')}",
        "sections": [each for each in SECTIONS if each[0] not in absent],
        "passing": None if passing is None else _passing(passing),
        "runs": heads,
        "heatmaps": [_heatmap(run, head) for run, head in zip(all_runs, heads, strict=True)],
        "heat_legend": _heat_legend(),
        "heat_ink": INK,
        "conclusions": _conclusions(runs, heads, comparison, across),
        "ranking": [table for number in range(len(heads)) for table in _rankings(runs, number, heads)],
        "comparison": None if comparison is None else _comparison(comparison),
        "across": None if across is None else _across(runs, across, heads),
        "keys": keys,
        "weighed": weighed,
        "growth": growth.sentence(all_runs),
        "growth_maxima": _maxima(all_runs, heads),
        "grew": any(run.growth for run in all_runs),
        "drains": drains,
        "threads": threads,
        "reading": reading,
        "drain_heads": DRAIN_HEADS,
        "drain_key": DRAIN_KEY,
        "backends": _backends(all_runs, heads),
        "calibration": _calibration(all_runs, heads),
        "environment": _environment(all_runs),
        "method": _method(all_runs),
        "workloads": list(
            {w.name: f"{w.summary} (one operation: {w.operation})" for d in all_runs for w in d.workloads}
            .items()
        ),
    }  # fmt: skip


def _key_sets(runs: Runs, heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each run with random keys and others: who collapses on which, and all ratios."""
    result = []
    for label, head in zip(runs.labels, heads, strict=True):
        table = runs.of(label)
        if not (found := compared_keys(table)):
            continue
        maps = list(dict.fromkeys(table["map"]))
        tables = [
            {
                "caption": f"{each.types}, {each.workload}, {each.hash} hash",
                "maps": maps,
                "lines": [
                    {"keys": keys, "cells": [_ratio(each.ratios.get(name, {}).get(keys)) for name in maps]}
                    for keys in each.keys
                ],
            }
            for each in found
        ]
        result.append({"letter": head["letter"], "sentences": collapses(found), "tables": tables})
    return result


def _ratio(ratio: float | None) -> dict[str, str]:
    if ratio is None:
        return {"text": "-", "colour": ""}
    return {"text": f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:.3g}", "colour": BACKGROUNDS[level(ratio)]}


def _passing(found: Passing) -> dict[str, Any]:
    return {
        "cpu": found.cpu,
        "compiler": found.compiler,
        "method": PASSING_METHOD,
        "heads": heads(found.ways),
        "ways": [
            {
                "cells": cells(way), "description": way.description(),
                "code": [f"{name}:\n" + "\n".join(body) for name, body in way.instructions.items()],
            }
            for way in found.ways
        ],
    }  # fmt: skip


def downloads(runs: Runs, room: int) -> list[dict[str, Any]]:
    """The data as links that hold it: rows and rounds as CSV, and run.json of each run while there is room."""
    rows = runs.table.drop(columns=["rounds", "counters", "involuntary_switches"])
    rows = rows.assign(bytes_per_entry=[fact.value for fact in rows["bytes_per_entry"]])
    result = [
        _download("rows.csv", "text/csv", rows.to_csv(index=False).encode(), "one line a run and row"),
        _download("rounds.csv", "text/csv", rounds_of(runs.table).to_csv(index=False).encode(), "one line a round"),
    ]
    result = [each if len(each["href"]) < room // 2 else _packed_download(each) for each in result]
    room -= sum(len(each["href"]) for each in result)
    for label, run in zip(runs.labels, runs.measured, strict=True):
        text = json.dumps(run.document, ensure_ascii=False, allow_nan=False, indent=1).encode()
        each = _download(
            f"{label}.run.json.gz", "application/gzip", gzip.compress(text, mtime=0), "the whole run, packed by gzip"
        )
        if len(each["href"]) <= room:
            room -= len(each["href"])
            result.append(each)
        else:
            result.append({"name": f"{label}.run.json", "href": "", "what": "too large for this page"})
    return result


def _download(name: str, kind: str, content: bytes, what: str) -> dict[str, Any]:
    encoded = base64.b64encode(content).decode()
    return {"name": name, "href": f"data:{kind};base64,{encoded}", "size": _kib(len(content)), "what": what}


def _packed_download(plain: dict[str, Any]) -> dict[str, Any]:
    content = base64.b64decode(plain["href"].split(",", 1)[1])
    return _download(f"{plain['name']}.gz", "application/gzip", gzip.compress(content, mtime=0), plain["what"])


def _kib(count: int) -> str:
    return f"{max(1, round(count / 1024)):,} KiB"


def _head(runs: Runs, number: int) -> dict[str, Any]:
    label = runs.labels[number]
    run = runs.measured[number]
    about = runs.of(label).iloc[0][ABOUT]
    virtual = run.environment.virtualisation.value
    return {
        "letter": string.ascii_uppercase[number] if number < 26 else str(number + 1),
        "label": label,
        "machine": about["machine"] + (f" ({virtual} guest)" if virtual not in (None, "none") else ""),
        "compiler": f"{run.build.compiler}, {run.build.build_type}",
        "commit": f"commit {about['commit']}" if about["commit"] else "no commit",
        "created": about["created"],
        "caveats": [text.removesuffix(" (marked !)") for text in caveats(run)],
    }


def _conclusions(
    runs: Runs, heads: list[dict[str, Any]], comparison: Comparison | None, across: Agreement | None
) -> list[dict[str, Any]]:
    parts = []
    if comparison is not None:
        said = conclusions.of_comparison(comparison)
        parts.append({"title": "B against A", "sentences": said[:MOST_SENTENCES], "further": said[MOST_SENTENCES:]})
    if across is not None:
        parts.append({"title": "On every machine", "sentences": sentences(across)[:1], "further": []})
    for run, head in zip(runs.measured, heads, strict=True):
        title = "The maps" if len(heads) == 1 else f"The maps in {head['letter']}"
        each = conclusions.of_run(runs, head["label"])
        points = conclusions.main_points(run)
        shown, further = (points, each) if points else (each[:MOST_SENTENCES], each[MOST_SENTENCES:])
        parts.append({"title": title, "sentences": shown, "further": further})
    return parts


def _heatmap(run: Run, head: dict[str, Any]) -> dict[str, Any] | None:
    """None where there is nothing to compare."""
    found = heatmap.heatmap(run)
    if not found.compares:
        return None
    lines = [
        {"map": name, "cells": [_heat_cell(found.cells.get((name, workload))) for workload in found.workloads]}
        for name in found.maps
    ]
    notes = heatmap.marks(found)
    if found.half_width is not None:
        notes.append(f"{CONFIDENCE:.0%} interval of a ratio: ±{found.half_width:.0%} (median)")
    notes.append(f"versions: {found.versions}")
    return {
        "run": head["letter"], "caption": heatmap.title(found, "column"), "scope": heatmap.scope(found),
        "workloads": [name.split("_") for name in found.workloads], "lines": lines, "notes": notes,
    }  # fmt: skip


def _heat_cell(cell: heatmap.Cell | None) -> dict[str, str]:
    if cell is None:
        return {"text": heatmap.NO_DATA, "colour": ""}
    return {"text": f"{cell.text}{cell.mark}", "colour": BACKGROUNDS[level(cell.ratio)]}


def _heat_legend() -> list[dict[str, str]]:
    texts = [f"ratio up to {LIMITS[0]:g}", *(f"to {limit:g}" for limit in LIMITS[1:]), f"above {LIMITS[-1]:g}"]
    return [{"text": text, "colour": colour} for text, colour in zip(texts, BACKGROUNDS, strict=True)]


def _maxima(all_runs: list[Run], heads: list[dict[str, Any]]) -> list[str]:
    """The maximum insert latencies of each run that has them; a run is named by its letter if there are several."""
    found = [(head["letter"], insert_latency.sentence(run)) for run, head in zip(all_runs, heads, strict=True)]
    return [text if len(heads) == 1 else f"{letter}: {text}" for letter, text in found if text]


def _rankings(runs: Runs, number: int, heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = []
    if runs.of(runs.labels[number])["map"].nunique() == 1:
        return result
    found = ranking(runs.of(runs.labels[number]), ["workload", "kv", "hash"])
    for (hash_name, kv), part in found.groupby(["hash", "kv"], sort=False):
        maps = list(dict.fromkeys(part["map"]))
        lines = []
        for workload, group in part.groupby("workload", sort=False):
            by_map = {row["map"]: row for row in group.to_dict("records")}
            lines.append({"workload": workload, "cells": [_cell(by_map.get(name)) for name in maps]})
        run = f"{heads[number]['letter']}: " if len(heads) > 1 else ""
        result.append({"caption": f"{run}{kv}, {hash_name} hash", "maps": maps, "lines": lines})
    return result


def _cell(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {"text": "-", "interval": "", "best": False}
    if row["verdict"] == "fastest":
        return {"text": "fastest", "interval": "", "best": True}
    reported = "" if row["verdict"] in ("slower", "faster") else "= "
    return {"text": f"{reported}{row['ratio']:.2f}", "interval": _interval(row), "best": False}


def _interval(row: dict[str, Any]) -> str:
    return "" if pandas.isna(row["low"]) else f"{row['low']:.2f} to {row['high']:.2f}"


def _comparison(found: Comparison) -> dict[str, Any]:
    method = METHODS[found.method]
    if found.method == "apart":
        method += f" (inferred: {found.drift:.1%})"
    tables = []
    for name, part in found.means.groupby("map", sort=False):
        payloads = list(dict.fromkeys(part["kv"]))
        lines = []
        for workload, group in part.groupby("workload", sort=False):
            by_kv = {row["kv"]: row for row in group.to_dict("records")}
            lines.append({"workload": workload, "cells": [_mean(by_kv.get(kv)) for kv in payloads]})
        tables.append({"map": name, "payloads": payloads, "lines": lines})
    return {
        "method": f"The two runs were {method}" if found.method == "paired" else method.capitalize(),
        "unlike": found.unlike,
        "tables": tables,
        "growth": [
            {
                "title": ", ".join(str(title).split("   ")),
                "figures": FIGURES,
                "lines": [_grown(row) for row in part.to_dict("records")],
            }
            for title, part in found.growth.groupby("title", sort=False)
        ],
        "growth_key": " ".join(GROWTH_KEY.split()),
    }


def _grown(row: dict[str, Any]) -> dict[str, Any]:
    """A growing table in both runs."""
    figures = [[duration(row[side][name]) for side in ("figures_a", "figures_b")] for name in FIGURES]
    return {"map": row["map"], "mean": _mean(row), "figures": figures}


def _mean(row: dict[str, Any] | None) -> dict[str, str] | None:
    if row is None or pandas.isna(row["ratio"]):
        return None
    return {"ratio": f"{row['ratio']:.3f}", "interval": _interval(row), "verdict": row["verdict"]}


def _across(runs: Runs, found: Agreement, heads: list[dict[str, Any]]) -> dict[str, Any]:
    lines = [
        {
            "workload": row["workload"], "kv": f"{row['kv']}{', own hash' if row['hash'] == 'own' else ''}",
            "fastest": row["fastest"], "hold": row["holds"], "flip": row["flips"],
            "rank": "-" if pandas.isna(row["rank"]) else f"{row['rank']:.2f}",
        }
        for row in found.work.to_dict("records")
    ]  # fmt: skip
    subject = of_subject(found.loads)
    return {
        "intro": "Times of different machines are not divided by each other. Compared are the results of "
        "each machine by itself: which of two maps is faster (geometric mean over the sizes that all runs have), and "
        "the order of all maps (Kendall's tau, mean over pairs of runs; 1: the same order).",
        "sentences": sentences(found),
        "letters": [head["letter"] for head in heads],
        "lines": lines,
        "machines": [{"latencies": in_words(run), "tlb": reach_in_words(run)} for run in runs.measured],
        "units": [
            {
                "workload": row["workload"],
                "kv": row["kv"],
                "n": f"{row['n']:,}",
                "loads": ["-" if pandas.isna(each) else significant(each) for each in row["loads"]],
                "sizes": [size_in_units(run, row["bytes"]) for run in runs.measured],
            }
            for row in subject.to_dict("records")
        ],
        "subject": "" if subject.empty else subject.iloc[0]["map"],
    }


def _backends(all_runs: list[Run], heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "run": head["letter"], "name": backend.name, "label": backend.label,
            "version": backend.version or "-",
            "state": "counted" if backend.available else f"not available: {backend.reason}",
        }
        for run, head in zip(all_runs, heads, strict=True)
        for backend in run.counter_backends
    ]  # fmt: skip


def _calibration(all_runs: list[Run], heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "run": head["letter"], "backend": each.backend, "kernel": each.kernel, "event": each.event,
            "expected": "-" if each.expected is None else f"{each.relation} {each.expected:,.6g}",
            "read": each.reason if each.read is None else f"{each.read:,.6g}",
            "outcome": "accepted" if each.accepted else f"rejected by {each.rejected} of {each.processes}",
        }
        for run, head in zip(all_runs, heads, strict=True)
        for each in run.calibration
    ]  # fmt: skip


def _environment(all_runs: list[Run]) -> list[dict[str, Any]]:
    columns = [_described(run) for run in all_runs]
    return [
        {"name": name, "values": [column[name] for column in columns], "differs": len({c[name] for c in columns}) > 1}
        for name in columns[0]
    ]


def _described(run: Run) -> dict[str, str]:
    environment, selection, suite = run.environment, run.selection, run.suite
    overridden = f", with its own {', '.join(suite.overridden)}" if suite.overridden else ""
    return fingerprint(run) | {
        "memory": size(environment.memory_bytes),
        "latency of a dependent load": in_words(run),
        "TLB reach": reach_in_words(run),
        "system": f"{environment.os}, Python {environment.python}",
        "pinned to": pinned_in_words(run),
        "maps": ", ".join(f"{entry.name} {entry.version}" for entry in run.maps),
        "suite": f"{suite.name}{overridden}",
        "rounds": f"{_rounds(run)}, seed {run.seeds.base}, caches {selection.start} at the start of a turn",
        "left out": "; ".join(f"{part.name}: {part.reason}" for part in run.build.left_out) or "nothing",
    }


def _rounds(run: Run) -> str:
    counts = [sum(ns is not None for ns in row.rounds) for row in run.rows] or [0]
    least, most = min(counts), max(counts)
    return str(most) if least == most else f"{least} to {most}"


def _method(all_runs: list[Run]) -> list[str]:
    rounds = "; ".join(dict.fromkeys(map(_rounds, all_runs)))
    return [
        "A row is one map, workload, payload, hash setting and size. It was measured in rounds "
        f"({rounds}), as often as its precision asked for; each round is a process of its own with new keys, new "
        "orders and a new memory layout. The processes of all maps are alive together and are interleaved in turns of "
        "about a millisecond, in an order drawn anew each time, so that drift of the machine affects all of them. The "
        "figure of a round is the centre of its turns, that of a row the median over its rounds. An answer that was "
        "wrong, or that differed from the other maps' for the same work, has no row.",
        "Maps are compared by ratios taken inside each turn. Means over rows are geometric; their intervals "
        f"({CONFIDENCE:.0%}) follow from the errors of the rows, each over its own rounds (Student's t, Welch and "
        "Satterthwaite's degrees of freedom). A mean or row is called slower or faster only if it is so "
        f"by more than {MARGIN:.0%}, after Benjamini and Hochberg's correction for the number of comparisons, at "
        f"a false discovery rate of {FALSE_DISCOVERIES:.0%}.",
        "Counters come from processes of their own, after the timed rounds. What could not be counted is absent, with "
        "its reason, and never zero.",
    ]
