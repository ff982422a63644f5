#!/usr/bin/env bash
# Records the golden traces anew. Go's hash seeds are random, so every run gives other
# traces of the same scenarios; all of them must replay.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$here/../../maps/hmap/tests/golden
source "$here/find_go.sh"

go=$(find_classic_go)
cd "$here"
GOTOOLCHAIN=local "$go" run . golden -out "$out" "$@"
