"""What other keys cost: the times of a payload over those of the same types with random keys, and of a library's own
hash over the shared one.

The two sides are of different blocks, minutes apart: only a multiple says something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas

from mapscope.analysis.tradeoff import mean_of
from mapscope.plan.key_sets import RANDOM, parts

COLLAPSE = 2.0
"""From here on a map is said to collapse: drift of the machine does not reach it."""


@dataclass(frozen=True)
class KeySets:
    """One workload with one hash: ratios by map and key set, geometric means over the sizes that both sides have."""

    types: str
    workload: str
    hash: str
    keys: list[str]
    """Without random."""
    ratios: dict[str, dict[str, float]]
    """By map and key set."""


def compared_keys(table: pandas.DataFrame) -> list[KeySets]:
    """Of the rows of one run; empty where all keys were random, or none was."""
    split = table.assign(
        types=[parts(kv)[0] for kv in table["kv"]], keys=[parts(kv)[1] for kv in table["kv"]]
    )  # fmt: skip
    found = []
    for (types, workload, hash_name), part in split.groupby(["types", "workload", "hash"], sort=False):
        others = [keys for keys in dict.fromkeys(part["keys"]) if keys != RANDOM]
        ratios = {str(name): dict(_ratios(of_map, others)) for name, of_map in part.groupby("map", sort=False)}
        if others and any(ratios.values()):
            found.append(KeySets(types, workload, hash_name, others, ratios))
    return found


def collapses(found: list[KeySets]) -> list[str]:
    """Who takes how many times as long on which keys, the worst first, in words."""
    worst: dict[tuple[str, str, str], tuple[float, str, str]] = {}
    for each in found:
        for name, of_map in each.ratios.items():
            for keys, ratio in of_map.items():
                at = (name, each.hash, keys)
                if ratio >= COLLAPSE and ratio > worst.get(at, (0.0, "", ""))[0]:
                    worst[at] = ratio, each.workload, each.types
    return [
        f"{name} with {_hash_in_words(hash_name)} takes {ratio:.3g} times as long on {keys} keys as on random ones "
        f"({workload}, {types})."
        for (name, hash_name, keys), (ratio, workload, types) in sorted(worst.items(), key=lambda item: -item[1][0])
    ]


def _hash_in_words(name: str) -> str:
    return "its own hash" if name == "own" else "the shared hash"


def _ratios(of_map: pandas.DataFrame, others: list[str]) -> Iterator[tuple[str, float]]:
    by_keys = {str(keys): part.set_index("n")["median"] for keys, part in of_map.groupby("keys", sort=False)}
    usual = by_keys.get(RANDOM)
    for keys in others if usual is not None else ():
        there = by_keys.get(keys)
        common = [] if there is None else [n for n in there.index if n in usual.index]
        if there is not None and common:
            yield keys, mean_of(there.loc[common] / usual.loc[common])
