"""A value, or the reason why there is none: never a zero that stands for "unknown"."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def known(value: Any) -> dict[str, Any]:
    """A fact that could be established."""
    return {"value": value, "reason": None}


def unknown(reason: str) -> dict[str, Any]:
    """A fact that could not be, and why."""
    return {"value": None, "reason": reason}


def from_file(path: Path, why_absent: str) -> dict[str, Any]:
    """The text of a small kernel file, or the reason why it cannot be read."""
    try:
        text = path.read_text().strip()
    except OSError as error:
        return unknown(f"{why_absent} ({path}: {error.strerror})")
    return known(text) if text else unknown(f"{path} is empty")
