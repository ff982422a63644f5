"""The experiments of the folder experiments/: what each shows, and how its program is called."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Experiment:
    """A program `experiment_<name>`, which writes its result to standard output."""

    name: str
    summary: str
    output: str | None
    """The file for it below the results folder; None: it is for the terminal."""
    arguments: tuple[str, ...] = ()

    @property
    def program(self) -> str:
        """The build target, and the file's name in the build directory."""
        return f"experiment_{self.name}"


EXPERIMENTS = {
    experiment.name: experiment
    for experiment in (
        Experiment(
            "mutation_during_iteration",
            "what changing a map does to an iteration over it, as a Markdown table",
            output=None,
        ),
        Experiment(
            "iteration_order",
            "how random the order of hmap's range is, beside a uniform shuffle",
            output="order/order.csv",
        ),
        Experiment(
            "passing",
            "what passing a map as an argument costs, with the instructions for it",
            output="passing/times.json",
            arguments=(
                "--benchmark_repetitions=25", "--benchmark_min_time=0.02",
                "--benchmark_enable_random_interleaving=true", "--benchmark_format=json",
            ),
        ),
    )
}  # fmt: skip
