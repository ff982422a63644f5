"""What compiling maps cost: the records, and compile_cost.json."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

FORMAT = "1"
BARE = "(no map)"
"""The source that includes what all others do, but no map."""


@dataclass(frozen=True)
class Compiled:
    """One map: CPU seconds by source (derived.describe over rounds), and bytes of machine code of two of them."""

    map: str
    seconds: dict[str, dict[str, float | None]]
    text_bytes: dict[str, int]


def document(found: list[Compiled], about: dict[str, str | int]) -> str:
    """As JSON."""
    return (
        json.dumps({"mapscope_compile_cost": FORMAT, **about, "maps": [asdict(one) for one in found]}, indent=1) + "\n"
    )
