"""Other machines over ssh, played by an sshd on the loopback: gathered, resumed, and done without."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1]
SSHD = shutil.which("sshd") or ("/usr/sbin/sshd" if Path("/usr/sbin/sshd").exists() else None)
LACKING = [name for name, found in (("sshd", SSHD), ("parallel", shutil.which("parallel"))) if not found]
pytestmark = pytest.mark.skipif(bool(LACKING), reason=f"not installed: {', '.join(LACKING)}")

MAKEFILE = """
# What a host does: a run takes two attempts where `drops` is in the host's name.
bench:
	@mkdir -p $(RESULTS)/run-of-$(notdir $(CURDIR)); cd $(RESULTS)/run-of-$(notdir $(CURDIR)); \\
	if [ -n "$(RESUME)" ]; then echo resumed > how; else echo "$(SIZES)" > how; fi; \\
	touch plan.json; \\
	case "$(CURDIR)" in *drops*) [ -n "$(RESUME)" ] || exit 255;; esac; \\
	echo '{"complete": true}' > run.json
"""


@pytest.fixture
def loopback(tmp_path: Path) -> Iterator[str]:
    """An sshd of our own; the ssh command that knows its hosts `one`, `two`, `drops` and `gone`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys / name], check=True)
    shutil.copy(keys / "user.pub", keys / "authorized")
    (keys / "authorized").chmod(0o600)
    home = tmp_path / "home"
    home.mkdir()
    (keys / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {keys}/host\nAuthorizedKeysFile {keys}/authorized\n"
        f"StrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin yes\n"
        f'ForceCommand cd {home} && exec sh -c "$SSH_ORIGINAL_COMMAND"\n'
    )
    (keys / "ssh_config").write_text(
        f"Host one two drops\n  HostName 127.0.0.1\n  Port {port}\n"
        "Host gone\n  HostName 127.0.0.1\n  Port 1\n"
        f"Host *\n  User {getpass.getuser()}\n  IdentityFile {keys}/user\n  IdentitiesOnly yes\n"
        "  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    server = subprocess.Popen([str(SSHD), "-D", "-e", "-f", str(keys / "sshd_config")], stderr=subprocess.DEVNULL)
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"ssh -F {keys}/ssh_config"
    server.terminate()
    server.wait()


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A repository with the two scripts and a `make bench` that takes no time."""
    root = tmp_path / "sources"
    (root / "scripts").mkdir(parents=True)
    for name in ("fleet.sh", "fleet_host.sh"):
        shutil.copy(SCRIPTS / name, root / "scripts" / name)
    (root / "Makefile").write_text(MAKEFILE)
    (root / ".gitignore").write_text("/results/\n")
    author = ("-c", "user.name=n", "-c", "user.email=e@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*author, "commit", "-qm", "All")):
        subprocess.run(("git", *words), cwd=root, check=True)
    return root


def fleet(sources: Path, ssh: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SSH": ssh, "TRIES": "2"}
    return subprocess.run(
        ("scripts/fleet.sh", *words), cwd=sources, env=environment, capture_output=True, text=True, timeout=120
    )


def test_all_hosts_are_gathered_with_what_was_asked(sources: Path, loopback: str) -> None:
    answer = fleet(sources, loopback, "one two", "SIZES=1000,2000")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "2 of 2 hosts measured" in answer.stdout
    for host in ("one", "two"):
        (run,) = (sources / "results/fleet" / host).iterdir()
        assert (run / "how").read_text() == "1000,2000\n"


def test_one_that_drops_out_is_resumed_and_one_that_is_gone_is_done_without(sources: Path, loopback: str) -> None:
    answer = fleet(sources, loopback, "one drops gone")
    assert answer.returncode == 1
    assert "2 of 3 hosts measured" in answer.stdout
    assert "without gone" in answer.stderr.splitlines()[-1]
    (run,) = (sources / "results/fleet/drops").iterdir()
    assert (run / "how").read_text() == "resumed\n" and (run / "run.json").exists()
    assert not (sources / "results/fleet/gone").exists()


def test_sources_that_are_no_commit_are_refused(sources: Path, loopback: str) -> None:
    (sources / "Makefile").write_text("bench:\n")
    answer = fleet(sources, loopback, "one")
    assert answer.returncode == 2 and "commit first" in answer.stderr
    assert fleet(sources, loopback, "").returncode == 2
