"""Which blocks are measured when: every one a few times, then those whose rows are not precise enough yet."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from mapscope.json_file import read_json
from mapscope.plan.build import Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.stage import Task
from mapscope.plan.stages.time import BLOCK, turns_of
from mapscope.plan.tasks import round_of
from mapscope.run.block import Block, Conditions, Player
from mapscope.run.budget import Budget
from mapscope.run.executor import Executor
from mapscope.run.memory import together
from mapscope.run.progress import Display
from mapscope.store.folder import RunFolder
from mapscope.store.precision import Group, Precision
from mapscope.store.turns import Turns

DEAR = 1 / 600
"""Of the budget, for a single block: of the standard suite's 87, some fifty take less and are a fifth of a round."""
DEAR_ROUNDS = 3
"""What is dear takes part in one round of so many, after two that have everything."""
USUAL_CACHE = 2**25
"""Where the kernel describes none."""


@dataclass(frozen=True)
class Side:
    """A run that is being measured: one build's, where two are interleaved."""

    plan: Plan
    folder: RunFolder
    catalogue: Catalogue
    executor: Executor


class Rounds:
    """The timed part of one run, or of two that are interleaved, whose plans differ in the build only."""

    def __init__(
        self, sides: Sequence[Side], cpu: int | None, budget: Budget, display: Display, rng: random.Random
    ) -> None:
        self._sides = sides
        self._plan = sides[-1].plan
        selection = self._plan.selection
        self._conditions = Conditions(
            cpu=cpu,
            cache_bytes=max((cache.bytes for cache in self._plan.environment.data_caches), default=USUAL_CACHE),
            starts_cold=selection.start == "cold",
        )
        self._precision = Precision(selection.target, self._conditions.pace)
        self._groups: dict[tuple[str, str, int], set[Group]] = defaultdict(set)
        self._gave_nothing: set[tuple[Any, ...]] = set()
        self._seconds: dict[tuple[str, int, str], float] = {}
        self._budget = budget
        self._display = display
        self._rng = rng

    def measure(self) -> None:
        """Every round, until all rows are precise enough, the budget is spent or there are no more rounds.

        After the first round, what takes least comes first: where the budget ends the run, the many rows of small
        tables are precise, and what seconds bought in large ones would have been few. For the same reason, what is
        dear takes part in every third round only.
        """
        for number in range(1, self._plan.selection.rounds + 1):
            for block in sorted(self._blocks(number), key=self._expected):
                stored = [side.folder.raw(task).is_file() for side, task in block]
                if all(stored):
                    self._remember(block)
                elif workloads := self._wanted(number, block):
                    if number > 1 and not self._budget.has(self._expected(block)):
                        continue
                    if self._waits(number) and self._expected(block) > self._budget.share(DEAR):
                        continue
                    self._measure(block, workloads)
            self._display.round_ended(number, self._precision)
            if number == 1:  # with later ones it would take a fifteenth of the budget; the session's end writes it anew
                for side in self._sides:
                    side.executor.write_run()
            if not self._budget.has(0):
                return

    @staticmethod
    def _waits(number: int) -> bool:
        """Whether a round has only what is not dear."""
        return number > 2 and number % DEAR_ROUNDS != 2

    def _expected(self, block: list[tuple[Side, Task]]) -> float:
        """Seconds that a block took the last time; 0 the first time."""
        return self._seconds.get(_place(block[0][1]), 0.0) if block else 0.0

    def _blocks(self, number: int) -> Iterator[list[tuple[Side, Task]]]:
        """What is alive together, of both builds; without what gave nothing before, in rounds that it may lack."""
        is_optional = number > self._plan.mandatory_rounds
        for _, group in groupby(round_of(self._plan, number), key=lambda task: task.block):
            block = [(side, task) for task in group for side in self._sides]
            yield [
                (side, task)
                for side, task in block
                if not (is_optional and self._key(side, task) in self._gave_nothing)
            ]

    def _key(self, side: Side, task: Task) -> tuple[Any, ...]:
        return self._sides.index(side), task.map, task.hash, *_place(task)

    def _wanted(self, number: int, block: list[tuple[Side, Task]]) -> list[str]:
        """The workloads of a block that a round is to measure."""
        if not block:
            return []
        task = block[0][1]
        workloads = self._plan.workloads_at(task.kv, task.n, task.part)
        if number <= self._plan.selection.least_rounds:
            return workloads
        return [
            name for name in workloads if not all(map(self._precision.is_precise, self._groups[name, task.kv, task.n]))
        ]

    def _measure(self, block: list[tuple[Side, Task]], workloads: list[str]) -> None:
        for side, task in block:
            side.folder.raw(task).unlink(missing_ok=True)  # one that is there lacks its neighbours
        task, started = block[0][1], time.monotonic()
        players = [Player(side.executor, task) for side, task in block]
        twins = [list(group) for _, group in groupby(players, key=lambda player: player.identity)]
        for part in together(twins, self._plan, task.kv, task.n):
            Block(part, self._conditions, self._rng).measure(workloads)
        self._seconds[_place(task)] = time.monotonic() - started
        for side, task in block:
            if not side.folder.raw(task).is_file():
                self._gave_nothing.add(self._key(side, task))
        self._remember([(side, task) for side, task in block if side.folder.raw(task).is_file()])
        self._display.measured(task, self._precision)

    def _remember(self, block: list[tuple[Side, Task]]) -> None:
        """How precise the rows of a stored block are."""
        for side, task in block:
            document = read_json(side.folder.raw(task))
            self._precision.pace.learn(document[BLOCK]["pace_ns"])
            for workload, hash_name, found in turns_of(document):
                group: Group = (workload, task.kv, task.n, hash_name)
                name = task.map
                if len(self._sides) > 1:
                    group, name = (*group, task.map), str(self._sides.index(side))
                self._groups[workload, task.kv, task.n].add(group)
                times, _, switches, paces = zip(*found, strict=True)
                disturbed = [count > 0 and workload not in self._plan.crowded for count in switches]
                turns = Turns(times, disturbed, paces)
                self._precision.add(group, task.round or 0, name, turns)


def _place(task: Task) -> tuple[str, int, str]:
    """Payload, size and part of the workloads."""
    return task.kv, task.n, task.part
