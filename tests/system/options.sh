#!/bin/bash
# The command line of ferry-system: every mistake is one line that names it and what is known, and status 1.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
only=("$@")
need "$system"

# refused NAME PATTERN OPTION...: one line on stderr, which matches, nothing on stdout, status 1.
refused() {
    local name=$1 pattern=$2 status
    shift 2
    wanted "$name" || return
    timeout 20 "$system" "$@" </dev/null >"$work/out" 2>"$work/err"
    status=$?
    if [[ $status -eq 1 && ! -s $work/out && $(wc -l <"$work/err") -eq 1 ]] &&
        grep -qEe "^ferry-system: $pattern" "$work/err"; then
        pass "$name"
    else
        fail "$name" "status $status: $(head -c 300 "$work/err")"
    fi
}

# says NAME PATTERN OPTION...: that on stdout, nothing on stderr, status 0.
says() {
    local name=$1 pattern=$2 status
    shift 2
    wanted "$name" || return
    timeout 20 "$system" "$@" </dev/null >"$work/out" 2>"$work/err"
    status=$?
    if [[ $status -eq 0 && ! -s $work/err ]] && grep -qEe "$pattern" "$work/out"; then
        pass "$name"
    else
        fail "$name" "status $status: $(head -c 300 "$work/err")"
    fi
}

refused nothing 'nothing to boot: .*-kernel.*-bios'
refused option "unknown option '-foo' \(known: .*-kernel.*-netdev" -foo
refused no_argument '-m needs an argument: size' -m
refused absent '-s: not available: the gdb stub' -s
refused kvm '-enable-kvm: not available' -enable-kvm

refused machine "-M: unknown machine 'foo' \(known: virt" -M foo
refused machine_property "-M: unknown property 'foo' \(known: dumpdtb" -M virt,foo=1
refused machine_value '-M aclint=on: this machine has only aclint=off' -M virt,aclint=on
refused cpu "unknown CPU 'foo'" -cpu foo -bios none
refused cpu_property "CPU property 'foo'" -cpu rv64,foo=on -bios none
refused cpu_lacking "CPU property 'v' is not implemented" -cpu rv64,v=on -bios none
refused harts_many '-smp 65: .* at most 64' -smp 65 -bios none
refused harts_none "-smp: '0'" -smp 0
refused harts_text "-smp: 'x'" -smp x
refused harts_property "-smp: unknown property 'foo'" -smp 2,foo=1
refused memory_text "-m: 'abc'" -m abc
refused memory_none "-m: '0'" -m 0
refused memory_much "-m: '9999999999999T'" -m 9999999999999T
refused accel "-accel: 'kvm' is not available \(known: tcg, interp" -accel kvm
refused log "-d: 'foo' is no log item" -d in_asm,foo
refused log_file "cannot open the log '/nonexistent/x'" -D /nonexistent/x
refused rtc "-rtc: base='soon'" -rtc base=soon
refused action "-action: 'reboot=twice'" -action reboot=twice

refused kernel_missing '/nonexistent: No such file' -kernel /nonexistent
refused kernel_directory '/: Is a directory' -kernel /
refused kernel_foreign '/bin/true: is a program for another processor' -kernel /bin/true
: >"$work/empty"
refused kernel_empty "$work/empty: is empty" -kernel "$work/empty"
head -c 40000000 /dev/zero >"$work/large"
refused kernel_large "$work/large: .* do not fit into .*32 MiB" -kernel "$work/large" -m 32
head -c 4096 /dev/zero >"$work/small"
refused initrd_large "$work/large: .*fit into .*40 MiB" -kernel "$work/small" -initrd "$work/large" -m 40
printf '\x1f\x8b\x08\0\0\0\0\0\0\0rubbish-rubbish' >"$work/broken.gz"
refused kernel_damaged "$work/broken.gz: is damaged" -kernel "$work/broken.gz"
head -c 200000000 /dev/zero | gzip -c1 >"$work/bomb.gz"
refused kernel_bomb "$work/bomb.gz: .*larger than the machine's memory" -kernel "$work/bomb.gz" -m 32
{ printf 'MZ\0\0zimg'; printf '\x40\0\0\0\xff\xff\xff\x7f\0\0\0\0\0\0\0\0gzip\0\0\0\0'; head -c 40 /dev/zero; } >"$work/zimg"
refused kernel_cut "$work/zimg: is cut short" -kernel "$work/zimg"
head -c 64 /bin/true >"$work/cut"
printf '\xf3\0' | dd of="$work/cut" bs=1 seek=18 conv=notrunc 2>/dev/null
refused elf_cut "$work/cut: is cut short" -bios "$work/cut"
refused dtb '/bin/true: is not a device tree' -dtb /bin/true -bios none
refused initrd_alone '-initrd: only with -kernel' -initrd x
refused append_alone '-append: only with -kernel' -append x

