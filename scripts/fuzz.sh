#!/usr/bin/env bash
# Fuzzes hmap with libFuzzer for SECONDS_TO_FUZZ seconds (60), starting from the committed corpus.
# What it finds is left in build/fuzz; a finding, reduced, belongs into the corpus.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${SECONDS_TO_FUZZ:-60}
case $seconds in '' | *[!0-9]*) echo "fuzz: SECONDS_TO_FUZZ=$seconds is no number of seconds" >&2; exit 2 ;; esac
clang=${CLANG:-clang++}
tests=maps/hmap/tests/fuzz
work=build/fuzz

command -v "$clang" >/dev/null || { echo "fuzz: $clang not found; it needs clang and libclang-rt-dev" >&2; exit 1; }
mkdir -p "$work/corpus"
"$clang" -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Imaps \
  "$tests/fuzz_target.cpp" -o "$work/fuzz_target" ||
  { echo "fuzz: $clang cannot link libFuzzer; install libclang-rt-dev" >&2; exit 1; }
"$work/fuzz_target" -max_total_time="$seconds" -timeout=10 -print_final_stats=1 \
  -artifact_prefix="$work/" "$work/corpus" "$tests/corpus" 2>&1 | tee "$work/log" |
  grep -E '^(INFO: seed corpus|stat::|==[0-9]+==|SUMMARY|hmap fuzz)' || true
# libFuzzer's own status is hidden by the pipe; a crash leaves an artifact.
if compgen -G "$work/crash-*" >/dev/null || compgen -G "$work/timeout-*" >/dev/null; then
  echo "fuzz: found something; see $work" >&2
  exit 1
fi
grep -q 'DONE\|Done' "$work/log" || { echo "fuzz: did not run; see $work/log" >&2; exit 1; }
