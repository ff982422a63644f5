"""`compile-cost`: compile time of a source with each map, and the size of its find and insert."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mapscope.commands.shared import console, results_of, shown, words
from mapscope.errors import RunStopped, UsageError
from mapscope.fact import unknown
from mapscope.files import write_whole
from mapscope.output.compile_cost import METHOD, markdown, table
from mapscope.plan.build import read_catalogue
from mapscope.plan.environment import describe_machine
from mapscope.plan.selection import whole
from mapscope.repository import BUILD
from mapscope.run.compiling import TYPES, compile_maps
from mapscope.store.compiled import document

ROUNDS = 5


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, RunStopped, or MapscopeError where a map does not compile."""
    build = Path(options.build_dir or BUILD)
    catalogue = read_catalogue(build)
    known = [name for name in catalogue.titles if name not in catalogue.concurrent]  # which have other functions
    maps = _maps(options.maps, known, (*catalogue.variants, *catalogue.peers))
    kv = options.kv or "int_int"
    if kv not in TYPES:
        raise UsageError(f"--kv (KV): unknown payload '{kv}'; available: {', '.join(TYPES)}")
    rounds = whole("rounds", options.rounds, 1, 1000) if options.rounds else ROUNDS
    found = compile_maps(build, maps, kv, rounds, lambda text: print(text, file=sys.stderr))
    machine = describe_machine(None, unknown("nothing is pinned"))
    title = f"Compiling a map, {kv}: {catalogue.compiler} {catalogue.flags}, {machine.cpu_model}, {rounds} rounds"
    about: dict[str, str | int] = {
        "cpu": machine.cpu_model, "compiler": catalogue.compiler, "flags": catalogue.flags, "kv": kv, "rounds": rounds,
    }  # fmt: skip
    folder = results_of(options) / "compile_cost"
    written = {folder / "compile_cost.json": document(found, about), folder / "compile_cost.md": markdown(found, title)}
    try:
        for path, text in written.items():
            write_whole(path, text)
    except OSError as error:
        raise RunStopped(f"cannot write in {folder}: {error.strerror}") from None
    terminal = console()
    terminal.print(table(found, title))
    terminal.print(METHOD, highlight=False)
    for path in written:
        print(shown(path))
    return 0


def _maps(given: str | None, known: list[str], named_only: tuple[str, ...]) -> list[str]:
    if (given or "default") == "default":
        return [name for name in known if name not in named_only]
    chosen = known if given == "all" else words(given)
    if unknown_names := [name for name in chosen if name not in known]:
        raise UsageError(
            f"--maps (MAPS): unknown map '{unknown_names[0]}'; available: {', '.join(known)}, default, all"
        )
    return list(dict.fromkeys(chosen))
