"""Where this code is, and what is where beside it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "results"
BUILD = ROOT / "build" / "bench"
SCHEMA = RESULTS / "run.schema.json"
