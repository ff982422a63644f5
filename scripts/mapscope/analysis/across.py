"""Runs of several machines: what holds on each of them, and what does not.

Times of different machines are never divided. What is compared is the result of each machine by
itself: which of two maps is faster, and in which order all of them are.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas
from scipy import stats as scipy_stats

from mapscope.analysis import inference
from mapscope.analysis.conclusions import SUBJECT
from mapscope.analysis.fingerprint import HARDWARE, fingerprint
from mapscope.analysis.ladder import levels, load_ns, tlb_reach
from mapscope.analysis.ranking import WORK, common
from mapscope.analysis.runs import KEY, Runs
from mapscope.errors import UsageError
from mapscope.fact import Fact, known, unknown
from mapscope.store.records import Run
from mapscope.text import significant

BY = ["workload", "kv", "hash"]
OUTCOMES = ("holds", "flips", "undecided")


@dataclass(frozen=True)
class Agreement:
    """What several runs say of the order of maps."""

    labels: list[str]
    work: pandas.DataFrame
    """One line a workload, payload and hash: BY, `fastest` (a list by run), `rank` (mean Kendall's tau over
    pairs of runs), `spearman` (the same of Spearman's rho), `holds`, `flips`, `undecided` (pairs of maps)."""
    pairs: pandas.DataFrame
    """One line a pair of maps in it: BY, `one`, `other`, `outcome`, `ratios` (one over other, a list by run)."""
    loads: pandas.DataFrame
    """One line a row that all runs have: BY, `n`, `map`, `bytes` (of keys and values), `loads` (its time in dependent
    loads from so many bytes on its own machine, a list by run, NaN where that is not known)."""


def agreement(runs: Runs) -> Agreement:
    """Raises UsageError when there is nothing that two runs have in common."""
    if len(runs.labels) < 2:
        raise UsageError("one run agrees with itself; name the runs of two machines or more")
    work, pairs = [], []
    for key, part in runs.table.groupby(BY, sort=False):
        by_run = _shared(runs, part)
        if by_run is None:
            continue
        names = list(by_run[0])
        orders = np.array([[_mean_log(times[name]) for name in names] for times in by_run])
        reported = [
            dict(zip(BY, key, strict=True)) | {"one": one, "other": other, **_pair(by_run, one, other)}
            for one, other in itertools.combinations(names, 2)
        ]
        pairs += reported
        work.append(
            dict(zip(BY, key, strict=True))
            | {"fastest": [names[int(at)] for at in orders.argmin(axis=1)]}
            | {"rank": _mean_correlation(orders, scipy_stats.kendalltau)}
            | {"spearman": _mean_correlation(orders, scipy_stats.spearmanr)}
        )
    if not work:
        raise UsageError("the runs have no row of two maps in common: nothing to compare")
    judged = _judge(pandas.DataFrame(pairs))
    counts = judged.groupby(BY, sort=False)["outcome"].value_counts().unstack(fill_value=0)
    lines = pandas.DataFrame(work).merge(counts.reindex(columns=list(OUTCOMES), fill_value=0).reset_index(), on=BY)
    return Agreement(runs.labels, lines, judged.drop(columns=["log_ratio", "error", "df"]), in_loads(runs))


def in_loads(runs: Runs) -> pandas.DataFrame:
    """The field `loads` of an Agreement."""
    table = runs.table
    working_set = table["n"] * table["payload_bytes"]
    found = table[["run", *KEY]].assign(
        bytes=working_set,
        loads=[
            loads_of(runs.by_label[label], ns, size).value
            for label, ns, size in zip(table["run"], table["median"], working_set, strict=True)
        ],
    )
    by_run = found.pivot_table(index=KEY, columns="run", values="loads", aggfunc="first", dropna=False, sort=False)
    everywhere = found.groupby(KEY, sort=False)["run"].nunique() == len(runs.labels)
    sizes = found.groupby(KEY, sort=False)["bytes"].mean()
    keys = everywhere[everywhere].index
    lists = by_run.reindex(index=keys, columns=runs.labels).to_numpy(dtype=float).tolist()
    return keys.to_frame(index=False).assign(bytes=sizes[keys].to_numpy(), loads=lists)


def of_subject(loads: pandas.DataFrame) -> pandas.DataFrame:
    """Of the subject, else of the first map, with the first hash setting; none where no machine has a number."""
    known_rows = loads[[not all(map(pandas.isna, each)) for each in loads["loads"]]]
    if known_rows.empty:
        return known_rows
    name = SUBJECT if SUBJECT in set(known_rows["map"]) else known_rows.iloc[0]["map"]
    return known_rows[(known_rows["map"] == name) & (known_rows["hash"] == known_rows.iloc[0]["hash"])]


def loads_of(run: Run | None, ns: float, working_set: float) -> Fact:
    """A time in dependent loads from a working set of that size on the same machine; *or reason*."""
    if run is None:
        return unknown("not a run of mapscope")
    load = load_ns(run, working_set)
    return load if load.value is None else known(ns / load.value)


def reaches(run: Run | None) -> dict[str, Fact]:
    """What the caches and TLBs of a run's machine reach, in bytes, *or reason*: by `L1`, ..., `first TLB`, `second
    TLB`.
    """
    if run is None:
        return {}
    caches = {level.name: known(level.bytes) for level in levels(run) if level.bytes}
    return caches | dict(zip(("first TLB", "second TLB"), tlb_reach(run), strict=True))


def same_machine(runs: Runs) -> bool:
    """Whether all runs were made on the same hardware; a file that does not say counts as the same."""
    reported = [fingerprint(run) for run in runs.measured]
    return len({tuple(facts[name] for name in (*HARDWARE, "host")) for facts in reported}) < 2


def sentences(found: Agreement) -> list[str]:
    """What holds and what flips, of the subject against the others where it was measured."""
    pairs = found.pairs
    count = pairs["outcome"].value_counts()
    total = len(pairs)
    result = [
        f"Of {total} questions which of two maps is faster, {count.get('holds', 0)} are answered the same by all "
        f"{len(found.labels)} runs, {count.get('flips', 0)} flip, {count.get('undecided', 0)} are settled "
        "by none or only some of them."
    ]
    about = pairs[(pairs["one"] == SUBJECT) | (pairs["other"] == SUBJECT)]
    chosen = about if not about.empty else pairs
    for outcome, verb in (("flips", "flips"), ("holds", "holds everywhere")):
        for row in chosen[chosen["outcome"] == outcome].to_dict("records"):
            low, high = min(row["ratios"]), max(row["ratios"])
            where = f"{row['workload']} {row['kv']}{' with own hashes' if row['hash'] == 'own' else ''}"
            result.append(
                f"{where}, {row['one']} against {row['other']}: {verb}; ratio of times {low:.2f} to {high:.2f}."
            )
    return result


def size_in_units(run: Run | None, count: float) -> str:
    """`0.03 L1` or `3.8 L2, 2.1 second TLB`: bytes over the largest cache, and the largest TLB reach, that they
    exceed.
    """
    known_reaches = {name: fact.value for name, fact in reaches(run).items() if fact.value}
    reported = []
    for part in ([n for n in known_reaches if not n.endswith("TLB")], [n for n in known_reaches if n.endswith("TLB")]):
        exceeded = [name for name in part if known_reaches[name] < count] or part[:1]
        reported += [f"{significant(count / known_reaches[exceeded[-1]])} {exceeded[-1]}"] if exceeded else []
    return ", ".join(reported) or "n/a"


def _shared(runs: Runs, part: pandas.DataFrame) -> list[dict[str, np.ndarray]] | None:
    """By run and map: ns, rows by rounds, of the maps and sizes that all runs have."""
    sides = [part[part["run"] == label] for label in runs.labels]
    maps = set.intersection(*(set(side["map"]) for side in sides))
    sizes = set.intersection(*(set(side["n"]) for side in sides))
    kept = [common(side[side["map"].isin(maps) & side["n"].isin(sizes)], BY).sort_values(WORK) for side in sides]
    by_run = [
        {name: inference.matrix(rows["rounds"]) for name, rows in side.groupby("map", sort=False)} for side in kept
    ]
    return by_run if len(maps) > 1 and all(by_run) else None


def _mean_log(times: np.ndarray) -> float:
    """The mean over rows of the median over rounds."""
    return float(np.nanmedian(np.log(times), axis=1).mean())


def _pair(by_run: list[dict[str, np.ndarray]], one: str, other: str) -> dict[str, list[float]]:
    """The ratio one over other on each machine: estimate, error, degrees of freedom."""
    found = []
    for times in by_run:
        rows = inference.paired(times[other], times[one])
        found.append(inference.mean_of(rows, np.zeros(len(rows.error), dtype=int)))
    return {
        "ratios": [float(np.exp(estimate.log_ratio[0])) for estimate in found],
        "log_ratio": [float(estimate.log_ratio[0]) for estimate in found],
        "error": [float(estimate.error[0]) for estimate in found],
        "df": [float(estimate.df[0]) for estimate in found],
    }


def _judge(pairs: pandas.DataFrame) -> pandas.DataFrame:
    """The outcome of each pair; all answers of all machines are corrected together."""
    fields = [np.array(pairs[name].tolist()) for name in ("log_ratio", "error", "df")]
    shape = fields[0].shape
    verdicts = inference.verdicts(inference.Estimate(*(field.ravel() for field in fields))).reshape(shape)
    outcome = np.full(shape[0], "undecided", dtype=object)
    slower, faster = verdicts == "slower", verdicts == "faster"
    outcome[slower.all(axis=1) | faster.all(axis=1)] = "holds"
    outcome[slower.any(axis=1) & faster.any(axis=1)] = "flips"
    return pairs.assign(outcome=outcome)


def _mean_correlation(orders: np.ndarray, correlate: object) -> float:
    """Over all pairs of machines; NaN with fewer than three maps, where an order means nothing."""
    if orders.shape[1] < 3:
        return float("nan")
    found = [correlate(a, b).statistic for a, b in itertools.combinations(orders, 2)]  # type: ignore[operator]
    return float(np.mean(found))
