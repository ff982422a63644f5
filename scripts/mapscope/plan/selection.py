"""From the command line's words to what will be measured. A mistake is one line, before anything is measured."""

from __future__ import annotations

from fnmatch import fnmatchcase

from mapscope.errors import UsageError
from mapscope.plan.build import Catalogue
from mapscope.plan.counters import BACKENDS, DEFAULT_CACHE, DEFAULT_REQUEST, REQUESTS, asked_for
from mapscope.plan.growth import REQUESTS as GROWTH
from mapscope.plan.plan import MAX_SEED
from mapscope.plan.records import ChosenSuite, Selection
from mapscope.plan.suites import DEFAULT_SUITE, SUITES, Suite

MEMORY = {
    "resident": "freed memory stays with the process: page faults are paid once, in the warm-up",
    "first_touch": "large arrays come fresh from the kernel: their page faults are part of the time",
}
OVERRIDING = (
    "maps", "workloads", "kv", "hash", "sizes", "rounds", "min_time", "memory", "counters", "cache", "papi_events",
    "growth", "growth_sizes", "growth_repetitions",
)  # fmt: skip
"""The options that replace what a suite says."""
MAX_SIZE = 2**30
MAX_ROUNDS = 99
MAX_CPU = 2**16


def processes(selection: Selection) -> int:
    """How many processes are timed, at most."""
    return selection.rounds * len(selection.kv) * len(selection.sizes) * len(selection.maps) * len(selection.hashes)


def benchmarks(selection: Selection) -> int:
    """How many benchmarks these run, at most."""
    return processes(selection) * len(selection.workloads)


def countings(selection: Selection) -> int:
    """How many benchmarks are run again to be counted, at most."""
    stages = sum(len(BACKENDS[name].stages) for name in asked_for(selection.counters))
    return benchmarks(selection) // selection.rounds * stages


def select(words: dict[str, str | None], catalogue: Catalogue) -> tuple[Selection, ChosenSuite]:
    """The selection and the suite it departs from, with the names of what was overridden.

    `words` are the options as given, None if unset. Raises UsageError.
    """
    suite_name = words["suite"] or DEFAULT_SUITE
    if suite_name not in SUITES:
        raise UsageError(f"--suite (SUITE): unknown suite '{suite_name}'; available: {', '.join(SUITES)}")
    suite = SUITES[suite_name]
    left_out = {entry.name: entry.reason for entry in catalogue.left_out}
    selection = Selection(
        maps=_names("maps", words["maps"], tuple(catalogue.binaries), left_out, default=_maps(suite, catalogue)),
        workloads=_workloads(words["workloads"], suite, catalogue),
        kv=_names("kv", words["kv"], catalogue.payloads, default=suite.kv),
        hashes=_names("hash", words["hash"], catalogue.hashes, default=suite.hashes),
        sizes=_sizes(words["sizes"]) or list(suite.sizes),
        rounds=whole("rounds", words["rounds"], 1, MAX_ROUNDS) if words["rounds"] else suite.rounds,
        min_time_s=_seconds("min-time", words["min_time"]) or suite.min_time_s,
        memory=_names("memory", words["memory"], tuple(MEMORY), default=("resident",))[0],
        counters=_counters(words["counters"]),
        cache=_names("cache", words["cache"], catalogue.caches, default=(DEFAULT_CACHE,))[0]
        if catalogue.caches
        else words["cache"] or DEFAULT_CACHE,
        growth=_names("growth", words["growth"], tuple(GROWTH), default=("auto",))[0],
        growth_sizes=_sizes(words["growth_sizes"], "growth-sizes"),
        growth_repetitions=whole("growth-repetitions", words["growth_repetitions"], 1, MAX_ROUNDS)
        if words["growth_repetitions"]
        else None,
        state_sizes=[] if words["sizes"] or words["workloads"] else list(suite.state_sizes),
        papi_events=[event.strip() for event in (words["papi_events"] or "").split(",") if event.strip()],
    )
    overridden = [name for name in OVERRIDING if words[name]]
    return selection, ChosenSuite(suite.name, suite.summary, overridden)


