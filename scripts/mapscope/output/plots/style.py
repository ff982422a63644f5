"""How each map looks in every picture: colour, marker and line, so that any one of them is enough.

The colours are Okabe and Ito's, distinguishable by colour-blind readers; markers and dashes
differ as well, for print in grey. hmap, the subject, is black and drawn heaviest.
Families share a hue: warm for maps of chained nodes, cool for open addressing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DPI = 160
PANEL_INCHES = (5.4, 3.7)
GREY = "#6b6b6b"
FAINT = "#e2e2e2"


@dataclass(frozen=True)
class Look:
    """The drawing of one map."""

    colour: str
    marker: str
    dashes: Any
    width: float = 1.5
    size: float = 5.5


LOOKS = {
    "hmap": Look("#000000", "o", "solid", width=2.4, size=6.0),
    "std": Look("#d55e00", "s", (0, (5, 1.5))),
    "boost_unordered": Look("#e69f00", "^", (0, (2, 1))),
    "boost_flat": Look("#0072b2", "D", (0, (6, 1, 1, 1))),
    "absl_flat": Look("#009e73", "v", (0, (4, 1, 1, 1, 1, 1))),
    "absl_node": Look("#56b4e9", "P", (0, (1, 1)), size=7.0),
    "tsl_robin": Look("#cc79a7", "X", (0, (7, 2)), size=7.0),
}
CONCURRENT_LOOKS = {
    "go_sync_map": Look("#000000", "o", "solid", width=2.4, size=6.0),
    "hash_trie_map": Look("#d55e00", "D", (0, (5, 1.5)), width=2.0),
    "locked_hmap": Look("#999933", "s", (0, (2, 1))),
    "rwlocked_hmap": Look("#e69f00", "^", (0, (6, 1, 1, 1))),
    "sharded_hmap": Look("#009e73", "v", (0, (4, 1, 1, 1, 1, 1))),
    "sharded_steady": Look("#44aa99", "P", (0, (1, 1)), size=7.0),
    "snapshot_hmap": Look("#cc79a7", "X", (0, (7, 2)), size=7.0),
    "tbb_hash_map": Look("#0072b2", "<", (0, (3, 2))),
    "libcuckoo": Look("#56b4e9", ">", (0, (3, 1, 1, 1))),
    "boost_concurrent_flat": Look("#332288", "p", (0, (1, 2))),
    "urcu_lfht": Look("#882255", "h", (0, (8, 2, 2, 2))),
    "cds_split_list": Look("#b2182b", "d", (0, (3, 1))),
}
"""Of maps that are in no run with the others."""
SPARE = (
    Look("#7f7f7f", "<", (0, (3, 2))),
    Look("#8c510a", ">", (0, (3, 1, 1, 1))),
    Look("#5e3c99", "p", (0, (1, 2))),
    Look("#b2182b", "h", (0, (8, 2, 2, 2))),
)
"""For maps added later, until they get a look of their own."""

RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same everywhere
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "svg.fonttype": "path",  # no font is needed to view it
    "svg.hashsalt": "mapscope",  # the same numbers, the same bytes
}


def looks(maps: list[str]) -> dict[str, Look]:
    """The look of each map; those without one of their own take the spare ones in order."""
    own = LOOKS | CONCURRENT_LOOKS
    strangers = [name for name in maps if name not in own]
    spare = {name: SPARE[i % len(SPARE)] for i, name in enumerate(strangers)}
    return {name: own.get(name) or spare[name] for name in maps}
