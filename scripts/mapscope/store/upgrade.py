"""Documents of older schema versions as what they say in the present one.

1 had no counters, 2 no growth, 3 no latency ladder, no states of workloads, no churn and no cost of draining, 4 no
halves of a growth's repetitions and no turns of growing tables, 5 timed whole processes one after another, 6 had random
keys only, 7 no memory of tables, 8 no concurrent maps.

Everything that they did not know is a reason, an empty list or null, so that the rest of
mapscope knows one version only.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mapscope.fact import unknown
from mapscope.plan.concurrent import NOT_CONCURRENT
from mapscope.plan.table_memory import OLDER
from mapscope.store import derived

READABLE = (1, 2, 3, 4, 5, 6, 7, 8, 9)
NO_LADDER = {
    "reason": "the run is older than the latency ladder is",
    "binary_sha256": None, "line_bytes": None, "passes": None, "sizes": [], "pages": [],
}  # fmt: skip


def upgraded(document: dict[str, Any]) -> dict[str, Any]:
    """A run.json or plan.json in the present version. What is malformed stays so, for the schema to refuse."""
    if document["schema_version"] == 1:
        document = _with_counters(document)
    if document["schema_version"] == 2:
        document = _with_growth(document)
    if document["schema_version"] == 3:
        document = _with_churn(_with_ladder_and_states(document))
    if document["schema_version"] == 4:
        document = _with_halves_and_turns(document)
    if document["schema_version"] == 5:
        document = _with_rounds_of_turns(document)
    if document["schema_version"] == 6:
        document = _with_key_sets(document)
    if document["schema_version"] == 7:
        document = _with_table_memory(document)
    if document["schema_version"] == 8:
        document = _with_threads(document)
    return document


def _with_threads(document: dict[str, Any]) -> dict[str, Any]:
    """All maps were used by one thread."""
    cores = asdict(unknown("the run is older than the count of cores is"))
    result = document | {
        "schema_version": 9,
        "selection": _with(document.get("selection"), threads=[], family_sizes={}),
        "workloads": _each(document.get("workloads"), threads=None),
        "environment": _with(document.get("environment"), usable_cpus=None, usable_cores=cores),
        "why_no_read_latency": NOT_CONCURRENT,
    }
    return result | {"read_latency": []} if "rows" in document else result


def _with_table_memory(document: dict[str, Any]) -> dict[str, Any]:
    """No table was weighed."""
    result = {**document, "schema_version": 8, "why_not_weighed": OLDER}
    if isinstance(document.get("rows"), list):
        result |= {"table_memory": [], "rows": _each(document["rows"], bytes_per_entry=asdict(unknown(OLDER)))}
    return result


def _with_key_sets(document: dict[str, Any]) -> dict[str, Any]:
    """All keys were random, and all workloads of a map in one binary."""
    workloads = document.get("workloads")
    if isinstance(workloads, list):
        workloads = [{**one, "part": ""} if isinstance(one, dict) else one for one in workloads]
    payloads = document.get("payloads")
    if isinstance(payloads, list):
        payloads = [{**one, "keys": "random", "key_list": None} if isinstance(one, dict) else one for one in payloads]
    return {**document, "schema_version": 7, "workloads": workloads, "payloads": payloads}


def _with_rounds_of_turns(document: dict[str, Any]) -> dict[str, Any]:
    """A process was one turn, and its ratio to the best that of the two processes of a round."""
    selection = document.get("selection")
    if isinstance(selection, dict):
        selection = {name: value for name, value in selection.items() if name != "min_time_s"} | {
            "sizes_of": {kv: selection.get("sizes") for kv in selection.get("kv", [])},
            "whole_tables_up_to": {}, "least_rounds": selection.get("rounds"), "target": None, "budget_s": None,
            "start": "warm",
        }  # fmt: skip
    result = {name: value for name, value in document.items() if name != "schedule"}
    result |= {"schema_version": 6, "selection": selection}
    if not isinstance(document.get("rows"), list):
        return result
    rows = document["rows"]
    return result | {
        "timed": {"pinned_s": 0, "passes_s": 0, "share": None, "pace_ns": None, "alone": None},
        "processes": [_without(process, "position") for process in document.get("processes") or []],
        "rows": _rows_in_turns(rows) if all(map(_is_row, rows)) else rows,
    }


def _is_row(row: Any) -> bool:
    fields = ("workload", "kv", "hash", "n", "map", "best", "median", "rounds")
    return isinstance(row, dict) and all(name in row for name in fields) and isinstance(row["rounds"], list)


def _rows_in_turns(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    pairs = zip(rows, derived.ratios_of_rounds(rows), strict=True)
    return derived.add_ratios(
        [_without(_without(_in_turns(row, each), "ratio_min"), "ratio_max") for row, each in pairs]
    )


def _in_turns(row: dict[str, Any], ratios: list[float | None]) -> dict[str, Any]:
    switches = row.get("involuntary_switches") or []
    return row | {
        "turns": [0 if ns is None else 1 for ns in row["rounds"]],
        "disturbed_turns": [1 if count else 0 for count in switches],
        "ratios": ratios,
    }


def _with_halves_and_turns(document: dict[str, Any]) -> dict[str, Any]:
    result = document | {"schema_version": 5, "growth_passes": _each(document.get("growth_passes"), in_turns=False)}
    rows = document.get("growth")
    if not isinstance(rows, list):
        return result
    return result | {"growth": [_with(row, denoised=_with(_of(row, "denoised"), halves=[])) for row in rows]}


def _with_ladder_and_states(document: dict[str, Any]) -> dict[str, Any]:
    result = document | {
        "schema_version": 4,
        "ladder": NO_LADDER,
        "selection": _with(document.get("selection"), state_sizes=[]),
        "workloads": _each(document.get("workloads"), family=None, state=None),
    }
    if "rows" in document:
        slots = asdict(unknown("the run is older than the count of slots is"))
        result |= {"latencies": [], "rows": _each(document["rows"], slots_per_op=slots), "not_applicable": []}
    return result


def _with_churn(document: dict[str, Any]) -> dict[str, Any]:
    result = document | {"growth_passes": _each(document.get("growth_passes"), churn=None)}
    if "rows" not in document:
        return result
    rows = document.get("growth")
    return result | {"growth": [_row_with_churn(row) for row in rows] if isinstance(rows, list) else rows}


def _row_with_churn(row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    raw = row.get("raw")
    none = [None] * len(raw["inserts"]) if isinstance(raw, dict) and isinstance(raw.get("inserts"), list) else []
    return row | {
        "churn": None, "drain": None,
        "denoised": _with(row.get("denoised"), erases=None), "raw": _with(raw, erases=none),
    }  # fmt: skip


def _with_growth(document: dict[str, Any]) -> dict[str, Any]:
    result = document | {
        "schema_version": 3,
        "selection": _with(document.get("selection"), growth="off", growth_sizes=[], growth_repetitions=None),
        "growth_passes": [],
    }
    return result | {"growth": []} if "rows" in document else result


def _with_counters(document: dict[str, Any]) -> dict[str, Any]:
    result = document | {
        "schema_version": 2,
        "counter_backends": [],
        "cache": asdict(unknown("the run is older than counters are")),
        "selection": _with(document.get("selection"), counters="off", cache="host", papi_events=[]),
        "maps": _each(document.get("maps"), counter_binaries={}),
    }
    if "rows" in document:
        result |= {
            "calibration": [],
            "rows": [
                _with(row, counters={}, involuntary_switches=[None] * len(row.get("rounds", [])))
                for row in document["rows"]
            ],
            **{name: _each(document.get(name), stage=None) for name in ("failures", "missing", "processes")},
        }
    return result


def _without(entry: Any, field: str) -> Any:
    return {name: value for name, value in entry.items() if name != field} if isinstance(entry, dict) else entry


def _of(entry: Any, field: str) -> Any:
    return entry.get(field) if isinstance(entry, dict) else None


def _with(entry: Any, **further: Any) -> Any:
    return entry | further if isinstance(entry, dict) else entry


def _each(entries: Any, **further: Any) -> Any:
    return [_with(entry, **further) for entry in entries] if isinstance(entries, list) else entries