refused device "-device: unknown device 'foo' \(known: .*virtio-net-device" -bios none -device foo
refused device_pci '-device virtio-net-pci: .*use virtio-net-device' -bios none -device virtio-net-pci
refused device_fixed '-device serial: is a part of the machine' -bios none -device serial
refused device_property "virtio-net-device has no property 'foo' \(known: .*mac" -bios none -device virtio-net-device,foo=1
refused device_value "virtio-net-device: mac='x'" -bios none -device virtio-net-device,mac=x
refused device_netdev "virtio-net-device: netdev='n'" -bios none -device virtio-net-device,netdev=n
refused device_twice "-device virtio-net-device: id=a is another" -bios none \
    -nic none -device virtio-net-device,id=a -device virtio-net-device,id=a
refused drive_missing '.*/nonexistent' -bios none -drive file=/nonexistent,format=raw
refused drive_property ".*'foo'" -bios none -drive "file=$work/empty,foo=1"
refused drive_format '.*qcow2' -bios none -drive "file=$work/empty,format=qcow2"
refused image '.*/nonexistent' -bios none /nonexistent
refused netdev '.*foo' -bios none -netdev foo,id=a
refused netdev_id '.*id' -bios none -netdev user
refused nic '.*foo' -bios none -nic foo
refused net '-net user: use -nic' -net user
refused serial ".*'foo'" -bios none -serial foo
refused monitor ".*'foo'" -bios none -monitor foo
refused chardev ".*foo" -bios none -chardev foo,id=a
refused object "-object: 'x' is not available \(known: rng-random" -object x,id=a
refused global "-global: 'a.b=c' is not available" -global a.b=c
refused display "-display: 'gtk' is not available \(known: none" -display gtk

says help '-kernel file' -help
says help_long '-kernel file' --help
says version '^ferry-system version ' -version
says machine_help '^virt ' -M help
says cpu_help '^ *rv64 ' -cpu help
says log_help '^in_asm' -d help
says device_help '^virtio-net-device' -device help
says device_properties '^ *mac=' -device virtio-net-device,help

if wanted dumpdtb; then
    "$system" -M "virt,dumpdtb=$work/dtb" -smp 3 -m 1G -nic none 2>"$work/err" </dev/null
    status=$?
    [[ $status -eq 0 && ! -s $work/err && $(head -c 4 "$work/dtb" | od -An -tx1) == " d0 0d fe ed" ]] &&
        pass dumpdtb || fail dumpdtb "status $status: $(cat "$work/err")"
fi

# A pid file while it runs; SIGTERM ends it well.
if wanted background; then
    "$system" -bios none -m 16 -S -display none -monitor none -serial null -pidfile "$work/pid" -daemonize </dev/null
    status=$?
    pid=$(cat "$work/pid" 2>/dev/null)
    if [[ $status -eq 0 && $pid ]] && kill -TERM "$pid"; then
        for ((i = 0; i < 100; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -0 "$pid" 2>/dev/null && fail background "does not end" ||
            { [[ -e $work/pid ]] && fail background "its pid file stays" || pass background; }
    else
        fail background "status $status, pid '$pid'"
    fi
fi
finish
