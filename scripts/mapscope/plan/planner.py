"""Puts together a Plan: the selection, what the binaries say of themselves, and the machine."""

from __future__ import annotations

from collections import ChainMap
from typing import Any

from mapscope import SCHEMA_VERSION
from mapscope.errors import UsageError
from mapscope.fact import Fact
from mapscope.plan import build, concurrent, key_sets
from mapscope.plan.backends import CounterPlan, plan_counters
from mapscope.plan.build import Catalogue
from mapscope.plan.environment import describe_machine
from mapscope.plan.growth import plan_growth, with_turns
from mapscope.plan.ladder import plan_ladder, without_ladder
from mapscope.plan.plan import Plan, read_latency_sizes, round_seed
from mapscope.plan.records import (
    Build,
    ChosenSuite,
    GrowthPass,
    MapEntry,
    Payload,
    Seeds,
    Selection,
    WorkloadEntry,
)  # fmt: skip
from mapscope.plan.sources import describe_tool
from mapscope.plan.table_memory import why_not_weighed
from mapscope.text import now


def make_plan(
    selection: Selection,
    suite: ChosenSuite,
    seed: int,
    catalogue: Catalogue,
    cpu: int | None,
    pinned: Fact,
    builds: int = 1,
) -> Plan:
    """Of one build, or of one of two that are interleaved. Raises UsageError when a binary is missing or unusable."""
    described = [build.describe(catalogue, name) for name in selection.maps]
    hashless = [entry["map"] for entry in described if not entry.get("has_own_hash", True)]
    if hashless and selection.hashes == ["own"]:
        raise UsageError(
            f"--hash (HASH): {', '.join(hashless)} have no hash of their own; use shared or leave them out"
        )
    if selection.is_concurrent:
        _require_payloads(described, selection.kv)
    parts = catalogue.parts_of(selection.workloads)
    build.require_built(catalogue, selection.maps, selection.hashes, parts)
    first = described[0]
    if build.FURTHER in parts:
        further = build.ask(catalogue.directory / catalogue.timed(first["map"], selection.hashes[0], build.FURTHER))
        first["workloads"] += further["workloads"]
    counting = plan_counters(selection, catalogue, cpu)
    environment = describe_machine(cpu, pinned)
    passes = plan_growth(
        suite.name, selection.growth, selection.growth_sizes, selection.growth_repetitions, selection.kv
    )
    in_turn = len(selection.maps) if builds == 1 else builds
    return Plan(
        schema_version=SCHEMA_VERSION,
        created=now(),
        tool=describe_tool(),
        suite=suite,
        selection=selection,
        seeds=Seeds(seed, [round_seed(seed, r) for r in range(1, selection.rounds + 1)]),
        build=Build(
            compiler=first["compiler"],
            flags=first["flags"],
            build_type=first["build_type"],
            libraries=dict(sorted(ChainMap(*(d["libraries"] for d in described), catalogue.found).items())),
            left_out=list(catalogue.left_out),
        ),
        maps=[
            MapEntry(
                name=d["map"],
                title=d["title"],
                version=d["version"],
                has_own_hash=d.get("has_own_hash", True),
                binary_sha256=d["binary_sha256"],
                counter_binaries=_further_binaries(catalogue, selection, counting, passes, d["map"]),
            )
            for d in described
        ],
        workloads=[_workload(first["workloads"], name, catalogue) for name in selection.workloads],
        payloads=[_payload(first["payloads"], name) for name in selection.kv],
        environment=environment,
        ladder=without_ladder(concurrent.NO_LADDER)
        if selection.is_concurrent
        else plan_ladder(catalogue, environment, selection.sizes),
        counter_backends=counting.backends,
        cache=counting.cache,
        why_not_weighed=why_not_weighed(described),
        why_no_read_latency=_why_no_read_latency(selection),
        growth_passes=with_turns(passes, in_turn, environment.memory_bytes),
    )


def _require_payloads(described: list[dict[str, Any]], kv: list[str]) -> None:
    """Raises UsageError where a map for many threads is not built with a payload: few are."""
    for entry in described:
        known = [payload["name"] for payload in entry["payloads"]]
        if missing := [name for name in kv if name not in known]:
            raise UsageError(f"--kv (KV): {entry['map']} is not built with {missing[0]}; available: {', '.join(known)}")


def _why_no_read_latency(selection: Selection) -> str | None:
    if not selection.is_concurrent:
        return concurrent.NOT_CONCURRENT
    return None if read_latency_sizes(selection) else concurrent.NO_READER


def _further_binaries(
    catalogue: Catalogue, selection: Selection, counting: CounterPlan, passes: list[GrowthPass], map_name: str
) -> dict[str, str]:
    """SHA-256 of those that the run starts. What it builds itself, in its time, it adds itself then."""
    kinds = {stage.split("_")[0] for backend in counting.backends for stage in backend.stages}
    kinds |= {"growth"} if passes else set()
    wanted = set() if catalogue.can_build else set(kinds)
    if build.OWN in selection.hashes:
        wanted |= {build.OWN, *(f"{build.OWN}_{kind}" for kind in wanted)}
    return {
        purpose: build.sha256(path)
        for purpose, name in catalogue.further_binaries(map_name).items()
        if purpose in wanted and (path := catalogue.directory / name).is_file()
    }


def _workload(entries: list[dict[str, Any]], name: str, catalogue: Catalogue) -> WorkloadEntry:
    reported = next((entry for entry in entries if entry["name"] == name), {})
    threads = found[1] if (found := concurrent.parts(name)) and found[0] in catalogue.concurrent_workloads else None
    return WorkloadEntry(
        name,
        str(reported.get("summary") or ""),
        str(reported.get("operation") or ""),
        concurrent.family_of(name) if threads else reported.get("family"),
        f"t{threads}" if threads else reported.get("state"),
        catalogue.part_of(name),
        threads,
    )


def _payload(entries: list[dict[str, Any]], name: str) -> Payload:
    types, keys = key_sets.parts(name)
    reported = next((entry for entry in entries if entry["name"] == types), {})
    listed = key_sets.read_list(keys) if keys in key_sets.LISTS else None
    return Payload(name, str(reported.get("key") or ""), str(reported.get("value") or ""), keys, listed)
