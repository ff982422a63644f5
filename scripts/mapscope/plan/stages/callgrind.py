"""Valgrind's callgrind: how it is started, and what its dumps say.

It simulates two cache levels, so a run with LL = L2 gives the misses of L1 and L2 and a
second one with LL = L3 those of L3. The geometry is always given: left to itself it guessed
a last level of 512 MiB, 2-way, where the kernel says 32 MiB. An access that straddles two
lines counts at most one miss.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from mapscope.plan.counters import TOLERANCE, events_of

LEVEL_OF = {"callgrind_l2": 2, "callgrind_l3": 3}
"""Which cache stands in for callgrind's last level."""
KEY = "mapscope_callgrind"
"""Under which a raw file carries the totals of its dumps, beside Google Benchmark's own."""
TRIGGER = re.compile(r"^desc: Trigger: Client Request: (\S+)$", re.MULTILINE)


def find() -> tuple[str | None, str | None]:
    """Version of valgrind, or the reason why it cannot be had."""
    if shutil.which("valgrind") is None:
        return None, "valgrind is not installed"
    answer = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return None, f"valgrind does not run: {answer.stderr.strip()[:200] or answer.returncode}"
    return answer.stdout.strip().removeprefix("valgrind-"), None


def refusals(cache: dict[str, Any]) -> dict[str, str]:
    """The stages that this geometry rules out, with the reasons."""
    if cache["value"] is None:
        return dict.fromkeys(LEVEL_OF, f"the caches are not known: {cache['reason']}")
    found = {}
    for stage, level in LEVEL_OF.items():
        for needed in (1, level):
            if why := _refusal(cache["value"], needed):
                found[stage] = why
    return found


def arguments(stage: str, cache: dict[str, Any], dumps: Path) -> list[str]:
    """The words before the binary's own."""
    first = _words(cache, 1)
    return [
        "valgrind",
        "--quiet",
        "--tool=callgrind",
        "--cache-sim=yes",
        "--collect-atstart=no",
        f"--I1={first}",
        f"--D1={first}",
        f"--LL={_words(cache, LEVEL_OF[stage])}",
        f"--callgrind-out-file={dumps}.%p",  # by process: one that forks would write over its own dumps
    ]


def label(cache: dict[str, Any]) -> str:
    """What was simulated, for the head of a column."""
    return f"[callgrind: D1={_words(cache['value'], 1)}, LL=L2 and LL=L3, virtual addresses]"


def read_dumps(dumps: Path) -> dict[str, dict[str, int]]:
    """Benchmark name to its event totals, of every dump that was asked for by name."""
    found = {}
    for path in sorted(dumps.parent.glob(f"{dumps.name}.*")):
        text = path.read_text(errors="replace")
        if trigger := TRIGGER.search(text):
            names = re.search(r"^events: (.*)$", text, re.MULTILINE)
            totals = re.findall(r"^totals: (.*)$", text, re.MULTILINE)
            if names and totals:
                counts = [int(word) for word in totals[-1].split()]
                keys = names[1].split()
                # Trailing zeroes are not written.
                found[trigger[1]] = dict(zip(keys, counts + [0] * (len(keys) - len(counts)), strict=True))
    return found


def calibrated(stage: str, expectations: list[dict[str, Any]], dumps: dict[str, Any]) -> list[dict[str, Any]]:
    """What the binary expected of its kernels, with what the dumps say of them; of one stage's events."""
    results = []
    for wanted in expectations:
        read = readings(stage, dumps.get(f"calibration/{wanted['kernel']}", {}), 1).get(wanted["event"])
        if wanted["event"] not in events_of(stage):
            continue
        if read is None:
            results.append(wanted | {"reason": "callgrind collected nothing"})
            continue
        off = read - wanted["expected"]
        if wanted.get("relation") == ">=":
            off = min(0.0, off)
        error = off / (wanted["expected"] or wanted.get("steps") or 1)
        results.append(wanted | {"read": read, "error": error, "accepted": abs(error) <= TOLERANCE})
    return results


def readings(stage: str, totals: dict[str, int], ops: float) -> dict[str, float]:
    """Events per operation. Empty when nothing was collected: a dump of zeroes is no reading."""
    if not totals.get("Ir"):
        return {}
    last_level = (totals["DLmr"] + totals["DLmw"]) / ops
    if stage == "callgrind_l3":
        return {"l3_misses": last_level}
    return {
        "instructions": totals["Ir"] / ops,
        "loads": totals["Dr"] / ops,
        "stores": totals["Dw"] / ops,
        "l1_misses": (totals["D1mr"] + totals["D1mw"]) / ops,
        "l2_misses": last_level,
    }


def _level(cache: dict[str, Any], level: int) -> dict[str, Any] | None:
    return next((entry for entry in cache["levels"] if entry["level"] == level), None)


def _words(cache: dict[str, Any], level: int) -> str:
    """`32768,8,64`: bytes, ways, bytes of a line."""
    entry = _level(cache, level)
    return f"{entry['bytes']},{entry['ways']},{entry['line_bytes']}" if entry else ""


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
