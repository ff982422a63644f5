"""docs/claims.md: each claim names a test, and each test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(\w+)\.(\w+)`")
TEST = re.compile(r"^(?:TYPED_)?TEST(?:_[FP])?\((\w+),\s*(\w+)\)", re.MULTILINE)


def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "claims.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("|") and not line.startswith(("| claim", "|---"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_every_claim_names_a_test_that_exists() -> None:
    sources = [*(ROOT / "maps").rglob("*_test.cpp"), *(ROOT / "experiments").rglob("*_test.cpp")]
    known = {match for source in sources for match in TEST.findall(source.read_text())}
    for claim, _, tests in rows():
        named = NAMED.findall(tests)
        assert named, claim
        assert set(named) <= known, (claim, set(named) - known)


def test_no_test_of_claims_is_left_out() -> None:
    reported = set(NAMED.findall((ROOT / "docs" / "claims.md").read_text()))
    for file in ("experiments/go_claims/go_claims_test.cpp", "maps/concurrent/tests/go_claims_test.cpp"):
        ours = TEST.findall((ROOT / file).read_text())
        assert ours and set(ours) <= reported, set(ours) - reported
