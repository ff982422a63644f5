# Sourced: prints the path of a Go with the classic map (1.19 to 1.23), or fails. Looks at
# $GO, the PATH, distribution packages and golang.org/dl downloads, in this order.

has_classic_map() {
  local version
  version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
  [[ $version =~ ^go1\.(19|2[0-3])([^0-9]|$) ]]
}

find_classic_go() {
  local go
  if [[ -n ${GO:-} ]]; then
    has_classic_map "$GO" && echo "$GO" && return
  else
    for go in go /usr/lib/go-1.{19,20,21,22,23}/bin/go "${HOME:-}"/sdk/go1.{19,2[0-3]}*/bin/go; do
      has_classic_map "$go" && echo "$go" && return
    done
  fi
  echo "needs Go 1.19 to 1.23 (classic map): install golang-1.19-go, or set GO=/path/to/go" >&2
  return 1
}
