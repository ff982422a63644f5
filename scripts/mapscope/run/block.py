"""A block: the processes of one payload and size, alive together and interleaved by turns on one CPU.

A turn is a fraction of a millisecond of timed passes of one process, or one pass where that takes longer. Each round of
turns has every process once, in an order drawn anew. So what the machine does in a hundredth of a second falls on all.

The runner deals out many turns at once. Every process waits for a byte in a pipe of its own, the baton, before each
turn, and writes one into the pipe of the next process after it: between two turns nobody waits for the runner.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mapscope.plan.stages.stage import Task
from mapscope.plan.stages.time import BLOCK
from mapscope.run import pinning
from mapscope.run.answers import Heard, document
from mapscope.run.conversation import BadAnswer, Closed
from mapscope.run.executor import Executor
from mapscope.run.process import Child
from mapscope.store.pace import Pace

PROTOCOL = 2
"""The version of the first line's field `mapscope_turns`."""
TURN_NS = 200_000
"""Timed passes of a turn take at least so long. The shorter, the less changes between the turns of two maps: on an AMD
EPYC guest, Zen 3, with eight maps, the error of a ratio fell to a half or a third in the same time from turns of a
millisecond to turns of 0.1 to 0.25 ms, and the kernel's tick fell into hardly any turn."""
SPENT_S = 0.008
"""Seconds that a workload takes of a round for each process. Not more: what differs between processes is as much as
what differs between turns by then, and only more rounds reduce it."""
LEAST_TURNS, MOST_TURNS = 2, 128
LONG_TURN_S = 0.02
"""Of one process: such a turn averages over so much time that one is enough."""
FIRST_MS = 20
"""For so long each process of the first block looks for the lowest pace."""
LARGE = 100_000
"""Entries; a table of so many takes a hundredth of a second to fill."""
LEAST_ENTRIES = 4096
"""Smaller tables come in numbers."""
TABLE_TO_PAYLOAD = 2
"""A table takes up to so many times the bytes of its keys and values, generously."""
SHARE_OF_CACHE = 0.25
"""Of the last cache, which a program has with others: a larger table is not in it after anything else ran."""


def further_turns(seconds: float) -> int:
    """After one of each process, which took so long for each."""
    wanted = math.floor(SPENT_S / max(seconds, SPENT_S / MOST_TURNS))
    return max(wanted, 1 if seconds > LONG_TURN_S else LEAST_TURNS) - 1


@dataclass(frozen=True)
class Conditions:
    """What all blocks of a run have in common."""

    cpu: int | None
    cache_bytes: int
    """Of the last cache."""
    starts_cold: bool
    pace: Pace = field(default_factory=Pace)
    checked: set[tuple[str, str, str]] = field(default_factory=set)
    """Maps, payloads and hashes of which a process has checked the answers in this session."""


@dataclass(eq=False)
class Player:
    """One process of a block."""

    executor: Executor
    task: Task
    child: Child | None = None
    receives: int = -1
    """Descriptors of its baton."""
    passes_on: int = -1
    greeting: dict[str, Any] = field(default_factory=dict)
    heard: dict[str, Heard] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, str, str]:
        """Map, payload and hash."""
        return self.task.map, self.task.kv, self.task.hash


