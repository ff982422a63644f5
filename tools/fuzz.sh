#!/usr/bin/env bash
# Fuzzes MAP (hmap or steady; hmap if none is given) with libFuzzer for SECONDS_TO_FUZZ seconds (60),
# starting from the committed corpus. What it finds is left in build/fuzz/<map>; a finding, reduced,
# belongs into the corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${SECONDS_TO_FUZZ:-60}
case $seconds in '' | *[!0-9]*) echo "fuzz: SECONDS_TO_FUZZ=$seconds is no number of seconds" >&2; exit 2 ;; esac
map=${MAP:-hmap}
tests=maps/$map/tests/fuzz
if [[ ! $map =~ ^[a-z_]+$ || ! -f $tests/fuzz_target.cpp ]]; then
  available=$(printf '%s\n' maps/*/tests/fuzz | cut -d / -f 2 | paste -sd ' ')
  echo "fuzz: MAP=$map has no fuzz target; available: $available" >&2
  exit 2
fi
clang=${CLANG:-clang++}
work=build/fuzz/$map

command -v "$clang" >/dev/null || { echo "fuzz: $clang not found; it needs clang and libclang-rt-dev" >&2; exit 1; }
mkdir -p "$work/corpus"
"$clang" -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Imaps \
  "$tests/fuzz_target.cpp" -o "$work/fuzz_target" ||
  { echo "fuzz: $clang cannot link libFuzzer; install libclang-rt-dev" >&2; exit 1; }
"$work/fuzz_target" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
  -artifact_prefix="$work/" "$work/corpus" "$tests/corpus" 2>&1 | tee "$work/log" |
  grep -E '^(INFO: seed corpus|stat::|==[0-9]+==|SUMMARY|'"$map fuzz)" || true
# libFuzzer's own status is hidden by the pipe; a crash leaves an artifact.
if compgen -G "$work/crash-*" >/dev/null || compgen -G "$work/timeout-*" >/dev/null; then
  echo "fuzz: found something; see $work" >&2
  exit 1
fi
grep -q 'DONE\|Done' "$work/log" || { echo "fuzz: did not run; see $work/log" >&2; exit 1; }
