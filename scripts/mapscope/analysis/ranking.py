"""Inside one run: the ratio of each map to the fastest, with its uncertainty.

The ratio of a row is taken inside each round, because the maps of a round share the seed and the
moment; its error comes from the row's own rounds, so rows may have different numbers of them. A
mean over rows is geometric.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas

from mapscope.analysis import inference
from mapscope.analysis.inference import Estimate

WORK = ["n", "kv", "hash"]
"""What a mean is taken over, next to what it is of; several numbers of threads of a workload besides."""


def ranking(table: pandas.DataFrame, by: list[str], work: Sequence[str] = WORK) -> pandas.DataFrame:
    """One line a map in each group of `by`: `ratio` to the group's fastest, `low`, `high`, `verdict`, `rows`.

    The mean is over the rows that every map of the group has; those that agree in `by` and `work` are the same work.
    `verdict` is that of inference,
    corrected over all lines; the fastest itself is "fastest".
    """
    rows = common(table, by, work)
    lines = rows[[*by, "map"]].drop_duplicates(ignore_index=True)
    if lines.empty:
        return lines.assign(fastest=[], rows=[], ratio=[], low=[], high=[], verdict=[])
    first = lines.groupby(by, sort=False)["map"].transform("first")
    start = _means(rows, by, work, first.to_numpy()).log_ratio
    nearest = pandas.Series(start).fillna(np.inf).groupby([lines[name] for name in by], sort=False).transform("idxmin")
    fastest = lines["map"].to_numpy()[nearest]
    estimate = _means(rows, by, work, fastest)
    count = rows.groupby([*by, "map"], sort=False).size().to_numpy()
    # A map may share no round with the fastest.
    known = ~np.isnan(estimate.log_ratio)
    return _judged(lines.assign(fastest=fastest, rows=count)[known].reset_index(drop=True), _part(estimate, known))


def half_width(found: pandas.DataFrame) -> float | None:
    """Median half-width of a ranking's intervals, as a share of the ratio; None where there is none."""
    others = found[(found["verdict"] != "fastest") & found["low"].notna()]
    return None if others.empty else float(np.median((others["high"] - others["low"]) / (2 * others["ratio"])))


def common(table: pandas.DataFrame, by: list[str], work: Sequence[str] = WORK) -> pandas.DataFrame:
    """The rows whose work every map of their group has done."""
    works = list(dict.fromkeys([*by, *work]))
    done, asked = (table.groupby(keys, sort=False)["map"].transform("nunique") for keys in (works, by))
    return table[done == asked]


def _means(rows: pandas.DataFrame, by: list[str], work: Sequence[str], base: np.ndarray) -> Estimate:
    """One estimate for each group and map, in their order in `rows`: against the map that `base` names for it."""
    line = rows.groupby([*by, "map"], sort=False).ngroup().to_numpy()
    done = rows.groupby(list(dict.fromkeys([*by, *work])), sort=False).ngroup().to_numpy()
    is_base = rows["map"].to_numpy() == base[line]
    place = np.zeros(done.max() + 1, dtype=int)
    place[done[is_base]] = np.flatnonzero(is_base)
    times = inference.matrix(rows["rounds"])
    return inference.mean_of(inference.paired(times[place[done]], times), line)


def _judged(lines: pandas.DataFrame, estimate: Estimate) -> pandas.DataFrame:
    others = (lines["map"] != lines["fastest"]).to_numpy()
    ratio, low, high = inference.interval(estimate)
    verdict = np.full(len(lines), "fastest", dtype=object)
    verdict[others] = inference.verdicts(_part(estimate, others))
    return lines.assign(ratio=ratio, low=np.where(others, low, 1.0), high=np.where(others, high, 1.0), verdict=verdict)


def _part(estimate: Estimate, chosen: np.ndarray) -> Estimate:
    return Estimate(estimate.log_ratio[chosen], estimate.error[chosen], estimate.df[chosen])
