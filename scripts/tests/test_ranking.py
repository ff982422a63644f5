"""Ratios to the fastest map over rows with different numbers of rounds, by hand and against known truths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas
import pytest
from scipy import stats

from mapscope.analysis.ranking import ranking

Rounds = list[float | None]


def table_of(rows: dict[tuple[str, int], Rounds], workload: str = "find_hit") -> pandas.DataFrame:
    """A table from the rounds by map and n."""
    return pandas.DataFrame(
        {"map": name, "workload": workload, "kv": "int_int", "hash": "shared", "n": n, "rounds": rounds}
        for (name, n), rounds in rows.items()
    )


def lines_of(table: pandas.DataFrame) -> dict[str, dict[str, Any]]:
    return {line["map"]: line for line in ranking(table, ["workload"]).to_dict("records")}


def test_each_row_counts_once_whatever_the_number_of_its_rounds() -> None:
    few, many = np.array([2.0, 2.2, 1.9]), np.array([8.0, 8.3, 7.9, 8.1, 7.7])
    table = table_of({
        ("a", 10): [1.0, 1.0, 1.0, None, None], ("b", 10): [*few, None, None],
        ("a", 20): [1.0] * 5, ("b", 20): list(many),
    })  # fmt: skip
    line = lines_of(table)["b"]
    logs = [np.log(few), np.log(many)]
    mean = np.mean([each.mean() for each in logs])
    parts = [stats.sem(each) ** 2 for each in logs]
    df = sum(parts) ** 2 / (parts[0] ** 2 / 2 + parts[1] ** 2 / 4)
    reach = stats.t.ppf(0.975, df) * np.sqrt(sum(parts)) / 2
    assert line["ratio"] == pytest.approx(np.exp(mean)) and line["rows"] == 2
    assert (line["low"], line["high"]) == pytest.approx((np.exp(mean - reach), np.exp(mean + reach)))
    assert line["fastest"] == "a" and line["verdict"] == "slower"


def test_a_single_round_has_a_ratio_and_no_interval() -> None:
    line = lines_of(table_of({("a", 10): [1.0], ("b", 10): [5.0]}))["b"]
    assert line["ratio"] == pytest.approx(5) and np.isnan(line["low"]) and line["verdict"] == "undecided"


def test_only_rows_that_every_map_has_count() -> None:
    table = table_of({("a", 10): [1.0, 1.0], ("b", 10): [3.0, 3.0], ("a", 20): [1.0, 1.0]})
    line = lines_of(table)["b"]
    assert line["ratio"] == pytest.approx(3) and line["rows"] == 1
    apart = table_of({("a", 10): [1.0, 1.0], ("b", 20): [3.0, 3.0]})
    assert ranking(apart, ["workload"]).empty


def test_a_missing_round_costs_only_the_map_that_misses_it() -> None:
    table = table_of({
        ("a", 10): [1.0, 1.1, 0.9], ("b", 10): [2.0, 2.1, 1.9], ("c", 10): [3.0, None, None], ("d", 10): [9.0] * 3,
    })  # fmt: skip
    alone = table[table["map"].isin(["a", "b", "d"])]
    lines, without = lines_of(table), lines_of(alone)
    assert lines["b"]["low"] == without["b"]["low"] and lines["d"]["high"] == without["d"]["high"]
    assert lines["c"]["ratio"] == pytest.approx(3) and np.isnan(lines["c"]["low"])


def test_a_map_that_shares_no_round_with_the_fastest_has_no_line() -> None:
    table = table_of({("a", 10): [1.0, None], ("b", 10): [2.0, 2.0], ("c", 10): [None, 3.0]})
    assert set(lines_of(table)) == {"a", "b"}


def test_what_a_round_does_to_all_maps_does_not_count() -> None:
    drift = np.exp(np.random.default_rng(1).normal(0, 0.5, 6))
    table = table_of({("a", 10): list(drift), ("b", 10): list(drift * [2.0, 2.01, 1.99, 2.0, 2.02, 1.98])})
    line = lines_of(table)["b"]
    assert line["high"] / line["low"] < 1.02 and line["verdict"] == "slower"


def test_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    truth, covered, trials = 1.5, 0, 400
    for _ in range(trials):
        rows: dict[tuple[str, int], Rounds] = {}
        for n, rounds in ((10, 3), (20, 5), (30, 9)):
            for name, factor in (("a", 1.0), ("b", truth)):
                rows[name, n] = [*(factor * np.exp(rng.normal(0, 0.1, rounds))), *[None] * (9 - rounds)]
        line = lines_of(table_of(rows))["b"]
        covered += line["low"] <= truth <= line["high"]
    assert 0.92 < covered / trials < 0.98
