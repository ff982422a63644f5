"""The order of work: decided beforehand, from the seed alone."""

from mapscope.plan.plan import MAX_SEED, round_seed, schedule
from mapscope.plan.suites import SUITES, growth_point, octave

MAPS = ["a", "b", "c", "d", "e", "f", "g"]


def orders(seed: int) -> list[list[str]]:
    return [block["maps"] for entry in schedule(seed, 3, ["k", "l"], [1, 2], MAPS) for block in entry["blocks"]]


def test_same_seed_same_order() -> None:
    assert orders(7) == orders(7)


def test_the_order_is_this_one_on_every_python() -> None:
    assert "".join(orders(1)[0]) == "gcdefab"
    assert round_seed(1, 1) == 872184306237424


def test_another_seed_another_order() -> None:
    assert orders(1) != orders(2)


def test_every_block_has_every_map_once_and_blocks_differ() -> None:
    assert all(sorted(order) == MAPS for order in orders(1))
    assert len({tuple(order) for order in orders(1)}) > 6


def test_rounds_are_outermost_and_have_their_own_seeds() -> None:
    entries = schedule(1, 3, ["k"], [1], MAPS)
    assert [entry["round"] for entry in entries] == [1, 2, 3]
    assert len({entry["seed"] for entry in entries}) == 3
    assert all(0 < entry["seed"] <= MAX_SEED for entry in entries)


def test_suites_meet_both_sides_of_a_growth_point() -> None:
    assert growth_point(10) == 6656
    for suite in SUITES.values():
        assert list(suite.sizes) == sorted(set(suite.sizes))
        if suite.name not in ("layout", "growth", "range"):  # full tables only; tables that grow; load is a state
            full = {growth_point(10), growth_point(14)} & set(suite.sizes)
            assert full and all(n + 1 in suite.sizes for n in full)


def test_an_octave_is_whole() -> None:
    sizes = octave(10)
    assert (sizes[0], sizes[-2], sizes[-1]) == (6656, 13312, 13313)
    assert len(sizes) == 16 + 1 + 2
