"""Is B slower than A? The statistics of one row, and of many at once.

Times are compared as logarithms, so that twice as slow and twice as fast are equally far from
equal. Three cases, by what the runs allow:

- *paired*: the runs were interleaved (`make bench AGAINST=`). The ratio is
  taken inside each round; what the machine did in that minute falls out. Student's t over rounds.
- *runs*: several runs a side. A run is then one observation (its median), and the interval is
  Welch's t over runs: it contains what differs from one run to the next.
- *apart*: one run a side, made at different times. The bootstrap says how uncertain each median
  is within its run, but not what changed on the machine in between. That is read off the rows:
  most of them are taken to be unchanged, so that their robust spread beyond the bootstrap's is
  what happened in between, and is added to every row's interval. A change of *all* rows cannot
  be distinguished from drift of the machine; only interleaved runs can do that.

A row is called different only if it is so by more than a margin (a change that small is not of
interest, and code layout alone makes such), and after Benjamini and Hochberg's correction over
all rows: of the rows called different, at most FALSE_DISCOVERIES are expected to be so wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from scipy import stats as scipy_stats

from mapscope.store.derived import by_presence

CONFIDENCE = 0.95
FALSE_DISCOVERIES = 0.01
MARGIN = 0.03
"""Ratios from 1/1.03 to 1.03 are the same for all purposes."""
RESAMPLES = 1000
ROBUST_DF = 4
"""Student's degrees of freedom where the spread between runs was inferred: tails heavier than normal."""
NORMAL_QUARTILE = float(scipy_stats.norm.ppf(0.75))
VERDICTS = ("slower", "faster", "same", "undecided")


@dataclass(frozen=True)
class Estimate:
    """log(B / A) of each row: the estimate, its standard error, and Student's degrees of freedom; NaN if unknown."""

    log_ratio: np.ndarray
    error: np.ndarray
    df: np.ndarray


def matrix(rows: Sequence[Sequence[float | None]]) -> np.ndarray:
    """One line a row, as long as the longest; NaN for None and for what a shorter row lacks."""
    return np.array(list(zip_longest(*rows)), dtype=float).T


def paired(a: np.ndarray, b: np.ndarray) -> Estimate:
    """From the ratios inside each round. `a`, `b`: ns, rows by rounds, NaN where missing."""
    logs = np.log(b) - np.log(a)
    result = _unknown(len(logs))
    for places, present in by_presence(logs):
        count = present.shape[1]
        if count:
            result.log_ratio[places] = present.mean(axis=1)
        if count > 1:
            result.error[places] = scipy_stats.sem(present, axis=1)
            result.df[places] = count - 1
    return result


