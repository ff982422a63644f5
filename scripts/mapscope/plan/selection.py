"""From the command line's words to what will be measured. A mistake is one line, before anything is measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

from mapscope.errors import UsageError
from mapscope.plan import concurrent, key_sets
from mapscope.plan.build import Catalogue
from mapscope.plan.counters import BACKENDS, DEFAULT_CACHE, DEFAULT_REQUEST, REQUESTS, asked_for
from mapscope.plan.environment import usable_cpus
from mapscope.plan.growth import REQUESTS as GROWTH
from mapscope.plan.plan import MAX_SEED
from mapscope.plan.records import ChosenSuite, Selection
from mapscope.plan.suites import CONCURRENT_SUITE, DEFAULT_SUITE, SUITES, Suite

MEMORY = {
    "resident": "freed memory stays with the process: page faults are paid once, in the warm-up",
    "first_touch": "large arrays come fresh from the kernel: their page faults are part of the time",
}
STARTS = {
    "warm": "as it is when nothing else ran in between: untimed passes bring the table into the caches it fits",
    "cold": "in no cache: more bytes than the last cache holds are read before each timed pass",
}
OVERRIDING = (
    "maps", "workloads", "kv", "keys", "hash", "sizes", "rounds", "target", "budget", "start", "memory", "counters",
    "cache", "papi_events", "growth", "growth_sizes", "growth_repetitions", "threads",
)  # fmt: skip
"""The options that replace what a suite says."""
DEFAULT, ALL = "default", "all"
"""Words for several maps."""
MAX_SIZE = 2**30
MAX_ROUNDS = 99
MAX_CPU = 2**16
MAX_BUDGET_S = 30 * 24 * 3600


TARGET = 0.03
"""Half-width at which a ratio is precise enough, unless --target says otherwise."""


def processes(selection: Selection) -> int:
    """How many processes are timed at most."""
    return selection.rounds * len(blocks(selection)) * len(selection.maps) * len(selection.hashes)


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
    suite = _suite(words, catalogue)
    kv = _payloads(words["kv"], words["keys"], suite, catalogue)
    threads = _threads(words["threads"], suite)
    if suite.is_concurrent:
        concurrent.refuse_meaningless(words)
        workloads = concurrent.expand(_split(words["workloads"]) or ["*"], catalogue.concurrent_workloads, threads)
    else:
        workloads = _workloads(words["workloads"], suite, catalogue)
    family_sizes = _family_sizes(words["sizes"], suite, workloads)
    sizes_of = _sizes_of(words["sizes"], suite, kv, family_sizes)
    rounds = whole("rounds", words["rounds"], 1, MAX_ROUNDS) if words["rounds"] else None
    selection = Selection(
        maps=_maps(words["maps"], suite, catalogue),
        workloads=workloads,
        kv=kv,
        hashes=_names("hash", words["hash"], catalogue.hashes, default=suite.hashes),
        sizes=sorted({n for sizes in sizes_of.values() for n in sizes}),
        sizes_of=sizes_of,
        whole_tables_up_to={} if words["sizes"] or words["workloads"] else _of_payloads(suite.whole_tables_up_to, kv),
        rounds=rounds or suite.rounds,
        least_rounds=rounds or suite.least_rounds,
        target=(percent_of("target", words["target"]) or 100 * TARGET) / 100,
        budget_s=_duration("budget", words["budget"]) or (None if rounds else suite.budget_s),
        start=_names("start", words["start"], tuple(STARTS), default=("warm",))[0],
        memory=_names("memory", words["memory"], tuple(MEMORY), default=("resident",))[0],
        counters=_counters("off" if suite.is_concurrent else words["counters"]),
        cache=_names("cache", words["cache"], catalogue.caches, default=(DEFAULT_CACHE,))[0]
        if catalogue.caches
        else words["cache"] or DEFAULT_CACHE,
        growth=_names("growth", words["growth"], tuple(GROWTH), default=("off" if threads else "auto",))[0],
        growth_sizes=_sizes(words["growth_sizes"], "growth-sizes"),
        growth_repetitions=whole("growth-repetitions", words["growth_repetitions"], 1, MAX_ROUNDS)
        if words["growth_repetitions"]
        else None,
        state_sizes=[] if words["sizes"] or words["workloads"] else list(suite.state_sizes),
        papi_events=[event.strip() for event in (words["papi_events"] or "").split(",") if event.strip()],
        threads=threads,
        family_sizes=family_sizes,
    )
    overridden = [name for name in OVERRIDING if words[name]]
    return selection, ChosenSuite(suite.name, suite.summary, overridden)


def _suite(words: Mapping[str, str | None], catalogue: Catalogue) -> Suite:
    """The one that is named; else that of concurrent maps where these, or their workloads, are named, else the
    default. Raises UsageError where it does not fit what is named."""
    named = _split(words["maps"])
    theirs = [name for name in named if name in catalogue.concurrent]
    others = [name for name in named if name in catalogue.binaries and name not in theirs]
    if theirs and others:
        raise UsageError(
            f"{_label('maps')}: a run is of concurrent maps ({', '.join(theirs)}) or of others ({', '.join(others)}), "
            "not of both"
        )
    usual = (*catalogue.workloads, *catalogue.further_workloads, *catalogue.states)
    meant = concurrent.only_theirs(_split(words["workloads"]), catalogue.concurrent_workloads, usual)
    name = words["suite"] or (CONCURRENT_SUITE if theirs or meant else DEFAULT_SUITE)
    if name not in SUITES:
        raise UsageError(f"{_label('suite')}: unknown suite '{name}'; available: {', '.join(SUITES)}")
    suite = SUITES[name]
    if (theirs or meant) and not suite.is_concurrent:
        raise UsageError(
            f"{_label('suite')}: {name} has no concurrent maps, nor their workloads ({', '.join(theirs or meant)}); "
            f"use SUITE={CONCURRENT_SUITE}"
        )
    if suite.is_concurrent and others:
        raise UsageError(
            f"{_label('maps')}: not concurrent: {', '.join(others)}; available: {', '.join(catalogue.concurrent)}"
        )
    if suite.is_concurrent and not catalogue.concurrent:
        raise UsageError(f"{_label('suite')}: this build has no concurrent maps; `make setup` installs what they need")
    return suite


def _threads(word: str | None, suite: Suite) -> list[int]:
    """How many carry out a workload, each number; empty where the maps are for one thread. Raises UsageError."""
    if suite.is_concurrent:
        return concurrent.parse_threads(word) if word else concurrent.default_threads(len(usable_cpus()))
    if word:
        raise UsageError(f"{_label('threads')}: the maps of suite {suite.name} are used by one thread; leave it out")
    return []


def _family_sizes(word: str | None, suite: Suite, workloads: list[str]) -> dict[str, list[int]]:
    """Of the families that are measured; none where all have the same sizes."""
    families = [found[0] for name in workloads if (found := concurrent.parts(name))]
    if word or not suite.is_concurrent:
        return {}
    return {family: concurrent.sizes_of(family, suite.family_sizes) for family in dict.fromkeys(families)}


def _sizes_of(
    word: str | None, suite: Suite, kv: list[str], family_sizes: Mapping[str, list[int]]
) -> dict[str, list[int]]:
    """The sizes of each payload: the same ones where some are named."""
    named = _sizes(word) or sorted({n for sizes in family_sizes.values() for n in sizes})
    return {name: named or list(suite.sizes_of.get(key_sets.parts(name)[0], suite.sizes)) for name in kv}


def _payloads(word: str | None, keys_word: str | None, suite: Suite, catalogue: Catalogue) -> list[str]:
    """Types with each of the key sets that they have. Raises UsageError for keys that none of the types has."""
    types = _names("kv", word, catalogue.payloads, default=suite.kv)
    keys = _names("keys", keys_word, key_sets.ALL, default=(key_sets.RANDOM,))
    for each in keys:
        if not any(key_sets.fits(name, each) for name in types):
            of = "strings" if each in key_sets.OF_STRINGS else "integers"
            raise UsageError(f"{_label('keys')}: '{each}' are keys of {of}; add a payload that has such to KV")
    return [key_sets.payload(name, each) for name in types for each in keys if key_sets.fits(name, each)]


def _of_payloads(by_types: Mapping[str, int], kv: list[str]) -> dict[str, int]:
    types = {name: key_sets.parts(name)[0] for name in kv}
    return {name: by_types[types[name]] for name in kv if types[name] in by_types}


def blocks(selection: Selection) -> list[tuple[str, int]]:
    """Payload and size of everything whose processes are alive together."""
    return [(kv, n) for kv in selection.kv for n in selection.sizes_of[kv]]


def _workloads(word: str | None, suite: Suite, catalogue: Catalogue) -> list[str]:
    """What runs: what is named, or the suite's; a word with a * matches states. Raises UsageError."""
    known = catalogue.workloads + catalogue.further_workloads + catalogue.states
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
                f"{', '.join([*catalogue.workloads, *catalogue.further_workloads, *families])}"
            )
        expanded += fitting or [each]
    return [name for name in known if name in expanded]


