#!/bin/bash
# The machine as a whole: how it starts (registers, what is where), ends (exit statuses), and starts again.
# The guests are a few instructions each.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
only=("$@")
need riscv64-linux-gnu-gcc riscv64-linux-gnu-objcopy "$system"

# program NAME ADDRESS <<assembly: an ELF file $work/NAME and its bytes $work/NAME.bin
program() {
    { echo .globl _start; cat; } >"$work/$1.S"
    riscv64-linux-gnu-gcc -Wa,--defsym,FINISH=0x100000 -march=rv64gc -mabi=lp64d -nostdlib -static -Wl,--build-id=none -Wl,--no-warn-rwx-segments \
        -Wl,-N -Wl,-Ttext="$2" -o "$work/$1" "$work/$1.S" || exit 1
    riscv64-linux-gnu-objcopy -O binary "$work/$1" "$work/$1.bin"
}

# ends NAME STATUS OPTION...: the program's end.
ends() {
    local name=$1 want=$2 status
    shift 2
    wanted "$name" || return
    timeout 60 "$system" -M virt -m 64M -display none -serial null -monitor none "$@" </dev/null >"$work/out" 2>&1
    status=$?
    [[ $status -eq $want && ! -s $work/out ]] && pass "$name" || fail "$name" "status $status, not $want: $(head -3 "$work/out")"
}

program finish 0x80000000 <<'END'
_start: li t0, FINISH
        li t1, (42 << 16) | 0x3333
        sw t1, (t0)
1:      j 1b
END
program power_off 0x80000000 <<'END'
_start: li t0, FINISH
        li t1, 0x5555
        sw t1, (t0)
1:      j 1b
END
ends status_of_the_guest 42 -bios none -kernel "$work/finish"
ends power_off 0 -bios none -kernel "$work/power_off"
ends firmware_raw 42 -bios "$work/finish.bin"
ends firmware_elf 42 -bios "$work/finish"

# Counts its runs in RAM that no file covers, and changes a word of its own that a reset brings back.
program again 0x80000000 <<'END'
_start: li t0, 0x80100000
        lw t1, (t0)
        addi t1, t1, 1
        sw t1, (t0)
        la t2, own
        lw t3, (t2)
        addi t4, t3, 1
        sw t4, (t2)
        li t0, FINISH
        li t5, 4
        beq t1, t5, 1f
        li t1, 0x7777
        sw t1, (t0)
2:      j 2b
1:      slli t3, t3, 4
        or t1, t1, t3
        slli t1, t1, 16
        li t2, 0x3333
        or t1, t1, t2
        sw t1, (t0)
        j 2b
own:    .word 5
END
ends reset 84 -bios none -kernel "$work/again"    # 5 << 4 | 4
ends no_reboot 0 -bios none -kernel "$work/again" -no-reboot
ends action_reboot 0 -bios none -kernel "$work/again" -action reboot=shutdown

# What firmware finds: a0 the hart, a1 the tree, a2 where to go next in S mode.
program handover 0x80000000 <<'END'
_start: csrr t0, mhartid
        bne t0, a0, bad
        bnez t0, bad
        lwu t1, (a1)
        li t2, 0xedfe0dd0
        bne t1, t2, bad
        ld t1, (a2)
        li t2, 0x4942534f
        bne t1, t2, bad
        ld t1, 16(a2)
        li t2, 0x80200000
        bne t1, t2, bad
        ld t1, 24(a2)
        li t2, 1
        bne t1, t2, bad
        ld t1, 16(a2)
        lwu t1, (t1)
        li t2, 0x12345678
        bne t1, t2, bad
        li t1, (7 << 16) | 0x3333
        j end
bad:    li t1, (1 << 16) | 0x3333
end:    li t0, FINISH
        sw t1, (t0)
1:      j 1b
END
printf '\x78\x56\x34\x12' >"$work/word"
ends handover 7 -bios "$work/handover.bin" -kernel "$work/word"

# An ELF program that leaves the beginning of RAM empty starts at its entry.
program elsewhere 0x80400000 <<'END'
        .word 0
_start: li t0, FINISH
        li t1, (9 << 16) | 0x3333
        sw t1, (t0)
1:      j 1b
END
ends entry 9 -bios none -kernel "$work/elsewhere"

# With the built-in SBI: S mode, a0 = 0, a1 the tree, and a call that ends it (SRST: type 0, reason 0).
program supervisor 0x80200000 <<'END'
_start: bnez a0, bad
        lwu t1, (a1)
        li t2, 0xedfe0dd0
        bne t1, t2, bad
        csrr t0, sstatus
        li a7, 0x53525354
        li a6, 0
        li a0, 0
        li a1, 0
        ecall
bad:    li t1, (1 << 16) | 0x3333
        li t0, FINISH
        sw t1, (t0)
1:      j 1b
END
ends supervisor_elf 0 -kernel "$work/supervisor"
ends supervisor_raw 0 -kernel "$work/supervisor.bin"
gzip -c "$work/supervisor.bin" >"$work/supervisor.gz"
ends supervisor_gzip 0 -kernel "$work/supervisor.gz"
size=$(stat -c %s "$work/supervisor.gz")
{ printf 'MZ\0\0zimg\x40\0\0\0'; printf "\\x$(printf %02x $((size & 255)))\\x$(printf %02x $((size >> 8)))\0\0"
  printf '\0\0\0\0\0\0\0\0gzip\0\0\0\0'; head -c 32 /dev/zero; cat "$work/supervisor.gz"; } >"$work/supervisor.efi"
