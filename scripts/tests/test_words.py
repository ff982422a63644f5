"""The tracked text uses the standard terms: nothing in it is in the left column of CONTRIBUTING's table of words."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADING = "### Words"
TEXT = {".md", ".py", ".hpp", ".cpp", ".h", ".cmake", ".sh", ".js", ".html", ".go", ".toml", ".json", ".in", ".txt"}
NAMED = {"Makefile", "CMakeLists.txt", "run"}
LEFT_OUT = {"CHANGELOG.md", "scripts/tests/test_words.py"}
"""History uses the words of its time; a test of words contains them."""


def patterns() -> list[re.Pattern[str]]:
    """One for each code span of the left column."""
    table = (ROOT / "CONTRIBUTING.md").read_text().split(HEADING)[1]
    found = []
    for line in table.splitlines():
        if line.startswith("| `"):
            left = re.match(r"\| ((?:`[^`]+`(?:, )?)+) \|", line)
            assert left, line
            found += [re.compile(rf"\b(?:{span})\b", re.IGNORECASE) for span in re.findall("`([^`]+)`", left[1])]
    return found


def texts() -> Iterator[tuple[str, str]]:
    """Path and content of the tracked files that people read, the path as a first line."""
    listed = subprocess.run(("git", "ls-files"), cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("no git repository: what is tracked is unknown")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        stored = re.match(r"results/[^/]+/|scripts/tests/real/.*\.json|.*/(golden|fuzz/corpus)/", name)
        if name in LEFT_OUT or stored or (path.suffix not in TEXT and path.name not in NAMED):
            continue
        content = path.read_text(errors="replace")
        yield name, content.split(HEADING)[0] if name == "CONTRIBUTING.md" else content


def test_the_table_has_patterns_that_can_match() -> None:
    found = patterns()
    assert len(found) > 20
    assert any(one.search("What a walk costs") for one in found)
    assert any(one.search("a slow minute of the machine") for one in found)
    for innocent in ("a page walk", "kernel page_walk", "walk_pages()", "os.walk(folder)", "iteration cost"):
        assert not any(one.search(innocent) for one in found), innocent


def test_no_text_uses_a_word_of_the_left_column() -> None:
    known = patterns()
    found = [
        f"{name}:{number}: {match[0]!r}"
        for name, content in texts()
        for number, line in enumerate((f"{name}\n{content}").splitlines())
        for one in known
        for match in one.finditer(line)
    ]
    assert not found, "\n" + "\n".join(found)
