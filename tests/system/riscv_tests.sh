#!/bin/bash
# The programs of riscv-tests (github.com/riscv-software-src/riscv-tests, with its submodule env) on
# the machine virt: those for M mode, for S mode, and the others both plainly and in user mode over
# paged memory (Sv39 and Sv48).
#
#   tests/system/riscv_tests.sh SOURCE [NAME...]      NAME: rv64mi-p-csr, rv64ui-v48-add, ...; patterns
#
# SOURCE is a checkout (else RISCV_TESTS); nothing in it is changed. FERRY_SYSTEM may be another
# program, for comparison qemu-system-riscv64. The programs report to HTIF, which the machine does
# not have: copies of their environments are edited to end by the test device.
source "$(dirname "$0")/../lib.sh"
source=${1:-${RISCV_TESTS-}}
[[ $# -eq 0 ]] || shift
only=("$@")
system=${FERRY_SYSTEM:-$build/ferry-system}
[[ $source ]] || { echo "$script: give a checkout of riscv-tests (RISCV_TESTS), skipped"; exit 77; }
need riscv64-linux-gnu-gcc "$system" "$source/isa/rv64mi" "$source/env/v"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$source/env" "$work/env"

# gp (1: passed, else the number of the test, doubled) to the test device.
cat >"$work/env/finish.h" <<'END'
#define FINISH                  \
    li t5, 0x100000;            \
    li t6, 0x5555;              \
    srli gp, gp, 1;             \
    beqz gp, 8f;                \
    slli gp, gp, 16;            \
    li t6, 0x3333;              \
    or t6, t6, gp;              \
8:  sw t6, 0(t5);               \
9:  j 9b
END
sed -i -e 's/sw TESTNUM, tohost, t5;/FINISH;/; /sw zero, tohost + 4, t5;/d; /  j write_tohost;/d' \
    -e 's/^#include "..\/encoding.h"/&\n#include "..\/finish.h"/' "$work"/env/*/riscv_test.h
# In the paged environment the kernel asks M mode for it, by an ecall, and for characters on the UART.
sed -i -e 's/^  while (tohost)$/  register uint64_t a0 asm("a0") = tohost_value;/' \
    -e '/^    fromhost = 0;$/d' \
    -e 's/^  tohost = tohost_value;$/  asm volatile("ecall" : "+r"(a0) : : "memory");/' "$work/env/v/vm.c"
sed -i '/^trap_vector:/,/j wtf/c\
trap_vector:\
  csrw mscratch, t0\
  csrr t0, mcause\
  addi t0, t0, -9\
  andi t0, t0, ~2\
  bnez t0, wtf\
  srli t0, a0, 48\
  bnez t0, 1f\
  mv gp, a0\
  FINISH\
1: li t0, 0x10000000\
  sb a0, 0(t0)\
  csrr t0, mepc\
  addi t0, t0, 4\
  csrw mepc, t0\
  csrr t0, mscratch\
  mret' "$work/env/v/entry.S"

flags=(-static -mcmodel=medany -fvisibility=hidden -nostdlib -nostartfiles -fno-pie -no-pie
    -Wl,--build-id=none,--no-warn-rwx-segments -I "$source/isa/macros/scalar" -mabi=lp64d)

# compile OUT MARCH SOURCE ENVIRONMENT FLAG...
compile() {
    local out=$1 march=$2 file=$3 env=$4 more=()
    shift 4
    [[ $env == p ]] ||
        more=(-DENTROPY=0x1234567 -std=gnu99 -O2 -w "$work"/env/v/{entry.S,vm.c,string.c} "$@")
    riscv64-linux-gnu-gcc "${flags[@]}" -march="$march" -I "$work/env/$env" -T "$work/env/$env/link.ld" \
        "${more[@]}" "$file" -o "$out" 2>"$out.log"
}

# case NAME MARCH SOURCE ENVIRONMENT FLAG...
one() {
    local name=$1 out=$work/$1 status
    wanted "$name" || return 0
    shift
    compile "$out" "$@" || { skip "$name" "does not build: $(grep -m1 -i error "$out.log")"; return; }
    timeout 60 "$system" -M virt -m 64M -bios none -kernel "$out" -display none -serial file:"$out.uart" \
        -monitor none </dev/null >"$out.log" 2>&1
    status=$?
    if [[ $status -eq 0 ]]; then
        pass "$name"
    else
        fail "$name" "status $status $(head -c 200 "$out.log" | tr '\n' ' ')$(head -c 200 "$out.uart" 2>/dev/null)"
    fi
    rm -f "$out" "$out.log" "$out.uart"
}

# family NAME MARCH ENVIRONMENT...
family() {
    local family=$1 march=$2 file name env
    shift 2
    for file in "$source/isa/$family"/*.S; do
        name=$(basename "$file" .S)
        for env; do
            case $env in
                p) one "$family-p-$name" "$march" "$file" p ;;
                v) one "$family-v-$name" "$march" "$file" v ;;
                v48) one "$family-v48-$name" "$march" "$file" v -DSv48 ;;
            esac
        done
    done
}

family rv64mi rv64g p
family rv64si rv64g p
family rv64ssvnapot rv64g p
family rv64mzicbo rv64g_zicboz p
for family in rv64ui rv64um rv64ua rv64uf rv64ud rv64uc; do
    family "$family" rv64g p v v48
done
family rv64uzfh rv64g_zfh p v
family rv64uzba rv64g_zba p v
family rv64uzbb rv64g_zbb p v
family rv64uzbc rv64g_zbc p v
family rv64uzbs rv64g_zbs p v
family rv64uzicond rv64g_zicond p v
finish
