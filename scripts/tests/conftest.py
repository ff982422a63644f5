"""What the tests share: a fake build, and mapscope on it, in this process or in one of its own."""

from __future__ import annotations

import fcntl
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fake_bench import make_build
from mapscope.cli import main
from mapscope.store import derived
from mapscope.store.load import GROUP

SCRIPTS = Path(__file__).resolve().parents[1]


@dataclass
class Lab:
    """A build directory and a results directory of one test."""

    build: Path
    results: Path

    def command(self, *arguments: str) -> list[str]:
        """The command line of mapscope with the two directories filled in."""
        build = ["--build-dir", str(self.build)] if arguments[0] == "run" else []
        return [sys.executable, "-m", "mapscope", *arguments, "--results", str(self.results), *build]

    def mapscope(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run mapscope to its end in this process, which is ten times as fast as in its own."""
        words = self.command(*arguments)[3:]
        with redirect_stdout(io.StringIO()) as stdout, redirect_stderr(io.StringIO()) as stderr:
            code = main(words)
        return subprocess.CompletedProcess(words, code, stdout.getvalue(), stderr.getvalue())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run mapscope as users do, beside the test."""
        environment = {**os.environ, "PYTHONPATH": str(SCRIPTS)}
        return subprocess.Popen(
            self.command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )

    def folder(self) -> Path:
        """The one run there is."""
        (folder,) = (each for each in self.results.iterdir() if each.name[0].isdecimal())
        return folder

    def run_json(self) -> dict[str, Any]:
        """Its run.json, unchecked."""
        return json.loads((self.folder() / "run.json").read_text())


SMALL = (
    "--suite",
    "smoke",
    "--kv",
    "int_int",
    "--workloads",
    "find_hit,erase,churn",
    "--sizes",
    "100",
    "--rounds",
    "2",
    "--growth",
    "off",
    "--counters",
    "off",
)
"""Two rounds of seven processes, nothing counted."""
WIDE = tuple("100,200,400" if word == "100" else word for word in SMALL)
"""The same with sizes enough for a latency ladder."""


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A fresh fake build with all maps behaving well."""
    return Lab(make_build(tmp_path / "build"), tmp_path / "results")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A directory that all workers of a test run share, filled by the first that asks for it."""
    base = factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / name / "made").is_file():
            make(base / name)
            (base / name / "made").touch()
    return base / name


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """One run that went well: two payloads, two sizes, two rounds; shared, so not to be changed."""

    def make(base: Path) -> None:
        lab = Lab(make_build(base / "build", ladder=True, table_memory=True), base / "results")
        process = lab.start("run", "--suite", "smoke", "--kv", "int_int,string_string", "--workloads",
                            "find_hit,range", "--sizes", "1000,6656", "--hash", "shared,own")  # fmt: skip
        stdout, stderr = process.communicate(timeout=600)
        assert process.returncode == 0, stderr
        assert stderr == ""
        (base / "stdout").write_text(stdout)

    base = made_once(tmp_path_factory, "finished", make)
    return Lab(base / "build", base / "results")


@pytest.fixture(scope="session")
def climbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The fields that a latency ladder fills, of a run with sizes enough for one and as many rounds as `finished`."""
    base = tmp_path_factory.mktemp("climbed")
    lab = Lab(make_build(base / "build", maps=("hmap",), ladder=True), base / "results")
    assert lab.mapscope("run", *WIDE).returncode == 0
    return {field: lab.run_json()[field] for field in ("ladder", "latencies")}


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """SMALL, without any disturbance."""

    def make(base: Path) -> None:
        lab = Lab(make_build(base / "build"), base / "results")
        assert lab.mapscope("run", *SMALL).returncode == 0

    base = made_once(tmp_path_factory, "undisturbed", make)
    return Lab(base / "build", base / "results")


@pytest.fixture
def tampered(finished: Lab, tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], None]], Lab]:
    """A copy of the finished run whose run.json a function has changed."""

    def tamper(change: Callable[[dict[str, Any]], None]) -> Lab:
        document = finished.run_json()
        change(document)
        folder = tmp_path / "results" / finished.folder().name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps(document))
        (folder / "plan.json").write_text((finished.folder() / "plan.json").read_text())
        return Lab(finished.build, tmp_path / "results")

    return tamper


def with_figures(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose rounds were changed, with all that follows from them where each round is a single turn."""
    described = [{**row, **derived.describe(row["rounds"])} for row in rows]
    for row, ratios in zip(described, derived.ratios_of_rounds(described), strict=True):
        row["ratios"] = ratios
        row["turns"] = [0 if ns is None else 1 for ns in row["rounds"]]
        row["disturbed_turns"] = [1 if count else 0 for count in row["involuntary_switches"]]
    return derived.add_ratios(described)


def group_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """What it shares with the rows that it is compared with."""
    return tuple(row[name] for name in GROUP)


def one_line(answer: subprocess.CompletedProcess[str], exit_code: int) -> str:
    """The single line of an error, after checking that it is one."""
    assert answer.returncode == exit_code, answer.stdout + answer.stderr
    lines = answer.stderr.splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("mapscope: error: ")
    return lines[0]
