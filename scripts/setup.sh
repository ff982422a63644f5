#!/usr/bin/env bash
# Finds what is missing and installs it: Debian or Ubuntu packages, and .venv with the Python
# packages of scripts/requirements.txt. Does nothing when nothing is missing.
#   --for bench|test|ports|fuzz   what that target of make needs, and no more; without it: everything
#   --list                        only says what it would install
#
# An optional package that cannot be had is named once and then remembered; without --for it is
# tried again. The compiler itself looks for the headers, so that what is found here is found in a
# build.
set -euo pipefail
cd "$(dirname "$0")/.."

compiler=${CXX:-g++}
venv=.venv
stamp=$venv/requirements.sha256  # of the files that it was made from
refusals=$venv/not-to-be-had     # optional packages that could not be installed

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

usage="usage: scripts/setup.sh [--list] [--for bench|test|ports|fuzz]"
list_only=false
purpose=all
while [ $# -gt 0 ]; do
  case "$1:${2:-}" in
    --list:*) list_only=true ;;
    --for:bench | --for:test | --for:ports | --for:fuzz) purpose=$2; shift ;;
    -h:* | --help:*) echo "$usage"; exit 0 ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
  shift
done

case $purpose in
  bench) requirements=(scripts/requirements.txt) ;;
  test | all) requirements=(scripts/requirements.txt scripts/requirements-test.txt) ;;
  ports | fuzz) requirements=() ;;
esac

# Packages, one a line, that lack: those that build and measure.
missing_for_bench() {
  has "$compiler" || echo g++
  has make || echo make
  has cmake || echo cmake
  has ninja || echo ninja-build
  has valgrind || echo valgrind
  has python3 || echo python3
  python3 -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  missing_headers
}

# The same of those that test: also the page in a browser, and the fleet.
missing_for_test() {
  missing_for_bench || return
  header_is_there gtest/gtest.h || echo libgtest-dev
  has chromium || has chromium-browser || has google-chrome || echo chromium
  has parallel || echo parallel
}

missing_for_fuzz() {
  has "${CLANG:-clang++}" || printf '%s\n' clang libclang-rt-dev
}

missing_for_ports() {
  has cmake || echo cmake
  has ninja || echo ninja-build
  [ -f /usr/include/xxhash.h ] || [ -f /usr/local/include/xxhash.h ] || echo libxxhash-dev
  scripts/ports.sh --missing
}

missing_for_all() {
  missing_for_test || return
  missing_for_fuzz
  missing_for_ports
}

header_is_there() {
  has "$compiler" && echo "#include <$1>" | "$compiler" -std=c++20 -E -x c++ - >/dev/null 2>&1
}

# Packages whose header is not there or too old. Without a compiler: all of them.
missing_headers() {
  if ! has "$compiler"; then
    printf '%s\n' libbenchmark-dev libboost-dev libabsl-dev robin-map-dev libxxhash-dev \
      libcli11-dev nlohmann-json3-dev libpapi-dev libtsl-hopscotch-map-dev libflathashmap-dev \
      libsparsehash-dev liburcu-dev libtbb-dev libcuckoo-dev libcds-dev
    return
  fi
  "$compiler" -std=c++20 -E -P -x c++ - <<'SOURCE' | sed -n 's/^missing //p'
#if !__has_include(<version>)
missing g++
#endif
#if !__has_include(<benchmark/benchmark.h>)
missing libbenchmark-dev
#endif
#if __has_include(<boost/version.hpp>)
#include <boost/version.hpp>
#endif
#if !defined(BOOST_VERSION) || BOOST_VERSION < 108100
missing libboost-dev
#endif
#if !__has_include(<absl/container/flat_hash_map.h>)
missing libabsl-dev
#endif
#if !__has_include(<tsl/robin_map.h>)
missing robin-map-dev
#endif
#if !__has_include(<tsl/hopscotch_map.h>)
missing libtsl-hopscotch-map-dev
#endif
#if !__has_include(<flat_hash_map.hpp>)
missing libflathashmap-dev
#endif
#if !__has_include(<sparsehash/dense_hash_map>)
missing libsparsehash-dev
#endif
#if !__has_include(<urcu/urcu-memb.h>)
missing liburcu-dev
#endif
#if !__has_include(<tbb/concurrent_hash_map.h>)
missing libtbb-dev
#endif
#if !__has_include(<libcuckoo/cuckoohash_map.hh>)
missing libcuckoo-dev
#endif
#if !__has_include(<cds/init.h>)
missing libcds-dev
#endif
#if !__has_include(<xxhash.h>)
missing libxxhash-dev
#endif
#if !__has_include(<CLI/CLI.hpp>)
missing libcli11-dev
#endif
#if !__has_include(<nlohmann/json.hpp>)
missing nlohmann-json3-dev
#endif
#if !__has_include(<papi.h>)
missing libpapi-dev
#endif
SOURCE
}

candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p'; }

# boost::unordered_flat_map came with Boost 1.81; some releases have that in a package of its own.
name_here() {
  if [ "$1" = libboost-dev ] && ! dpkg --compare-versions "$(candidate "$1")" ge 1.81; then
    echo libboost1.81-dev
  else
    echo "$1"
  fi
}

# What can be done without: its parts are left out, and the build says so.
is_optional() {
  case $1 in
    libpapi-dev | libboost-dev | libabsl-dev | robin-map-dev | libtsl-hopscotch-map-dev | \
      libflathashmap-dev | libsparsehash-dev | liburcu-dev | libtbb-dev | libcuckoo-dev | \
      libcds-dev | valgrind | clang | libclang-rt-dev | \
      chromium | parallel | googletest | g++-aarch64-linux-gnu | qemu-user | g++-i686-linux-gnu | \
      libc++-dev | libc++abi-dev) true ;;
    *) false ;;
  esac
}

# Whether .venv works and holds all of a requirements file.
venv_works() { "$venv/bin/python" -c '' 2>/dev/null; }
is_installed() { grep -qsxF "$(sha256sum "$1")" "$stamp"; }
venv_is_current() {
  local file
  [ ${#requirements[@]} -gt 0 ] || return 0
  venv_works || return 1
  for file in "${requirements[@]}"; do is_installed "$file" || return 1; done
}

# install <package>...: all or nothing; prints the command first.
install() {
  say "${apt[*]} install -y --no-install-recommends $*"
  "${apt[@]}" install -y -qq --no-install-recommends "$@" </dev/null
}

install_packages() {
  local sudo=() package named=()
  for package in "${required[@]}" "${optional[@]}"; do named+=("$(name_here "$package")"); done
  if ! has apt-get || { [ "$(id -u)" -ne 0 ] && ! sudo -n true 2>/dev/null; }; then
    local command="sudo apt-get install --no-install-recommends ${named[*]}"
    [ ${#required[@]} -eq 0 ] || fail "packages are missing; install them with: $command"
    say "going on without ${optional[*]}; to install them: $command"
    refused+=("${optional[@]}")
    return
  fi
  [ "$(id -u)" -eq 0 ] || sudo=(sudo -n)
  apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
  say "${apt[*]} update"
  "${apt[@]}" update -qq </dev/null || say "the package lists stay as they are"

  if [ ${#required[@]} -gt 0 ]; then
    install "${required[@]}" || fail "apt-get could not install: ${required[*]}"
  fi
  for package in "${optional[@]}"; do
    install "$(name_here "$package")" || { say "going on without $package"; refused+=("$package"); }
  done
}

pip_install() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$@" </dev/null
}

# What is there stays when a file is added to it; otherwise .venv is made anew.
update_venv() {
  local file kept=
  if ! venv_works || ! is_installed "${requirements[0]}"; then
    say "python3 -m venv $venv"
    [ ! -f "$refusals" ] || kept=$(<"$refusals")
    python3 -m venv --clear "$venv"
    [ -z "$kept" ] || echo "$kept" >"$refusals"
  fi
  for file in "${requirements[@]}"; do
    is_installed "$file" && continue
    say "pip install -r $file"
    pip_install -r "$file" || fail "pip could not install $file"
    if [ "$file" = "${requirements[0]}" ]; then
      pip_install --no-index --no-build-isolation --no-deps -e scripts ||
        fail "pip could not install scripts (mapscope)"
    fi
    sha256sum "$file" >>"$stamp"
  done
}

if [ ${#requirements[@]} -gt 0 ] && has "$compiler" && ! "$compiler" -std=c++20 -E -x c++ /dev/null >/dev/null 2>&1; then
  fail "$compiler does not know C++20; name one that does, for example: CXX=g++-12 make"
fi
missing=$("missing_for_$purpose" | sort -u) || fail "$compiler cannot look for headers"

required=() optional=() refused=()
for package in $missing; do
  if ! is_optional "$package"; then
    required+=("$package")
  elif [ "$purpose" = all ] || ! grep -qsx "$package" "$refusals"; then
    optional+=("$package")
  fi
done

if $list_only; then
  for package in "${required[@]}"; do echo "$package"; done
  for package in "${optional[@]}"; do echo "$package (optional)"; done
  venv_is_current || echo "$venv (from ${requirements[*]})"
  exit 0
fi

[ $((${#required[@]} + ${#optional[@]})) -eq 0 ] || install_packages
venv_is_current || update_venv
[ ${#refused[@]} -eq 0 ] || mkdir -p "$venv"
for package in "${refused[@]}"; do
  grep -qsx "$package" "$refusals" || echo "$package" >>"$refusals"
done
