"""A stand-in for `bench_<map>` and its like: the same flags and JSON, measures nothing, answers at once.

`make_build` writes a build directory of such binaries. A misbehaviour is asked for by a
file `faults.json` beside them: {"<map>": {"fault": ..., "n": ..., "after": ..., "stage": ...}},
where without a stage only timed processes misbehave. They log their turns in `turns.log`. `make_valgrind` writes a valgrind that
leaves callgrind's dumps.
"""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path
from typing import Any

MAPS = ("hmap", "std", "boost_unordered", "boost_flat", "absl_flat", "absl_node", "tsl_robin")
WORKLOADS = ("insert_grow", "insert_reserved", "find_hit", "find_hit_chained", "find_miss", "erase", "churn", "range")
STATES = (
    "range_load0_live100",
    "range_load0_live10",
    "range_load0_one",
    "range_load50_live100",
    "range_load50_live10",
    "range_load50_one",
    "range_load100_live100",
    "range_load100_live10",
    "range_load100_one",
    "range_keys",
    "range_copy",
    "range_cursor",
    "range_stuck",
    "range_cold",
)
"""Only hmap is ever stuck, and what is cold is not simulated."""
FURTHER = ("find_mixed_50", "fifo", "find_load_50", "find_load_90")
"""In binaries of their own."""
CONCURRENT = ("go_sync_map", "rwlocked_hmap", "snapshot_hmap", "tbb_hash_map")
FAMILIES = (
    "mixed_0_uniform_shared", "mixed_30_uniform_shared", "mixed_10_zipf_disjoint", "fill", "range_written", "go_range",
)  # fmt: skip
"""Of concurrent maps; tbb_hash_map cannot be iterated over while others write."""
MOST_THREADS = 256
PAYLOADS = ("int_int", "string_string", "int_struct", "string_int")
HASHES = ("shared", "own")

