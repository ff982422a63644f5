"""Puts together a Plan: the selection, what the binaries say of themselves, and the machine."""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from mapscope import SCHEMA_VERSION
from mapscope.errors import UsageError
from mapscope.plan import build
from mapscope.plan.backends import counter_binaries, plan_counters
from mapscope.plan.build import Catalogue
from mapscope.plan.environment import describe_machine
from mapscope.plan.growth import plan_growth, with_turns
from mapscope.plan.ladder import plan_ladder
from mapscope.plan.plan import Plan, round_seed, schedule
from mapscope.plan.selection import Selection
from mapscope.repository import describe_tool
from mapscope.text import now


def make_plan(
    selection: Selection,
    suite: dict[str, Any],
    seed: int,
    catalogue: Catalogue,
    cpu: int | None,
    pinned: dict[str, Any],
    builds: int = 1,
) -> Plan:
    """Of one build, or of one of two that take turns. Raises UsageError when a binary is missing or unusable."""
    described = [build.describe(catalogue, name) for name in selection.maps]
    hashless = [entry["map"] for entry in described if not entry.get("has_own_hash", True)]
    if hashless and selection.hashes == ["own"]:
        raise UsageError(
            f"--hash (HASH): no hash of their own have {', '.join(hashless)}; use shared or leave them out"
        )
    first = described[0]
    counting = plan_counters(selection, catalogue, cpu)
    environment = describe_machine(cpu, pinned)
    passes = plan_growth(
        suite["name"], selection.growth, selection.growth_sizes, selection.growth_repetitions, selection.kv
    )
    in_turn = len(selection.maps) if builds == 1 else builds
    return Plan(
        schema_version=SCHEMA_VERSION,
        created=now(),
        tool=describe_tool(),
        suite=suite,
        selection=selection.document(),
        seeds={"base": seed, "rounds": [round_seed(seed, r) for r in range(1, selection.rounds + 1)]},
        schedule=schedule(seed, selection.rounds, selection.kv, selection.sizes, selection.maps),
        build={
            "compiler": first["compiler"],
            "flags": first["flags"],
            "build_type": first["build_type"],
            "libraries": dict(sorted(ChainMap(*(d["libraries"] for d in described), catalogue.found).items())),
            "left_out": list(catalogue.left_out),
        },
        maps=[
            {
                "name": d["map"],
                "title": d["title"],
                "version": d["version"],
                "has_own_hash": d.get("has_own_hash", True),
                "binary_sha256": d["binary_sha256"],
                "counter_binaries": counter_binaries(selection, catalogue, counting, d["map"]),
            }
            for d in described
        ],
        workloads=_chosen(first["workloads"], selection.workloads, ("name", "summary", "operation", "family", "state")),
        payloads=_chosen(first["payloads"], selection.kv, ("name", "key", "value")),
        environment=environment,
        ladder=plan_ladder(catalogue, environment),
        counter_backends=counting.backends,
        cache=counting.cache,
        growth_passes=[one.document() for one in with_turns(passes, in_turn, environment["memory_bytes"])],
    )


def _chosen(entries: list[dict[str, Any]], names: list[str], fields: tuple[str, ...]) -> list[dict[str, Any]]:
    by_name = {entry["name"]: entry for entry in entries}

    def value(name: str, field: str) -> str | None:
        told = by_name.get(name, {"name": name}).get(field)
        return None if told is None and field in ("family", "state") else str(told or "")

    return [{field: value(name, field) for field in fields} for name in names]
