"""The heatmap of a run in a terminal: one screen, 100 columns, and nothing shown by colour alone.

Maps down and workloads across; the other way round where only that fits the width.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.style import Style
from rich.table import Table
from rich.text import Text

from mapscope.analysis.heatmap import NO_DATA, Cell, Heatmap, marks, scope, title
from mapscope.analysis.inference import CONFIDENCE
from mapscope.output.heat import BACKGROUNDS, INK, level

CELL_WIDTH = len("12.3*")
EDGES = 2
"""What the frame of a table takes; a blank is before each column but the first."""
SHADES = [Style(color=INK, bgcolor=background) for background in BACKGROUNDS]


def heatmap_lines(found: Heatmap, width: int) -> RenderableType:
    """To be printed or, while the run goes on, redrawn in a terminal of that width."""
    down, across = _orientation(found, width)
    heading = Text(title(found, "row" if down is found.workloads else "column"), style="bold")
    tables = [_table(found, down, part) for part in _parts(down, across, width)]
    return Group(heading, Text(scope(found)), *tables, Text(_footer(found)))


def _orientation(found: Heatmap, width: int) -> tuple[list[str], list[str]]:
    """What goes down, and what goes across."""
    turned = len(_parts(found.workloads, found.maps, width)) == 1 < len(_parts(found.maps, found.workloads, width))
    return (found.workloads, found.maps) if turned else (found.maps, found.workloads)


def _parts(down: Sequence[str], across: Sequence[str], width: int) -> list[list[str]]:
    """The columns of one table after the other, each as wide as fits."""
    room = width - EDGES - max(map(len, down), default=0)
    parts: list[list[str]] = [[]]
    left = room
    for name in across:
        needed = 1 + max(CELL_WIDTH, *map(len, _folded(name)))
        if needed > left and parts[-1]:
            parts.append([])
            left = room
        parts[-1].append(name)
        left -= needed
    return parts


def _table(found: Heatmap, down: list[str], across: list[str]) -> Table:
    table = Table(box=box.HORIZONTALS, padding=0)
    table.add_column("", no_wrap=True)
    for name in across:
        table.add_column("\n".join(_folded(name)), justify="right", vertical="bottom", no_wrap=True)
    for name in down:
        pairs = ((name, other) if down is found.maps else (other, name) for other in across)
        table.add_row(name, *(_cell(found.cells.get(pair)) for pair in pairs))
    return table


def _folded(name: str) -> list[str]:
    """A name in its words, one below the other."""
    return name.replace("_", "_\n").split("\n")


def _cell(cell: Cell | None) -> Text:
    if cell is None:
        return Text(f"{NO_DATA} ".rjust(CELL_WIDTH))
    return Text(f"{cell.text}{cell.mark or ' '}".rjust(CELL_WIDTH), style=SHADES[level(cell.ratio)])


def _footer(found: Heatmap) -> str:
    parts = marks(found)
    if found.omitted:
        parts.append(f"{found.omitted} more families: make summary")
    if found.half_width is not None:
        parts.append(f"{CONFIDENCE:.0%} interval of a ratio: ±{found.half_width:.0%} (median)")
    return "   ".join(parts)
