"""What has been built: the catalogue CMake wrote, and what each binary reports about itself."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mapscope.errors import DocumentError, UsageError
from mapscope.json_file import read_json
from mapscope.plan.concurrent import family_of, takes_whole_tables
from mapscope.plan.records import LeftOut

DESCRIBE_TIMEOUT_S = 20
SHARED, OWN = "shared", "own"
"""The hash settings."""
COUNTER_BINARIES = ("sim", "callgrind")
MAIN, FURTHER, WHOLE = "", "further", "whole"
"""The parts of the workloads, each with processes of its own: those of every map; those with binaries of their own; and
those of concurrent maps whose passes fill a table, or iterate over it."""


@dataclass(frozen=True)
class Catalogue:
    """`maps.json` of a build directory; its order of maps is the order shown everywhere."""

    directory: Path
    binaries: dict[str, dict[str, str]]
    """Map name, in canonical order, to file names by hash."""
    growth: dict[str, str]
    """Map name to the file that watches its tables grow; of maps for one thread."""
    titles: dict[str, str]
    workloads: tuple[str, ...]
    payloads: tuple[str, ...]
    hashes: tuple[str, ...]
    caches: tuple[str, ...]
    """The processors whose caches can be simulated, `host` among them; empty when that is not reported."""
    counter_binaries: dict[str, dict[str, dict[str, str]]]
    """Map name to the binaries that count, by kind and hash: `sim`, and `callgrind` for those to run under valgrind."""
    left_out: tuple[LeftOut, ...]
    found: dict[str, str]
    compiler: str
    flags: str
    build_type: str

    ladder: str | None = None
    """What measures the machine's latencies, where the build has it."""
    states: tuple[str, ...] = ()
    """Workloads that are one state of a family each; run only when named."""
    variants: tuple[str, ...] = ()
    """Maps that are run only when named: other layouts of one that is run anyway."""
    further: dict[str, dict[str, str]] = field(default_factory=dict)
    """As `binaries`, of the further workloads."""
    further_workloads: tuple[str, ...] = ()
    """Workloads that have binaries of their own; run only when named."""
    peers: tuple[str, ...] = ()
    """Maps that are run only when named, because the usual ones take their time already."""

    concurrent: tuple[str, ...] = ()
    """Maps for many threads. A run is of these or of the others."""
    concurrent_workloads: tuple[str, ...] = ()
    """Their families of workloads."""

    build_tree: str = ""
    """Where CMake builds, from `directory`: above it where another project has mapscope as a part."""

    @property
    def tree(self) -> Path:
        """What `cmake --build` takes."""
        return self.directory / self.build_tree

    @property
    def can_build(self) -> bool:
        """Whether what is not built yet can be, when it is needed."""
        return (self.tree / "CMakeCache.txt").is_file()

    def timed(self, map_name: str, hash_name: str, part: str) -> str:
        """The file that times a part of the workloads."""
        return (self.further if part == FURTHER else self.binaries)[map_name][hash_name]

    def counting(self, kind: str, map_name: str, hash_name: str, part: str) -> str:
        """The file that counts them."""
        return self.counter_binaries[map_name][f"{part}_{kind}" if part else kind][hash_name]

    def part_of(self, workload: str) -> str:
        """Which processes have a workload."""
        if family_of(workload) in self.concurrent_workloads:
            return WHOLE if takes_whole_tables(workload) else MAIN
        return FURTHER if workload in self.further_workloads else MAIN

    def parts_of(self, workloads: Iterable[str]) -> list[str]:
        """Which processes have some of these workloads."""
        return sorted({self.part_of(name) for name in workloads})

    def binary(self, map_name: str) -> Path:
        """The path of a map's benchmark, with the hash that all maps share."""
        return self.directory / self.binaries[map_name][SHARED]

    def further_binaries(self, map_name: str) -> dict[str, str]:
        """The files of a map beside that one, by what they are for: `own`, `growth`, `sim`, `own_sim`, ..."""
        by_hash = {"": self.binaries[map_name], **self.counter_binaries[map_name]}
        if map_name in self.further:
            by_hash[FURTHER] = self.further[map_name]
        growth = {"growth": self.growth[map_name]} if map_name in self.growth else {}
        found = growth | {
            "_".join(word for word in (hash_name, kind) if word and word != SHARED): name
            for kind, names in by_hash.items()
            for hash_name, name in names.items()
        }
        return {purpose: name for purpose, name in found.items() if name != self.binaries[map_name][SHARED]}

    def why_not_counted(self, kind: str, map_name: str, hashes: Iterable[str]) -> str | None:
        """Why a map cannot be counted for `kind` with these hashes; None when it can, once its binaries are built."""
        names = self.counter_binaries[map_name].get(kind)
        if names is None:
            reasons = [entry.reason for entry in self.left_out if entry.name == kind]
            return reasons[0] if reasons else f"the build has no {kind} binary of {map_name}"
        missing = [names[each] for each in hashes if each in names and not (self.directory / names[each]).is_file()]
        return f"{missing[0]} is not built" if missing and not self.can_build else None


def targets(catalogue: Catalogue, maps: Iterable[str], hashes: Iterable[str], parts: Iterable[str]) -> list[str]:
    """The build targets of what is timed: the rest of a run builds its own when it comes (run/building.py).

    That of the main part with the shared hash is always among them, as it is the one that describes the map.
    """
    wanted = dict.fromkeys([(SHARED, MAIN), *((hash_name, part) for part in parts for hash_name in hashes)])
    timed = [
        catalogue.timed(name, hash_name, part)
        for hash_name, part in wanted
        for name in maps
        if hash_name in catalogue.binaries[name]
    ]
    return list(dict.fromkeys([*([catalogue.ladder] if catalogue.ladder else []), *timed]))


