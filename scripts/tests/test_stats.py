"""The arithmetic, against values worked out by hand."""

import numpy
import pytest
from scipy import stats

from mapscope.store import derived


def row(name: str, rounds: list[float | None], ratios: list[float | None]) -> dict:
    return {"workload": "w", "kv": "k", "hash": "shared", "n": 1, "map": name, "rounds": rounds, "ratios": ratios,
            **derived.describe(rounds)}  # fmt: skip


def test_quartiles_by_hand() -> None:
    # sorted 1 2 3 4 10: median 3, quartiles at the 2nd and 4th of five, spread (4 - 2) / 3
    assert derived.describe([10, 1, 4, 2, 3]) == {
        "median": 3, "min": 1, "max": 10, "q1": 2, "q3": 4, "spread": pytest.approx(2 / 3),
    }  # fmt: skip


def test_missing_rounds_are_left_out_not_counted_as_zero() -> None:
    assert derived.describe([None, 4, None, 8])["median"] == 6


def test_one_round_has_no_spread() -> None:
    described = derived.describe([5, None])
    assert described["median"] == 5
    assert described["q1"] is described["q3"] is described["spread"] is None


def test_no_round_is_an_error() -> None:
    with pytest.raises(ValueError):
        derived.describe([None, None])


def test_the_ratio_is_the_mean_of_the_logarithms_and_its_interval_is_students() -> None:
    # of 2 and 8 the mean logarithm is that of 4; the standard deviation is ln 4 / sqrt 2, the standard error ln 2,
    # and with one degree of freedom 12.706 times that is the reach
    a, b = derived.add_ratios([row("a", [10, 20], [1, 1]), row("b", [20, 160], [2, 8])])
    assert (a["best"], b["best"]) == ("a", "a")
    assert (a["ratio_to_best"], a["ratio_low"], a["ratio_high"]) == (1, 1, 1)
    assert b["ratio_to_best"] == pytest.approx(4)
    assert b["ratio_low"] == pytest.approx(4 / 2**12.7062, rel=1e-4)
    assert b["ratio_high"] == pytest.approx(4 * 2**12.7062, rel=1e-4)


def test_ratios_are_those_inside_the_rounds_not_of_the_medians() -> None:
    _, b = derived.add_ratios([row("a", [10, 20, 40], [1, 1, 1]), row("b", [30, 22, 44], [1.1, 1.1, 1.1])])
    assert b["ratio_to_best"] == b["ratio_low"] == b["ratio_high"] == pytest.approx(1.1)


def test_the_interval_is_that_of_scipy() -> None:
    ratios = [1.31, 1.22, 1.40, 1.27, 1.35]
    logs = numpy.log(ratios)
    low, high = stats.t.interval(0.95, len(logs) - 1, loc=logs.mean(), scale=stats.sem(logs))
    _, b = derived.add_ratios([row("a", [1.0] * 5, [1.0] * 5), row("b", ratios, ratios)])
    assert [b["ratio_low"], b["ratio_high"]] == pytest.approx(numpy.exp([low, high]))
    assert derived.half_widths([ratios])[0] == pytest.approx(numpy.exp((high - low) / 2) - 1)


def test_a_round_that_one_map_lacks_pairs_with_nothing() -> None:
    _, b = derived.add_ratios([row("a", [10, None, 10], [1, None, 1]), row("b", [20, 1000, 80], [2, None, 8])])
    assert b["ratio_to_best"] == pytest.approx(4)


def test_no_common_round_gives_no_ratio_and_a_single_one_no_interval() -> None:
    _, b = derived.add_ratios([row("a", [10, None], [1, None]), row("b", [None, 20], [None, None])])
    assert b["ratio_to_best"] is b["ratio_low"] is b["ratio_high"] is None
    _, b = derived.add_ratios([row("a", [10, None], [1, None]), row("b", [20, 30], [2, None])])
    assert b["ratio_to_best"] == pytest.approx(2) and b["ratio_low"] is b["ratio_high"] is None
    assert derived.half_widths([[2.0], [None]]) == [float("inf")] * 2


def test_tied_means_that_the_interval_has_1_or_is_unknown() -> None:
    rows = [
        row("a", [10, 10, 10], [1, 1, 1]), row("b", [11, 9, 12], [1.1, 0.9, 1.2]), row("c", [11, 11, 11], [1.1] * 3),
        row("d", [12, None, None], [1.2, None, None]),
    ]  # fmt: skip
    assert [derived.is_tied(each) for each in derived.add_ratios(rows)] == [False, True, False, True]
