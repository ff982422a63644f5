"""What a shared core did to the times of a row, from made-up turns of which it is known."""

from __future__ import annotations

import numpy
import pytest

from mapscope.store.sharing import USUAL_SLOPE, Lines
from mapscope.store.turns import Turns, centre

SERIES = ("hmap", "find_hit", "int_int", "shared")


def alone(by_round: dict[int, Turns], n: int = 1000) -> dict[int, Turns]:
    lines = Lines()
    lines.learn(SERIES, n, by_round)
    return lines.alone(SERIES, n, by_round, 1000)


def slope_of(by_round: dict[int, Turns], n: int = 1000) -> float:
    lines = Lines()
    lines.learn(SERIES, n, by_round)
    return lines.slope(SERIES, n)


def turns(rng: numpy.random.Generator, slope: float, shared: float, count: int = 12, noise: float = 0.03) -> Turns:
    """Of a process that takes 100 ns with the core alone, and shares it in a share of its turns."""
    paces = numpy.where(rng.random(count) < shared, rng.uniform(1300, 1700, count), rng.uniform(1000, 1030, count))
    times = 100 * (paces / 1000) ** slope * numpy.exp(rng.normal(0, noise, count))
    return Turns(times, [False] * count, paces)


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0, 2.0])
def test_the_slope_is_found_and_the_times_are_brought_to_the_lowest_pace(slope: float) -> None:
    rng = numpy.random.default_rng(1)
    rounds = {number: turns(rng, slope, shared) for number, shared in enumerate((0.9, 0.5, 1.0, 0.0))}
    assert slope_of(rounds) == pytest.approx(slope, abs=0.1)
    corrected = alone(rounds)
    assert numpy.mean([numpy.log(centre(each)) for each in corrected.values()]) == pytest.approx(
        numpy.log(100), abs=0.04
    )
    assert centre(rounds[2]) > 100 * 1.4**slope * 0.95


def test_luck_of_a_process_is_no_slope_where_rounds_have_many_turns() -> None:
    rng = numpy.random.default_rng(3)
    lucky, unlucky = turns(rng, 0.5, 0.1), turns(rng, 0.5, 0.9)
    assert slope_of({1: lucky, 2: Turns([2 * time for time in unlucky.times], unlucky.disturbed, unlucky.paces)}) == (
        pytest.approx(0.5, abs=0.15)
    )


def test_few_turns_are_compared_with_those_of_other_rounds() -> None:
    rng = numpy.random.default_rng(4)
    rounds = {number: turns(rng, 1.5, number % 2, count=2) for number in range(8)}
    assert slope_of(rounds) == pytest.approx(1.5, abs=0.25)


def test_outliers_do_not_bend_the_line() -> None:
    rng = numpy.random.default_rng(2)
    spoilt = turns(rng, 0.5, 0.5, count=40)
    times = numpy.array(spoilt.times)
    times[::8] *= 5
    assert slope_of({1: Turns(times, spoilt.disturbed, spoilt.paces)}) == pytest.approx(0.5, abs=0.15)


def test_turns_that_say_little_get_the_slope_of_sizes_nearby_or_the_usual_one() -> None:
    rng = numpy.random.default_rng(5)
    lines = Lines()
    lines.learn(SERIES, 1000, {1: turns(rng, 1.2, 0.5, count=100)})
    lines.learn(SERIES, 4000, {1: Turns([100.0], [False], [1500.0])})
    assert lines.slope(SERIES, 4000) == pytest.approx(1.2, abs=0.15)
    assert lines.slope(SERIES, 64_000) == pytest.approx(USUAL_SLOPE)
    assert lines.slope(("std", *SERIES[1:]), 1000) == pytest.approx(USUAL_SLOPE)
    always = Turns([100.0, 101, 99, 100], [False] * 4, [1500.0] * 4)
    assert centre(alone({1: always})[1]) == pytest.approx(100 / 1.5**USUAL_SLOPE, rel=0.03)


def test_turns_without_a_pace_stay_as_they_are() -> None:
    old = Turns([3.0, 4.0], [False, True])
    assert alone({1: old}) == {1: old} and slope_of({1: old}) == pytest.approx(USUAL_SLOPE)


def test_a_pace_below_the_lowest_changes_nothing() -> None:
    fast = Turns([100.0, 100.0], [False] * 2, [900.0, 1000.0])
    assert list(alone({1: fast})[1].times) == [100, 100]


def test_the_scatter_of_rounds_contains_the_error_of_the_line() -> None:
    rng = numpy.random.default_rng(4)
    figures, errors = [], []
    for _ in range(300):  # hardly ever alone, so that the line reaches far
        rounds = {number: turns(rng, 0.8, 0.85, count=6, noise=0.08) for number in range(6)}
        logs = numpy.log([centre(each) for each in alone(rounds).values()])
        figures.append(logs.mean())
        errors.append(logs.std(ddof=1) / numpy.sqrt(6))
    assert numpy.sqrt(numpy.mean(numpy.square(errors))) == pytest.approx(numpy.std(figures), rel=0.25)
    assert numpy.mean(figures) == pytest.approx(numpy.log(100), abs=0.03)
