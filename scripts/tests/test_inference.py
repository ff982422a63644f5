"""The statistics against truths that are known: no difference, a difference in some rows, a difference in none."""

from __future__ import annotations

import numpy as np
import pytest

from mapscope.analysis import inference

ROWS, ROUNDS = 400, 9


def times(seed: int, rounds: int = ROUNDS, noise: float = 0.02, factor: float = 1.0) -> np.ndarray:
    """Rows of 1 to 100 ns with log-normal noise, and a factor on the first quarter of them."""
    dice = np.random.default_rng(seed)
    base = np.geomspace(1, 100, ROWS)[:, None] * np.exp(dice.normal(0, noise, (ROWS, rounds)))
    base[: ROWS // 4] *= factor
    return base


def wrong_calls(verdicts: np.ndarray) -> int:
    return int(np.isin(verdicts[ROWS // 4 :], ("slower", "faster")).sum())


@pytest.mark.parametrize("seed", range(5))
def test_twins_of_one_build_do_not_differ(seed: int) -> None:
    verdicts = inference.verdicts(inference.paired(times(seed), times(100 + seed)))
    assert np.isin(verdicts, ("slower", "faster")).mean() <= 0.01


@pytest.mark.parametrize(("factor", "called"), [(1.1, "slower"), (1 / 1.1, "faster")])
def test_a_tenth_is_found_where_it_is_and_nowhere_else(factor: float, called: str) -> None:
    estimate = inference.paired(times(1), times(2, factor=factor))
    verdicts = inference.verdicts(estimate)
    assert (verdicts[: ROWS // 4] == called).mean() > 0.95
    assert wrong_calls(verdicts) == 0
    ratio, low, high = inference.interval(estimate)
    covered = (low <= factor) & (factor <= high)
    assert 0.88 < covered[: ROWS // 4].mean() <= 1
    assert np.median(ratio[: ROWS // 4]) == pytest.approx(factor, rel=0.01)


def test_what_a_round_does_to_both_falls_out() -> None:
    weather = np.exp(np.random.default_rng(3).normal(0, 0.3, (1, ROUNDS)))
    verdicts = inference.verdicts(inference.paired(times(1) * weather, times(2, factor=1.1) * weather))
    assert (verdicts[: ROWS // 4] == "slower").mean() > 0.95 and wrong_calls(verdicts) == 0


def test_apart_counts_what_happened_between_the_runs() -> None:
    drift = np.exp(np.random.default_rng(4).normal(0, 0.06, (ROWS, 1)))
    estimate, inferred = inference.apart(times(1), times(2) * drift)
    assert inferred == pytest.approx(0.06, rel=0.3)
    assert np.isin(inference.verdicts(estimate), ("slower", "faster")).mean() <= 0.01


def test_apart_finds_what_stands_out() -> None:
    estimate, _ = inference.apart(times(1), times(2, factor=1.5))
    verdicts = inference.verdicts(estimate)
    assert (verdicts[: ROWS // 4] == "slower").mean() > 0.9 and wrong_calls(verdicts) == 0


def test_several_runs_count_by_run() -> None:
    verdicts = inference.verdicts(inference.between_runs(times(1, rounds=6), times(2, rounds=6, factor=1.2)))
    assert (verdicts[: ROWS // 4] == "slower").mean() > 0.95 and wrong_calls(verdicts) == 0


def test_within_the_margin_is_the_same() -> None:
    verdicts = inference.verdicts(inference.paired(times(1, noise=0.002), times(2, noise=0.002, factor=1.01)))
    assert (verdicts == "same").mean() > 0.95


def test_the_mean_of_logarithms_by_hand() -> None:
    # logs of the ratios 2 and 8 in base 2: 1 and 3; their mean 2, so the ratio is 4
    estimate = inference.paired(np.array([[1.0, 1.0, np.nan]]), np.array([[2.0, 8.0, 5.0]]))
    assert inference.interval(estimate)[0][0] == pytest.approx(4)
    assert estimate.df[0] == 1


@pytest.mark.parametrize("rounds", [1, 0])
def test_too_few_rounds_are_undecided(rounds: int) -> None:
    a, b = np.full((1, 2), np.nan), np.full((1, 2), np.nan)
    a[0, :rounds], b[0, :rounds] = 1, 100
    for estimate in (inference.paired(a, b), inference.apart(a, b)[0], inference.between_runs(a, b)):
        assert inference.verdicts(estimate).tolist() == ["undecided"]
