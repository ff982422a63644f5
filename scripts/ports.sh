#!/usr/bin/env bash
# Builds and runs the maps' tests on other compilers and processors: each port is a preset in
# CMakePresets.json (see ports/CMakeLists.txt for what is tested). PORTS names some of them. A port
# whose compiler is missing is skipped with a line that says what to install; with CI=true it fails.
# CLANG is the Clang to use (clang++). `--missing` only lists the packages that are missing.
set -uo pipefail
cd "$(dirname "$0")/.."

all="aarch64 x86-32 clang clang-libcxx"
ports=${PORTS:-$all}
clang=${CLANG:-clang++}

say() { printf 'ports: %s\n' "$*"; }
has() { command -v "$1" >/dev/null 2>&1; }

# The packages that a port lacks, as Debian and Ubuntu name them.
missing() {
  [ -f /usr/src/googletest/googletest/CMakeLists.txt ] || echo googletest
  case $1 in
    aarch64)
      has aarch64-linux-gnu-g++ || echo g++-aarch64-linux-gnu
      has qemu-aarch64 || echo qemu-user ;;
    x86-32) has i686-linux-gnu-g++ || echo g++-i686-linux-gnu ;;
    clang) has "$clang" || echo clang ;;
    clang-libcxx)
      if ! has "$clang"; then
        printf '%s\n' clang libc++-dev libc++abi-dev
      elif ! echo '#include <version>' | "$clang" -stdlib=libc++ -E -x c++ - >/dev/null 2>&1; then
        printf '%s\n' libc++-dev libc++abi-dev
      fi ;;
  esac
}

for port in $ports; do
  [[ " $all " == *" $port "* ]] || { echo "ports: unknown port '$port'; available: ${all// /, }" >&2; exit 2; }
done

case "$#:${1:-}" in
  0:) ;;
  1:--missing) for port in $ports; do missing "$port"; done | sort -u; exit 0 ;;
  *) echo "usage: scripts/ports.sh [--missing]" >&2; exit 2 ;;
esac

# run <port>: configures, builds and tests it; what went wrong is shown whole
run() {
  local log=build/$1.log options=()
  [[ $1 != clang* ]] || options=(-DCMAKE_CXX_COMPILER="$clang")
  mkdir -p build
  { cmake --preset "$1" "${options[@]}" && cmake --build --preset "$1" && ctest --preset "$1" --parallel 2; } \
    >"$log" 2>&1 && return
  cat "$log" >&2
  return 1
}

skipped=() failed=()
TIMEFORMAT='%R s, %U s of CPU time'
for port in $ports; do
  packages=$(missing "$port" | paste -sd ' ')
  if [ -n "$packages" ]; then
    say "$port skipped: missing $packages; install with: apt-get install $packages"
    skipped+=("$port")
    continue
  fi
  status=0
  spent=$({ time run "$port" 2>&3; } 3>&2 2>&1) || status=$?
  if [ $status -eq 0 ]; then
    say "$port passed ($spent)"
  else
    say "$port FAILED ($spent)"
    failed+=("$port")
  fi
done

if [ ${#failed[@]} -gt 0 ]; then
  echo "ports: failed: ${failed[*]}" >&2
  exit 1
fi
if [ ${#skipped[@]} -gt 0 ] && [ "${CI:-}" = true ]; then
  echo "ports: not tested: ${skipped[*]}; with CI=true that is a failure" >&2
  exit 1
fi