BINARY = r"""#!{python}
import hashlib, json, math, os, signal, sys, time
from pathlib import Path

def write_whole(name, text):
    path = Path(name)
    neighbour = path.with_name(f".{{path.name}}.{{os.getpid()}}")
    try:
        neighbour.write_text(text)
        if fault == "killed while it writes":
            os.kill(os.getpid(), signal.SIGKILL)
        neighbour.replace(path)
    except OSError as error:
        neighbour.unlink(missing_ok=True)
        print(f"bench: cannot write {{name}}: {{error.strerror}}; make room there or write elsewhere", file=sys.stderr)
        sys.exit(1)


here = Path(sys.argv[0]).resolve().parent
name = Path(sys.argv[0]).name.removeprefix("bench_").removesuffix("_sim")
is_further, name = name.endswith("_further"), name.removesuffix("_further")
purpose = next((each for each in ("own", "growth") if name.endswith("_" + each)), "shared")
name = name.removesuffix("_" + purpose)
simulates = sys.argv[0].endswith("_sim")
describe = json.loads((here / "describe.json").read_text())[name]
options = dict((word[2:] + "=").split("=", 1) for word in sys.argv[1:])
options = {{key: value.removesuffix("=") for key, value in options.items()}}
cache = dict(name=options.get("cache", "host"), source="a table", levels=[
    dict(level=level, bytes=size, ways=8, line_bytes=64) for level, size in enumerate((2**15, 2**20, 2**25), 1)],
    tlbs=[dict(level=1, entries=64, ways=64, page_bytes=4096)])
counters = dict(cache=cache, backends=[
    dict(name="sim", available=True, reason="", version="1", label="[sim: LRU 32K/8 1M/8 32M/8, virtual addresses]",
         events=[])] if simulates else describe["hardware"])
if refused := set(options) & set(describe.get("refuses", [])):
    print(f"unknown argument '--{{refused.pop()}}'", file=sys.stderr)
    sys.exit(2)
if "describe" in options:
    if is_further:
        describe["workloads"] = [dict(name=each, summary=f"does {{each}}", operation="one") for each in {further}]
    print(json.dumps(dict(describe, counters=counters)))
    sys.exit(0)
stage = "sim" if simulates else options.get("counters")
stage = "callgrind" if "callgrind" in options else stage
stage = "growth" if "growth" in options else stage
if ("growth" if stage == "growth" else options["hash"]) != purpose and not describe.get("does_all"):
    print(f"bench_{{name}}: not in this binary, which is for {{purpose}}", file=sys.stderr)
    sys.exit(2)
fault = None
if "table-memory" in options:
    sizes, is_ill = [int(word) for word in options["sizes"].split(",")], describe.get("weighs_ill")
    tables = [dict(n=each, grown_bytes=each * (20 + describe["rank"]), peak_bytes=each * (10 if is_ill else 40 + describe["rank"]),
                   reserved_bytes=None if describe.get("is_concurrent") else each * (18 + describe["rank"]),
                   bytes_per_entry_at_load={{load: 30.5 for load in options.get("table-loads", "").split(",") if load}}) for each in sizes]
    reason = describe.get("weighs_nothing")
    write_whole(options["table-memory"], json.dumps(dict(
        mapscope_table_memory="1", map=name, kv=options["kv"], keys=options.get("keys", "random"), hash=options["hash"],
        seed=int(options["seed"]), memory="resident", tables=[] if reason else tables, reason=reason)))
    sys.exit(0)
if "read-latency" in options:
    reason, each = describe.get("reads_nothing"), int(options["sizes"])
    def response(factor):
        found = [factor * ns * (1 + describe["rank"]) for ns in (100.0, 200.0, 400.0, 8e3, 9e4, 1e6)]
        return dict(zip(("p50", "p90", "p99", "p99.9", "p99.99", "max"), found[::-1] if describe.get("reads_ill") else found))
    write_whole(options["read-latency"], json.dumps(dict(
        mapscope_read_latency="1", cpu_model="a processor", kernel="Linux 6", map=name, kv=options["kv"], keys="random",
        hash=options["hash"], seed=int(options["seed"]), memory=options["memory"], reason=reason,
        tables=[] if reason else [dict(n=each, readers=1, writers=1, rate=1e6, reads=500000, writes=77777,
                                       alone=response(1), written=response(3))])))
    sys.exit(0)
n, seed, kv = int(options["sizes"]), options["seed"], options["kv"]
kv += "." + options["keys"] if "keys" in options else ""
if "key-lines" in options and len(Path(options["key-lines"]).read_text().splitlines()) < 30:
    print("too few lines", file=sys.stderr)
    sys.exit(2)
calls = here / "calls.log"
with calls.open("a") as log:
    log.write(f"{{os.getpid()}} {{name}} {{kv}} {{n}} {{seed}}{{' ' + stage if stage else ''}}\n")
plan = json.loads((here / "faults.json").read_text()).get(name, {{}})
call = sum(1 for line in calls.read_text().splitlines() if f" {{name}} " in line)
active = plan and plan.get("n", n) == n and plan.get("stage") == stage and call > plan.get("after", 0)
fault = plan.get("fault") if active else None
if "turns" in options:
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # ends with its parent
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
        with open(next(Path(plan["below"]).glob("*/plan.json")).with_name("at-work-junk"), "wb") as junk:
            while True:
                junk.write(b"x" * 4096)
                junk.flush()
    except OSError:
        pass

if "turns" in options:
    def say(**answer):
        print(json.dumps(answer), flush=True)

    def figure(full, number):
        def noise(text):
            return int(hashlib.sha256(text.encode()).hexdigest()[:4], 16) / 2**16

        most = describe.get("luck", 0.05)  # or by workload
        most = most.get(workload, 0.0) if isinstance(most, dict) else most
        luck = 1 + noise(f"{{full}} {{seed}} {{name}}") * most
        per_op = 5 * (1 + describe["rank"] / 3) * (1 + math.log10(n)) * (1 + len(full.split("/")[0]) / 20)
        if describe.get("is_concurrent"):
            per_op /= min(2, int(workload.rpartition("_t")[2]))  # scales to two CPUs
        return per_op * luck * (1 + noise(f"{{full}} {{seed}} {{number}}") / 50)

    version = dict(mapscope_schema_version="2", mapscope_cpu_model="a processor", mapscope_kernel="Linux 6")
    version = dict(mapscope_format="1") if fault == "of an older commit" else version
    version = dict(mapscope_schema_version="3") if fault == "of a later commit" else version
    say(mapscope_turns=3 if fault == "of a later protocol" else 2, context=dict(
        version, mapscope_map=name, mapscope_map_title=describe["title"], mapscope_map_version=describe["version"],
        mapscope_compiler=describe["compiler"], mapscope_flags=describe["flags"], mapscope_build_type=describe["build_type"],
        mapscope_seed=seed, mapscope_memory=options["memory"], mapscope_libraries="benchmark 1.7.1",
        mapscope_answer_check="passed by an earlier process" if "answers-are-checked" in options else "passed"))
    with (here / "cpus.log").open("a") as log:
        log.write(f"{{name}} {{','.join(map(str, sorted(os.sched_getaffinity(0))))}}\n")
    with (here / "checks.log").open("a") as log:
        log.write(f"{{name}} {{kv}} {{options['hash']}} {{n}} {{'trusted' if 'answers-are-checked' in options else 'checked'}}\n")
    baton = int(options["baton"]) if "baton" in options else None
    opened = full = workload = None
    failed, lost = False, 0
    for line in sys.stdin:
        command, *words = line.split()
        if command == "open":
            workload = words[0]
            if (workload in {further}) != is_further and not describe.get("does_all"):
                say(error=f"no workload {{workload}} here")
                continue
            full = f"{{workload}}/kv:{{kv}}/hash:{{options['hash']}}/n:{{n}}"
            never = "it grows at once" if workload == "range_stuck" and name != "hmap" else None
            if name == "tbb_hash_map" and workload.startswith("range_written") and not workload.endswith("_t1"):
                never = f"no iteration while others write: not with {{workload.rpartition('_t')[2]}} threads"
            if never:
                say(inapplicable=never)
                continue
            if fault == "wrong answer" and workload == "erase":
                failed = True
                say(error="wrong answer: expected 1, got 2")
                continue
            checksum = hashlib.sha256(f"{{full}} {{seed}}".encode()).hexdigest()[:16]
            answer = dict(
                checksum="00000000deadbeef" if fault == "wrong checksum" and workload == "find_hit" else checksum,
                operations=512, payload_bytes={{"int_int": 16.0, "string_string": 180.5}}.get(kv, 72.0), slots=None,
                without_slots=None)
            if workload.startswith("range_"):
                answer.update(dict(without_slots="it iterates over a list") if name == "std" else dict(slots=2 * 512))
            if fault == "no label":
                del answer["checksum"]
            if fault == "truncated":
                print(json.dumps(answer)[:20], flush=True)
                continue
            say(**answer)
        elif command == "pace":
            say(pace=1000)
        elif command == "turn":
            number, start, least = int(words[0]), words[1], int(words[2])
            if baton is not None:
                os.read(baton, 1)
            with (here / "turns.log").open("a") as log:
                log.write(f"{{name}} {{workload}} {{n}} {{seed}} {{number}} {{start}}\n")
            if fault == "dies in its turn":
                os.kill(os.getpid(), signal.SIGSEGV)
            if fault == "hangs in its turn":
                (here / "hanging").touch()
                time.sleep(60)
            ns = round(figure(full, number) * 512 * 3)
            if fault == "zero" and workload == "churn":
                ns = 0
            passes = math.nan if fault == "NaN" and workload == "churn" else 3
            switches = 3 if fault == "disturbed" and number in plan.get("turns", [number]) else 0
            lost += switches
            pace = 1500 if fault == "shares its core" else 1000
            say(passes=passes, ns=ns * pace // 1000, switches=switches, pace=pace, fastest=1000)
            if len(words) > 3:
                os.write(int(words[3]), b"x")
        elif command == "close":
            say(passes=0, os_minor_faults=0.0, os_major_faults=0.0, os_voluntary_switches=0.0,
                os_involuntary_switches=float(lost), os_cpu_ns=1000.0)
            lost = 0
    sys.exit(1 if failed else 0)
if stage == "growth":
    repetitions, mixed = int(options["growth-repetitions"]), options["growth"] == "mixed"
    for repetition in range(repetitions):
        if repetition and "growth-turns" in options:
            os.kill(os.getpid(), signal.SIGSTOP)
        with (here / "repetitions.log").open("a") as log:
            log.write(f"{{name}} {{repetition}} {{time.monotonic_ns()}}\n")
        if fault == "dies in its turn" and repetition:
            os.kill(os.getpid(), signal.SIGSEGV)
        if fault == "hangs in its turn" and repetition:
            (here / "hanging").touch()
            time.sleep(60)
    churn = int(options["growth-churn"]) if options["growth"] == "churn" else None
    inserts = n * (churn or 1)
    operations = inserts * (2 if mixed or churn else 1)
    worst = 1e3 * (1 + describe["rank"])

    def durations(count, factor=1.0):
        slowed = describe.get("growth_factor", 1.0)
        factor *= slowed
        return dict(count=count, total_ns=50.0 * count * factor, max_ns=worst * factor,
                    percentiles_ns=[*(ns * slowed for ns in (50.0, 60.0, 70.0, 80.0, 90.0, 100.0)), worst * factor], longer_than_10us_100us_1ms=[3, 1, 0])

    curve = [[0.0, 10.0], [0.9, 50.0], [0.99, 90.0], [1 - 1 / (n + 1), worst]]
    in_steps = name == "hmap"
    parts = dict(allocation_ns=10.0, migration_ns=100.0, overflow_ns=20.0, release_ns=30.0, longest_release_ns=5.0,
                 chains=8, overflow_buckets=2, releases=4) if in_steps else None
    events = [
        dict(operation=at, entries=at, capacity_before=at // 2, capacity_after=at, trigger_ns=worst, trigger_raw_ns=2 * worst,
             drained_at=at + at // 4 if in_steps else None, drain_operations=at // 4 + 1 if in_steps else None,
             drain_ns=100.0 * at if in_steps else None, drain_max_ns=worst if in_steps else None, parts=parts,
             memory=dict(bytes_before=20 * at, bytes_after=60 * at, bytes_peak=61 * at, bytes_drained=40 * at,
                         trigger_faults=3, drain_faults=at // 100))
        for at in (n // 8, n // 4, n // 2)]
    states = dict(before=20.0, draining=60.0, after=30.0)
    drain = dict(
        entries=n // 2, capacity_before=n // 4, capacity_after=n // 2, stuck_at=n // 2 + n // 16,
        ns={{what: {{state: [ns] * repetitions for state, ns in states.items()}}
            for what in ("find_hit", "find_miss", "range", "insert", "update", "erase")}},
        resident_bytes={{state: [int(ns) * n] * repetitions for state, ns in states.items()}},
    ) if (in_steps or fault == "lost drain") and not churn and not mixed else None
    if fault == "lost drain":
        drain["ns"]["erase"]["after"].pop()
    responses = [dict(name=rate, arrivals=kind, per_second=1e6, responses=durations(operations, 3.0), curve=curve)
                 for rate in ("1M/s", "half of its own") for kind in ("fixed", "poisson")]
    out = dict(
        mapscope_growth="1", cpu_model="a processor", kernel="Linux 6", map=name, kv=kv, n=n, mix=options["growth"], churn=churn, reserved="growth-reserved" in options,
        memory=options["memory"], pages=options["growth-pages"], seed=int(seed), repetitions=repetitions,
        operations=operations, checksum="00000000deadbeef" if fault == "wrong checksum" else "0123456789abcdef",
        clock=dict(source="a clock", ns_per_tick=0.4, resolution_ns=10.0, overhead_ns=20.0),
        need_bytes=10**6, available_bytes=10**9,
        null_loop=dict(denoised=durations(operations, 0.01), raw=[durations(operations)] * repetitions),
        denoised=dict(inserts=durations(inserts), lookups=durations(n) if mixed else None,
                      erases=durations(inserts) if churn else None, curve=curve,
                      halves=[durations(inserts, 0.9 if fault == "low half" else 1.0), durations(inserts, 1.25)][: 2 * (repetitions > 1)],
                      timeline=[[k, 50.0, 80.0, worst if k else 5000.0] for k in (0, 9, 99, 999)]),
        raw=dict(inserts=[durations(inserts, 0.5 if fault == "below the minimum" else 2.0)] * repetitions,
                 lookups=[None] * repetitions, erases=[durations(inserts, 2.0) if churn else None] * repetitions, curve=curve),
        reserve_ns=1000.0 if "growth-reserved" in options else None, grows_in_steps=in_steps, events=events,
        drain=drain,
        open_loop=responses, involuntary_switches=0,
        resident=dict(floor_bytes=10, peak_bytes=60 * n, final_bytes=40 * n, peak_per_entry=60.0, final_per_entry=40.0,
                      huge_bytes=0, minor_faults=100) if options["memory"] == "first_touch" else None,
        counted=dict(allocations=n, allocations_per_operation=1.0, frees=0, final_bytes=40 * n, peak_bytes=60 * n,
                     bytes_after_erasing=30 * n, bytes_after_clearing=30 * n,
                     sawtooth=[[k * n // 50, 40 * k * n // 50] for k in range(50)]),
        why_not_counted=None)
    write_whole(options["growth-out"], json.dumps(out))
    Path(options["growth-trace"]).write_bytes(b"\0" * (4 if fault == "short trace" else 8 * operations))
    sys.exit(0)
rejected = fault == "badly calibrated"
counters["calibration"] = [
    dict(backend=stage, kernel="chase over 100 lines", event="l1_misses", expected=100.0,
         read=150.0 if rejected else 101.0, error=0.5 if rejected else 0.01, accepted=not rejected)
] if stage in ("papi", "perf", "sim") else []
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
        entry.update(os_minor_faults=0.0, os_major_faults=0.0, os_voluntary_switches=0.0,
                     os_involuntary_switches=3.0 if fault == "disturbed" else 0.0)
        size = math.log10(n) * (1 + describe["rank"] / 5)
        misses = dict(l1_misses=size / 2, l2_misses=size / 4, l3_misses=0.0, tlb_misses=size / 50)
        lines = dict(lines_mean=size, lines_p99=2 * round(size), lines_max=9.0, heap_lines_mean=size - 0.5,
                     loads=20.0, stores=3.0, stream_l1_misses=0.1, stream_l2_misses=0.1, stream_l3_misses=0.0)
        real = dict(instructions=80.0, cycles=0.0 if fault == "zero cycles" else 40.0, branch_misses=0.5)
        cold = {{f"cold_{{event}}": value + 1 for event, value in misses.items()}}
        counts = (misses | lines | cold) if simulates else (misses | real) if stage else {{}}
        entry.update({{f"{{stage}}_{{event}}": value for event, value in counts.items()}})
        if workload.startswith("range_"):
            entry.update(slots=2 * 65536.0)
            if name == "std":
                del entry["slots"]
                entry["label"] += "; without slots: it iterates over a list"
            never = "it grows at once" if workload == "range_stuck" and name != "hmap" else None
            never = "too much memory" if workload == "range_cold" and simulates else never
            if never:
                entry = dict(name=full + "/manual_time", run_name=full, run_type="iteration", error_occurred=True,
                             error_message="n/a: " + never)
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
version = dict(mapscope_schema_version="2", mapscope_cpu_model="a processor", mapscope_kernel="Linux 6")
version = dict(mapscope_format="1") if fault == "of an older commit" else version
version = dict(mapscope_schema_version="3") if fault == "of a later commit" else version
context = dict(
    version,
    date="2024-01-01T00:00:00+00:00", host_name="here", executable=sys.argv[0], num_cpus=2,
    mapscope_map=name, mapscope_map_title=describe["title"],
    mapscope_map_version=describe["version"], mapscope_compiler=describe["compiler"], mapscope_flags=describe["flags"],
    mapscope_build_type=describe["build_type"], mapscope_seed=seed, mapscope_memory=options["memory"],
    mapscope_libraries="benchmark 1.7.1", mapscope_answer_check="passed",
    mapscope_counters=json.dumps(counters),
)
text = json.dumps(dict(context=context, benchmarks=benchmarks))
write_whole(options["benchmark_out"], text[: len(text) // 2] if fault == "truncated" else text)
sys.exit(1 if fault == "wrong answer" else 0)
"""


