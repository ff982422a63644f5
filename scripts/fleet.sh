#!/usr/bin/env bash
# Measures this commit on other machines over ssh, all at once, and gathers their runs.
#   scripts/fleet.sh "user@a user@b" [VARIABLE=value...]     the variables are those of `make bench`
# A host that cannot be reached, or drops out, is tried again (what it had measured is kept there
# and resumed); if it stays away, the others' runs are gathered all the same, and the exit status
# is 1. SSH=<command> replaces ssh, TRIES the number of attempts.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { printf 'fleet: %s\n' "$*" >&2; exit 2; }

[ $# -ge 1 ] && [ -n "$1" ] || fail 'HOSTS: name the hosts, for example HOSTS="me@one me@two"'
command -v parallel >/dev/null || fail "GNU parallel is not installed; install the package parallel"
read -ra hosts <<<"$1"
shift

commit=$(git rev-parse --short=10 HEAD)
[ -z "$(git status --porcelain -- . ':!results')" ] ||
  fail "the sources differ from commit $commit, which is what the hosts would build; commit first"

gathered=${RESULTS:-results}/fleet
mkdir -p "$gathered"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

parallel --jobs 0 --retries "${TRIES:-3}" --joblog "$log" --tag --line-buffer --will-cite \
  scripts/fleet_host.sh {} "$commit" "$gathered" "$@" ::: "${hosts[@]}" </dev/null || true

lost=$(awk -F '\t' 'NR > 1 { status[$NF] = $7 } END { for (c in status) if (status[c]) print c }' "$log" |
  awk '{ print $2 }' | sort)
printf '\n%s of %s hosts measured; their runs are in %s\n' \
  $((${#hosts[@]} - $(printf '%s' "$lost" | grep -c . || true))) ${#hosts[@]} "$gathered"
[ -z "$lost" ] || { printf 'fleet: without %s\n' "$(echo $lost)" >&2; exit 1; }