class Block:
    """Measures the workloads of some players, one workload after the other."""

    def __init__(self, players: list[Player], conditions: Conditions, rng: random.Random) -> None:
        self._all = players
        self._conditions = conditions
        self._rng = rng

    def measure(self, workloads: Iterable[str]) -> None:
        """Keeps what each process brings, or why it brings nothing. Raises what ends the run."""
        started = time.monotonic()
        try:
            self._start()
            for workload in workloads:
                self._measure(workload)
            self._finish(started)
        finally:
            for player in self._all:
                if player.child:
                    player.child.abandon()
                for descriptor in (player.receives, player.passes_on):
                    if descriptor >= 0:
                        os.close(descriptor)

    @property
    def _players(self) -> list[Player]:
        """Those that are alive."""
        return [player for player in self._all if player.child]

    def _start(self) -> None:
        for player in self._all:
            player.receives, player.passes_on = os.pipe()
        shared = [fd for player in self._all for fd in (player.receives, player.passes_on)]
        for player in self._all:
            words = [f"--baton={player.receives}"]
            if player.identity in self._conditions.checked:
                words.append("--answers-are-checked")
            player.child = player.executor.start(player.task, self._conditions.cpu, words, shared)
        for player in self._players:
            if (greeting := self._answer(player)) is None:
                continue
            player.greeting = greeting
            if (version := greeting.get("mapscope_turns")) != PROTOCOL:
                self._lose(player, BadAnswer(f"speaks version {version} of the protocol, expected {PROTOCOL}"))
                continue
            self._conditions.checked.add(player.identity)
        if not self._conditions.pace.is_known:
            self._learn_pace()

    def _learn_pace(self) -> None:
        for player in self._players:
            self._talk(player, f"pace {FIRST_MS}")
            if answer := self._answer(player):
                self._conditions.pace.learn(answer.get("pace", math.inf))

    def _measure(self, workload: str) -> None:
        self._open(workload)
        done = 0
        for count in self._batches(workload):
            self._take_turns(workload, range(done + 1, done + count + 1))
            done += count
        for player in self._players:
            self._talk(player, "close")
        for player in self._players:
            if (closed := self._answer(player)) is not None:
                player.heard[workload].closed = closed

    def _open(self, workload: str) -> None:
        """Large tables are filled on all CPUs: nothing is timed meanwhile."""
        spread = [player for player in self._players if player.task.n >= LARGE]
        for player in self._players:
            self._talk(player, f"open {workload}")
        for player in spread:
            if player.child:
                pinning.spread(player.child.pid, self._conditions.cpu)
        for player in self._players:
            if (opened := self._answer(player)) is not None:
                player.heard[workload] = Heard(opened)
        for player in spread:
            if player.child:
                pinning.pin(player.child.pid, self._conditions.cpu)

    def _batches(self, workload: str) -> Iterable[int]:
        """How many turns to take next: one, which says how long it takes, and the rest."""
        started = time.monotonic()
        yield 1
        each = (time.monotonic() - started) / max(1, len(self._timed(workload)))
        if (further := further_turns(each)) > 0:
            yield further

    def _timed(self, workload: str) -> list[Player]:
        return [player for player in self._players if not player.heard[workload].problem]

    def _take_turns(self, workload: str, numbers: range) -> None:
        players = self._timed(workload)
        if not players:
            return
        order = [(number, player) for number in numbers for player in self._rng.sample(players, len(players))]
        commands: dict[Player, list[str]] = {player: [] for player in players}
        for (number, player), (_, following) in zip(order, [*order[1:], (0, None)], strict=True):
            start = self._start_of(player, workload)
            onwards = f" {following.passes_on}" if following else ""
            commands[player].append(f"turn {number} {start} {TURN_NS}{onwards}")
        for player, lines in commands.items():
            self._talk(player, *lines)
        os.write(order[0][1].passes_on, b"\0")
        self._await_last(order[-1][1], len(numbers))
        for at, (_, player) in enumerate(order):
            turn = self._answer(player)
            if turn is not None:
                player.heard[workload].turns.append(turn)
                self._conditions.pace.learn(turn.get("fastest", math.inf))
            elif at + 1 < len(order):
                os.write(order[at + 1][1].passes_on, b"\0")  # in place of the one that is gone

    def _await_last(self, player: Player, count: int) -> None:
        """Until the player that comes last has made its turns, or one has died: to read each answer as it comes would
        keep the other CPU busy, which may share a core with this one."""

        def all_are_alive() -> bool:
            for each in self._players:
                assert each.child
                each.executor.look_after(each.child)
            return not any(each.child.has_ended() for each in self._players if each.child)

        for each in self._players:
            if each.child:
                each.child.is_awaited()
        if player.child and player.child.talk:
            player.child.talk.await_answers(count, all_are_alive)

    def _start_of(self, player: Player, workload: str) -> str:
        """What a turn finds in the caches, in the words of the protocol."""
        if self._conditions.starts_cold:
            return f"evict={2 * self._conditions.cache_bytes}"
        entries = max(player.task.n, LEAST_ENTRIES)
        payload = player.heard[workload].opened["payload_bytes"]
        fits = TABLE_TO_PAYLOAD * entries * payload <= self._conditions.cache_bytes * SHARE_OF_CACHE
        return "table" if fits else "as_is"

    def _finish(self, started: float) -> None:
        for player in self._players:
            assert player.child and player.child.talk
            player.child.talk.hang_up()
        seconds = (time.monotonic() - started) / max(1, len(self._players))
        about = {"seconds": round(seconds, 4), "pace_ns": self._conditions.pace.lowest}
        for player in self._players:
            child, player.child = player.child, None
            if child:
                found = document(player.greeting, player.task, player.heard)
                player.executor.settle_turns(child, found | {BLOCK: about})

    def _talk(self, player: Player, *lines: str) -> None:
        if player.child and player.child.talk:
            player.child.talk.send(*lines)

    def _answer(self, player: Player) -> dict[str, Any] | None:
        """None when the process is gone, which is then kept as its failure."""
        child = player.child
        if child is None or child.talk is None:
            return None

        def look_after() -> None:
            player.executor.look_after(child)

        child.is_awaited()
        try:
            return child.talk.answer(look_after)
        except (Closed, BadAnswer) as why:
            self._lose(player, why)
            return None

    def _lose(self, player: Player, why: Closed | BadAnswer) -> None:
        child, player.child = player.child, None
        if child:
            settle = player.executor.settle_closed if isinstance(why, Closed) else player.executor.settle_bad_answer
            settle(child, str(why))
