"""Mistakes of the caller: one line that says what, where and how to mend, exit 2, nothing measured."""

import json
import os

import pytest

from conftest import SMALL, Lab, one_line
from fake_bench import calls


@pytest.mark.parametrize(
    ("arguments", "reported"),
    [
        (("--suite", "huge"), ("SUITE", "huge", "smoke, standard, everyday")),
        (("--maps", "hmap,nomap"), ("MAPS", "nomap", "hmap, std, boost_unordered")),
        (("--maps", "folly"), ("MAPS", "folly", "not in this build", "library not found")),
        (("--workloads", "find"), ("WORKLOADS", "find", "insert_grow")),
        (("--kv", "int_blob"), ("KV", "int_blob", "string_int")),
        (("--hash", "md5"), ("HASH", "md5", "shared, own")),
        (("--memory", "huge"), ("MEMORY", "huge", "first_touch")),
        (("--sizes", "0"), ("SIZES", "'0'", "from 1")),
        (("--sizes", "1000,abc"), ("SIZES", "abc")),
        (("--sizes", "1e6"), ("SIZES", "1e6")),
        (("--sizes", "5,,6"), ("SIZES",)),
        (("--sizes", "-5"), ("SIZES", "-5")),
        (("--rounds", "0"), ("ROUNDS", "from 1")),
        (("--rounds", "many"), ("ROUNDS", "many")),
        (("--cpu", "4095"), ("CPU", "4095", "available: ")),
        (("--cpu", "first"), ("CPU", "first")),
        (("--seed", "x"), ("SEED", "x")),
        (("--target", "0"), ("TARGET", "'0'", "above 0")),
        (("--target", "tight"), ("TARGET", "tight", "percentage")),
        (("--target", "nan"), ("TARGET", "nan")),
        (("--budget", "soon"), ("BUDGET", "soon", "90s, 10m or 1h30m")),
        (("--budget", "0m"), ("BUDGET", "0m")),
        (("--budget", "10m5h"), ("BUDGET", "10m5h")),
        (("--start", "tepid"), ("START", "tepid", "warm, cold")),
        (("--start", "warm,cold"), ("START", "one per run")),
        (("--min-time", "1"), ("--min-time",)),
        (("--frequency", "1"), ("--frequency",)),
        (("--counters", "tlb"), ("COUNTERS", "tlb", "auto, papi, perf, sim, callgrind, off")),
        (("--counters", "auto,sim"), ("COUNTERS", "auto,sim", "combined")),
        (("--cache", "z80"), ("CACHE", "z80", "host, zen5, skylake")),
        (("--cache", "zen5,skylake"), ("CACHE", "one per run")),
        (("--suite", "layout"), ("MAPS", "hmap_split_aligned")),
        (("--resume", "nowhere"), ("nowhere", "run.json")),
        (("--resume", "latest"), ("no run in",)),
    ],
)
def test_one_line_and_exit_2(lab: Lab, arguments: tuple[str, ...], reported: tuple[str, ...]) -> None:
    line = one_line(lab.mapscope("run", "=".join(arguments)), 2)  # as make passes them
    for part in reported:
        assert part in line
    assert not lab.results.exists()
    assert calls(lab.build) == []


def test_empty_options_count_as_unset(lab: Lab) -> None:
    names = (
        "suite",
        "maps",
        "workloads",
        "kv",
        "hash",
        "sizes",
        "rounds",
        "cpu",
        "seed",
        "memory",
        "resume",
        "target",
        "budget",
        "start",
        "counters",
        "cache",
        "papi-events",
    )
    answer = lab.mapscope("run", "--dry-run", *(f"--{name}=" for name in names))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("suite standard: 7 maps, 8 workloads and 13 states, 4 payloads")


def test_dry_run_leaves_nothing_and_needs_no_binary(lab: Lab) -> None:
    for binary in lab.build.glob("bench_*"):
        binary.unlink()
    assert lab.mapscope("run", "--dry-run").returncode == 0
    assert not lab.results.exists()


def test_unwritable_destination_is_noticed_before_measuring(lab: Lab) -> None:
    lab.results.parent.joinpath("file").write_text("in the way")
    lab.results = lab.results.parent / "file" / "results"
    for extra in ((), ("--dry-run",)):
        assert "RESULTS" in one_line(lab.mapscope("run", *SMALL, *extra), 2)
    assert calls(lab.build) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_forbidden_destination(lab: Lab) -> None:
    lab.results.mkdir()
    lab.results.chmod(0o500)
    assert "RESULTS" in one_line(lab.mapscope("run", *SMALL), 2)


def test_no_build(lab: Lab) -> None:
    (lab.build / "maps.json").unlink()
    assert "make build" in one_line(lab.mapscope("run", *SMALL), 2)


def test_damaged_catalogue_names_file_and_field(lab: Lab) -> None:
    document = json.loads((lab.build / "maps.json").read_text())
    del document["compiler"]
    (lab.build / "maps.json").write_text(json.dumps(document))
    line = one_line(lab.mapscope("run", *SMALL), 2)
    assert "maps.json" in line and "compiler" in line


def test_missing_binary(lab: Lab) -> None:
    (lab.build / "bench_std").unlink()
    assert "bench_std is not built" in one_line(lab.mapscope("run", *SMALL), 2)


def test_unknown_command(lab: Lab) -> None:
    one_line(lab.mapscope("measure"), 2)
