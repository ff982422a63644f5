#!/usr/bin/env bash
# Times Go's map and hmap::map side by side: the two programs run interleaved, pinned
# to one processor, and the table shows the medians over the rounds. From the environment:
#   ROUNDS (5)  SIZES (1000,100000,1000000)  PASSES (5)  CPU (the last one)  CXX  GO
#   MEMORY (kept, fresh): whether hmap's program keeps the memory of a table for the next pass, as
#   Go's heap does, or gets it from the kernel page by page each time, as glibc does with large blocks
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/find_go.sh"

rounds=${ROUNDS:-5}
sizes=${SIZES:-1000,100000,1000000}
passes=${PASSES:-5}
cpu=${CPU:-$(($(nproc) - 1))}
case ${MEMORY:-kept} in
  kept) heap=glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592 ;;
  fresh) heap= ;;
  *) echo "compare.sh: unknown MEMORY '$MEMORY'; available: kept, fresh" >&2; exit 2 ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

go=$(find_classic_go)
(cd "$here" && GOTOOLCHAIN=local "$go" build -p 1 -o "$work/go_trace" .)
"${CXX:-c++}" -std=c++20 -O3 -DNDEBUG -I"$here/../../maps" \
  "$here/../../maps/hmap/tests/go_compare.cpp" -o "$work/go_compare"

run_go() {
  taskset -c "$cpu" "$work/go_trace" time -n "$sizes" -passes "$passes" >>"$work/go.jsonl"
}
run_hmap() {
  GLIBC_TUNABLES=$heap taskset -c "$cpu" "$work/go_compare" --n="$sizes" --passes="$passes" \
    --ops=insert,insert_hinted,hit,miss,update,delete,range,cursor,range_one,cursor_one >>"$work/hmap.jsonl"
}

for ((round = 1; round <= rounds; ++round)); do
  echo "round $round of $rounds" >&2
  if ((round % 2)); then run_go; run_hmap; else run_hmap; run_go; fi
done
python3 "$here/compare.py" "$work/go.jsonl" "$work/hmap.jsonl"
