"""Two builds measured against each other: one run of each, their processes in turn.

Each process of the one build has its twin of the other at its side: the same map, payload, size
and seed, started right after or before it as a coin says. What the machine does in a minute then
falls on both, and their ratio inside a round is free of it. Each build gets a run of its own,
complete and readable like any other; that the two belong together is told by the times at
which their processes started (compare reads it from there).
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from mapscope import report
from mapscope.build import Catalogue
from mapscope.environment import describe_moment
from mapscope.errors import Interrupted, MapscopeError, RunStopped, UsageError
from mapscope.folder import RunFolder
from mapscope.pinning import kept_off
from mapscope.plan import Plan
from mapscope.progress import Display
from mapscope.repository import describe_tool, tree_of
from mapscope.runner import Crew, clear_leftovers, stopped_by_signals
from mapscope.text import now


@dataclass(frozen=True)
class Side:
    """One of the two builds: what is run, with what, and where it is kept."""

    plan: Plan
    folder: RunFolder
    catalogue: Catalogue


def require_alike(here: Catalogue, there: Catalogue, maps: list[str], workloads: list[str]) -> None:
    """Raises UsageError when the other build lacks what is to be measured."""
    lacking = [name for name in maps if name not in there.binaries]
    if lacking:
        raise UsageError(f"--against (AGAINST): {there.directory} has no {', '.join(lacking)}; choose others by MAPS")
    if unknown := [name for name in workloads if name not in there.workloads + there.states]:
        raise UsageError(
            f"--against (AGAINST): {there.directory} has no {', '.join(unknown)}; choose others by WORKLOADS"
        )
    if (here.compiler, here.flags, here.build_type) != (there.compiler, there.flags, there.build_type):
        raise UsageError(
            f"--against (AGAINST): {there.directory} was built otherwise ({there.compiler}, {there.flags}, "
            f"{there.build_type}); a ratio would tell of that"
        )


def without_new_states(workloads: list[str], here: Catalogue, there: Catalogue) -> list[str]:
    """What both builds can measure, of what nobody has named: an older one has fewer states, or none."""
    return [name for name in workloads if name not in here.states or name in there.states]


def of_commit(plan: Plan, catalogue: Catalogue) -> Plan:
    """The plan with the commit whose sources `catalogue` was built from."""
    return replace(plan, tool=describe_tool(tree_of(catalogue.directory)))


def execute_pair(sides: tuple[Side, Side], cpu: int | None, display: Display) -> list[dict[str, Any]]:
    """Run both, process by process, and return their documents.

    Raises Interrupted or RunStopped as runner.execute does; what had finished is kept.
    """
    dice = random.Random(f"mapscope seed {sides[0].plan.seeds['base']} twins")
    began, before = now(), describe_moment(cpu)
    for side in sides:
        clear_leftovers(side.folder)
        _write_session(side, began, before, None, None)

    def close_sessions(outcome: str) -> list[dict[str, Any]]:
        after = describe_moment(cpu)
        for side in sides:
            _write_session(side, began, before, outcome, after)
        return [report.write_run(side.folder, side.plan) for side in sides]

    try:
        with stopped_by_signals() as check, display, kept_off(cpu):
            crews = [Crew(side.plan, side.folder, side.catalogue, display, check) for side in sides]
            for twins in zip(*(side.plan.tasks() for side in sides), strict=True):
                for which in dice.sample((0, 1), 2):
                    crews[which].carry_out([twins[which]], cpu, side_by_side=1)
    except MapscopeError as error:
        with suppress(RunStopped):
            close_sessions("interrupted" if isinstance(error, Interrupted) else "stopped")
        raise
    finally:
        for side in sides:
            clear_leftovers(side.folder)
    return close_sessions("finished")


def _write_session(side: Side, began: str, before: Any, outcome: str | None, after: Any) -> None:
    finished = now() if outcome else None
    report.write_session(
        side.folder,
        1,
        {"started": began, "finished": finished, "outcome": outcome, "before": before, "after": after},
    )
