"""Which commit the sources that measure are."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mapscope import __version__
from mapscope.fact import Fact, known, unknown
from mapscope.plan.records import Tool
from mapscope.repository import ROOT


def describe_tool(root: Path = ROOT) -> Tool:
    """Name, version and commit of the sources at `root`; `dirty` is null when there is no commit to differ from.

    Results are no part of the harness: a new run does not make the tree dirty.
    """
    commit, dirty = _git(root, "rev-parse", "--short=10", "HEAD"), None
    if commit.value is not None:
        status = _git(root, "status", "--porcelain", "--", ".", ":!results")
        dirty = None if status.reason else status.value != ""
    return Tool("mapscope", __version__, commit, dirty)


def tree_of(directory: Path) -> Path:
    """The top of the work tree that `directory` lies in; itself where there is none."""
    top = _git(directory, "rev-parse", "--show-toplevel").value
    return Path(top) if top else directory


def _git(root: Path, *arguments: str) -> Fact:
    try:
        answer = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        return unknown(f"git could not be run: {error.strerror}")
    if answer.returncode != 0:
        return unknown("the sources are not in a git commit")
    return known(answer.stdout.strip())
