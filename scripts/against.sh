#!/usr/bin/env bash
# Checks out another commit beside this one and builds its benchmarks, for `make bench AGAINST=`.
#   scripts/against.sh <commit> [map,map...]
#   scripts/against.sh --check <commit>
# The last line of its output is the build directory. What has been built before is kept.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'against: %s\n' "$*" >&2; exit 2; }

only_check=
if [ "${1:-}" = --check ]; then only_check=1; shift; fi
[ $# -ge 1 ] && [ $# -le 2 ] || fail "usage: scripts/against.sh [--check] <commit> [map,map...]"
sha=$(git rev-parse --verify --quiet --end-of-options "$1^{commit}") ||
  fail "AGAINST: '$1' is no commit here; give a name that git log knows"
[ -z "$only_check" ] || exit 0
tree=build/against/${sha:0:10}

if [ ! -f "$tree/CMakeLists.txt" ]; then
  git worktree prune  # of those that `make clean` has removed
  git worktree add --force --detach "$tree" "$sha" >&2
fi
[ -z "$(git -C "$tree" status --porcelain)" ] || fail "$tree was changed by hand; remove it and try again"

targets=()
if [ -n "${2:-}" ]; then
  for map in ${2//,/ }; do targets+=(--target "bench_$map"); done
fi
(cd "$tree" && cmake --preset bench && cmake --build --preset bench "${targets[@]}") >&2
echo "$tree/build/bench"
