"""Times, counts and figures as text, in one manner everywhere."""

from __future__ import annotations

from datetime import datetime


def now() -> str:
    """Local time with its offset from UTC, ISO 8601, to the second."""
    return datetime.now().astimezone().isoformat(timespec="seconds")


def span(seconds: float | None) -> str:
    """`1:02:03` or `2:03`; `-:--` when not known."""
    if seconds is None:
        return "-:--"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def significant(value: float) -> str:
    """Three significant digits in plain notation, but never more than two decimals."""
    decimals = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{decimals}f}"


def per_operation(value: float) -> str:
    """A count per operation in at most five characters. What is not zero never reads as zero."""
    if value == 0:
        return "0"
    if value < 0.01:
        return "<.01"
    for scale, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= scale:
            scaled = value / (scale if letter != "k" else 1e3)
            return f"{scaled:.{0 if scaled >= 10 else 1}f}{letter}"
    return f"{value:.0f}" if value == int(value) or value >= 100 else significant(value)


def count_of(number: int, one: str, many: str | None = None) -> str:
    """`1 round`, `2 rounds`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def duration(ns: float) -> str:
    """Nanoseconds in the unit that fits, three digits: `140ns`, `4.91ms`."""
    for scale, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "us")):
        if ns >= 0.9995 * scale:
            return f"{ns / scale:.3g}{unit}"
    return f"{ns:.0f}ns"
