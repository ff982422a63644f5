"""Tables in the terminal, in one manner everywhere."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text


class TitledTable(Table):
    """A table below its title, which has a line of its own: rich's would be folded to the table's width."""

    def __init__(self, heading: str = "", **further: Any) -> None:
        super().__init__(box=box.HORIZONTALS, **{"padding": (0, 1, 0, 0)} | further)
        self._heading = heading

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The title at the width of the terminal, then the table."""
        if self._heading:
            yield Text(self._heading, style="bold", overflow="fold")
        yield from super().__rich_console__(console, options)
