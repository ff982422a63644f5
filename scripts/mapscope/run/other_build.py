"""The other build of `run --against`: a directory, or a commit, which scripts/against.sh checks out and builds."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mapscope.errors import UsageError
from mapscope.repository import ROOT

SCRIPT = ROOT / "scripts" / "against.sh"


def check(against: str) -> None:
    """Raises UsageError when it is neither."""
    if _is_build(against):
        return
    if subprocess.run((SCRIPT, "--check", against), capture_output=True, check=False).returncode != 0:
        raise UsageError(
            f"--against (AGAINST): '{against}' is neither a commit here nor a directory with a build; "
            "give a name that git log knows"
        )


def directory_of(against: str, maps: str | None) -> Path:
    """Where the build is, once it is built: of the maps in a comma list, or of all. Raises UsageError."""
    check(against)
    if _is_build(against):
        return Path(against)
    done = subprocess.run((SCRIPT, against, *filter(None, (maps,))), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise UsageError(f"--against (AGAINST): '{against}' cannot be built; the messages above say why")
    return Path(done.stdout.splitlines()[-1])


def _is_build(against: str) -> bool:
    return (Path(against) / "maps.json").is_file()
