"""Options as variables of make: those that are documented count, others on its command line are refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Lab, one_line
from mapscope.commands import fleet
from mapscope.repository import ROOT
from mapscope.variables import LISTED


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAPS", "KV", "RUN", "N", "CPU"):
        monkeypatch.delenv(name, raising=False)


def planned(lab: Lab, *words: str) -> str:
    answer = lab.mapscope("run", "--dry-run", *words)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_a_variable_is_an_option(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPS", "hmap,std")
    assert ": 7 maps" in planned(lab)  # nobody has called it for make
    monkeypatch.setenv(LISTED, "MAPS")
    assert ": 2 maps" in planned(lab)
    monkeypatch.setenv(LISTED, "")  # from the environment, as make takes it
    assert ": 2 maps" in planned(lab)
    assert ": 1 maps" in planned(lab, "--maps", "std")
    monkeypatch.setenv("MAPS", "nomap")
    assert "MAPS" in one_line(lab.mapscope("run", "--dry-run"), 2)


def test_an_unknown_variable_is_refused_with_those_there_are(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LISTED, "CXXFLAGS CMAKE_BUILD_PARALLEL_LEVEL SIZE")
    line = one_line(lab.mapscope("run", "--dry-run"), 2)
    assert "unknown variable SIZE; available: SUITE, MAPS," in line and "SIZES" in line and "BUILD_DIR" not in line
    monkeypatch.setenv(LISTED, "CXXFLAGS CMAKE_BUILD_PARALLEL_LEVEL")
    planned(lab)
    monkeypatch.setenv(LISTED, "RUNS")
    assert "available: RUN, OUT, RESULTS" in one_line(lab.mapscope("report"), 2)


def test_the_list_is_printed(lab: Lab) -> None:
    names = [line.split()[0] for line in lab.mapscope("run", "--variables").stdout.splitlines() if line[0] != " "]
    assert {"SUITE", "GROWTH_REPETITIONS", "RESUME", "AGAINST", "RESULTS"} <= set(names)
    assert len(names) == len(set(names))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The Makefile and the scripts, with a .venv that is this interpreter."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "mapscope").symlink_to(ROOT / "scripts" / "mapscope")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = tmp_path / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return tmp_path


def make(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(("make", "--no-print-directory", *words), cwd=checkout, capture_output=True, text=True)


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_hands_on_what_it_was_given(checkout: Path, finished: Lab) -> None:
    answer = make(checkout, "validate", f"RUN={finished.folder()}")
    assert answer.returncode == 0 and "valid" in answer.stdout, answer.stderr
    refused = make(checkout, "validate", "RUNN=latest; touch pwned")
    assert refused.returncode == 2 and "unknown variable RUNN; available: RUN" in refused.stderr
    assert not (checkout / "pwned").exists()


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_reading_results_installs_nothing(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")
    for target in ("summary", "plots", "compare", "trend", "fleet"):
        answer = make(checkout, target)
        assert answer.returncode == 2 and "run make setup" in answer.stderr and not answer.stdout
    assert {path.name for path in checkout.iterdir()} == {"Makefile", "scripts"}


def test_a_fleet_gets_what_a_run_takes(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "HOSTS" in one_line(lab.mapscope("fleet"), 2)
    script = tmp_path / "scripts" / "fleet.sh"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nprintf "%s|" "$@" "$RESULTS" "$TRIES" > {tmp_path}/got\nexit 1\n')
    script.chmod(0o755)
    monkeypatch.setattr(fleet, "ROOT", tmp_path)
    assert lab.mapscope("fleet", "--hosts", "a b", "--tries", "2", "--growth-sizes", "4000").returncode == 1
    assert (tmp_path / "got").read_text() == f"a b|GROWTH_SIZES=4000|{lab.results}|2|"
