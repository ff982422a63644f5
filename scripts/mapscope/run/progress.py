"""How far a run has come: a live bar and the current table on a terminal, one plain line a block in a log."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from mapscope.plan.stages.stage import Stage, Task
from mapscope.run.budget import Budget
from mapscope.store.precision import Precision
from mapscope.text import span

REDRAW_S = 10.0
"""The table takes a quarter of a second, in which nothing is measured."""


class Estimator:
    """Expected time of what is left, from what processes of the same payload and size took.

    Sizes not met yet are scaled from those that were, by a weight that grows with n:
    crude, but right within the first round and replaced by the real thing as it comes.
    A counting stage is a world of its own; until it is met it is taken for a timed one.
    """

    ENTRIES_PER_START = 20_000
    """The n at which the work proper takes about as long as starting the process."""

    def __init__(self, side_by_side: int = 1) -> None:
        self._seconds: dict[Stage, dict[tuple[str, int], list[float]]] = defaultdict(lambda: defaultdict(list))
        self._side_by_side = side_by_side

    def add(self, task: Task, seconds: float) -> None:
        """Learn from one finished process."""
        self._seconds[task.stage][task.kv, task.n].append(seconds)

    def remaining(self, tasks: Iterable[Task]) -> float | None:
        """Seconds that `tasks` will take; None before anything is known."""
        met = [stage for stage in self._seconds if stage.predicts]
        total = 0.0
        for task in tasks:
            if task.stage not in self._seconds and not met:
                return None
            times = self._seconds[task.stage if task.stage in self._seconds else met[0]]
            own = times.get((task.kv, task.n))
            seconds = sum(own) / len(own) if own else self._weight(task.n) * self._per_weight(times)
            total += seconds / (1 if task.stage.pinned else self._side_by_side)
        return total

    def _per_weight(self, times: dict[tuple[str, int], list[float]]) -> float:
        weight = sum(self._weight(n) * len(each) for (_, n), each in times.items())
        return sum(sum(each) for each in times.values()) / weight

    def _weight(self, n: int) -> float:
        return 1 + n / self.ENTRIES_PER_START


class Display:
    """Shows the progress of `tasks`; a context manager, as a live bar must be closed."""

    def __init__(
        self,
        console: Console,
        tasks: list[Task],
        planned: int,
        side_by_side: int = 1,
        picture: Callable[[list[dict[str, Any]]], RenderableType] | None = None,
    ) -> None:
        """`picture` makes the current table of the rows so far, as Precision.rows."""
        self._console = console
        self._picture = picture
        self._drawn = -REDRAW_S
        self._pictured_round = 0
        self._left = list(tasks)
        self._planned = planned
        self._started = time.monotonic()
        self._estimator = Estimator(side_by_side)
        self._budget = Budget(None)
        self._precision: tuple[float, float] | None = None
        self._bar = self._make_bar() if console.is_terminal else None
        self._live = Live(self._bar, console=console, auto_refresh=False, transient=True) if self._bar else None
        self._bar_task = self._bar.add_task("", total=planned, elapsed=span(0), eta=span(None)) if self._bar else None

    def __enter__(self) -> Display:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def tick(self, task: Task) -> None:
        """Redraw while `task` runs; called by the runner, so that no thread draws while it measures."""
        if self._bar and self._live and self._bar_task is not None:
            self._bar.update(
                self._bar_task,
                description=f"{task}{self._how_precise(task)}",
                completed=self._planned - len(self._left),
                elapsed=span(time.monotonic() - self._started),
                eta=self._how_long(),
            )
            self._live.refresh()

    def done(self, task: Task, seconds: float) -> None:
        """`task` has ended, well or not."""
        self._estimator.add(task, seconds)
        if task in self._left:  # further rounds are not planned
            self._left.remove(task)
        if self._bar is None and not task.is_timed and all(other.block != task.block for other in self._left):
            self._progress_line(task)

    def bounded_by(self, budget: Budget) -> None:
        """Show the time that is left of it from now on."""
        self._budget = budget

    def measured(self, task: Task, precision: Precision) -> None:
        """The block of `task` has been measured, and the run is so precise now."""
        self._precision = precision.summary()
        if self._live and self._bar and self._picture and time.monotonic() - self._drawn > REDRAW_S:
            self._live.update(Group(self._picture(precision.rows()), self._bar), refresh=True)
            self._drawn = time.monotonic()
        if self._live is None:
            self._progress_line(task)

    def round_ended(self, number: int, precision: Precision) -> None:
        """In a log the table comes once, as soon as every row has a figure."""
        if number == 1 and self._live is None and self._picture:
            self._console.print(self._picture(precision.rows()))

    def _progress_line(self, task: Task) -> None:
        finished = self._planned - len(self._left)
        self._line(
            f"{task.phase}  {task.what}  {finished}/{self._planned} processes"
            f"  elapsed {span(time.monotonic() - self._started)}  left {self._how_long()}{self._how_precise(task)}"
        )

    def _how_long(self) -> str:
        left = self._budget.left
        return span(self._estimator.remaining(self._left)) if left is None else f"{span(left)} of the budget"

    def _how_precise(self, task: Task) -> str:
        if self._precision is None or not task.is_timed:
            return ""
        width, within = self._precision
        return f"  median ±{width:.1%}, {within:.0%} of ratios within the target"

    def note(self, text: str) -> None:
        """A line that stays, such as a failure."""
        self._line(text)

    def _line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _make_bar(self) -> Progress:
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            TextColumn("elapsed {task.fields[elapsed]}"),
            TextColumn("left {task.fields[eta]}"),
            console=self._console,
            auto_refresh=False,
        )
