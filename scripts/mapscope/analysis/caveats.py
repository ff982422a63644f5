"""A run's caveats, in plain sentences."""

from __future__ import annotations

from mapscope.analysis.fingerprint import size
from mapscope.analysis.ladder import shared_cache
from mapscope.analysis.split_half import PLACES, apart
from mapscope.plan.growth import PREFIX
from mapscope.store.records import Failure, Growth, Run
from mapscope.text import count_of

WIDE_SPREAD = 0.10
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
    if selection.rounds < 5:
        found.append(f"only {count_of(selection.rounds, 'round')}: quartiles and ties mean little below 5")
    wide = [row for row in run.rows if row.spread is not None and row.spread > WIDE_SPREAD]
    if wide:
        found.append(f"{len(wide)} of {len(run.rows)} rows spread by more than {WIDE_SPREAD:.0%} of their median")
    rounds = [count for row in run.rows for count in row.involuntary_switches if count is not None]
    if disturbed := sum(count > 0 for count in rounds):
        found.append(f"another program took the CPU during {disturbed} of {len(rounds)} measurements (marked !)")
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
    for field, taker in (("waited_ms", "other programs"), ("stolen_ms", "the hypervisor")):
        lost = [p for p in timed if (getattr(p, field) or 0.0) > LOST_SHARE * 1000 * p.seconds]
        if lost:
            found.append(
                f"{taker} had the CPU for more than {LOST_SHARE:.0%} of the time of "
                f"{len(lost)} of {len(timed)} processes"
            )
    if unlike := {p.memory for p in timed} - {selection.memory}:
        found.append(f"memory regime: {', '.join(sorted(unlike))}")
    if environment.pinned_cpu.reason:
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


def _widest(row: Growth) -> float:
    found = apart(row) or {}
    return max((found[name] for name in PLACES if name in found), default=0.0)


def _failures(failures: list[Failure]) -> str:
    first = failures[0]
    growing = str(first.stage).startswith(PREFIX)
    when = f"round {first.round}" if first.round else first.stage if growing else f"counters {first.stage}"
    more = "" if len(failures) == 1 else f" (and {len(failures) - 1} more in run.json)"
    return f"{first.subject}, {when}: {first.message}{more}"