def mean_of(rows: Estimate, group: np.ndarray) -> Estimate:
    """The mean over the rows of each group, which are numbered from 0; NaN if a row's estimate or error is.

    The errors of rows are taken to be independent; the degrees of freedom are Welch's and Satterthwaite's.
    """

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(group, weights=values)

    variance = total(rows.error**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        df = variance**2 / total(rows.error**4 / rows.df)
    # Without any variance every number of degrees gives the same interval.
    df = np.where(variance == 0, total(rows.df), df)
    count = np.bincount(group)
    return Estimate(total(rows.log_ratio) / count, np.sqrt(variance) / count, df)


def between_runs(a: np.ndarray, b: np.ndarray) -> Estimate:
    """From the medians of several runs a side. `a`, `b`: ns, rows by runs."""
    (mean_a, var_a, n_a), (mean_b, var_b, n_b) = _moments(np.log(a)), _moments(np.log(b))
    with np.errstate(invalid="ignore", divide="ignore"):
        part_a, part_b = var_a / n_a, var_b / n_b
        df = (part_a + part_b) ** 2 / (part_a**2 / (n_a - 1) + part_b**2 / (n_b - 1))
    return Estimate(mean_b - mean_a, np.sqrt(part_a + part_b), df)


def apart(a: np.ndarray, b: np.ndarray, drift: float | None = None) -> tuple[Estimate, float]:
    """From the rounds of one run a side, made at different times; and the drift between the runs, as a
    standard deviation of log ratios: given, or inferred from all rows."""
    (median_a, error_a), (median_b, error_b) = _bootstrap(a), _bootstrap(b)
    log_ratio, within = median_b - median_a, np.hypot(error_a, error_b)
    if drift is None:
        drift = between(log_ratio, within)
    error = np.hypot(within, drift)
    return Estimate(log_ratio, error, np.where(np.isnan(error), np.nan, ROBUST_DF)), drift


def between(log_ratio: np.ndarray, within: np.ndarray) -> float:
    """The spread of rows that did not change, beyond what their own rounds explain."""
    known = ~np.isnan(log_ratio) & ~np.isnan(within)
    if not known.any():
        return 0.0
    spread = float(np.median(np.abs(log_ratio[known]))) / NORMAL_QUARTILE
    return float(np.sqrt(max(0.0, spread**2 - float(np.median(within[known] ** 2)))))


def interval(estimate: Estimate) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratio B / A, and the ends of its confidence interval; NaN where there is none."""
    reach = scipy_stats.t.ppf((1 + CONFIDENCE) / 2, estimate.df) * estimate.error
    return np.exp(estimate.log_ratio), np.exp(estimate.log_ratio - reach), np.exp(estimate.log_ratio + reach)


def p_values(estimate: Estimate, margin: float = MARGIN) -> np.ndarray:
    """How likely such a ratio is if the true one lies within the margin; 1 where nothing is known."""
    limit = np.log1p(margin)
    size = np.abs(estimate.log_ratio)
    with np.errstate(invalid="ignore", divide="ignore"):
        near, far = (size - limit) / estimate.error, (size + limit) / estimate.error
    p = scipy_stats.t.sf(near, estimate.df) + scipy_stats.t.sf(far, estimate.df)
    return np.where(np.isnan(p), 1.0, np.clip(p, 0.0, 1.0))


def verdicts(estimate: Estimate, margin: float = MARGIN) -> np.ndarray:
    """One of VERDICTS for each row, corrected for their number."""
    if len(estimate.log_ratio) == 0:
        return np.array([], dtype=object)
    corrected = scipy_stats.false_discovery_control(p_values(estimate, margin), method="bh")
    ratio, low, high = interval(estimate)
    different = corrected <= FALSE_DISCOVERIES
    inside = (low >= 1 / (1 + margin)) & (high <= 1 + margin)
    result = np.full(len(ratio), "undecided", dtype=object)
    result[inside] = "same"
    result[different & (ratio > 1)] = "slower"
    result[different & (ratio < 1)] = "faster"
    return result


def _bootstrap(times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log of the median of each row, and the bootstrap's standard error of it."""
    logs = np.log(times)
    middle, error = np.full(len(logs), np.nan), np.full(len(logs), np.nan)
    for places, present in by_presence(logs):
        count = present.shape[1]
        if count:
            middle[places] = np.median(present, axis=1)
        if count > 1:
            resampled = scipy_stats.bootstrap(
                (present,), np.median, axis=1, vectorized=True, n_resamples=RESAMPLES, batch=100,
                method="percentile", rng=np.random.default_rng(1),
            )  # fmt: skip
            error[places] = resampled.standard_error * np.sqrt(count / (count - 1))
    return middle, error


def _moments(logs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, variance and count of each row's values; NaN where there are too few."""
    mean, variance, number = (np.full(len(logs), np.nan) for _ in range(3))
    for places, present in by_presence(logs):
        count = present.shape[1]
        number[places] = count
        if count:
            mean[places] = present.mean(axis=1)
        if count > 1:
            variance[places] = present.var(axis=1, ddof=1)
    return mean, variance, number


def _unknown(rows: int) -> Estimate:
    return Estimate(*(np.full(rows, np.nan) for _ in range(3)))