ends supervisor_efi 0 -kernel "$work/supervisor.efi"
ends other_options 0 -kernel "$work/supervisor" -name guest -uuid 0-0 -nodefaults -no-user-config -rtc base=utc \
    -accel tcg,thread=multi,tb-size=64 -global virtio-mmio.force-legacy=false -object rng-random,id=r -smp 2,cores=2
ends interpreted 0 -kernel "$work/supervisor" -accel interp
ends one_instruction 0 -kernel "$work/supervisor" -one-insn-per-tb

# The tree that the guest gets: -append and initrd are in it, also with -dtb.
if wanted tree; then
    printf initrd-bytes >"$work/initrd"
    "$system" -M "virt,dumpdtb=$work/dtb" -m 256M -kernel "$work/supervisor" -initrd "$work/initrd" -append 'first words'
    "$system" -M "virt,dumpdtb=$work/dtb2" -m 256M -kernel "$work/supervisor" -append 'second words' -dtb "$work/dtb"
    grep -aq 'first words' "$work/dtb" && grep -aq 'linux,initrd-start' "$work/dtb" &&
        grep -aq 'second words' "$work/dtb2" && ! grep -aq 'first words' "$work/dtb2" && pass tree || fail tree
fi

# monitor NAME PATTERN INPUT OPTION...: what the monitor says.
monitor() {
    local name=$1 pattern=$2 input=$3
    shift 3
    wanted "$name" || return
    { sleep 1; printf "$input"; } | timeout 60 "$system" -M virt -m 256M -display none -serial null -monitor stdio "$@" >"$work/out" 2>&1
    tr -d '\r' <"$work/out" | grep -qEe "$pattern" && pass "$name" || fail "$name" "$(tail -5 "$work/out")"
}
monitor initrd_place '^0*88200000: 0x74696e69' 'xp /1wx 0x88200000\nquit\n' -S -kernel "$work/supervisor" -initrd "$work/initrd"
monitor no_shutdown 'paused' 'info status\nquit\n' -no-shutdown -bios none -kernel "$work/power_off"
monitor stopped 'paused' 'info status\nquit\n' -S -bios none -kernel "$work/power_off"
monitor reset_while_stopped 'paused' 'system_reset\ninfo status\nquit\n' -S -bios none -kernel "$work/power_off"

# The tree in memory has room for what boot loaders add to it in place.
if wanted tree_room; then
    "$system" -M "virt,dumpdtb=$work/dtb" -m 256M -bios none -smp 2
    { sleep 1; printf 'xp /8bx 0x8fe00000\nquit\n'; } | timeout 60 "$system" -m 256M -smp 2 -bios none -S -serial null \
        -monitor stdio >"$work/out" 2>&1
    total=$(tr -d '\r' <"$work/out" | sed -n 's/^0*8fe00000: 0xd0 0x0d 0xfe 0xed//p' | tr -d ' ' | sed 's/0x//g')
    [[ $total && $((16#$total)) -ge $(($(stat -c %s "$work/dtb") + 12288)) ]] && pass tree_room ||
        fail tree_room "'$total', file $(stat -c %s "$work/dtb")"
fi

# Disks: whoever asks for one gets it, also where if= was left out; what nobody asks for is virtio's.
head -c 1M /dev/zero >"$work/a" && cp "$work/a" "$work/b"
monitor drive_asked_for 'Attached to: *virtio-blk-device' 'info block\nquit\n' -S -bios none \
    -drive "file=$work/a,format=raw,id=hd0" -device virtio-blk-device,drive=hd0
monitor drive_by_itself 'virtio0' 'info block\nquit\n' -S -bios none -drive "file=$work/a,format=raw" -cdrom "$work/b"
monitor drive_cdrom 'read-only' 'info block\nquit\n' -S -bios none -drive "file=$work/b,format=raw,media=cdrom"
monitor entropy 'virtio-rng' 'info qtree\nquit\n' -S -bios none \
    -object rng-random,filename=/dev/urandom,id=rng0 -device virtio-rng-device,rng=rng0

# Signals end the machine well.
program forever 0x80000000 <<'END'
_start: j _start
END
for signal in TERM INT HUP; do
    wanted "signal_$signal" || continue
    # (scripts' background jobs ignore SIGINT)
    env --default-signal=INT,HUP "$system" -m 64M -bios none -kernel "$work/forever" -serial null -monitor none \
        -pidfile "$work/pid" </dev/null 2>"$work/err" &
    vm_pid=$!
    for ((i = 0; i < 100; i++)); do [[ -s $work/pid ]] && break; sleep 0.1; done
    kill "-$signal" "$vm_pid"
    wait "$vm_pid"
    status=$?
    vm_pid=
    [[ $status -eq 0 && ! -e $work/pid ]] && pass "signal_$signal" || fail "signal_$signal" "status $status"
done
finish
