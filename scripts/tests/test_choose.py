"""`choose`: costs are the user's weights and nothing else; limits are met by measurements, not by assumption."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import make_build
from mapscope.analysis.choice import EXCEEDS, FITS, UNDECIDED, Wish, choose
from mapscope.store.folder import find
from mapscope.store.load import read_run
from mapscope.store.records import Run

MIX = {"find_hit": 9.0, "erase": 1.0}
MAPS = ("hmap", "std", "boost_flat")


@pytest.fixture(scope="module")
def chosen_from(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A finished run of three maps at three sizes, weighed, whose tables were watched growing to 150 entries."""
    root = tmp_path_factory.mktemp("choose")
    lab = Lab(root / "build", root / "results")
    make_build(lab.build, table_memory=True)
    answer = lab.mapscope(
        "run", *SMALL[:6], "--sizes", "100,200,400", "--rounds", "4", "--maps", ",".join(MAPS), "--counters", "off",
        "--growth-sizes", "250", "--growth-repetitions", "2",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return lab


@pytest.fixture
def run(chosen_from: Lab) -> Run:
    return read_run(find("latest", chosen_from.results))


def row(run: Run, workload: str, name: str, n: int) -> Any:
    return next(each for each in run.rows if (each.workload, each.map, each.n) == (workload, name, n))


def test_the_cost_is_the_weighted_mean_of_what_was_measured(run: Run) -> None:
    found = choose(run, Wish("int_int", 200, MIX))
    assert sorted(one.map for one in found.candidates) == sorted(MAPS)
    for one in found.candidates:
        reads, erases = (row(run, workload, one.map, 200).rounds for workload in ("find_hit", "erase"))
        rounds = [(9 * read + erase) / 10 for read, erase in zip(reads, erases, strict=True)]
        assert one.rounds == pytest.approx(rounds)
        assert one.ns == pytest.approx(sorted(rounds)[1] / 2 + sorted(rounds)[2] / 2)
        assert (one.latency, one.memory, one.verdict) == (FITS, FITS, FITS)
    assert [one.ns for one in found.candidates] == sorted(one.ns for one in found.candidates)
    assert found.candidates[0].ratio == 1 and math.isnan(found.candidates[0].low)
    last = found.candidates[-1]
    assert last.low < last.ratio < last.high and not last.is_tied


def test_between_two_sizes_times_and_bytes_are_interpolated_and_it_says_so(run: Run) -> None:
    found = choose(run, Wish("int_int", 283, {"find_hit": 1.0}))
    assert any("283 was not measured" in note and "200 and 400" in note for note in found.notes)
    share = math.log(283 / 200) / math.log(2)
    for one in found.candidates:
        below, above = (row(run, "find_hit", one.map, n).rounds for n in (200, 400))
        assert one.rounds == pytest.approx([a ** (1 - share) * b**share for a, b in zip(below, above, strict=True)])
        assert one.bytes is not None
    assert not any("was not measured" in note for note in choose(run, Wish("int_int", 400, MIX)).notes)


def test_a_limit_on_bytes(run: Run) -> None:
    held = {one.map: one.grown_bytes / one.n for one in run.table_memory if one.n == 200}
    limit = sorted(held.values())[1]
    found = choose(run, Wish("int_int", 200, MIX, bytes_per_entry=limit))
    assert {one.map: one.memory for one in found.candidates} == {
        name: FITS if value <= limit else EXCEEDS for name, value in held.items()
    }
    assert [one.verdict for one in found.candidates] == [FITS, FITS, EXCEEDS]


def test_a_limit_on_the_longest_insert(run: Run) -> None:
    by_map = {each.map: each.denoised.timeline for each in run.growth if each.stage == "growth/insert-first_touch"}
    assert set(by_map) == set(MAPS)
    spans = {name: max(longest for first, _, _, longest in line if first < 200) for name, line in by_map.items()}
    limit = min(spans.values())
    found = choose(run, Wish("int_int", 200, MIX, max_latency_ns=limit))
    for one in found.candidates:
        assert one.longest_ns == spans[one.map]
        assert one.latency == (FITS if spans[one.map] <= limit else EXCEEDS)


def test_growth_that_ended_earlier_can_only_exceed(run: Run) -> None:
    longest = {each.map: each.denoised.inserts.max_ns for each in run.growth}
    lax, tight = (
        choose(run, Wish("int_int", 400, MIX, max_latency_ns=limit))
        for limit in (2 * max(longest.values()), min(longest.values()) / 2)
    )
    assert {one.latency for one in lax.candidates} == {UNDECIDED}
    assert {one.latency for one in tight.candidates} == {EXCEEDS}
    assert any("watched growing to 250 entries only" in note for note in lax.notes)


def test_the_front_is_of_time_bytes_and_longest_insert(run: Run) -> None:
    found = choose(run, Wish("int_int", 200, MIX)).candidates
    for one in found:
        beaten = any(
            other.ns <= one.ns and other.bytes <= one.bytes and other.longest_ns <= one.longest_ns and other is not one
            for other in found
        )
        assert one.is_on_front != beaten


@pytest.mark.parametrize(
    "change",
    [lambda words: words, lambda words: [*words, "--max-latency", "1ns"], lambda words: [*words, "--memory", "1000B"]],
)
def test_the_answer_in_words(chosen_from: Lab, change: Callable[[list[str]], list[str]]) -> None:
    words = change(["choose", "--payload", "int_int", "--n", "200", "--mix", "read=90,erase=10"])
    answer = chosen_from.mapscope(*words)
    assert answer.returncode == 0, answer.stderr
    assert "90% find_hit, 10% erase" in answer.stdout
    assert ("no map meets the limits" in answer.stdout) == ("1ns" in words)
    assert ("is the fastest that meets the limits\n" in answer.stdout) == ("1000B" in words)
    assert ("is the fastest\n" in answer.stdout) == (len(words) == 7)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--n", "200", "--mix", "read=1"), "--payload (PAYLOAD): needed"),
        (("--payload", "int_int", "--mix", "read=1"), "--n (N): needed"),
        (("--payload", "int_int", "--n", "200"), "--mix (MIX): needed"),
        (("--payload", "odd", "--n", "200", "--mix", "read=1"), "'odd' is not in this run; available: int_int"),
        (("--payload", "int_int", "--n", "99", "--mix", "read=1"), "100 to 400"),
        (("--payload", "int_int", "--n", "401", "--mix", "read=1"), "100 to 400"),
        (("--payload", "int_int", "--n", "200", "--mix", "odd=1"), "no operation 'odd'; available: read, erase"),
        (("--payload", "int_int", "--n", "200", "--mix", "read"), "not an operation and its weight"),
        (("--payload", "int_int", "--n", "200", "--mix", "read=-1"), "not an operation and its weight"),
        (("--payload", "int_int", "--n", "200", "--mix", "read=nan"), "not an operation and its weight"),
        (("--payload", "int_int", "--n", "200", "--mix", ","), "name operations"),
        (("--payload", "int_int", "--n", "200", "--mix", "read=1", "--hash", "own"), "'own' is not in this run"),
        (("--payload", "int_int", "--n", "200", "--mix", "read=1", "--max-latency", "9"), "not a duration"),
        (("--payload", "int_int", "--n", "200", "--mix", "read=1", "--memory", "4MB"), "not a number of bytes"),
    ],
)
def test_a_wrong_question_is_one_line(chosen_from: Lab, words: tuple[str, ...], said: str) -> None:
    assert said in one_line(chosen_from.mapscope("choose", *words), 2)
