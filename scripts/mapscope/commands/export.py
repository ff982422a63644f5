"""`export RUN --format F`: the run for another service, into a file or the terminal."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from mapscope.commands.shared import folder_of
from mapscope.errors import RunStopped, UsageError
from mapscope.json_file import write_json
from mapscope.output.export import FORMATS
from mapscope.store.load import read_run


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, DocumentError or RunStopped."""
    kind = options.format or "google"
    if kind not in FORMATS:
        raise UsageError(f"--format (FORMAT): unknown format '{kind}'; available: {', '.join(FORMATS)}")
    document = FORMATS[kind](read_run(folder_of(options)))
    if options.out is None:
        print(json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False))
        return 0
    try:
        write_json(Path(options.out), document)
    except OSError as error:
        raise RunStopped(f"cannot write {options.out}: {error.strerror}") from None
    print(f"{options.out}: {kind}")
    return 0
