#!/usr/bin/env bash
# Checks the format of C++ and Python, and lints Python. Changes nothing; with `--fix` it changes what it can.
set -uo pipefail
cd "$(dirname "$0")/.."

case "$#:${1:-}" in
  0:) cpp=(--dry-run --Werror) format=(--check) check=() ;;
  1:--fix) cpp=(-i) format=() check=(--fix) ;;
  *) echo "usage: tools/lint.sh [--fix]" >&2; exit 2 ;;
esac
for tool in clang-format ruff; do
  [ -x ".venv/bin/$tool" ] || { echo "lint: .venv/bin/$tool is missing; run scripts/setup.sh --for test" >&2; exit 2; }
done

status=0
git ls-files -z '*.cpp' '*.hpp' | xargs -0 .venv/bin/clang-format "${cpp[@]}" || status=1
.venv/bin/ruff format --quiet "${format[@]}" scripts tools || status=1
.venv/bin/ruff check --quiet "${check[@]}" scripts tools || status=1
[ $status -eq 0 ] || echo "lint: see above; tools/lint.sh --fix mends what it can" >&2
exit $status
