"""The order of work: decided beforehand, from the seed alone."""

from dataclasses import replace
from itertools import groupby, pairwise

from conftest import Lab
from mapscope.plan.plan import MAX_SEED, Plan, round_seed
from mapscope.plan.suites import SUITES, growth_point, octave
from mapscope.plan.tasks import all_rounds, further_rounds, tasks
from mapscope.store.folder import RunFolder
from mapscope.store.load import read_plan


def plan_of(lab: Lab, **changes: object) -> Plan:
    plan = read_plan(RunFolder(lab.folder()))
    return replace(plan, selection=replace(plan.selection, **changes), seeds=replace(plan.seeds, rounds=[11, 12, 13]))


def test_the_seeds_are_these_on_every_python() -> None:
    assert round_seed(1, 1) == 872184306237424
    seeds = [round_seed(base, number) for base in (1, 2) for number in (1, 2, 3)]
    assert len(set(seeds)) == 6 and all(0 < seed <= MAX_SEED for seed in seeds)


def test_rounds_are_outermost_and_every_block_has_every_map_and_hash_once(finished: Lab) -> None:
    plan = plan_of(finished, rounds=3, least_rounds=3)
    timed = [task for task in tasks(plan) if task.is_timed]
    blocks = [(number, kv, n) for number in (1, 2, 3) for kv in ("int_int", "string_string") for n in (1000, 6656)]
    found = [(key, list(group)) for key, group in groupby(timed, key=lambda task: (task.round, task.kv, task.n))]
    assert [key for key, _ in found] == blocks
    assert all(len(group) == len({(task.map, task.hash) for task in group}) == 14 for _, group in found)
    assert {(task.round, task.seed) for task in timed} == {(1, 11), (2, 12), (3, 13)}


def test_ladders_come_first_then_rounds_then_growth_then_counters(finished: Lab) -> None:
    plan = plan_of(finished, rounds=3, least_rounds=3)
    plan = replace(plan, ladder=replace(plan.ladder, reason=None))  # two sizes do not need one
    order = [name for name, _ in groupby(task.stage.name for task in tasks(plan))]
    assert order == ["ladder", None, "growth/insert-first_touch", "table_memory", "sim"]


def test_rounds_beyond_the_least_do_not_belong_to_a_complete_run(finished: Lab) -> None:
    plan = plan_of(finished, rounds=3, least_rounds=2)
    assert {task.round for task in tasks(plan) if task.is_timed} == {1, 2}
    assert {task.round for task in further_rounds(plan)} == {3}
    bounded = plan_of(finished, rounds=3, least_rounds=2, budget_s=60.0)  # which may end any but the first
    assert {task.round for task in tasks(bounded) if task.is_timed} == {1}
    assert {task.round for task in further_rounds(bounded)} == {2, 3}
    assert {task.round for task in all_rounds(bounded)} == {1, 2, 3}


def test_suites_meet_both_sides_of_a_growth_point() -> None:
    assert growth_point(10) == 6656
    for suite in SUITES.values():
        assert list(suite.sizes) == sorted(set(suite.sizes))
        # full tables only; tables that grow; load is a state; twelve an octave meet it anyway; most maps are not hmap
        if suite.name not in ("layout", "growth", "range", "full", "concurrent"):
            full = {growth_point(10), growth_point(14)} & set(suite.sizes)
            assert full and all(n + 1 in suite.sizes for n in full)


def test_an_octave_is_whole() -> None:
    sizes = octave(10)
    assert (sizes[0], sizes[-2], sizes[-1]) == (6656, 13312, 13313)
    assert len(sizes) == 16 + 1 + 2


def test_sizes_are_even_on_a_logarithmic_axis() -> None:
    def widest(sizes: tuple[int, ...]) -> float:
        return max(b / a for a, b in pairwise(sizes))

    assert widest(SUITES["standard"].sizes_of["int_int"]) <= 2.001
    full = SUITES["full"].sizes
    assert (full[0], full[-1]) == (16, 100_000_000) and widest(full) <= 18 / 16  # 17 would be a step of its own


def test_what_fills_whole_tables_ends_at_a_size_of_its_own(finished: Lab) -> None:
    plan = read_plan(RunFolder(finished.folder()))
    plan = replace(
        plan,
        selection=replace(plan.selection, workloads=["find_hit", "insert_grow"], whole_tables_up_to={"int_int": 1000}),
    )
    assert plan.workloads_at("int_int", 1000, "") == ["find_hit", "insert_grow"]
    assert plan.workloads_at("int_int", 1001, "") == ["find_hit"]
    assert plan.workloads_at("string_int", 1001, "") == ["find_hit", "insert_grow"]
