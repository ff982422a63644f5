"""`fleet`: measure this commit on other machines; scripts/fleet.sh does it, with the options as `make bench` takes
them.
"""

from __future__ import annotations

import argparse
import os
import subprocess

from mapscope.commands.shared import results_of
from mapscope.errors import UsageError
from mapscope.repository import ROOT

OWN = ("hosts", "ssh", "tries", "results")


def run(options: argparse.Namespace) -> int:
    """Raises UsageError when no host is named."""
    if not options.hosts:
        raise UsageError('--hosts (HOSTS): no machine is named; give them as HOSTS="me@one me@two"')
    words = [
        f"{variable.name}={value}"
        for variable in options.variables
        if variable.option not in OWN and (value := getattr(options, variable.option))
    ]
    own = {"RESULTS": str(results_of(options)), "SSH": options.ssh, "TRIES": options.tries}
    environment = os.environ | {name: value for name, value in own.items() if value}
    script = ROOT / "scripts" / "fleet.sh"
    return subprocess.run((script, options.hosts, *words), env=environment, check=False).returncode
