"""What a process that measures in turns answered, as Google Benchmark's JSON with the turns added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mapscope.plan.stages.benchmark import NEVER, UNUSABLE
from mapscope.plan.stages.stage import Task
from mapscope.store.turns import Turns, centre


@dataclass
class Heard:
    """What a process answered about one workload."""

    opened: dict[str, Any]
    turns: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[str, Any] = field(default_factory=dict)

    @property
    def timed(self) -> Turns:
        """ns a pass."""
        return Turns(
            [turn["ns"] / turn["passes"] for turn in self.turns],
            [turn["switches"] > 0 for turn in self.turns],
            [turn["pace"] for turn in self.turns],
        )

    @property
    def problem(self) -> str | None:
        """Why there is no number, in the words of Google Benchmark's error; None when there is one."""
        for answer in (self.opened, *self.turns, self.closed):
            if "inapplicable" in answer:
                return f"{NEVER}{answer['inapplicable']}"
            if "error" in answer:
                return str(answer["error"])
        nonsense = self._nonsense()
        return nonsense and UNUSABLE + nonsense

    def _nonsense(self) -> str | None:
        """What is no number, in words."""
        for what, answer, names in (
            ("open", self.opened, ("operations", "payload_bytes")),
            *(("turn", turn, ("passes", "ns", "pace", "fastest")) for turn in self.turns),
        ):
            for name in names:
                value = answer.get(name)
                if not isinstance(value, int | float) or value <= 0:
                    return f"its answer to '{what}' has the {name} {value!r}, expected a number above 0"
        for turn in self.turns:
            if not isinstance(switches := turn.get("switches"), int | float):
                return f"its answer to 'turn' has the switches {switches!r}, expected a number"
        return None


def document(greeting: dict[str, Any], task: Task, heard: dict[str, Heard]) -> dict[str, Any]:
    """What a process answered, by workload, as Google Benchmark's JSON with the turns added."""
    return {
        "context": greeting.get("context"),
        "benchmarks": [_entry(f"{w}/kv:{task.kv}/hash:{task.hash}/n:{task.n}", each) for w, each in heard.items()],
    }


def _entry(name: str, heard: Heard) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "run_type": "iteration"}
    if heard.problem:
        return entry | {"error_occurred": True, "error_message": heard.problem}
    opened = heard.opened
    turns = [[turn["passes"], turn["ns"], turn["switches"], turn["pace"]] for turn in heard.turns]
    without = f"; without slots: {opened['without_slots']}" if opened.get("without_slots") else ""
    return entry | {
        "iterations": sum(passes for passes, *_ in turns),
        "real_time": centre(heard.timed),
        "time_unit": "ns",
        "ops": opened["operations"],
        "payload_bytes": opened["payload_bytes"],
        **({"slots": opened["slots"]} if opened.get("slots") else {}),
        "label": f"checksum={opened.get('checksum')}{without}",
        **{name: value for name, value in heard.closed.items() if name.startswith("os_")},
        "turns": turns,
    }
