#!/bin/bash
# The tables of syscall/ against the kernel's and libc's headers of each guest whose compiler is
# here: numbers of calls, layouts of structures, constants and layouts that are passed on as they
# are.
#
#     tests/syscall/headers.sh [numbers|layout|values|constants]

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

# Names that may differ: what converts open flags knows them, or they say how libc or the compiler
# is made, or what no call passes.
differing='O_DIRECTORY|O_NOFOLLOW|O_DIRECT|O_LARGEFILE|O_TMPFILE|EXEC_PAGESIZE|AT_VECTOR_SIZE_ARCH'
differing+='|SYS_.*|.*_H|KVM_.*|PERF_REG_EXTENDED_MASK|RSEQ_SIG|CHAR_M(IN|AX)|WCHAR_M(IN|AX)|NGREG'
differing+='|LINUX_VERSION_.*|.*_MAX|.*_MINOR_VERSION|(LDBL|DBL|FLT)_.*|MINSIGSTKSZ|SIGSTKSZ'

# Drivers and families of sockets whose requests and structures pass through without a row.
more=(linux/blkpg.h linux/btrfs.h linux/cdrom.h linux/dm-ioctl.h linux/errqueue.h linux/fb.h
      linux/fscrypt.h linux/hidraw.h linux/if_alg.h linux/if_packet.h linux/if_tun.h
      linux/inet_diag.h linux/input.h linux/kcmp.h linux/kd.h linux/keyctl.h linux/loop.h
      linux/net_tstamp.h linux/nsfs.h linux/ppp-ioctl.h linux/quota.h linux/random.h linux/rtc.h
      linux/rtnetlink.h linux/seccomp.h linux/serial.h linux/sock_diag.h linux/uinput.h
      linux/usbdevice_fs.h linux/userfaultfd.h linux/vfio.h linux/vhost.h linux/videodev2.h
      linux/vm_sockets.h linux/vt.h linux/watchdog.h scsi/sg.h sound/asound.h)

# names_of COMPILER FILE: the macros without arguments that a C file defines, one a line.
names_of() {
    "${1}" -std=gnu17 -D_GNU_SOURCE -I"$top" -E -dM -x c "$2" |
        sed -nE 's/^#define ([A-Za-z][A-Za-z0-9_]*) [^ ].*/\1/p' | sort -u
}

# constants COMPILER: every macro of these headers and those of abi.h that is a number has the same
# value here and there, from errors and flags to the numbers of ioctl with the sizes of structures in
# them.
constants() {
    local cc=$1 header h
    header='#include "tests/syscall/abi.h"'
    for h in "${more[@]}"; do header+=$'\n'"#include <$h>"; done
    names_of gcc <(echo) >"$tmp/own"
    names_of gcc <(echo "$header") | comm -23 - "$tmp/own" | grep -vxE "$differing" >"$tmp/macros"
    # Which are numbers the compiler says, by the lines it complains about.
    {
        echo "$header"
        sed 's/.*/void v_&(void) { _Static_assert((long long)(&) > 7 || (long long)(&) < 8, ""); }/' \
            "$tmp/macros"
    } >"$tmp/all.c"
    gcc -std=gnu17 -D_GNU_SOURCE -w -fmax-errors=0 -ftrack-macro-expansion=0 -fsyntax-only \
        -I"$top" "$tmp/all.c" 2>&1 |
        sed -nE 's/^[^:]*all\.c:([0-9]+):[0-9]+: error.*/\1d/p' | sort -u >"$tmp/bad.sed"
    sed -f "$tmp/bad.sed" "$tmp/all.c" | sed -nE 's/^void v_([A-Za-z0-9_]*)\(.*/\1/p' >"$tmp/numbers"
    [[ $(wc -l <"$tmp/numbers") -gt 5000 ]] || { echo "few: $(wc -l <"$tmp/numbers")"; return 1; }
    {
        echo "$header"
        echo '#define V(name) printf("#ifdef " #name "\n_Static_assert((long long)(" #name \'
        echo '    ") == %lldLL, \"differs\");\n#endif\n", (long long)(name));'
        echo 'int main(void) {'
        sed 's/.*/V(&)/' "$tmp/numbers"
        echo 'return 0; }'
    } >"$tmp/print.c"
    gcc -std=gnu17 -D_GNU_SOURCE -w -I"$top" -o "$tmp/print" "$tmp/print.c" || return 1
    { echo "$header"; "$tmp/print"; } >"$tmp/assert.c"
    "$cc" -std=gnu17 -D_GNU_SOURCE -w -fmax-errors=0 -fsyntax-only -I"$top" "$tmp/assert.c"
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
    check "constants.${cc%%-*}" constants "$cc"
done
finish
