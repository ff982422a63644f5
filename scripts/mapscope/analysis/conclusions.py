"""Conclusions from runs as sentences, each with its uncertainty; also what the runs leave undecided."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import attrgetter
from statistics import geometric_mean
from typing import Any

import pandas

from mapscope.analysis.caveats import WIDE_HALVES
from mapscope.analysis.compare import Comparison
from mapscope.analysis.growth.compare_growth import STALL_NS, agreement
from mapscope.analysis.growth.insert_latency import sentence as sentence_of_growth
from mapscope.analysis.heatmap import FASTEST, Heatmap, families, heatmap
from mapscope.analysis.inference import CONFIDENCE, FALSE_DISCOVERIES, VERDICTS
from mapscope.analysis.ranking import ranking
from mapscope.analysis.runs import Runs
from mapscope.analysis.split_half import PLACES
from mapscope.store.records import Run
from mapscope.text import count_of, duration

SUBJECT = "hmap"
"""The map that the harness is about: its rank is given wherever it was measured."""
SUBJECTS = (SUBJECT, "steady")
"""The maps of this repository."""


def main_points(run: Run) -> list[str]:
    """At most five sentences: who is fastest, where the SUBJECTS are, what it depends on, growth, and precision.

    Empty where no workload was measured with two maps.
    """
    found = heatmap(run)
    if not found.compares:
        return []
    points = [_winners(found), _positions(found), _dependence(run, found), sentence_of_growth(run, SUBJECTS)]
    return [point for point in (*points, _precision(found)) if point]


def _winners(found: Heatmap) -> str:
    """`boost_flat is the fastest in 5 of 8 workloads, absl_flat in 2 and steady in 1.`"""
    count = Counter(name for (name, _), cell in found.cells.items() if cell.mark == FASTEST).most_common()
    (first, most), *rest = count
    total = sum(number for _, number in count)
    further = "".join(f", {name} in {number}" for name, number in rest)
    return f"{first} is the fastest in {most} of {count_of(total, 'workload')}{further}."


def _positions(found: Heatmap) -> str:
    """The SUBJECTS over the workloads that all maps have; where neither was measured, the map of the least mean."""
    maps = [name for name in found.maps if any(name == other for other, _ in found.cells)]
    common = [work for work in found.workloads if all((name, work) in found.cells for name in maps)]
    if len(common) < 2:
        return ""
    means = {name: geometric_mean(found.cells[name, work].ratio for work in common) for name in maps}
    order = sorted(means, key=means.__getitem__)
    parts = []
    for name in [each for each in order if each in SUBJECTS] or order[:1]:
        ratios = sorted((found.cells[name, work].ratio, work) for work in common)
        (low, best), (high, worst) = ratios[0], ratios[-1]
        place = f"place {order.index(name) + 1} of {len(order)}"
        parts.append(f"{name} {means[name]:.2f}, {place} ({low:.2f} in {best} to {high:.2f} in {worst})")
    return f"Geometric mean over {count_of(len(common), 'workload')} of the ratio to the fastest: {'; '.join(parts)}."


def _dependence(run: Run, found: Heatmap) -> str:
    """Where the ratio to the fastest map differs most between sizes and payloads."""
    by_cell = defaultdict(list)
    family = families(run)
    for row in run.rows:
        cell = (row.map, parts[0] if (parts := family.get(row.workload)) else row.workload)
        if row.hash == found.hash and cell in found.cells and row.ratio_to_best is not None:
            by_cell[cell].append(row)
    ends = [
        (min(rows, key=attrgetter("ratio_to_best")), max(rows, key=attrgetter("ratio_to_best")))
        for rows in by_cell.values()
        if len(rows) > 1
    ]
    if not ends:
        return ""
    low, high = max(ends, key=lambda pair: pair[1].ratio_to_best / pair[0].ratio_to_best)
    if family:
        name = family[low.workload][0]
        ratios = [
            f"{each.ratio_to_best:.2f} times the fastest with {count_of(family[each.workload][1], 'thread')}, "
            f"n = {each.n:,}"
            for each in (low, high)
        ]
        return f"Threads and size matter most to {low.map} in {name}: {' and '.join(ratios)}."
    return (
        f"Size and payload matter most to {low.map} in {low.workload}: {low.ratio_to_best:.2f} times the fastest at "
        f"{low.kv}, n = {low.n:,}, and {high.ratio_to_best:.2f} times at {high.kv}, n = {high.n:,}."
    )


def _precision(found: Heatmap) -> str:
    others = [cell for cell in found.cells.values() if cell.mark != FASTEST]
    if found.half_width is None:
        return "Every row has a single round: the uncertainty of these ratios is unknown."
    open_ones = sum(cell.mark != "" for cell in others)
    return (
        f"{CONFIDENCE:.0%} interval of a ratio: ±{found.half_width:.0%} (median); {open_ones} of {len(others)} ratios "
        "are indistinguishable from the fastest."
    )


def of_run(runs: Runs, label: str) -> list[str]:
    """One sentence a workload and hash setting: the fastest map, those indistinguishable from it, and the subject."""
    table = runs.of(label)
    if table["map"].nunique() == 1:
        return [f"Only {table['map'].iloc[0]} was measured: inside this run there is nothing to compare it with."]
    result = []
    for (workload, hash_name), group in ranking(table, ["workload", "hash"]).groupby(["workload", "hash"], sort=False):
        name = f"{workload}{' with own hashes' if hash_name == 'own' else ''}"
        result.append(f"{name}: {_rank(group)}")
    return result


def of_comparison(found: Comparison) -> list[str]:
    """What is slower or faster in B, as geometric means, and how much remains unsettled."""
    result = [sentence(found)]
    different = found.means[found.means["verdict"].isin(("slower", "faster"))]
    for row in different.sort_values("ratio", ascending=False).to_dict("records"):
        where = " ".join(part for part in (row["map"], row["workload"], row["kv"]) if part)
        result.append(
            f"{where} is {row['verdict']} in B: {percent(row['ratio'])} "
            f"({CONFIDENCE:.0%} interval {percent(row['low'])} to {percent(row['high'])}), "
            f"geometric mean over {count_of(row['rows'], 'row')}."
        )
    if different.empty:
        settled = (found.means["verdict"] == "same").sum()
        result.append(
            f"No geometric mean of a workload and payload is slower or faster; {settled} of {len(found.means)} "
            f"are the same within {found.margin:.0%}."
        )
    if len(found.growth):
        result.append(growth_sentence(found.growth))
    return result


def sentence(found: Comparison) -> str:
    """`Of 48 rows 0 are slower, 0 faster, 40 the same and 8 undecided.`"""
    count = counts(found)
    return (
        f"Of {count_of(len(found.rows), 'row')}, {count['slower']} slower, {count['faster']} faster, "
        f"{count['same']} the same (within {found.margin:.0%}), {count['undecided']} undecided; "
        f"of those called slower or faster, at most {FALSE_DISCOVERIES:.0%} are expected to be so wrongly."
    )


def counts(found: Comparison) -> dict[str, int]:
    """How many rows got each verdict."""
    given = found.rows["verdict"].value_counts()
    return {verdict: int(given.get(verdict, 0)) for verdict in VERDICTS}


def growth_sentence(rows: pandas.DataFrame) -> str:
    """How many are slower or faster, and how near the denoised figures are."""
    given = rows["verdict"].value_counts()
    counted = ", ".join(
        f"{int(given.get(verdict, 0))} {'the same' if verdict == 'same' else verdict}" for verdict in VERDICTS
    )
    near = agreement(rows, WIDE_HALVES)
    text = (
        f"Of {count_of(len(rows), 'growing table')}, {counted}; {near.near} of {near.percentiles} percentiles "
        f"({', '.join(PLACES)}) are within {near.within:.0%} of each other"
    )
    if near.stalls:
        maxima = count_of(near.stalls, "maximum insert latency", "maximum insert latencies")
        text += f", and {maxima} above {duration(STALL_NS)} differ by a factor of at most {near.apart:.2f}"
    if not rows["in_turns"].all():
        text += ". Not all were interleaved: drift of the machine is in their ratios (make growth AGAINST=<commit>)"
    return f"{text}."


def _rank(group: pandas.DataFrame) -> str:
    by_map = {row["map"]: row for row in group.to_dict("records")}
    fastest = group["fastest"].iloc[0]
    if len(by_map) == 1:
        return f"only {fastest} has trustworthy rows; there is nothing to compare it with."
    level = [name for name, row in by_map.items() if name != fastest and row["verdict"] in ("undecided", "same")]
    text = f"{fastest} is fastest"
    if level:
        all_others = len(level) == len(by_map) - 1
        text += (
            ", but all others are indistinguishable from it"
            if all_others
            else f", but indistinguishable from {_listed(level)}"
        )
    if SUBJECT in by_map and fastest != SUBJECT:
        row = by_map[SUBJECT]
        text += f"; {SUBJECT} takes {_times(row)} as long"
    elif SUBJECT in by_map:
        rows = [row for name, row in by_map.items() if name != SUBJECT]
        second = min(rows, key=lambda row: row["ratio"])
        text += f"; {second['map']}, next, takes {_times(second)} as long"
    return f"{text}. Geometric mean over {count_of(group['rows'].iloc[0], 'row')} a map."


def percent(ratio: float) -> str:
    """`+10.0 %`; whole percent from a doubling on."""
    change = 100 * (ratio - 1)
    return f"{change:+.0f} %" if abs(change) >= 100 else f"{change:+.1f} %"


def _times(row: dict[str, Any]) -> str:
    if pandas.isna(row["low"]):
        return f"{row['ratio']:.2f} times (a single round: uncertainty unknown)"
    return f"{row['ratio']:.2f} times ({CONFIDENCE:.0%} interval {row['low']:.2f} to {row['high']:.2f})"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
