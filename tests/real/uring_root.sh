#!/bin/bash
# The names in io_uring's entries are looked up below -L's root, as those of system calls are.
each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "$ferry" "${cross}gcc"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${cross}gcc" -std=gnu17 -D_GNU_SOURCE -O1 -static -o "$work/names" "$here/real/uring_root.c" || exit 1
mkdir -p "$work/root/srv/uring"
echo >"$work/root/srv/uring/file"
echo >"$work/root/srv/uring/other"
got=$("$ferry" -L "$work/root" "$work/names")
case $got in *"cannot go on"*) echo "$script: no io_uring here, skipped"; exit 77 ;; esac
want="openat: ok
openat2: ok
statx: ok"
if [[ $got == "$want"*"!= -ENOENT: yes
unlinkat: ok"*"found = 4
missing = 4" && ! -e $work/root/srv/uring/other ]]; then
    pass names
else
    fail names "$got"
fi
finish
