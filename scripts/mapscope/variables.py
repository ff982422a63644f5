"""Options given as variables of make: `make bench MAPS=hmap,std` is `mapscope run --maps hmap,std`.

make exports them, and its Makefile lists in LISTED which of them the command line had. A documented name counts
wherever it comes from, as in make; any other name on the command line is an error. Without LISTED, mapscope was not
called by make and reads no variables.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mapscope.errors import UsageError

LISTED = "MAPSCOPE_VARIABLES"
OF_THE_BUILD = ("CXX", "CXXFLAGS", "LDFLAGS")
"""Those that CMake reads; so are all that begin with one of OF_TOOLS."""
OF_TOOLS = ("CMAKE_", "CCACHE_")


@dataclass(frozen=True)
class Variable:
    """An option that may be given as a variable."""

    name: str
    option: str
    """Its name in the parsed options."""
    meaning: str


def fill(options: argparse.Namespace, variables: Iterable[Variable], environment: Mapping[str, str]) -> None:
    """Set the options that the command line left empty. Raises UsageError for an unknown name."""
    if LISTED not in environment:
        return
    available = [variable.name for variable in variables]
    for name in environment[LISTED].split():
        if name not in (*available, *OF_THE_BUILD) and not name.startswith(OF_TOOLS):
            raise UsageError(f"unknown variable {name}; available: {', '.join(available)}")
    for variable in variables:
        if getattr(options, variable.option) == "":
            setattr(options, variable.option, environment.get(variable.name, ""))