def _maps(word: str | None, suite: Suite, catalogue: Catalogue) -> list[str]:
    """What is named, where `default` stands for what runs without being named and `all` for that and all peers. Of
    concurrent maps all run by default."""
    known = tuple(name for name in catalogue.binaries if (name in catalogue.concurrent) == suite.is_concurrent)
    named_only = (*catalogue.variants, *catalogue.peers)
    default = suite.maps or tuple(name for name in known if name not in named_only)
    groups = {DEFAULT: default, ALL: (*default, *(name for name in catalogue.peers if name in known))}
    wanted = _split(word or DEFAULT)
    named = ",".join(name for each in wanted for name in groups.get(each, (each,)))
    left_out = {entry.name: entry.reason for entry in catalogue.left_out}
    return _names("maps", named, known, left_out)


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


def _duration(option: str, word: str | None) -> float | None:
    """Seconds, of `600`, `600s`, `10m` or `1h30m`. Raises UsageError."""
    if not word:
        return None
    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?", word)
    seconds = (
        sum(int(part or 0) * each for part, each in zip(found.groups(), (3600, 60, 1), strict=True)) if found else 0
    )
    if not 0 < seconds <= MAX_BUDGET_S:
        raise UsageError(f"{_label(option)}: '{word}' is not a duration such as 90s, 10m or 1h30m")
    return float(seconds)


def _split(word: str | None) -> list[str]:
    """The parts of a comma list; of none, none."""
    return [part.strip() for part in word.split(",")] if word else []


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
    if option in ("memory", "cache", "growth", "start") and len(set(wanted)) > 1:
        raise UsageError(f"{_label(option)}: one per run, not '{word}'; available: {', '.join(known)}")
    return [name for name in known if name in wanted]


def _label(option: str) -> str:
    """The option, and its variable of make."""
    return f"--{option} ({option.upper().replace('-', '_')})"