LADDER = r"""#!{python}
import json, os, signal, sys
from pathlib import Path

faults = Path(sys.argv[0]).resolve().with_name("faults.json")
fault = json.loads(faults.read_text()).get("ladder", {{}}).get("fault")
if fault == "exit 1":
    print("ladder: a pointer chase through 16 lines, packed, ended in the wrong place", file=sys.stderr)
    sys.exit(1)
options = dict(word[2:].split("=", 1) for word in sys.argv[1:])
line, seed, passes = int(options["line"]), int(options["seed"]), int(options["passes"])

# A machine of 32 KiB, 1 MiB and 32 MiB, 64 and 2048 pages.
def packed(size):
    return 1.0 if size <= 2**15 else 4.0 if size <= 2**20 else 16.0 if size <= 2**25 else 100.0

rungs = [
    dict(layout="spread", lines=pages, passes=[
        packed(pages * line) + (0 if pages <= 64 else 2 if pages <= 2048 else 30) + k / 100 for k in range(passes)])
    for pages in map(int, options["pages"].split(","))
] + [
    dict(layout="packed", lines=size // line, passes=[packed(size) * (1 + seed % 7 / 100) + k / 100 for k in range(passes)])
    for size in map(int, options["sizes"].split(","))]
if fault == "a rung less":
    del rungs[-1]
if fault == "no time":
    for rung in rungs[-3:-1]:
        rung.update(passes=[], reason="there was no time for it")
if fault == "zero":
    rungs[3]["passes"][0] = 0.0
Path(options["out"]).write_text(json.dumps(dict(
    mapscope_ladder="1", cpu_model="a processor", kernel="Linux 6",
    clock=dict(source="a clock", ns_per_tick=0.4, resolution_ns=10.0, overhead_ns=20.0), seed=seed, line_bytes=line, page_bytes=4096, loads=131072, rungs=rungs)))
"""


