#!/usr/bin/env bash
# The threads that a process may use are those of its processors, whether or not OpenMP ties threads to them.
# usage: available_threads_test.sh PROGRAM
set -euo pipefail
program=$1

expect() {
  local wanted=$1 found
  shift
  found=$("$@")
  [ "$found" = "$wanted" ] || { echo "$*: found $found threads, want $wanted" >&2; exit 1; }
}

expect "$("$program")" env OMP_PROC_BIND=true "$program"
expect 1 taskset -c "$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')" "$program"
