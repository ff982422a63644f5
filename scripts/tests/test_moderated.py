"""The moderated variance against what it claims: its prior, its coverage, its limits."""

from __future__ import annotations

import numpy
import pytest

from mapscope.store import derived
from mapscope.store.moderated import MOST_DF, moderated


def test_rows_as_alike_as_chance_makes_them_share_one_variance() -> None:
    rng = numpy.random.default_rng(1)
    variances = 0.04 * rng.chisquare(2, 5000) / 2
    found, df = moderated(variances, numpy.full(5000, 2.0))
    assert df.min() > 2 + MOST_DF / 3
    assert numpy.median(found) == pytest.approx(0.04, rel=0.1)


@pytest.mark.parametrize("prior_df", [3.0, 8.0])
def test_the_prior_of_made_up_rows_is_found(prior_df: float) -> None:
    rng = numpy.random.default_rng(2)
    true = 0.04 * prior_df / rng.chisquare(prior_df, 20_000)
    _, df = moderated(true * rng.chisquare(4, 20_000) / 4, numpy.full(20_000, 4.0))
    assert df[0] - 4 == pytest.approx(prior_df, rel=0.15)


def test_intervals_of_three_rounds_cover_as_often_as_they_say_and_are_narrower() -> None:
    rng = numpy.random.default_rng(3)
    scatter = numpy.sqrt(0.002 * 5 / rng.chisquare(5, 4000))
    logs = rng.normal(0, scatter[:, None], (4000, 3))
    found = derived.intervals(numpy.exp(logs).tolist())
    covered = numpy.mean([abs(middle) <= reach for middle, reach in found])
    assert covered == pytest.approx(0.95, abs=0.012)
    alone = [derived.intervals([row])[0][1] for row in numpy.exp(logs[:500]).tolist()]
    assert numpy.median([reach for _, reach in found]) < 0.75 * numpy.median(alone)


def test_few_rows_stay_as_they_are() -> None:
    variances, df = numpy.array([1.0, 4.0]), numpy.array([2.0, 2.0])
    assert moderated(variances, df)[0] is variances


def test_rows_without_scatter_or_with_one_round_take_no_part() -> None:
    variances = numpy.array([0.0, 0.0, *numpy.linspace(0.5, 1.5, 30)])
    df = numpy.array([2.0, 0.0, *[2.0] * 30])
    found, whole = moderated(variances, df)
    assert list(found[:2]) == [0, 0] and list(whole[:2]) == [2, 0] and (whole[2:] > 2).all()
    assert derived.intervals([[1.0, 1.0], [2.0, None], [None, None]])[:2] == [
        (0.0, 0.0),
        (pytest.approx(numpy.log(2)), numpy.inf),
    ]
    assert derived.intervals([[None, None]]) == [None]
