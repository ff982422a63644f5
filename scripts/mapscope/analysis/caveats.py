"""A run's caveats, in plain sentences."""

from __future__ import annotations

from mapscope.analysis.fingerprint import size
from mapscope.analysis.ladder import shared_cache
from mapscope.analysis.split_half import PLACES, apart
from mapscope.plan.growth import PREFIX
from mapscope.store.records import Failure, Growth, Row, Run
from mapscope.text import count_of

DISTURBED_SHARE = 0.25
"""More disturbed turns than that cannot all be left out."""
USUALLY_ALONE = 0.75
"""The share of turns below which a shared core is a caveat."""
LOST_SHARE = 0.01
"""The share of a process's wall time that may go to others before it is a caveat."""
WIDE_HALVES = 0.15
"""So far apart may the two halves of a growth's repetitions be before it is a caveat."""


def caveats(run: Run) -> list[str]:
    """The run's own weaknesses, the gravest first; empty when there is none."""
    environment, selection, tool = run.environment, run.selection, run.tool
    found = []
    if run.failures:
        found.append(f"{count_of(len(run.failures), 'failure')}: {_failures(run.failures)}")
    if run.missing:
        found.append(f"incomplete: {count_of(len(run.missing), 'process', 'processes')} not measured yet")
    if not run.build.is_optimised:
        found.append(f"built as {run.build.build_type}: times of an unoptimised build are not comparable")
    if missed := imprecise(run):
        found.append(missed)
    judged = [row for row in run.rows if row.workload not in run.crowded]
    if disturbed := [row for row in judged if is_often_disturbed(row.disturbed_turns, row.turns)]:
        found.append(
            f"another program took the CPU in more than {DISTURBED_SHARE:.0%} of the turns of {len(disturbed)} of "
            f"{len(judged)} rows (marked !)"
        )
    if run.timed.alone is not None and run.timed.alone < USUALLY_ALONE:
        found.append(
            f"the core was slower than it can be in {1 - run.timed.alone:.0%} of the turns, most likely because of "
            "somebody else on its other thread: times are corrected for it, and known less precisely"
        )
    unsettled = [row for row in run.growth if _widest(row) > WIDE_HALVES]
    if unsettled:
        found.append(
            f"percentiles of {len(unsettled)} of {len(run.growth)} growing tables have not settled: the two halves "
            f"of the repetitions differ by more than {WIDE_HALVES:.0%}; compare maximum latencies, or repeat more often"
        )
    rejected = sorted({result.backend for result in run.calibration if not result.accepted})
    if rejected:
        found.append(f"counters that failed their calibration and are withheld: of {', '.join(rejected)}")
    timed = run.timed_processes
    takers = {"waited_ms": "other programs", "stolen_ms": "the hypervisor"}
    if run.is_concurrent:
        del takers["waited_ms"]  # threads wait for those of their own process, and at most one of them is counted
    for field, taker in takers.items():
        lost = [p for p in timed if (getattr(p, field) or 0.0) > LOST_SHARE * 1000 * p.seconds]
        if lost:
            found.append(
                f"{taker} had the CPU for more than {LOST_SHARE:.0%} of the time of "
                f"{len(lost)} of {len(timed)} processes"
            )
    if unlike := {p.memory for p in timed} - {selection.memory}:
        found.append(f"memory regime: {', '.join(sorted(unlike))}")
    if environment.pinned_cpu.reason and not run.is_concurrent:
        found.append(f"not pinned to a CPU: {environment.pinned_cpu.reason}")
    if shared := shared_cache(run):
        name, reported, had = shared
        found.append(
            f"of the {size(reported)} of {name} about {size(had)} could be had: larger working sets go to memory"
        )
    if environment.virtualisation.value not in (None, "none"):
        found.append(f"virtual machine ({environment.virtualisation.value}): neighbours and true frequency unseen")
    if environment.governor.value not in (None, "performance"):
        found.append(f"frequency governor is {environment.governor.value}, not performance")
    if tool.dirty or tool.commit.reason:
        found.append("the sources were no clean commit: they cannot be restored exactly")
    return found


def is_often_disturbed(disturbed_turns: list[int], turns: list[int]) -> bool:
    """Whether another program took the CPU during many of a row's turns."""
    return sum(disturbed_turns) > DISTURBED_SHARE * sum(turns)


def imprecise(run: Run) -> str | None:
    """How many ratios missed the target, and the widest; None when none did, or the run had no target."""
    target = run.selection.target
    if target is None:
        return None
    others = [row for row in run.rows if row.map != row.best]
    missed = [row for row in others if half_width(row) > target]
    if not missed:
        return None
    known = [row for row in missed if half_width(row) < float("inf")]
    widest = max(known, key=half_width, default=None)
    worst = (
        f", widest {widest.map} {widest.workload} {widest.kv} n={widest.n:,}: ±{half_width(widest):.0%}"
        if widest
        else ""
    )
    alone = len(missed) - len(known)
    unknown = f"; {alone} with a single round, whose interval is not known" if alone else ""
    return f"{len(missed)} of {len(others)} ratios are known less precisely than ±{target:.0%}{worst}{unknown}"


def half_width(row: Row) -> float:
    """Of its ratio's interval, as a share of the ratio; infinite where it is not known."""
    if row.ratio_low is None or row.ratio_high is None:
        return float("inf")
    return (row.ratio_high / row.ratio_low) ** 0.5 - 1


def _widest(row: Growth) -> float:
    found = apart(row) or {}
    return max((found[name] for name in PLACES if name in found), default=0.0)


def _failures(failures: list[Failure]) -> str:
    first = failures[0]
    counts = str(first.stage) not in ("table_memory", "read_latency") and not str(first.stage).startswith(PREFIX)
    when = f"round {first.round}" if first.round else f"counters {first.stage}" if counts else first.stage
    more = "" if len(failures) == 1 else f" (and {len(failures) - 1} more in run.json)"
    return f"{first.subject}, {when}: {first.message}{more}"
