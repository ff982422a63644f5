"""Runs in the formats that services for continuous benchmarking read. results/README.md says which takes which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mapscope.store.records import Row, Run

UNIT = "ns/op"


def name_of(row: Row) -> str:
    """`find_hit/map:hmap/kv:int_int/hash:shared/n:1000`: google_json.key_of takes it apart again."""
    return f"{row.workload}/map:{row.map}/kv:{row.kv}/hash:{row.hash}/n:{row.n}"


def google(run: Run) -> dict[str, Any]:
    """Google Benchmark's JSON: each round a repetition, ns per operation; and the medians as aggregates."""
    environment = run.environment
    benchmarks = []
    threads = {entry.name: entry.threads or 1 for entry in run.workloads}
    for family, row in enumerate(run.rows):
        present = [ns for ns in row.rounds if ns is not None]
        common = {
            "name": name_of(row), "family_index": family, "per_family_instance_index": 0, "run_name": name_of(row),
            "repetitions": len(present), "threads": threads[row.workload], "time_unit": "ns",
        }  # fmt: skip
        for number, ns in enumerate(present):
            times = {"iterations": 1, "real_time": ns, "cpu_time": ns}
            benchmarks.append(common | {"run_type": "iteration", "repetition_index": number} | times)
        median = {"iterations": len(present), "real_time": row.median, "cpu_time": row.median}
        aggregate = {"run_type": "aggregate", "aggregate_name": "median", "aggregate_unit": "time"}
        benchmarks.append(common | aggregate | {"name": f"{name_of(row)}_median"} | median)
    context = {
        "date": run.created,
        "host_name": environment.hostname,
        "executable": "mapscope",
        "num_cpus": environment.logical_cpus,
        "cpu_scaling_enabled": environment.governor.value not in (None, "performance"),
        "caches": [
            {"type": cache.type, "level": cache.level, "size": cache.bytes, "num_sharing": 1}
            for cache in environment.caches
        ],
        "library_build_type": "release" if run.build.is_optimised else "debug",
        "mapscope_commit": run.tool.commit.value or "unknown",
    }
    return {"context": context, "benchmarks": benchmarks}


def bencher(run: Run) -> dict[str, Any]:
    """Bencher Metric Format: median ns per operation, and the quartiles as lower and upper value."""
    return {
        name_of(row): {
            "latency": {
                "value": row.median,
                "lower_value": row.min if row.q1 is None else row.q1,
                "upper_value": row.max if row.q3 is None else row.q3,
            }
        }
        for row in run.rows
    }


def github(run: Run) -> list[dict[str, Any]]:
    """`customSmallerIsBetter` of github-action-benchmark."""
    commit = run.tool.commit.value or "unknown"
    return [
        {
            "name": name_of(row),
            "unit": UNIT,
            "value": row.median,
            "range": f"± {(row.max - row.min) / 2:.4g}",
            "extra": f"{run.environment.cpu_model}, {run.build.compiler}, commit {commit}",
        }
        for row in run.rows
    ]


FORMATS: dict[str, Callable[[Run], Any]] = {"google": google, "bencher": bencher, "github": github}
