"""A full disk, a signal: one line, a status that is not 0, and never half a file."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import SCRIPTS, Lab, one_line
from mapscope.files import whole_file, write_whole
from mapscope.repository import RESULTS

ROOM = 4096


@contextmanager
def little_room() -> Iterator[None]:
    """No file may grow beyond ROOM, as on a disk that is all but full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (("report", "--out", "{out}"), "out"),
        (("export", "--out", "{out}"), "out"),
        (("trend", "--out", "{out}"), "out.*"),
        (("figures", "--out", "{out}"), "out/**/*.new"),
    ],
)
def test_a_full_disk_leaves_no_half_file(finished: Lab, tmp_path: Path, words: tuple[str, ...], written: str) -> None:
    given = [word.format(out=tmp_path / "out") for word in words]
    lab = Lab(finished.build, RESULTS) if "figures" in words else finished
    with little_room():
        answer = lab.mapscope(*given)
    assert "cannot write" in one_line(answer, 1)
    assert list(tmp_path.glob(written)) == []


def test_a_file_that_was_there_stays_when_the_new_one_does_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, "old")
    with little_room(), pytest.raises(OSError, match="too large"):
        write_whole(path, "new" * ROOM)
    assert path.read_text() == "old" and [each.name for each in tmp_path.iterdir()] == ["page.html"]


def test_an_interruption_leaves_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "page.html") as stream:
        stream.write("half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["compare", "export", "across", "summary", "validate"])
def test_output_that_goes_nowhere_is_one_line(finished: Lab, command: str) -> None:
    run = str(finished.folder())
    words = {"compare": ["--a", run, "--b", run], "across": ["--runs", f"{run},{run}"]}.get(command, [run])
    answer = run_into_a_full_disk(finished, command, *words)
    assert answer.returncode == 1
    assert answer.stderr == "mapscope: error: cannot write the output: No space left on device\n"


def run_into_a_full_disk(lab: Lab, *words: str) -> subprocess.CompletedProcess[str]:
    with Path("/dev/full").open("w") as full:
        return subprocess.run(
            lab.command(*words), stdout=full, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(SCRIPTS)}, check=False,
        )  # fmt: skip


def test_help_that_goes_nowhere_is_one_line(finished: Lab) -> None:
    answer = run_into_a_full_disk(finished, "summary", "--help")
    assert answer.returncode == 1
    assert answer.stderr == "mapscope: error: cannot write the output: No space left on device\n"


def test_an_error_keeps_its_status_when_the_output_goes_nowhere(finished: Lab) -> None:
    run = str(finished.folder())
    answer = run_into_a_full_disk(finished, "trend", "--workload", "nothing")
    assert answer.returncode == 2 and len(answer.stderr.splitlines()) == 1
    answer = run_into_a_full_disk(finished, "compare", "--a", run, "--b", run, "--fail-on-slower=nonsense")
    assert answer.returncode == 2 and len(answer.stderr.splitlines()) == 1


def test_ctrl_c_is_one_line(finished: Lab, tmp_path: Path) -> None:
    for delay in (0.0, 0.7):
        process = finished.start("report", "--out", str(tmp_path / "page.html"))
        while process.poll() is None and "numpy" not in Path(f"/proc/{process.pid}/maps").read_text():
            time.sleep(0.01)  # before this, the signal would meet the interpreter's own start
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
        # Killed by the signal in place of 130 is how Python ends when it comes during an import.
        assert process.returncode in (0, 130, -signal.SIGINT)
        assert stderr == ("" if process.returncode == 0 else "mapscope: error: interrupted\n")
        assert [each for each in tmp_path.iterdir() if each.name != "page.html"] == []
