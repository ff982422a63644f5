"""What every process of a run is: a task, and its stage, which knows how to start it and what becomes of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapscope.plan.build import MAIN, SHARED, Catalogue
from mapscope.plan.plan import Plan
from mapscope.plan.stages.collected import Collected, Parsed, Problem, Row


class Stage(ABC):
    """One kind of process, from its command line to its part in run.json. Nobody else asks which kind it is."""

    name: str | None
    """As run.json has it; None: it is timed."""
    built_as = ""
    """What its binaries are, in words, where they are built when the stage comes; empty: before the run."""
    pinned = True
    """Whether it must have its CPU to itself: what is simulated may share the machine."""
    predicts = True
    """Whether its processes take about as long as others of the same payload and size."""

    @abstractmethod
    def binary(self, task: Task, catalogue: Catalogue) -> str:
        """What it starts: a file of the build directory, and the target that makes it."""

    @abstractmethod
    def argv(self, task: Task, plan: Plan, catalogue: Catalogue, output: Path) -> list[str]:
        """The command line, to be started in the build directory; the process writes its JSON to `output`.

        Paths are relative where they are stored, so that results carry no trace of where somebody's sources are.
        """

    @abstractmethod
    def path(self, task: Task) -> Path:
        """Of its checked output, below the folder `raw` of a run, and of its failure below `failed`."""

    @abstractmethod
    def parse(self, document: Any, plan: Plan, task: Task) -> Parsed:
        """The output, checked against the task it was made for. Raises BadOutput."""

    @abstractmethod
    def collect(self, collected: Collected, parsed: Parsed, task: Task) -> None:
        """Add what a process brought."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stage) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def phase(self, task: Task) -> str:
        """The part of the run that a task belongs to, in words."""
        return f"round {task.round}"

    def workloads(self, task: Task, plan: Plan) -> list[str]:
        """Those that a process runs, where it runs workloads."""
        return plan.workloads_at(task.kv, task.n, task.part)

    def in_turns(self, plan: Plan, task: Task) -> bool:
        """Whether the processes of the task's block are interleaved, repetition by repetition."""
        return False

    def read_further(self, document: Any, output: Path) -> None:  # noqa: B027 (most have nothing beside)
        """Add to the document what the process wrote beside `output`."""

    def keep_further(self, document: Any, output: Path, kept: Path) -> None:  # noqa: B027
        """Keep, beside `kept`, what the process wrote beside `output`. Raises BadOutput."""

    def withhold(self, collected: Collected, row: Row, problem: Problem) -> None:
        """Take out of a row what a process of this stage cannot be believed about, or does not apply to."""
        if problem.is_failure:
            collected.withheld.add(row)
        else:
            collected.not_applicable[row] = problem.message

    def explain_missing(self, collected: Collected, rows: list[Row], reason: str) -> None:  # noqa: B027
        """Say in the rows why a process gave nothing; nothing to say where they miss a round."""


@dataclass(frozen=True)
class Task:
    """One process: one map with one hash on one payload at one size, timed in one round or counted by one stage."""

    round: int | None
    """None: it belongs to no round."""
    kv: str
    """Empty, as `map` is, where it belongs to no map; `n` is then 0."""
    n: int
    map: str
    seed: int
    stage: Stage
    hash: str = SHARED
    part: str = MAIN
    """Of the workloads."""

    @property
    def phase(self) -> str:
        """The part of the run that it belongs to, in words."""
        return self.stage.phase(self)

    @property
    def is_timed(self) -> bool:
        """Whether it is interleaved with others turn by turn."""
        return self.stage.name is None

    @property
    def block(self) -> tuple[str, str, int, str]:
        """What the maps of one shuffled order have in common."""
        return self.phase, self.kv, self.n, self.part

    @property
    def identity(self) -> dict[str, Any]:
        """Its stage, round, payload, size and map as run.json names them."""
        return {
            "stage": self.stage.name, "round": self.round,
            "kv": self.kv or None, "n": self.n or None, "map": self.map or None,
        }  # fmt: skip

    @property
    def what(self) -> str:
        """The block's work in words."""
        part = f" {self.part}" if self.part else ""
        return f"{self.kv} n={self.n}{part}" if self.kv else str(self.stage.name)

    def __str__(self) -> str:
        own = "" if self.hash == SHARED else f" ({self.hash} hash)"
        return f"{self.phase} {self.what} {self.map}".rstrip() + own

    def row(self, workload: str, hash_name: str) -> Row:
        """The row that one of its benchmarks belongs to."""
        return workload, self.kv, hash_name, self.n, self.map