VALGRIND = r"""#!{python}
import json, os, subprocess, sys
from pathlib import Path

if "--version" in sys.argv:
    print("valgrind-3.19.0")
    sys.exit(0)
split = next(i for i, word in enumerate(sys.argv) if i and not word.startswith("--"))
options = dict((word[2:] + "=").split("=", 1) for word in sys.argv[1:split])
program = sys.argv[split:]
code = subprocess.run(program).returncode
out = Path(next(word for word in program if word.startswith("--benchmark_out=")).split("=", 1)[1])
dumps = options["callgrind-out-file"].removesuffix("=").replace("%p", str(os.getpid()))
for number, entry in enumerate(json.loads(out.read_text())["benchmarks"], 1):
    misses = 3000 if "1048576" in options["LL"] else 1000
    Path(f"{{dumps}}.{{number}}").write_text(
        f"version: 1\npart: {{number}}\ndesc: Trigger: Client Request: {{entry['run_name']}}\n"
        "events: Ir Dr Dw I1mr D1mr D1mw ILmr DLmr DLmw\n"
        f"summary: 1\nfn=(1) main\n\ntotals: 6553600 655360 65536 7 6000 500 7 {{misses}}\n")
Path(dumps).write_text("desc: Trigger: Program termination\nevents: Ir\ntotals: 0\n")
sys.exit(code)
"""
NO_HARDWARE = [
    {"name": "papi", "available": False, "version": "7.0.0",
     "reason": "PAPI 7.0.0 does not know this processor (no default PMU found); 7.1 would", "events": []},
    {"name": "perf", "available": False, "reason": "perf_event_open: no such device", "events": []},
]  # fmt: skip
HARDWARE = [
    {"name": "papi", "available": True, "version": "7.1.0", "label": "[hw: PAPI 7.1.0]", "reason": "", "events": [
        {"name": "l1_misses", "native": "PERF_COUNT_HW_CACHE_L1D:MISS", "available": True, "coverage": 1.0},
        {"name": "l3_misses", "native": None, "available": False, "reason": "AMD's L3 is an uncore unit"},
    ]},
    {"name": "perf", "available": True, "label": "[hw: perf_event]", "reason": "", "events": []},
]  # fmt: skip


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
        "workloads": [
            {"name": w, "summary": f"what {w} does", "operation": "one call", "family": None, "state": None}
            for w in WORKLOADS
        ]
        + [
            {"name": w, "summary": "", "operation": "one call", "family": "range", "state": w.removeprefix("range_")}
            for w in STATES
        ],
        "payloads": [{"name": p, "key": p.split("_")[0], "value": p.split("_")[1]} for p in PAYLOADS],
        "hashes": list(HASHES),
        "compiler": "GCC 12.2.0",
        "flags": "-O3 -DNDEBUG",
        "build_type": "Release",
        "libraries": {"benchmark": "1.7.1"},
        "hardware": NO_HARDWARE,
        **changes,
    }


