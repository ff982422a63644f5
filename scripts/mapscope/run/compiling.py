"""Compiles small sources with a map in them, as its benchmarks are compiled, and takes time and size of what comes out.

The flags are those of the build's compile_commands.json, without the precompiled header. A source is compiled in
rounds, all maps in an order drawn anew in each. Time is the CPU time of the compiler and its children.
"""

from __future__ import annotations

import os
import random
import re
import shlex
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mapscope.errors import MapscopeError, UsageError
from mapscope.json_file import read_json
from mapscope.store import derived
from mapscope.store.compiled import BARE, Compiled

COMMON = ("#include <cstdint>", "#include <string>", "#include <utility>", '#include "workloads/hash.hpp"')
TYPES = {
    "int_int": ("std::uint64_t", "std::uint64_t"), "string_int": ("std::string", "std::uint64_t"),
    "string_string": ("std::string", "std::string"),
}  # fmt: skip
FIND = "bool find(map& table, const key& wanted) { return table.find(wanted) != table.end(); }"
INSERT = "bool insert(map& table, const key& k, const value& v) { return table.try_emplace(k, v).second; }"
FURTHER = (
    "bool erase(map& table, const key& unwanted) { return table.erase(unwanted) > 0; }",
    "std::size_t iterate(const map& table) {\n  std::size_t sum = 0;\n"
    "  for (auto&& [k, v] : table) sum += sizeof(k) + sizeof(v);\n  return sum;\n}",
    "std::size_t life() {\n  map table;\n  table.reserve(9);\n  return table.size();\n}",
)
SOURCES = {"header": (), "find": (FIND,), "insert": (INSERT,), "all": (FIND, INSERT, *FURTHER)}
"""What a source has besides the map's header: nothing, one function, or all that a table is used for."""
ADAPTER = re.compile(r"using adapter = adapters::(\w+);")
HEADER = re.compile(r'^#include "(.*)"$', re.MULTILINE)


@dataclass(frozen=True)
class _Recipe:
    map: str
    command: tuple[str, ...]
    """Without source and output."""
    directory: Path
    lines: tuple[str, ...]
    """What brings the type `map`, with `key` and `value`."""


def compile_maps(build: Path, maps: list[str], kv: str, rounds: int, note: Callable[[str], None]) -> list[Compiled]:
    """Raises UsageError, or MapscopeError where a source does not compile."""
    commands = _commands(build)
    recipes = [_recipe(commands, name, kv) for name in maps]
    recipes.append(_Recipe(BARE, recipes[0].command, recipes[0].directory, ()))
    seconds: dict[tuple[str, str], list[float | None]] = defaultdict(list)
    sizes: dict[str, dict[str, int]] = defaultdict(dict)
    rng = random.Random("mapscope compile cost")
    with tempfile.TemporaryDirectory(prefix="mapscope-") as folder:
        for number in range(1, rounds + 1):
            note(f"round {number} of {rounds}")
            work = [(each, name) for each in recipes for name in (SOURCES if each.lines else ["header"])]
            for recipe, name in rng.sample(work, len(work)):
                taken, size = _compile(recipe, name, Path(folder))
                seconds[recipe.map, name].append(taken)
                if name in ("find", "insert"):
                    sizes[recipe.map][name] = size
    return [
        Compiled(
            each.map,
            {name: derived.describe(seconds[each.map, name]) for name in SOURCES if (each.map, name) in seconds},
            sizes[each.map],
        )
        for each in recipes
    ]


def _commands(build: Path) -> dict[str, tuple[str, Path]]:
    """Of each generated source its command and directory."""
    path = build / "compile_commands.json"
    if not path.is_file():
        raise UsageError(f"{path} is not there; run `make build` (the Makefile's generator and Ninja write it)")
    return {
        entry["file"]: (entry["command"], Path(entry["directory"]))
        for entry in read_json(path)
        if "/shared/" in entry["file"] and "MAPSCOPE_WATCHED" not in entry["command"]
    }


def _recipe(commands: dict[str, tuple[str, Path]], name: str, kv: str) -> _Recipe:
    found = next((file for file in commands if file.endswith(f"/generated/{name}/shared/{kv}.cpp")), None)
    if found is None:
        raise UsageError(f"--maps (MAPS): compile_commands.json has no source of {name} with {kv}; run `make build`")
    command, directory = commands[found]
    text = Path(found).read_text()
    header, adapter = HEADER.search(text), ADAPTER.search(text)
    if header is None or adapter is None:
        raise UsageError(f"{found} names no adapter; configure again with `make build`")
    key, value = TYPES[kv]
    lines = (
        f'#include "{header[1]}"', f"using key = {key};", f"using value = {value};",
        f"using map = adapters::{adapter[1]}::map<key, value, workloads::shared_hash>;",
    )  # fmt: skip
    return _Recipe(name, _plain(shlex.split(command)), directory, lines)


def _plain(words: list[str]) -> tuple[str, ...]:
    """The compiler and its flags, without the precompiled header, the source and the output."""
    kept, skipped = [], False
    for word in words:
        if skipped:
            skipped = False
        elif word in ("-include", "-o", "-c"):
            skipped = True
        elif word != "-Winvalid-pch":
            kept.append(word)
    return tuple(kept)


def _compile(recipe: _Recipe, name: str, folder: Path) -> tuple[float, int]:
    """CPU seconds, and bytes of machine code in the object."""
    source, target = folder / f"{name}.cpp", folder / f"{name}.o"
    source.write_text("\n".join([*COMMON, *recipe.lines, *SOURCES[name]]) + "\n")
    before = os.times()
    try:
        done = subprocess.run(
            [*recipe.command, "-c", str(source), "-o", str(target)],
            cwd=recipe.directory, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        raise UsageError(f"{recipe.command[0]} cannot be run: {error.strerror}; `make setup` installs it") from None
    after = os.times()
    if done.returncode != 0:
        first = next((line for line in done.stderr.splitlines() if "error" in line), "no message")
        raise MapscopeError(f"{recipe.map}: its source `{name}` does not compile: {first.strip()}")
    taken = after.children_user + after.children_system - before.children_user - before.children_system
    return taken, _text_bytes(target)


def _text_bytes(target: Path) -> int:
    """Bytes of all sections with instructions: what was instantiated is there, what is in a library is not."""
    try:
        answer = subprocess.run(["size", "--format=sysv", str(target)], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UsageError("size is not installed; it comes with the package binutils") from None
    if answer.returncode != 0:
        raise UsageError(f"size cannot read what the compiler wrote: {answer.stderr.strip()}")
    fields = [line.split() for line in answer.stdout.splitlines() if line.startswith(".text")]
    return sum(int(each[1]) for each in fields)
