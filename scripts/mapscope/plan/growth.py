"""Which tables are watched growing: every pass is a process for each map, all repetitions in it. The maps are
interleaved, repetition by repetition, so that drift of the machine affects all of them; so are the builds of a pair.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from mapscope.plan.records import GrowthPass
from mapscope.plan.suites import SUITES, GrowthSuite

PREFIX = "growth/"
"""Begins the stage of a pass: `growth/<variant>`."""
REQUESTS = {
    "auto": "what the suite says",
    "off": "no growth",
}
CHURN_KV = "int_int"
SIZE_OF_PAGE = ("small", "huge")
BYTES_PER_OPERATION = 20
"""Five durations, in the process that repeats them."""
SHARE_FOR_WAITING = 0.25
"""So much of the memory may processes hold that wait for their turn."""
THP = Path("/sys/kernel/mm/transparent_hugepage/enabled")


def plan_growth(
    suite_name: str, request: str, sizes: list[int], repetitions: int | None, kv: list[str]
) -> list[GrowthPass]:
    """The passes of a suite; with `sizes` or `repetitions` in place of its own. Payloads not selected are left out.

    `sizes` are of tables that grow: churn has sizes of its own, for their loads.
    """
    suite: GrowthSuite | None = SUITES[suite_name].growth
    if request == "off" or suite is None:
        return []
    no_huge = why_no_huge_pages()
    growing = [
        growth_pass(
            kv=payload, n=n, mix=mix, memory=memory, reserved=reserved, pages=pages,
            repetitions=repetitions or suite.repetitions, reason=no_huge if pages == "huge" else None,
        )
        for payload in suite.kv if payload in kv
        for n in sizes or suite.sizes
        for mix, memory, reserved, pages in suite.variants
    ]  # fmt: skip
    churning = [
        growth_pass(
            kv=CHURN_KV, n=n, mix="churn", memory="first_touch", reserved=False, pages="small",
            repetitions=repetitions or suite.repetitions, churn=times,
        )
        for n, times in suite.churn if CHURN_KV in kv
    ]  # fmt: skip
    return growing + churning


def growth_pass(*, mix: str, memory: str, reserved: bool, pages: str, **further: Any) -> GrowthPass:
    """A pass, with the stage that its variant makes."""
    words = [mix, memory, *(["reserved"] if reserved else []), *(["huge"] if pages == "huge" else [])]
    stage = PREFIX + "-".join(words)
    return GrowthPass(stage=stage, mix=mix, memory=memory, reserved=reserved, pages=pages, **further)


def waiting_bytes(one: GrowthPass) -> int:
    """What a process holds while others have their turn."""
    operations = one.n * ((one.churn or 0) + 1) * (1 if one.mix == "insert" else 2)
    return BYTES_PER_OPERATION * operations


def with_turns(passes: list[GrowthPass], processes: int, memory_bytes: int) -> list[GrowthPass]:
    """The same passes, interleaved where there is memory for so many processes that wait."""
    return [replace(one, in_turns=may_wait(one, processes, memory_bytes)) for one in passes]


def may_wait(one: GrowthPass, processes: int, memory_bytes: int) -> bool:
    """Whether there are several, and memory for those of them who wait for their turn."""
    return processes > 1 and processes * waiting_bytes(one) <= SHARE_FOR_WAITING * memory_bytes


def why_no_huge_pages() -> str | None:
    """The reason why this system has none; None when it has."""
    try:
        setting = THP.read_text()
    except OSError as error:
        return f"no huge pages: {THP}: {error.strerror}"
    return f"no huge pages: {THP} says never" if "[never]" in setting else None
