"""`summary RUN`: tables in the terminal."""

from __future__ import annotations

import argparse

from mapscope.commands.shared import console, folder_of
from mapscope.output.terminal.summary import print_summary
from mapscope.store.load import read_run


def run(options: argparse.Namespace) -> int:
    """Raises UsageError or DocumentError."""
    print_summary(console(), read_run(folder_of(options)), options.n)
    return 0
