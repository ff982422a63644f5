"""Inside one run: the ratio of each map to the fastest, with its uncertainty.

Maps are compared over geometric means of their rows, round by round: the rounds share seeds and
the moment, so a ratio inside a round is free of both.
"""

from __future__ import annotations

import numpy as np
import pandas

from mapscope.analysis import inference
from mapscope.analysis.inference import Estimate

WORK = ["n", "kv"]
"""What a mean is taken over, next to what it is of."""


def ranking(table: pandas.DataFrame, by: list[str]) -> pandas.DataFrame:
    """One line a map in each group of `by`: `ratio` to the group's fastest, `low`, `high`, `verdict`, `rows`.

    The mean is over the rows that every map of the group has. `verdict` is that of inference,
    corrected over all lines; the fastest itself is "fastest".
    """
    lines, logs = [], []
    for group, part in table.groupby(by, sort=False):
        rounds, count = mean_logs(part)
        if not rounds:
            continue
        fastest = min(rounds, key=lambda name: float(np.nanmedian(rounds[name])))
        for name, values in rounds.items():
            lines.append(dict(zip(by, group, strict=True)) | {"map": name, "fastest": fastest, "rows": count})
            logs.append(values - rounds[fastest])
    result = pandas.DataFrame(lines, columns=[*by, "map", "fastest", "rows"])
    if result.empty:
        return result.assign(ratio=[], low=[], high=[], verdict=[])
    longest = max(map(len, logs))
    padded = np.array([np.pad(row, (0, longest - len(row)), constant_values=np.nan) for row in logs])
    others = (result["map"] != result["fastest"]).to_numpy()
    estimate = inference.paired(np.ones_like(padded), np.exp(padded))
    ratio, low, high = inference.interval(estimate)
    verdict = np.full(len(result), "fastest", dtype=object)
    verdict[others] = inference.verdicts(_part(estimate, others))
    return result.assign(ratio=ratio, low=np.where(others, low, 1.0), high=np.where(others, high, 1.0), verdict=verdict)


def mean_logs(part: pandas.DataFrame) -> tuple[dict[str, np.ndarray], int]:
    """By map: the mean of log ns round by round, over the rows that every map of `part` has; and how many these are.

    A round in which any of the rows is missing is NaN. Without a common row or round: nothing.
    """
    maps = list(dict.fromkeys(part["map"]))
    present = part.groupby(WORK, sort=False)["map"].nunique()
    common = present[present == len(maps)].reset_index()[WORK]
    result = {}
    for name in maps:
        rounds = part[part["map"] == name].merge(common, on=WORK)["rounds"].tolist()
        times = np.log(np.array(rounds, dtype=float)).mean(axis=0) if rounds else np.array([])
        if np.isnan(times).all():
            return {}, 0
        result[name] = times
    return result, len(common)


def _part(estimate: Estimate, chosen: np.ndarray) -> Estimate:
    return Estimate(estimate.log_ratio[chosen], estimate.error[chosen], estimate.df[chosen])
