"""A stand-in for `bench_<map>`: speaks the same flags and JSON, measures nothing, answers at once.

`make_build` writes a build directory of such binaries. A misbehaviour is asked for by a
file `faults.json` beside them: {"<map>": {"fault": ..., "n": ..., "after": ...}}.
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

MAPS = ("hmap", "std", "boost_unordered", "boost_flat", "absl_flat", "absl_node", "tsl_robin")
WORKLOADS = ("insert_grow", "insert_reserved", "find_hit", "find_hit_chained", "find_miss", "erase", "churn", "range")
PAYLOADS = ("int_int", "string_string", "int_struct", "string_int")
HASHES = ("shared", "own")

BINARY = r"""#!{python}
import hashlib, json, math, os, signal, sys, time
from pathlib import Path

here = Path(sys.argv[0]).resolve().parent
name = Path(sys.argv[0]).name.removeprefix("bench_")
describe = json.loads((here / "describe.json").read_text())[name]
if "--describe" in sys.argv:
    print(json.dumps(describe))
    sys.exit(0)
options = dict(word[2:].split("=", 1) for word in sys.argv[1:])
n, seed, kv = int(options["sizes"]), options["seed"], options["kv"]
calls = here / "calls.log"
with calls.open("a") as log:
    log.write(f"{{os.getpid()}} {{name}} {{kv}} {{n}} {{seed}}\n")
plan = json.loads((here / "faults.json").read_text()).get(name, {{}})
call = sum(1 for line in calls.read_text().splitlines() if f" {{name}} " in line)
active = plan and plan.get("n", n) == n and call > plan.get("after", 0)
fault = plan.get("fault") if active else None
if fault == "crash":
    print("about to fall over", file=sys.stderr)
    os.kill(os.getpid(), signal.SIGSEGV)
if fault == "exit 3":
    print("first line\nthe reason", file=sys.stderr)
    sys.exit(3)
if fault == "hang":
    (here / "hanging").touch()
    time.sleep(60)
if fault == "fill the disk":
    try:
        with open(Path(options["benchmark_out"]).with_name("junk"), "wb") as junk:
            while True:
                junk.write(b"x" * 4096)
                junk.flush()
    except OSError:
        pass

benchmarks = []
for workload in options["workloads"].split(","):
    for hash_name in options["hash"].split(","):
        full = f"{{workload}}/kv:{{kv}}/hash:{{hash_name}}/n:{{n}}"
        digest = hashlib.sha256(f"{{full}} {{seed}}".encode()).hexdigest()
        noise = 1 + int(hashlib.sha256(f"{{full}} {{seed}} {{name}}".encode()).hexdigest()[:4], 16) / 2**16 / 20
        per_op = 5 * (1 + describe["rank"] / 3) * (1 + math.log10(n)) * (1 + len(workload) / 20) * noise
        entry = dict(
            name=full + "/manual_time", run_name=full, run_type="iteration", repetitions=1, repetition_index=0,
            threads=1, iterations=10, real_time=per_op * 65536, cpu_time=per_op * 65536, time_unit="ns",
            ops=65536.0, payload_bytes={{"int_int": 16.0, "string_string": 180.5}}.get(kv, 72.0),
            label=f"checksum={{digest[:16]}}",
        )
        if fault == "wrong checksum" and workload == "find_hit":
            entry["label"] = "checksum=00000000deadbeef"
        if fault == "wrong answer" and workload == "erase":
            entry = dict(name=full + "/manual_time", run_name=full, run_type="iteration", error_occurred=True,
                         error_message="wrong answer: expected 1, got 2")
        if fault == "NaN" and workload == "churn":
            entry["ops"] = math.nan
        if fault == "zero" and workload == "churn":
            entry["real_time"] = 0.0
        if fault == "no label":
            del entry["label"]
        benchmarks.append(entry)
context = dict(
    date="2024-01-01T00:00:00+00:00", host_name="here", executable=sys.argv[0], num_cpus=2,
    mapscope_format="1", mapscope_map=name, mapscope_map_title=describe["title"],
    mapscope_map_version=describe["version"], mapscope_compiler=describe["compiler"], mapscope_flags=describe["flags"],
    mapscope_build_type=describe["build_type"], mapscope_seed=seed, mapscope_memory=options["memory"],
    mapscope_libraries="benchmark 1.7.1", mapscope_answer_check="passed",
)
text = json.dumps(dict(context=context, benchmarks=benchmarks))
try:
    with open(options["benchmark_out"], "w") as out:
        out.write(text[: len(text) // 2] if fault == "truncated" else text)
except OSError:
    pass  # like Google Benchmark, which does not check
sys.exit(1 if fault == "wrong answer" else 0)
"""


def describe_json(name: str, **changes: Any) -> dict[str, Any]:
    """What one binary says of itself."""
    return {
        "map": name,
        "rank": MAPS.index(name),
        "title": f"{name}::map",
        "version": "1.0",
        "library": name,
        "header": f"{name}.hpp",
        "has_own_hash": True,
        "workloads": [{"name": w, "summary": f"what {w} does", "operation": "one call"} for w in WORKLOADS],
        "payloads": [{"name": p, "key": p.split("_")[0], "value": p.split("_")[1]} for p in PAYLOADS],
        "hashes": list(HASHES),
        "compiler": "GCC 12.2.0",
        "flags": "-O3 -DNDEBUG",
        "build_type": "Release",
        "libraries": {"benchmark": "1.7.1"},
        **changes,
    }


def make_build(directory: Path, maps: tuple[str, ...] = MAPS, **changes: Any) -> Path:
    """A build directory with a catalogue and one fake binary per map; `changes` go into each description."""
    directory.mkdir(parents=True, exist_ok=True)
    catalogue = {
        "maps": [{"name": m, "binary": f"bench_{m}", "title": f"{m}::map"} for m in maps],
        "left_out": [{"name": "folly", "reason": "library not found"}],
        "found": {"benchmark": "1.7.1", "boost": "1.81.0"},
        "compiler": "GCC 12.2.0",
        "flags": "-O3 -DNDEBUG",
        "build_type": "Release",
        "workloads": list(WORKLOADS),
        "payloads": list(PAYLOADS),
        "hashes": list(HASHES),
    }
    (directory / "maps.json").write_text(json.dumps(catalogue))
    (directory / "describe.json").write_text(json.dumps({m: describe_json(m, **changes) for m in maps}))
    set_faults(directory, {})
    for name in maps:
        binary = directory / f"bench_{name}"
        binary.write_text(BINARY.format(python=sys.executable))
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR)
    return directory


def set_faults(directory: Path, faults: dict[str, Any]) -> None:
    """From now on, the named maps misbehave as told; see the module's text."""
    (directory / "faults.json").write_text(json.dumps(faults))


def calls(directory: Path) -> list[str]:
    """One line per process started so far: pid, map, payload, n, seed."""
    log = directory / "calls.log"
    return log.read_text().splitlines() if log.exists() else []
