#!/usr/bin/env bash
# Checks the format of C++ and Python, and lints Python and the C++ headers. Changes nothing; with
# `--fix` it changes what it can. Sources are linted by `clang-tidy -p build/dev <file>`.
set -uo pipefail
cd "$(dirname "$0")/.."

case "$#:${1:-}" in
  0:) cpp=(--dry-run --Werror) format=(--check) check=() ;;
  1:--fix) cpp=(-i) format=() check=(--fix) ;;
  *) echo "usage: tools/lint.sh [--fix]" >&2; exit 2 ;;
esac
for tool in clang-format clang-tidy ruff; do
  [ -x ".venv/bin/$tool" ] || { echo "lint: .venv/bin/$tool is missing; run scripts/setup.sh --for test" >&2; exit 2; }
done

status=0
git ls-files -z '*.cpp' '*.hpp' | xargs -0 .venv/bin/clang-format "${cpp[@]}" || status=1
.venv/bin/ruff format --quiet "${format[@]}" scripts tools || status=1
.venv/bin/ruff check --quiet "${check[@]}" scripts tools || status=1

# Every header in one source, and both maps instantiated: 9 s, where a source file each takes minutes.
headers=$(mktemp --suffix=.cpp)
trap 'rm -f "$headers"' EXIT
{
  # Those of the harness that include nothing that CMake generates.
  git ls-files 'maps/common/*.hpp' 'maps/hmap/*.hpp' 'maps/steady/*.hpp' 'maps/concurrent/*.hpp' 'workloads/*.hpp' 'harness/*.hpp' |
    grep -v -e /tests/ -e payload_registry -e map_program -e concurrent_registry | sed "s|.*|#include \"$PWD/&\"|"
  for map in hmap::map hmap::paired_map steady::map; do
    echo "template class $map<int, std::string>;"
  done
} >"$headers"
.venv/bin/clang-tidy --quiet --config-file=.clang-tidy "$headers" -- -std=c++20 -I"$PWD" -I"$PWD/maps" \
  2> >(grep -v -e 'warnings\? generated' -e 'treated as error' >&2) || status=1

[ $status -eq 0 ] || echo "lint: see above; tools/lint.sh --fix mends what it can" >&2
exit $status
