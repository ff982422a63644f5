"""The layout of a run folder: where each file lies, and how a run is named and found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mapscope.errors import UsageError
from mapscope.plan.plan import Plan
from mapscope.plan.records import Tool
from mapscope.plan.stages.stage import Stage, Task
from mapscope.plan.tasks import tasks

AT_WORK = "at-work-"
RUN_FILE = "run.json"
PACKED = ".gz"


@dataclass(frozen=True)
class RunFolder:
    """Paths inside `results/<run>/`; nothing here touches the disk."""

    path: Path
    stored: Path | None = None
    """Its run.json where that has another name: compressed, or a file by itself."""

    @property
    def plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def pair(self) -> Path:
        """Which run this one is interleaved with, if any: what resuming must know."""
        return self.path / "pair.json"

    @property
    def run(self) -> Path:
        return self.stored or self.path / RUN_FILE

    @property
    def plots(self) -> Path:
        return self.path / "plots"

    def build_log(self, stage: Stage) -> Path:
        """What the build of a stage's binaries has said, until it succeeds."""
        return self.path / f"build-{str(stage.name).split('/')[0]}.log"

    @property
    def sessions(self) -> Path:
        return self.path / "sessions"

    def raw(self, task: Task) -> Path:
        """Google Benchmark's own output of one finished process."""
        return self.path / "raw" / task.stage.path(task)

    def failure(self, task: Task) -> Path:
        """The record of one process that gave no usable output."""
        return self.path / "failed" / task.stage.path(task)

    def temporary(self, task: Task) -> Path:
        """Where a process at work writes; only what is whole leaves it."""
        return self.path / f"{AT_WORK}{'-'.join(task.stage.path(task).parts)}"

    def leftovers(self) -> list[Path]:
        """What processes at work have left lying, after a kill or beside their output."""
        return sorted([*self.path.glob(f"{AT_WORK}*"), *self.path.glob(f".{AT_WORK}*")])

    def leftovers_of(self, task: Task) -> list[Path]:
        """The same of one task: its output, what lies beside it, and what was never finished."""
        stem = self.temporary(task).stem
        return sorted([*self.path.glob(f"{stem}.*"), *self.path.glob(f".{stem}.*")])

    @property
    def tables(self) -> Path:
        return self.path / "tables"

    def missing(self, plan: Plan) -> list[Task]:
        """The planned processes that have not finished, in plan order."""
        return [task for task in tasks(plan) if not self.raw(task).is_file()]


def run_name(when: datetime, host: str, tool: Tool) -> str:
    """`<YYYYMMDD-HHMMSS>-<host>-<commit>[-dirty]`: sorts by time and says where from."""
    safe_host = "".join(c if c.isalnum() else "-" for c in host.split(".")[0]) or "host"
    commit = tool.commit.value or "nocommit"
    return f"{when:%Y%m%d-%H%M%S}-{safe_host}-{commit}{'-dirty' if tool.dirty else ''}"


def find(run: str, results: Path) -> RunFolder:
    """The folder meant by a path, a run.json, a file `<run>.run.json` (either of them with .gz as well), a name below
    `results`, or `latest`.

    Raises UsageError when there is none.
    """
    if run == "latest":
        runs = sorted(p.parent for p in results.glob("*/plan.json"))
        if not runs:
            raise UsageError(f"no run in {results} yet; make one with `make bench`")
        return RunFolder(runs[-1])
    for candidate in (Path(run), results / run):
        if candidate.is_file():
            return _of_file(candidate)
        if candidate.is_dir():
            packed = candidate / (RUN_FILE + PACKED)
            return RunFolder(candidate, packed if packed.is_file() and not (candidate / RUN_FILE).is_file() else None)
    raise UsageError(f"no run at {run}: give a run folder, its run.json (or .json.gz), or `latest` (of {results})")


def _of_file(file: Path) -> RunFolder:
    """The folder of a run.json; of a file by itself, one of its name, which need not be there."""
    name = file.name.removesuffix(PACKED)
    if name in (RUN_FILE, "plan.json"):
        return RunFolder(file.parent, file if file.name == RUN_FILE + PACKED else None)
    return RunFolder(file.with_name(name.removesuffix(".json").removesuffix(".run")), file)
