"""`plot RUN`: PNG and SVG into its folder `plots`, Markdown into `tables`."""

from __future__ import annotations

import argparse

from mapscope.commands.shared import folder_of, shown
from mapscope.output.lines_table import write_tables
from mapscope.output.plots.run import plot_run
from mapscope.store.folder import RunFolder
from mapscope.store.load import read_run
from mapscope.store.records import Run
from mapscope.text import count_of


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    folder = folder_of(options)
    print(draw(folder, read_run(folder), options.n))
    return 0


def draw(folder: RunFolder, measured: Run, n: str | None = None) -> str:
    """Pictures and tables of a run; returns where they are."""
    pictures, tables = plot_run(measured, folder.plots, n), write_tables(measured, folder.tables)
    result = f"{count_of(len(pictures), 'picture')} in {shown(folder.plots)}"
    return f"{result}, {count_of(len(tables), 'table')} in {shown(folder.tables)}" if tables else result
