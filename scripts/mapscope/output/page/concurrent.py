"""Concurrent maps on the page: the tables, and what the charts draw; nothing of runs for one thread."""

from __future__ import annotations

from typing import Any

from mapscope.analysis.concurrent.published import NOTE, beside_published
from mapscope.analysis.concurrent.read_latency import STATES, curve_of
from mapscope.analysis.concurrent.throughput import Panel, cores, mark, panels, scaling_note, throughput, width
from mapscope.analysis.heatmap import families
from mapscope.plan.stages.read_latency import PERCENTILES
from mapscope.store.records import ReadLatency, ReadTimes, Row, Run
from mapscope.text import count_of, duration, significant


def throughputs(runs: list[Run], letters: list[str]) -> list[dict[str, Any]]:
    """Of each run of concurrent maps: what it cannot show, a table a family and size, figures published elsewhere."""
    return [
        {
            "letter": letter if len(runs) > 1 else "",
            "note": f"{scaling_note(run)}.".replace("scaling", "Scaling", 1),
            "tables": [_throughput_table(run, panel) for panel in panels(run)],
            "published": _published(run),
            "published_note": NOTE,
        }
        for run, letter in zip(runs, letters, strict=True)
        if run.is_concurrent
    ]


def reads(runs: list[Run], letters: list[str]) -> list[dict[str, Any]]:
    """Of each run that timed lookups beside a writer: a table, and why some maps are not in it."""
    return [
        {
            "letter": letter if len(runs) > 1 else "",
            "heads": [f"{head}, {name}" for _, head in STATES for name in PERCENTILES],
            "lines": [_read_line(entry, entry.value) for entry in run.read_latency if entry.value],
            "reasons": [f"{entry.map}, n = {entry.n:,}: {entry.reason}" for entry in run.read_latency if entry.reason],
        }
        for run, letter in zip(runs, letters, strict=True)
        if run.read_latency
    ]


def chart_data(runs: list[Run]) -> dict[str, Any]:
    """Of each run, the family and the threads of its workloads and its cores; and the curves of read latency."""
    return {
        "families": [families(run) for run in runs],
        "cores": [cores(run) for run in runs],
        "reading": [
            {
                "run": number, "map": entry.map, "kv": entry.kv, "n": entry.n, "shown": head,
                "points": _beyond(entry.value, state),
            }
            for number, run in enumerate(runs)
            for entry in run.read_latency
            for state, head in STATES
            if entry.value
        ],
    }  # fmt: skip


def _beyond(times: ReadTimes, state: str) -> list[list[float]]:
    """Pairs of the share of lookups that take longer, and ns."""
    return [[1 - share, ns] for share, ns in curve_of(getattr(times, state), times.reads)]


def _throughput_table(run: Run, panel: Panel) -> dict[str, Any]:
    heads = [count_of(count, "thread") + (", more than cores" if count > cores(run) else "") for count in panel.threads]
    return {
        "caption": f"{panel.family}, {panel.kv}, n = {panel.n:,}",
        "heads": heads,
        "lines": [
            {"map": name, "cells": [_cell(run, panel, name, count) for count in panel.threads]} for name in panel.maps
        ],
    }


def _cell(run: Run, panel: Panel, name: str, count: int) -> dict[str, Any]:
    row = panel.rows.get((name, count))
    if row is None:
        why = panel.never.get((name, count))
        return {"text": "-" if why is None else "n/a", "small": why or "", "best": False}
    ratio = "-" if row.ratio_to_best is None else f"{significant(row.ratio_to_best)}{width(row)}"
    return {
        "text": f"{mark(run, row)}{significant(row.median)} ns", "small": f"{throughput(row.median)} M/s; {ratio}",
        "best": row.map == row.best,
    }  # fmt: skip


def _read_line(entry: ReadLatency, times: ReadTimes) -> dict[str, Any]:
    found = [duration(getattr(times, state)[name]) for state, _ in STATES for name in PERCENTILES]
    return {"map": entry.map, "of": f"{entry.kv}, n = {entry.n:,}", "times": found, "writes": f"{times.writes:,}"}


def _ns(row: Row | None) -> str:
    return "-" if row is None else significant(row.median)


def _published(run: Run) -> dict[str, Any] | None:
    lines = beside_published(run)
    if not lines:
        return None
    places = sorted({place for line in lines for place in line.rows})
    return {
        "heads": [f"n = {n:,}, {count_of(threads, 'thread')}" for n, threads in places],
        "lines": [
            {
                "share": line.share, "name": line.name, "ns": f"{line.ns:g}", "map": line.map, "family": line.family,
                "cells": [_ns(line.rows.get(place)) for place in places],
            }
            for line in lines
        ],
    }  # fmt: skip
