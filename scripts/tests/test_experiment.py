"""`experiment`: its program is built, run and shown; what goes wrong is one line and leaves no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Lab, one_line
from mapscope.plan.experiments import EXPERIMENTS
from mapscope.repository import ROOT
from test_order import counts


@pytest.fixture
def cmake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cmake that notes its arguments, and builds nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log = folder / "log"
    (folder / "cmake").write_text(f'#!/bin/sh\necho "$@" >> {log}\nexit ${{CMAKE_STATUS:-0}}\n')
    (folder / "cmake").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return log


def program(build: Path, name: str, script: str) -> None:
    path = build / f"experiment_{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def experiment(lab: Lab, *words: str) -> object:
    return lab.mapscope("experiment", *words, "--build-dir", str(lab.build))


def test_it_is_built_run_and_shown(lab: Lab, cmake: Path, tmp_path: Path) -> None:
    program(lab.build, "iteration_order", f"cat {counts(tmp_path / 'counts.csv')}")
    answer = experiment(lab, "iteration_order")
    assert answer.returncode == 0, answer.stderr
    assert cmake.read_text() == f"--build {lab.build} --target experiment_iteration_order\n"
    assert (lab.results / "order" / "order.csv").read_text() == (tmp_path / "counts.csv").read_text()
    assert (lab.results / "order" / "order.png").is_file() and "order.png" in answer.stdout


def test_the_arguments_and_the_status_are_those_of_the_program(lab: Lab, cmake: Path, tmp_path: Path) -> None:
    program(lab.build, "mutation_during_iteration", "exit 1")
    assert experiment(lab, "mutation_during_iteration").returncode == 1
    program(lab.build, "passing", f'echo "$@" > {tmp_path}/arguments; exit 3')
    assert "ended with 3" in one_line(experiment(lab, "passing"), 1)
    assert (tmp_path / "arguments").read_text().split() == list(EXPERIMENTS["passing"].arguments)
    assert not list(lab.results.rglob("*times.json*"))


def test_mistakes_are_one_line(lab: Lab, cmake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "available: mutation_during_iteration, iteration_order, passing" in one_line(experiment(lab, "order"), 2)
    assert "--output" in one_line(experiment(lab, "mutation_during_iteration", "--output", "x"), 2)
    assert "cannot be run" in one_line(experiment(lab, "iteration_order"), 2)
    monkeypatch.setenv("CMAKE_STATUS", "4")
    assert "cannot be built" in one_line(experiment(lab, "iteration_order"), 1)
    monkeypatch.setenv("PATH", str(lab.build))
    assert "make setup" in one_line(experiment(lab, "iteration_order"), 2)


def test_each_is_a_folder_and_a_target_of_make() -> None:
    folders = {path.parent.name for path in (ROOT / "experiments").glob("*/main.cpp")}
    makefile = (ROOT / "Makefile").read_text()
    assert folders == set(EXPERIMENTS)
    assert f"{' '.join(EXPERIMENTS)}:\n" in makefile
