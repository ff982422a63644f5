"""Where this code lies and which commit it is."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from mapscope import __version__
from mapscope.fact import known, unknown

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "results"
BUILD = ROOT / "build" / "bench"
SCHEMA = RESULTS / "run.schema.json"


def describe_tool(root: Path = ROOT) -> dict[str, Any]:
    """Name, version and commit of the sources at `root`; `dirty` is null when there is no commit to differ from.

    Results are no part of the instrument: a new run does not make the tree dirty.
    """
    commit, dirty = _git(root, "rev-parse", "--short=10", "HEAD"), None
    if commit["value"] is not None:
        status = _git(root, "status", "--porcelain", "--", ".", ":!results")
        dirty = None if status["reason"] else status["value"] != ""
    return {"name": "mapscope", "version": __version__, "commit": commit, "dirty": dirty}


def tree_of(directory: Path) -> Path:
    """The top of the work tree that `directory` lies in; itself where there is none."""
    top = _git(directory, "rev-parse", "--show-toplevel")["value"]
    return Path(top) if top else directory


def _git(root: Path, *arguments: str) -> dict[str, Any]:
    try:
        answer = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        return unknown(f"git could not be run: {error.strerror}")
    if answer.returncode != 0:
        return unknown("the sources are not in a git commit")
    return known(answer.stdout.strip())
