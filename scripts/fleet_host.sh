#!/usr/bin/env bash
# One host of scripts/fleet.sh: brings the commit there, measures or goes on measuring, brings the runs back.
#   scripts/fleet_host.sh <host> <commit> <folder for the runs> [VARIABLE=value...]
set -euo pipefail
cd "$(dirname "$0")/.."

host=$1 commit=$2 gathered=$3
shift 3
name=${host//[^A-Za-z0-9._-]/-}
there=mapscope-fleet/$commit-$name
read -ra ssh <<<"${SSH:-ssh}"
ssh+=(-o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15 -o ServerAliveCountMax=4)
remote() { "${ssh[@]}" "$host" "$@"; }

variables=
for each in "$@"; do variables+=" $(printf '%q' "$each")"; done

remote "git init -q $there" </dev/null
GIT_SSH_COMMAND="${ssh[*]}" git push -q --force "$host:$there" "HEAD:refs/heads/fleet"
# A run that has been begun is finished, and one that is finished is not made again.
remote "cd $there && git checkout -q --detach fleet && mkdir -p runs
  begun=\$(ls -d runs/*/plan.json 2>/dev/null | tail -n 1)
  if [ -z \"\$begun\" ]; then make bench RESULTS=runs$variables
  elif ! grep -q '\"complete\": true' \"\${begun%plan.json}run.json\" 2>/dev/null; then
    make bench RESULTS=runs RESUME=latest
  fi" </dev/null
mkdir -p "$gathered/$name"
remote "cd $there/runs && tar -c ." </dev/null | tar -x -C "$gathered/$name"
remote "rm -rf $there/runs" </dev/null
