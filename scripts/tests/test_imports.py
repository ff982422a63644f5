"""Which part of the package may import which: the contracts in pyproject.toml, and that no modules import in a
circle.
"""

from __future__ import annotations

import graphlib
import os
from pathlib import Path

import grimp
import pytest
from importlinter import cli

SCRIPTS = Path(__file__).resolve().parents[1]
MOST_MODULES = 20


def test_imports_go_one_way(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SCRIPTS)
    code = cli.lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert code == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = grimp.build_graph("mapscope", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    list(graphlib.TopologicalSorter(imports).static_order())  # raises CycleError


def test_folders_can_be_taken_in_at_a_glance() -> None:
    for folder, _, files in os.walk(SCRIPTS / "mapscope"):
        modules = [name for name in files if name.endswith(".py") and name != "__init__.py"]
        assert len(modules) <= MOST_MODULES, folder
