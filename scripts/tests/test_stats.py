"""The arithmetic, against values worked out by hand."""

import pytest

from mapscope.store import derived


def row(name: str, *rounds: float | None) -> dict:
    return {"workload": "w", "kv": "k", "hash": "shared", "n": 1, "map": name, "rounds": list(rounds),
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


def test_ratios_are_paired_by_round() -> None:
    # a: 10 20 40 (median 20); b: 30 22 44 (median 30). Paired b/a: 3, 1.1, 1.1, so the
    # median ratio is 1.1, where the ratio of the medians would say 1.5.
    a, b = derived.add_ratios([row("a", 10, 20, 40), row("b", 30, 22, 44)])
    assert (a["best"], b["best"]) == ("a", "a")
    assert (a["ratio_to_best"], a["ratio_min"], a["ratio_max"]) == (1, 1, 1)
    assert b["ratio_to_best"] == pytest.approx(1.1)
    assert b["ratio_min"] == pytest.approx(1.1)
    assert b["ratio_max"] == pytest.approx(3)


def test_a_round_that_one_map_lacks_pairs_with_nothing() -> None:
    _, b = derived.add_ratios([row("a", 10, None, 10), row("b", 20, 1000, 40)])
    assert b["ratio_to_best"] == pytest.approx(3)  # of 2 and 4


def test_no_common_round_gives_no_ratio() -> None:
    _, b = derived.add_ratios([row("a", 10, None), row("b", None, 20)])
    assert b["ratio_to_best"] is b["ratio_min"] is b["ratio_max"] is None


def test_tied_means_as_fast_in_at_least_one_round() -> None:
    a, b, c = derived.add_ratios([row("a", 10, 10, 10), row("b", 11, 9, 12), row("c", 11, 11, 11)])
    assert [derived.is_tied(r) for r in (a, b, c)] == [False, True, False]
