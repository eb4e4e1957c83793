#!/bin/bash
# docs/syscalls.md is what the rows of syscall.def say today.
. "$(dirname "$0")/../lib.sh"
program=$build/tests/syscall/coverage
need "$program"
if difference=$("$program" | diff "$top/docs/syscalls.md" -); then
    pass page
else
    fail page "run make syscalls-page"
    echo "$difference" | head -10
fi
finish