def read_catalogue(directory: Path) -> Catalogue:
    """Raises UsageError when the directory is not configured or its catalogue is damaged."""
    path = directory / "maps.json"
    if not path.is_file():
        raise UsageError(f"no build in {directory}: maps.json is not there; run `make build` or give --build-dir")
    document = read_json(path)
    try:
        return Catalogue(
            directory=directory,
            binaries={entry["name"]: _by_hash(entry, "binaries", "binary") for entry in document["maps"]},
            growth={
                entry["name"]: entry.get("growth") or entry["binary"]
                for entry in document["maps"]
                if not entry.get("concurrent")
            },
            titles={entry["name"]: entry.get("title", entry["name"]) for entry in document["maps"]},
            workloads=tuple(_names(document["workloads"])),
            states=tuple(document.get("states", [])),
            payloads=tuple(_names(document["payloads"])),
            hashes=tuple(_names(document["hashes"])),
            caches=tuple(document.get("caches", [])),
            counter_binaries={
                entry["name"]: {
                    kind: _by_hash(entry, kind, kind)
                    for each in COUNTER_BINARIES
                    for kind in (each, f"{FURTHER}_{each}")
                    if kind in entry
                }
                for entry in document["maps"]
            },
            ladder=document.get("ladder"),
            variants=tuple(entry["name"] for entry in document["maps"] if entry.get("variant")),
            further={e["name"]: _by_hash(e, FURTHER, FURTHER) for e in document["maps"] if FURTHER in e},
            further_workloads=tuple(document.get("further", [])),
            build_tree=document.get("build_tree", ""),
            peers=tuple(e["name"] for e in document["maps"] if e.get("peer") and not e.get("concurrent")),
            concurrent=tuple(entry["name"] for entry in document["maps"] if entry.get("concurrent")),
            concurrent_workloads=tuple(document.get("concurrent_workloads", [])),
            left_out=tuple(LeftOut(e["name"], e["reason"]) for e in document.get("left_out", [])),
            found=dict(document.get("found", {})),
            compiler=document["compiler"],
            flags=document["flags"],
            build_type=document["build_type"],
        )
    except (KeyError, TypeError) as error:
        raise DocumentError(
            f"{path}: field {error} is missing or malformed; configure again with `make build`"
        ) from None


def describe(catalogue: Catalogue, map_name: str) -> dict[str, Any]:
    """What the binary reports about itself (`--describe`), with its SHA-256 added.

    Raises UsageError when it is missing, cannot run, or answers something else.
    """
    binary = catalogue.binary(map_name)
    if not binary.is_file():
        raise UsageError(f"{binary} is not built; run `make build`")
    document = ask(binary)
    try:
        if document["map"] != map_name:
            raise UsageError(f"{binary} measures {document['map']}, not {map_name}; rebuild with `make build`")
        for field in ("title", "version", "workloads", "payloads", "compiler", "flags", "build_type", "libraries"):
            document[field]
    except (KeyError, TypeError) as error:
        raise UsageError(f"{binary} --describe: unusable answer ({error}); rebuild with `make build`") from None
    document["binary_sha256"] = sha256(binary)
    return document


def require_built(catalogue: Catalogue, maps: list[str], hashes: list[str], parts: list[str]) -> None:
    """Raises UsageError when a binary that is timed is missing."""
    names = [
        catalogue.timed(name, each, part)
        for part in parts for name in maps for each in hashes if each in catalogue.binaries[name]
    ]  # fmt: skip
    for path in (catalogue.directory / name for name in names):
        if not path.is_file():
            raise UsageError(f"{path} is not built; run `cmake --build {catalogue.directory} --target {path.name}`")


def ask(binary: Path, *options: str) -> Any:
    """The answer of a binary to --describe. Raises UsageError when it gives none."""
    try:
        answer = subprocess.run(
            [str(binary.resolve()), "--describe", *options],
            capture_output=True, text=True, check=False, timeout=DESCRIBE_TIMEOUT_S,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{binary} --describe does not run: {error}; rebuild with `make build`") from None
    if answer.returncode != 0:
        last = (answer.stderr.strip().splitlines() or ["no message"])[-1]
        raise UsageError(f"{binary} --describe ended with {answer.returncode}: {last}")
    try:
        return json.loads(answer.stdout)
    except json.JSONDecodeError as error:
        raise UsageError(f"{binary} --describe: unusable answer ({error}); rebuild with `make build`") from None


def accepts(binary: Path, option: str) -> bool:
    """Whether a binary takes an option that an older one may lack. Raises UsageError when it does not run at all."""
    ask(binary)
    try:
        ask(binary, option)
    except UsageError:
        return False
    return True


def sha256(binary: Path) -> str:
    """What identifies a binary."""
    return hashlib.sha256(binary.read_bytes()).hexdigest()


def _by_hash(entry: dict[str, Any], field: str, older_field: str) -> dict[str, str]:
    """Files by hash. In builds of older commits, which AGAINST makes, one file has both."""
    found = entry.get(field, entry.get(older_field))
    if isinstance(found, str):
        return {SHARED: found, OWN: found}
    return {hash_name: found[hash_name] for hash_name in (SHARED, OWN) if hash_name == SHARED or hash_name in found}


def _names(entries: list[Any]) -> list[str]:
    return [entry if isinstance(entry, str) else entry["name"] for entry in entries]
