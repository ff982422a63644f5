"""From turns to figures: their centre, ratios inside them, how precise these are, and what memory and time allow."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy
import pytest
from scipy import stats

from mapscope.run.budget import Budget, for_rounds
from mapscope.run.memory import together
from mapscope.store.pace import Pace
from mapscope.store.precision import Precision, ratios_to_best
from mapscope.store.turns import Turns, centre, ratio


def undisturbed(*times: float) -> Turns:
    return Turns(times, [False] * len(times))


def test_the_centre_leaves_out_a_fifth_at_each_end() -> None:
    # of five, the smallest and the largest; the geometric mean of 2, 4 and 8 is 4
    assert centre(undisturbed(8, 1000, 2, 0.001, 4)) == pytest.approx(4)
    assert centre(undisturbed(2, 8)) == pytest.approx(4)  # of two, none
    assert centre(undisturbed(7)) == pytest.approx(7)


def test_disturbed_turns_are_left_out_where_three_others_remain() -> None:
    assert centre(Turns([4, 4, 4, 400], [False, False, False, True])) == pytest.approx(4)
    kept = Turns([4, 4, 400], [False, False, True])
    assert centre(kept) == pytest.approx((4 * 4 * 400) ** (1 / 3))


def test_a_turn_that_is_disturbed_in_one_map_is_left_out_of_both() -> None:
    a = Turns([100, 2, 2, 2], [True, False, False, False])
    b = undisturbed(1, 1, 1, 1)
    assert ratio(a, b) == pytest.approx(2) and ratio(b, a) == pytest.approx(1 / 2)


def test_a_ratio_inside_turns_is_free_of_drift_that_both_have() -> None:
    drift = [1, 1.5, 3, 2, 10, 1, 7, 0.5]
    a, b = undisturbed(*(3 * each for each in drift)), undisturbed(*(2 * each for each in drift))
    assert ratio(a, b) == pytest.approx(1.5)


def test_only_turns_that_both_have_are_compared() -> None:
    assert ratio(undisturbed(2, 2, 2, 1000, 1000), undisturbed(1, 1, 1)) == pytest.approx(2)


def test_the_fastest_has_the_lowest_median_and_rounds_without_it_have_no_ratio() -> None:
    twice = undisturbed(2, 2, 2)
    found = ratios_to_best({
        "a": {1: twice, 2: twice, 3: twice},
        "b": {number: undisturbed(time, time, time) for number, time in ((1, 1), (2, 6), (3, 8), (4, 9))},
    })  # fmt: skip
    assert found.best == "a"
    assert found.by_map["a"] == {1: 1, 2: 1, 3: 1}
    assert found.by_map["b"] == pytest.approx({1: 0.5, 2: 3, 3: 4})


def test_precision_follows_the_rounds() -> None:
    precision = Precision(0.05, Pace())
    group = ("find_hit", "int_int", 100, "shared")
    assert not precision.is_precise(group) and precision.summary() is None
    for number, time in ((1, 2.0), (2, 2.02)):
        precision.add(group, number, "a", undisturbed(1, 1, 1))
        precision.add(group, number, "b", undisturbed(time, time, time))
        if number == 1:
            assert precision.half_widths(group) == {"b": math.inf} and precision.summary() is None
    logs = numpy.log([2.0, 2.02])
    expected = math.exp(stats.t.ppf(0.975, 1) * logs.std(ddof=1) / math.sqrt(2)) - 1
    assert precision.half_widths(group)["b"] == pytest.approx(expected) and expected > 0.05
    assert not precision.is_precise(group) and precision.summary() == (pytest.approx(expected), 0.0)
    precision.add(group, 3, "a", undisturbed(1, 1, 1))
    precision.add(group, 3, "b", undisturbed(2.01, 2.01, 2.01))
    assert precision.is_precise(group) and precision.summary()[1] == 1.0


def test_a_group_of_one_map_is_precise_at_once() -> None:
    precision = Precision(0.03, Pace())
    group = ("find_hit", "int_int", 100, "shared")
    precision.add(group, 1, "a", undisturbed(1, 2, 3))
    assert precision.is_precise(group)


def test_precision_is_that_of_a_core_alone() -> None:
    precision = Precision(0.05, Pace())
    precision.pace.learn(1000)
    group = ("find_hit", "int_int", 100, "shared")
    paces = [1000.0, 1000, 1000, 1500, 1500, 1500]
    for number, turned in ((1, paces), (2, paces[::-1])):
        for name, slope in (("a", 1.0), ("b", 0.0)):  # a takes as much longer as the arithmetic, b not at all
            times = [2 * (pace / 1000) ** slope * (1.5 if name == "b" else 1) for pace in turned]
            precision.add(group, number, name, Turns(times, [False] * 6, turned))
    assert precision.half_widths(group)["b"] < 0.01
    assert [row["rounds"] for row in precision.rows()] == [
        pytest.approx([2, 2], rel=0.03),
        pytest.approx([3, 3], rel=0.03),
    ]


def plan_with(memory_bytes: int) -> SimpleNamespace:
    payloads = [
        SimpleNamespace(name="int_int", key="std::uint64_t", value="std::uint64_t"),
        SimpleNamespace(name="string_struct", key="std::string", value="struct of 72 bytes"),
    ]
    by_name = {one.name: one for one in payloads}
    return SimpleNamespace(payload=by_name.get, environment=SimpleNamespace(memory_bytes=memory_bytes))


def test_as_many_processes_as_fit_are_alive_together() -> None:
    maps = [[name] for name in "abcdefg"]
    each = 4 * 1000 * 16  # a growing table and the keys of a pass, of 1000 times 16 bytes
    assert together(maps, plan_with(10**9), "int_int", 1000) == [list("abcdefg")]
    assert together(maps, plan_with(int(3.5 * each / 0.6)), "int_int", 1000) == [list("abc"), list("def"), ["g"]]
    assert together(maps, plan_with(1), "int_int", 1000) == [[name] for name in "abcdefg"]
    strings = int(7.5 * each * (64 + 72) / 16 / 0.6)
    assert together(maps, plan_with(strings), "string_struct", 1000) == [list("abcdefg")]
    assert len(together(maps, plan_with(strings * 6 // 7), "string_struct", 1000)) == 2


def test_twins_are_never_parted() -> None:
    twins = [["a1", "a2"], ["b1", "b2"], ["c1", "c2"], ["d1", "d2"]]
    three = int(3.5 * 4 * 1000 * 16 / 0.6)
    assert together(twins, plan_with(three), "int_int", 1000) == twins
    five = int(5.5 * 4 * 1000 * 16 / 0.6)
    assert together(twins, plan_with(five), "int_int", 1000) == [["a1", "a2", "b1", "b2"], ["c1", "c2", "d1", "d2"]]


@pytest.mark.parametrize(
    ("growth", "stages", "share"), [([], [], 1), ([1], [], 0.9), ([], ["sim"], 0.75), ([1], ["sim"], 0.65)]
)
def test_the_rounds_have_what_growth_and_counters_leave_of_a_budget(growth: list, stages: list, share: float) -> None:
    plan = SimpleNamespace(
        selection=SimpleNamespace(budget_s=600.0), growth_passes=growth, counting_stages=lambda: stages,
        why_no_read_latency="not a run of concurrent maps",
    )  # fmt: skip
    assert for_rounds(plan, []).seconds == pytest.approx(600 * share)
    earlier = {"started": "2026-01-01T00:00:00+00:00", "finished": "2026-01-01T00:05:00+00:00"}
    assert for_rounds(plan, [earlier]).seconds == pytest.approx(600 * share - 300)
    assert for_rounds(plan, [earlier] * 3).seconds == 0 and not for_rounds(plan, [earlier] * 3).has(0)
    assert for_rounds(plan, [earlier | {"finished": None}]).seconds == pytest.approx(600 * share)
    plan.selection.budget_s = None
    assert for_rounds(plan, [earlier]).left is None and Budget(None).has(1e9)
