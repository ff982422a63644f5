"""Valgrind's callgrind: whether it is there, and which caches it can simulate.

It simulates two cache levels, so a run with LL = L2 gives the misses of L1 and L2 and a
second one with LL = L3 those of L3. The geometry is always given: left to itself it guessed
a last level of 512 MiB, 2-way, where the kernel says 32 MiB. An access that straddles two
lines counts at most one miss.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

from mapscope.fact import Fact

LEVEL_OF = {"callgrind_l2": 2, "callgrind_l3": 3}
"""Which cache takes the place of callgrind's last level."""


def find() -> tuple[str | None, str | None]:
    """Version of valgrind, or the reason why it cannot be had."""
    if shutil.which("valgrind") is None:
        return None, "valgrind is not installed"
    answer = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return None, f"valgrind does not run: {answer.stderr.strip()[:200] or answer.returncode}"
    return answer.stdout.strip().removeprefix("valgrind-"), None


def refusals(cache: Fact) -> dict[str, str]:
    """The stages that this geometry rules out, with the reasons."""
    if cache.value is None:
        return dict.fromkeys(LEVEL_OF, f"the caches are not known: {cache.reason}")
    found = {}
    for stage, level in LEVEL_OF.items():
        for needed in (1, level):
            if why := _refusal(cache.value, needed):
                found[stage] = why
    return found


def label(cache: Fact) -> str:
    """What was simulated, for the head of a column."""
    return f"[callgrind: D1={geometry(cache.value, 1)}, LL=L2 and LL=L3, virtual addresses]"


def geometry(cache: dict[str, Any], level: int) -> str:
    """`32768,8,64`: bytes, ways, bytes of a line; of a cache level, as callgrind takes them."""
    entry = _level(cache, level)
    return f"{entry['bytes']},{entry['ways']},{entry['line_bytes']}" if entry else ""


def _level(cache: dict[str, Any], level: int) -> dict[str, Any] | None:
    return next((entry for entry in cache["levels"] if entry["level"] == level), None)


def _refusal(cache: dict[str, Any], level: int) -> str | None:
    entry = _level(cache, level)
    if entry is None:
        return f"{cache['name']} has no L{level}"
    if not entry["ways"] or not entry["line_bytes"]:
        return f"the ways or the line size of L{level} are not known"
    sets, rest = divmod(entry["bytes"], entry["ways"] * entry["line_bytes"])
    if rest or sets & (sets - 1):
        return f"callgrind wants a power of two of sets; L{level} of {cache['name']} has {sets}"
    return None
