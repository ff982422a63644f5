"""Carrying out the plan of `run`, and one screen of what came of it."""

from __future__ import annotations

from typing import Any

import pandas
from rich.console import Console, RenderableType

from mapscope.analysis.caveats import caveats
from mapscope.analysis.heatmap import heatmap, heatmap_of, on_one_screen
from mapscope.commands.plot import draw
from mapscope.commands.shared import console, shown
from mapscope.errors import Interrupted, MapscopeError, RunStopped
from mapscope.output.terminal.heatmap import heatmap_lines
from mapscope.output.terminal.summary import print_summary
from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.tasks import tasks
from mapscope.run.pinning import free_cpus
from mapscope.run.progress import Display
from mapscope.run.runner import execute
from mapscope.store.folder import RunFolder
from mapscope.store.load import read_run
from mapscope.store.records import Run
from mapscope.text import count_of


def measure(plan: Plan, folder: RunFolder, catalogue: Catalogue, cpu: int | None) -> int:
    """Raises RunStopped or Interrupted with how to go on, and MapscopeError after failures."""
    terminal = console()
    missing, planned = folder.missing(plan), sum(1 for _ in tasks(plan))
    pinned = plan.environment.pinned_cpu
    if plan.selection.is_concurrent:
        place = f"on CPUs {', '.join(map(str, plan.environment.usable_cpus or []))}"
    else:
        place = f"on CPU {cpu}" if pinned.reason is None else f"not pinned ({pinned.reason})"
    print(f"suite {plan.suite.name}, {len(missing)} of {planned} processes to run {place}, into {shown(folder.path)}")

    def picture(so_far: list[dict[str, Any]]) -> RenderableType:
        return heatmap_lines(on_one_screen(heatmap_of(plan, pandas.DataFrame(so_far))), terminal.width)

    try:
        execute(
            plan,
            folder,
            catalogue,
            cpu,
            Display(terminal, missing, planned, free_cpus(), picture if len(plan.maps) > 1 else None),
        )
    except (Interrupted, RunStopped) as error:
        left = len(folder.missing(plan))
        error.args = (
            f"{error}; {planned - left} of {planned} processes are kept in {shown(folder.path)}, "
            f"{left} are missing; go on with: make bench RESUME={shown(folder.path)}",
        )
        raise
    measured = read_run(folder)
    if measured.rows:
        _show(terminal, folder, measured)
    if not measured.failures:
        return 0
    first = measured.failures[0]
    again = f"; try the missing again with: make bench RESUME={shown(folder.path)}" if measured.missing else ""
    raise MapscopeError(
        f"{count_of(len(measured.failures), 'failure')}, listed in {shown(folder.run)}; "
        f"first: {first.subject}: {first.message}{again}"
    )


def _show(terminal: Console, folder: RunFolder, measured: Run) -> None:
    """The heatmap, and where the rest is; of a single map, which has nothing to be compared with, its tables."""
    found = heatmap(measured)
    if not found.compares:
        print_summary(terminal, measured)
        print(f"\nplots        {draw(folder, measured)}")
        return
    print()
    terminal.print(heatmap_lines(on_one_screen(found), terminal.width))
    if weaknesses := caveats(measured):
        text = f"caveats      {len(weaknesses)}, the gravest: {weaknesses[0]}"
        terminal.print(text, highlight=False, markup=False, overflow="fold")
    terminal.print(f"versions     {found.versions}", highlight=False, markup=False, overflow="fold")
    print(f"full tables  make summary RUN={shown(folder.path)}")
    print(f"plots        {draw(folder, measured)}")
    print(f"page         make report RUN={shown(folder.path)}")
