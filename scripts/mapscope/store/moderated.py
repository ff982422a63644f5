"""How far the rounds of a row scatter, when there are few of them: with what the rows beside it say.

Three rounds know their own scatter to a factor of two, so that an interval from them alone is either far too wide or
wrong. The rows of a payload and size were measured by the same processes in the same seconds; their scatters are alike,
if not equal. Smyth's moderated variance (2004, "Linear models and empirical Bayes methods", section 6) takes both as
they deserve: the rows together give a prior of `d0` degrees of freedom, which each row's own add to.
"""

from __future__ import annotations

import numpy as np

LEAST_ROWS = 10
"""Fewer say nothing about how alike they are."""
MOST_DF = 100.0
"""From there on Student's distribution is the normal one."""


def moderated(variances: np.ndarray, df: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Variances of rows and their degrees of freedom, with the prior. A variance of 0 is nobody's, and stays."""
    there = (variances > 0) & (df > 0)
    if there.sum() < LEAST_ROWS:
        return variances, df
    from scipy.special import digamma, polygamma

    own, half = variances[there], df[there] / 2
    logs = np.log(own) - digamma(half) + np.log(half)
    beyond = float(np.var(logs, ddof=1) - np.mean(polygamma(1, half)))
    if beyond > 0:
        prior_df = 2 * _inverse_trigamma(beyond)
        prior = np.exp(logs.mean() + digamma(prior_df / 2) - np.log(prior_df / 2))
    else:  # no more unlike each other than chance makes them
        prior_df, prior = MOST_DF, np.exp(logs.mean())
    prior_df = min(prior_df, MOST_DF)
    whole, df_whole = variances.astype(float), df.astype(float)
    whole[there] = (prior_df * prior + df[there] * own) / (prior_df + df[there])
    df_whole[there] = df[there] + prior_df
    return whole, df_whole


def _inverse_trigamma(value: float) -> float:
    """By Newton's method on 1 / trigamma, which is nearly a line."""
    from scipy.special import polygamma

    at = 0.5 + 1 / value
    for _ in range(50):
        trigamma = polygamma(1, at)
        step = trigamma * (1 - trigamma / value) / polygamma(2, at)
        at += step
        if abs(step) < 1e-10 * at:
            break
    return float(at)