def describe_concurrent(name: str, **changes: Any) -> dict[str, Any]:
    """The same of a binary of a concurrent map."""
    counts = [2**k for k in range(MOST_THREADS.bit_length())]
    workloads = [
        {"name": f"{family}_t{count}", "summary": f"what {family} does", "operation": "one call", "family": family,
         "state": f"t{count}"}
        for family in FAMILIES for count in counts
    ]  # fmt: skip
    return describe_json(MAPS[0]) | {
        "map": name, "rank": CONCURRENT.index(name), "title": f"{name}::map", "has_own_hash": False,
        "is_concurrent": True, "table_memory": True, "workloads": workloads, "hashes": ["shared"],
        "payloads": [{"name": "int_int", "key": "int", "value": "int"}], **changes,
    }  # fmt: skip


def add_concurrent(directory: Path, **changes: Any) -> Path:
    """Concurrent maps into a build directory that is there; `changes` go into each description."""
    path, described = directory / "maps.json", directory / "describe.json"
    catalogue = json.loads(path.read_text())
    catalogue["maps"] += [
        {"name": m, "title": f"{m}::map", "binaries": {"shared": f"bench_{m}"}, "concurrent": True}
        | ({"peer": True} if m.startswith("tbb") else {})
        for m in CONCURRENT
    ]
    catalogue["concurrent_workloads"] = list(FAMILIES)
    catalogue["left_out"].append({"name": "libcuckoo", "reason": "header not found"})
    path.write_text(json.dumps(catalogue))
    descriptions = json.loads(described.read_text()) | {m: describe_concurrent(m, **changes) for m in CONCURRENT}
    described.write_text(json.dumps(descriptions))
    for name in CONCURRENT:
        _write_program(directory / f"bench_{name}", BINARY)
    return directory


