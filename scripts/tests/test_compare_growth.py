"""Growing tables of two sides: which statistics apply, and what counts as agreement."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pandas
import pytest

from conftest import Lab
from fake_bench import MAPS
from mapscope.analysis.growth.compare_growth import agreement, compare_growth
from mapscope.analysis.runs import Runs
from mapscope.store.records import Run


@pytest.fixture(scope="module")
def measured(finished: Lab) -> dict[str, Any]:
    """run.json of a run that has watched tables grow."""
    document = finished.run_json()
    assert document["growth"]
    return document


def side(*documents: dict[str, Any]) -> Runs:
    return Runs({str(number): Run.of(document) for number, document in enumerate(documents)}, pandas.DataFrame())


def scaled(document: dict[str, Any], *factors: float) -> dict[str, Any]:
    """The same run in which repetition after repetition, and the denoised sum by the last, took so many times as
    long.
    """
    result = deepcopy(document)
    for row in result["growth"]:
        repetitions = len(row["raw"]["inserts"])
        row["raw"]["inserts"] = [deepcopy(row["raw"]["inserts"][i]) for i in range(repetitions)]
        for i, one in enumerate(row["raw"]["inserts"]):
            one["total_ns"] *= factors[i % len(factors)]
        row["denoised"]["inserts"]["total_ns"] *= factors[-1]
    return result


def test_in_turn_ratios_are_taken_repetition_by_repetition(measured: dict[str, Any]) -> None:
    noise = (1.0, 3.0, 2.0)
    a, b = scaled(measured, *noise), scaled(measured, *(1.1 * each for each in noise))
    rows = compare_growth(side(a), side(b), paired=True, margin=0.03)
    assert list(rows["map"]) == list(MAPS) and rows["in_turns"].all()
    assert rows["ratio"].to_numpy() == pytest.approx(1.1) and rows["low"].to_numpy() == pytest.approx(1.1)
    assert set(rows["verdict"]) == {"slower"}
    same = compare_growth(side(a), side(a), paired=True, margin=0.03)
    assert set(same["verdict"]) == {"same"}


def test_of_several_runs_a_side_each_is_one_observation(measured: dict[str, Any]) -> None:
    a = side(*(scaled(measured, factor) for factor in (1.0, 1.01, 0.99)))
    b = side(*(scaled(measured, factor) for factor in (1.3, 1.31, 1.29)))
    rows = compare_growth(a, b, paired=False, margin=0.03)
    assert rows["ratio"].to_numpy() == pytest.approx(1.3, rel=0.001) and set(rows["verdict"]) == {"slower"}
    assert (rows["low"] > 1.25).all() and (rows["high"] < 1.35).all()


def test_of_two_runs_at_different_times_nothing_is_concluded(measured: dict[str, Any]) -> None:
    rows = compare_growth(side(measured), side(scaled(measured, 2.0)), paired=False, margin=0.03)
    assert rows["ratio"].to_numpy() == pytest.approx(2.0)
    assert rows["low"].isna().all() and set(rows["verdict"]) == {"undecided"} and not rows["in_turns"].any()


def test_runs_that_took_turns_by_themselves_only_are_not_in_turn(measured: dict[str, Any]) -> None:
    alone = deepcopy(measured)
    for one in alone["growth_passes"]:
        one["in_turns"] = False
    assert not compare_growth(side(measured), side(alone), paired=True, margin=0.03)["in_turns"].any()


def test_what_only_one_side_has_watched_is_left_out(measured: dict[str, Any]) -> None:
    less = deepcopy(measured)
    less["growth"] = [row for row in less["growth"] if row["map"] == "std"]
    assert list(compare_growth(side(measured), side(less), paired=True, margin=0.03)["map"]) == ["std"]
    assert compare_growth(side(measured), Runs({"file": None}, pandas.DataFrame()), paired=True, margin=0.03).empty


def test_agreement_is_counted_in_shares_and_steps_of_the_clock() -> None:
    def figures(*values: float) -> dict[str, float]:
        return dict(zip(("p50", "p90", "p99", "max"), values, strict=True))

    rows = pandas.DataFrame(
        {
            "figures_a": [figures(50, 115, 1000, 2e5), figures(0, 100, 100, 9e4), figures(10, 10, 10, 3e5)],
            "figures_b": [figures(60, 100, 1160, 3e5), figures(10, 116, 114, 9e3), figures(10, 10, 10, 9e4)],
            "step": [10.2, 10.2, 10.2],
        }
    )
    found = agreement(rows, 0.15)
    assert (found.percentiles, found.near) == (9, 7)  # 1000 and 1160, 100 and 116 are further apart
    assert found.stalls == 2 and found.apart == pytest.approx(3e5 / 9e4)
