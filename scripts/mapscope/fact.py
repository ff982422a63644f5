"""A fact: a value, or the reason why there is none. Never a zero in place of "unknown"."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Fact:
    """Either `value` or `reason` is None. In JSON an object with these two fields."""

    value: Any
    reason: str | None


def known(value: Any) -> Fact:
    """A fact that could be established."""
    return Fact(value, None)


def unknown(reason: str) -> Fact:
    """A fact that could not be, and why."""
    return Fact(None, reason)


def from_file(path: Path, why_absent: str) -> Fact:
    """The text of a small kernel file, or the reason why it cannot be read."""
    try:
        text = path.read_text().strip()
    except OSError as error:
        return unknown(f"{why_absent} ({path}: {error.strerror})")
    return known(text) if text else unknown(f"{path} is empty")