def make_build(directory: Path, maps: tuple[str, ...] = MAPS, ladder: bool = False, **changes: Any) -> Path:
    """A build directory with a catalogue and the fake binaries of each map, and with a fake `ladder`; `changes` go
    into each description."""
    directory.mkdir(parents=True, exist_ok=True)
    catalogue = {
        "maps": [
            {
                "name": m,
                "title": f"{m}::map",
                "binaries": {"shared": f"bench_{m}", "own": f"bench_{m}_own"},
                "growth": f"bench_{m}_growth",
                "sim": {"shared": f"bench_{m}_sim", "own": f"bench_{m}_own_sim"},
                "callgrind": {"shared": f"bench_{m}", "own": f"bench_{m}_own"},
                "further": {"shared": f"bench_{m}_further", "own": f"bench_{m}_own_further"},
                "further_sim": {"shared": f"bench_{m}_further_sim", "own": f"bench_{m}_own_further_sim"},
            }
            for m in maps
        ],
        "caches": ["host", "zen5", "skylake"],
        "left_out": [{"name": "folly", "reason": "library not found"}],
        "found": {"benchmark": "1.7.1", "boost": "1.81.0"},
        "compiler": "GCC 12.2.0",
        "flags": "-O3 -DNDEBUG",
        "build_type": "Release",
        "workloads": list(WORKLOADS),
        "states": list(STATES),
        "further": list(FURTHER),
        "payloads": list(PAYLOADS),
        "hashes": list(HASHES),
    }
    if ladder:
        catalogue["ladder"] = "ladder"
        _write_program(directory / "ladder", LADDER)
    (directory / "maps.json").write_text(json.dumps(catalogue))
    (directory / "describe.json").write_text(json.dumps({m: describe_json(m, **changes) for m in maps}))
    set_faults(directory, {})
    for name in maps:
        for suffix in ("", "_own", "_growth", "_sim", "_own_sim", "_further", "_own_further", "_further_sim"):
            _write_program(directory / f"bench_{name}{suffix}", BINARY)
    return directory


def make_valgrind(directory: Path) -> Path:
    """A directory with a valgrind that runs the program and writes a dump for each of its benchmarks."""
    directory.mkdir()
    _write_program(directory / "valgrind", VALGRIND)
    return directory


def _write_program(path: Path, source: str) -> None:
    path.write_text(source.format(python=sys.executable, further=FURTHER))
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def set_faults(directory: Path, faults: dict[str, Any]) -> None:
    """From now on, the named maps misbehave as asked; see the module's text."""
    (directory / "faults.json").write_text(json.dumps(faults))


def calls(directory: Path) -> list[str]:
    """One line per process started so far: pid, map, payload, n, seed, and of what counts the stage."""
    log = directory / "calls.log"
    return log.read_text().splitlines() if log.exists() else []
