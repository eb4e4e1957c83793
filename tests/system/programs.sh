#!/bin/bash
# Programs that are alone on the machine virt (programs/*.c, see programs/program.h): each keeps a
# promise of the privileged architecture, checks it itself, and prints the same on
# qemu-system-riscv64 where that is installed and can serve as an oracle.
#
#   tests/system/programs.sh [NAME...]
source "$(dirname "$0")/../lib.sh"
only=("$@")
system=${FERRY_SYSTEM:-$build/ferry-system}
oracle=qemu-system-riscv64
programs=$here/system/programs
need riscv64-linux-gnu-gcc "$system"
work=$(mktemp -d)
trap '[[ ${KEEP-} ]] || rm -rf "$work"' EXIT

# option KEY NAME: what the program's first comment says behind KEY.
option() { sed -n "/\*\//q; s/^.*$1: //p" "$programs/$2.c" | head -1; }

compile() {
    local start=0x80000000 entry=start.S
    [[ ! $(option firmware "$1") ]] || start=0x80200000 entry=start_sbi.S
    riscv64-linux-gnu-gcc -std=gnu17 -O2 -g -Wall -Wextra -ffreestanding -nostdlib -static \
        -fno-pie -no-pie -fno-stack-protector -ffunction-sections ${PROGRAM_FLAGS-} \
        -march=rv64gc_zihintpause -mabi=lp64d -mcmodel=medany -Wl,--gc-sections \
        -Wl,--build-id=none,--no-warn-rwx-segments,--defsym=START=$start -T "$programs/program.ld" \
        -o "$work/$1" "$programs/$entry" "$programs/program.c" "$programs/$1.c"
}

# run SYSTEM NAME OPTION...: what it prints, and its status at the end.
run() {
    local system=$1 name=$2 firmware=none
    shift 2
    [[ ! $(option firmware "$name") ]] || firmware=default
    timeout "${TIMEOUT:-120}" "$system" -M virt -m 128M -bios $firmware -kernel "$work/$name" \
        -display none -serial file:"$work/uart" -monitor none "$@" </dev/null >"$work/stderr" 2>&1
    echo "status $?" >>"$work/uart"
    # (firmware may have a say first)
    sed -n '/^BEGIN/,$p' "$work/uart"
    mv "$work/uart" "$work/uart.last"
}

for source in "$programs"/*.c; do
    name=$(basename "$source" .c)
    [[ $name != program ]] && wanted "$name" || continue
    compile "$name" || { fail "$name" "does not build"; continue; }
    # (options are words)
    run "$system" "$name" $(option machine "$name") $(option ferry "$name") >"$work/seen"
    cat "$work/stderr" >>"$work/seen"
    if [[ $(tail -1 "$work/seen") != "status 0" ]]; then
        fail "$name" "$(grep 'should be' "$work/seen" | head -5; tail -3 "$work/seen")"
        continue
    fi
    if command -v $oracle >/dev/null && [[ $(option qemu "$name") != none* ]]; then
        run $oracle "$name" $(option machine "$name") $(option qemu "$name") >"$work/oracle"
        if ! diff "$work/oracle" "$work/seen" >"$work/diff"; then
            fail "$name" "not as $oracle: $(head -5 "$work/diff")"
            continue
        fi
    fi
    pass "$name"
done
finish
