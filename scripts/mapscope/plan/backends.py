"""Which backends a run counts with, found by asking the binaries before the plan is made.

A backend that cannot count is not started: it stays in the plan with its reason, which is
which is then the reason in each of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mapscope.errors import UsageError
from mapscope.fact import Fact, known, unknown
from mapscope.plan import build, valgrind
from mapscope.plan.build import Catalogue
from mapscope.plan.counters import BACKENDS, HARDWARE, asked_for
from mapscope.plan.environment import describe_caches
from mapscope.plan.records import BackendEntry, BackendEvent, Selection

OS_LABEL = "[os: getrusage of the measuring thread, timed passes]"


@dataclass(frozen=True)
class CounterPlan:
    """The part of a Plan about counters."""

    backends: list[BackendEntry]
    cache: Fact
    """The simulated caches, or the reason why they are not known."""


def plan_counters(selection: Selection, catalogue: Catalogue, cpu: int | None) -> CounterPlan:
    """The backends of `selection.counters` on this machine. Raises UsageError for an unknown cache."""
    names = asked_for(selection.counters)
    hardware = [name for name in names if name in HARDWARE]
    reported = _ask_hardware(selection, catalogue, hardware) if hardware else []
    simulated, cache = _ask_sim(selection, catalogue, cpu) if {"sim", "callgrind"} & set(names) else ([], _no_cache())
    reported = {entry["name"]: entry for entry in [*reported, *simulated]}
    backends = [_backend(name, reported, selection, catalogue, cache) for name in names]
    if "auto" in selection.counters:
        _keep_best_hardware(backends)
    return CounterPlan(backends, cache)


def _backend(
    name: str, reported: dict[str, Any], selection: Selection, catalogue: Catalogue, cache: Fact
) -> BackendEntry:
    if name == "os":
        return entry(name, label=OS_LABEL)
    if name == "callgrind":
        return _callgrind(selection, catalogue, cache)
    if name in HARDWARE:
        described = reported.get(name)
        return from_binary(name, described) if described else entry(name, reason="the binaries were built without it")
    if reason := _why_not_counted("sim", selection, catalogue):
        return entry(name, reason=reason)
    return from_binary(name, reported.get("sim", {"available": True}))


def from_binary(name: str, described: dict[str, Any]) -> BackendEntry:
    """An entry of `counter_backends` from a binary's description of a backend."""
    return entry(
        name,
        reason=None if described.get("available") else described.get("reason") or "the binary gives no reason",
        version=described.get("version"),
        label=described.get("label"),
        events=[
            BackendEvent(event["name"], event.get("native"), event.get("reason") or None, None)
            for event in described.get("events", [])
        ],
    )


def entry(
    name: str,
    *,
    reason: str | None = None,
    version: str | None = None,
    label: str | None = None,
    events: list[BackendEvent] | None = None,
    stages: tuple[str, ...] | None = None,
) -> BackendEntry:
    """One entry of `counter_backends`; available unless there is a reason why not."""
    wanted = BACKENDS[name].stages if stages is None else stages
    return BackendEntry(
        name=name,
        available=reason is None,
        reason=reason,
        version=version,
        label=label or f"[{name}]",
        stages=list(wanted) if reason is None else [],
        events=events or [],
    )


def _why_not_counted(kind: str, selection: Selection, catalogue: Catalogue) -> str | None:
    """Why some map cannot be counted for `kind`; None when all can."""
    reasons = (catalogue.why_not_counted(kind, name, selection.hashes) for name in selection.maps)
    return next((reason for reason in reasons if reason), None)


def _ask_hardware(selection: Selection, catalogue: Catalogue, names: list[str]) -> list[dict[str, Any]]:
    """A binary's description of the hardware counters, which is the same for all."""
    binary = catalogue.binary(selection.maps[0])
    return build.ask(binary, f"--counters={','.join(names)}").get("counters", {}).get("backends", [])


def _ask_sim(selection: Selection, catalogue: Catalogue, cpu: int | None) -> tuple[list[dict[str, Any]], Fact]:
    """What is simulated, of which the timed binary knows all but how: that one may still have to be built."""
    reason = _why_not_counted("sim", selection, catalogue)
    if reason is None:
        binary = catalogue.binary(selection.maps[0])
        described = build.ask(binary, "--counters=sim", f"--cache={selection.cache}").get("counters", {})
        if cache := described.get("cache"):
            return [], known(cache)
        return described.get("backends", []), _no_cache()
    if selection.cache != "host":
        raise UsageError(f"--cache (CACHE): only sim can simulate other processors, and {reason}; leave it out")
    levels = [
        {field: getattr(cache, field) for field in ("level", "bytes", "ways", "line_bytes")}
        for cache in describe_caches(cpu)
        if cache.holds_data
    ]
    if not levels:
        return [], unknown("the kernel reports no caches")
    return [], known({"name": "host", "source": "sysfs", "levels": levels, "tlbs": []})


def _no_cache() -> Fact:
    return unknown("no cache is simulated")


def _callgrind(selection: Selection, catalogue: Catalogue, cache: Fact) -> BackendEntry:
    version, reason = valgrind.find()
    reasons = [reason, _why_not_counted("callgrind", selection, catalogue)]
    refused = valgrind.refusals(cache)
    if first := next((r for r in reasons if r), None) or refused.get("callgrind_l2"):
        return entry("callgrind", reason=first, version=version)
    return entry(
        "callgrind",
        version=version,
        label=valgrind.label(cache),
        stages=tuple(stage for stage in BACKENDS["callgrind"].stages if stage not in refused),
        events=[BackendEvent(f"l{valgrind.LEVEL_OF[stage]}_misses", None, why, None) for stage, why in refused.items()],
    )


def _keep_best_hardware(backends: list[BackendEntry]) -> None:
    """Of the hardware backends that work, all but the first are not wanted; those that do not stay with their
    reasons.
    """
    working = [backend for backend in backends if backend.name in HARDWARE and backend.available]
    if working:
        backends[:] = [b for b in backends if b.name not in HARDWARE or b is working[0]]
