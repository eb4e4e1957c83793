#!/bin/bash
# The tables of syscall/ against the kernel's and libc's headers of each guest whose compiler is
# here: numbers of calls, layouts of structures, constants and layouts that are passed on as they
# are.
#
#     tests/syscall/headers.sh [numbers|layout|values]

. "$(dirname "$0")/../lib.sh"
only=("$@")
need gcc
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The compilers: name, column of syscall.def, bytes of a long.
guests=(riscv64-linux-gnu-gcc:2:8 aarch64-linux-gnu-gcc:2:8 arm-linux-gnueabihf-gcc:3:4)

# What the headers call otherwise, or only one of the guests has.
alias_of() {
    case $1 in
        arm:newfstatat) echo fstatat64 ;;
        arm:mmap) echo mmap2 ;;
        arm:getrlimit) echo ugetrlimit ;;
        arm:fadvise64) echo arm_fadvise64_64 ;;
        arm:sync_file_range) echo arm_sync_file_range ;;
        *) echo "${1#*:}" ;;
    esac
}

# numbers COMPILER COLUMN: every row has the header's number, and every number of the header a row.
numbers() {
    local cc=$1 column=$2 arch=${1%%-*} bad=0 name generic arm want
    echo '#include <asm/unistd.h>' | "$cc" -E -dM - |
        sed -n 's/^#define __NR_\([a-z0-9_]*\) .*/\1/p' | sort -u >"$tmp/names"
    (echo '#include <asm/unistd.h>'; sed 's/.*/ROW & __NR_&/' "$tmp/names") | "$cc" -E -P - |
        sed -n 's/^ROW \([a-z0-9_]*\) \(.*\)/\1 \2/p' |
        while read -r name value; do echo "$name $((value))"; done >"$tmp/header"
    {
        echo '#define A(x)'
        echo '#define SYS(name, generic, arm32, ret, how, args, note) ROW name generic arm32'
        echo '#include "syscall/syscall.def"'
    } | gcc -E -P -I"$top" - | sed -n 's/^ *ROW //p' >"$tmp/rows"
    sed 's/ROW /\n/g' "$tmp/rows" | grep . >"$tmp/table"
    while read -r name generic arm; do
        local mine=$generic
        [[ $column == 2 ]] || mine=$arm
        want=$(awk -v n="$(alias_of "$arch:$name")" '$1 == n { print $2 }' "$tmp/header")
        # Newer than the headers, or another guest's.
        [[ -n $want ]] || continue
        [[ $want -eq $mine ]] || { echo "$name: $mine, but $want in the headers"; bad=1; }
    done <"$tmp/table"
    if [[ $column == 2 ]]; then
        while read -r name value; do
            case $name in arch_specific_syscall | syscalls) continue ;; esac
            grep -q "^$name " "$tmp/table" || { echo "$name ($value) has no row"; bad=1; }
        done <"$tmp/header"
    fi
    return $bad
}

# layout COMPILER WORD
layout() {
    "$1" -std=gnu17 -D_GNU_SOURCE -fsyntax-only -I"$top" -DGUEST_WORD="$2" \
        "$top/tests/syscall/abi_layout.c"
}

# values COMPILER: for guests with words like the host's.
values() {
    gcc -std=gnu17 -D_GNU_SOURCE -I"$top" -o "$tmp/values" "$top/tests/syscall/abi_values.c" &&
        "$tmp/values" >"$tmp/values.c" &&
        "$1" -std=gnu17 -D_GNU_SOURCE -fsyntax-only -I"$top" "$tmp/values.c"
}

check() {
    local name=$1 output
    shift
    wanted "${name%.*}" || wanted "$name" || return 0
    if output=$("$@" 2>&1); then
        pass "$name"
    else
        fail "$name"
        echo "$output" | grep -v "In file included\|^ *from" | head -20
    fi
}

script=syscall
for guest in "${guests[@]}"; do
    IFS=: read -r cc column word <<<"$guest"
    command -v "$cc" >/dev/null || continue
    check "numbers.${cc%%-*}" numbers "$cc" "$column"
    # ARM's stat and time structures of libc have several sizes; only 64-bit guests are passed
    # through.
    [[ $word == 8 ]] || continue
    check "layout.${cc%%-*}" layout "$cc" "$word"
    [[ ${cc%%-*} == riscv64 ]] && check "values.${cc%%-*}" values "$cc"
done
finish