def _workloads(word: str | None, suite: Suite, catalogue: Catalogue) -> list[str]:
    """What runs: what is named, or the suite's; a word with a * matches states. Raises UsageError."""
    known = catalogue.workloads + catalogue.states
    usual = tuple(name for name in catalogue.workloads if name not in suite.leaves_out)
    default = (suite.workloads if suite.workloads is not None else usual) + suite.states
    wanted = [part.strip() for part in word.split(",")] if word else list(default)
    expanded = []
    for each in wanted:
        fitting = [name for name in known if "*" in each and fnmatchcase(name, each)]
        if not fitting and each not in known:
            families = sorted({name.split("_")[0] + "_*" for name in catalogue.states})
            raise UsageError(
                f"{_label('workloads')}: unknown name '{each}'; available: "
                f"{', '.join([*catalogue.workloads, *families])}"
            )
        expanded += fitting or [each]
    return [name for name in known if name in expanded]


def _maps(suite: Suite, catalogue: Catalogue) -> tuple[str, ...]:
    """The maps that run without being named."""
    return suite.maps or tuple(name for name in catalogue.binaries if name not in catalogue.variants)


def _counters(word: str | None) -> str:
    """The request in canonical form. `auto` and `off` say all there is to say. Raises UsageError."""
    chosen = _names("counters", word, tuple(REQUESTS), default=(DEFAULT_REQUEST,))
    if len(chosen) > 1 and {"auto", "off"} & set(chosen):
        raise UsageError(f"{_label('counters')}: '{word}': auto and off cannot be combined with others")
    return ",".join(chosen)


def seed_of(word: str | None) -> int:
    """The base seed, 1 unless given. Raises UsageError."""
    return whole("seed", word, 0, MAX_SEED) if word else 1


def cpu_of(word: str | None) -> int | None:
    """The CPU asked for, if any. Raises UsageError."""
    return whole("cpu", word, 0, MAX_CPU) if word else None


def whole(option: str, word: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`. Raises UsageError."""
    if not (word.isascii() and word.isdigit()) or not least <= int(word) <= most:
        raise UsageError(f"{_label(option)}: '{word}' is not a whole number from {least} to {most}")
    return int(word)


def percent_of(option: str, word: str | None) -> float | None:
    """A percentage above 0 and up to 1000, if given. Raises UsageError."""
    if not word:
        return None
    try:
        value = float(word.removesuffix("%"))
    except ValueError:
        value = -1.0
    if not 0 < value <= 1000:
        raise UsageError(f"{_label(option)}: '{word}' is not a percentage above 0 and up to 1000")
    return value


def _sizes(word: str | None, option: str = "sizes") -> list[int]:
    return sorted({whole(option, part.strip(), 1, MAX_SIZE) for part in word.split(",")}) if word else []


def _seconds(option: str, word: str | None) -> float | None:
    if not word:
        return None
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 < value <= 60:
        raise UsageError(f"{_label(option)}: '{word}' is not a number of seconds above 0 and up to 60")
    return value


def _names(
    option: str,
    word: str | None,
    known: tuple[str, ...],
    left_out: dict[str, str] | None = None,
    default: tuple[str, ...] | None = None,
) -> list[str]:
    """The names in a comma list, each once, in canonical order; `default`, else all, when unset."""
    wanted = [part.strip() for part in word.split(",")] if word else list(default or known)
    for name in wanted:
        if left_out and name in left_out and name not in known:
            raise UsageError(f"{_label(option)}: '{name}' is not in this build: {left_out[name]}")
        if name not in known:
            raise UsageError(f"{_label(option)}: unknown name '{name}'; available: {', '.join(known)}")
    if option in ("memory", "cache", "growth") and len(set(wanted)) > 1:
        raise UsageError(f"{_label(option)}: one per run, not '{word}'; available: {', '.join(known)}")
    return [name for name in known if name in wanted]


def _label(option: str) -> str:
    """The option, and its variable of make."""
    return f"--{option} ({option.upper().replace('-', '_')})"
