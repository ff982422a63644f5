"""What is compared with Go's own maps: the scenarios of its benchmark, and which map with which."""

from __future__ import annotations

from dataclasses import dataclass

SCENARIOS = (
    "load_mostly_hits", "load_mostly_misses", "load_or_store_balanced", "load_or_store_unique",
    "load_or_store_collision", "load_and_delete_balanced", "delete_collision", "swap_collision",
    "compare_and_swap_collision", "range", "adversarial_alloc", "adversarial_delete",
)  # fmt: skip
"""Without `go_`, in the order of the tables."""


@dataclass(frozen=True)
class Reference:
    """One of the maps in Go's benchmark."""

    go: str
    """As the benchmark names it."""
    title: str
    kind: str = ""
    """Of which kind of sync.Map it must be, by the name of its port; empty: any Go has it alike."""

    def label(self, version: str) -> str:
        """In tables."""
        return f"{self.title} ({version})"


@dataclass(frozen=True)
class Subject:
    """A map here, and what it is compared with."""

    map: str
    reference: Reference


SUBJECTS = (
    Subject("go_sync_map", Reference("*sync.Map", "sync.Map", "go_sync_map")),
    Subject("hash_trie_map", Reference("*sync.Map", "sync.Map", "hash_trie_map")),
    Subject("rwlocked_hmap", Reference("*sync_test.RWMutexMap", "RWMutexMap")),
    Subject("snapshot_hmap", Reference("*sync_test.DeepCopyMap", "DeepCopyMap")),
)


@dataclass(frozen=True)
class Times:
    """ns per operation of one map in one place, by round."""

    scenario: str
    threads: int
    name: str
    ns: tuple[float, ...]
