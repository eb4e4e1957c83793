#!/bin/bash
# Debian's kernel with an initramfs of Debian's busybox, on the serial console: boots to a shell with 1 and
# with 4 harts, types commands, powers off.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
only=("$@")
need "$system" cpio xz
need_kernel

# shell NAME OPTION...: boots to a shell and leaves it running; false where it does not get there.
shell() {
    local name=$1
    shift
    vm_start -kernel "$images/Image" -initrd "$images/initramfs.cpio" -append "console=ttyS0 $append" "$@"
    if vm_expect 'init: user space' 120 && vm_expect '# ' 30 && vm_shell 30; then
        pass "$name boots"
        return 0
    fi
    fail "$name boots" "$(last_words)"
    vm_kill
    return 1
}

# says NAME EXPECTED COMMAND: the output of a command, or its status where it fails.
says() {
    vm_command 60 "$3" || output="status $?: $output"
    if [[ $output == "$2" ]]; then pass "$1"; else fail "$1" "$output"; fi
}

# off NAME COMMAND: how it ends.
off() {
    vm_send "$2"
    vm_end 30
    local status=$?
    if [[ $status -eq 0 ]]; then pass "$1"; else fail "$1" "status $status: $(last_words)"; fi
}

for harts in 1 4; do
    wanted "harts$harts" || continue
    append=
    shell "harts$harts" -smp $harts -m 256 || continue
    says "harts$harts nproc" $harts nproc
    says "harts$harts uname" 'Linux riscv64' 'uname -sm'
    says "harts$harts arithmetic" 5050 'seq 1 100 | awk "{ s += \$1 } END { print s }"'
    says "harts$harts sleeps" 'at least 2' 'a=$(cut -d. -f1 /proc/uptime); sleep 2; b=$(cut -d. -f1 /proc/uptime); [ $((b - a)) -ge 2 ] && echo at least 2'
    says "harts$harts checksum" "$(seq 1 200000 | md5sum | cut -c 1-32)" 'seq 1 200000 | md5sum | cut -c 1-32'
    says "harts$harts many" 20 'for i in $(seq 1 20); do (seq 1 1000 | sort -n | md5sum >/tmp/$i) & done; wait; sort /tmp/[0-9]* | uniq -c | awk "{ print \$1 }"'
    says "harts$harts no complaint" 0 'dmesg | grep -c "BUG:\|WARNING:\|Oops\|rcu.*stall\|soft lockup"; true'
    off "harts$harts power-off" exit
done

# Devices: a disk, the network, random numbers; reset.
if wanted devices; then
    truncate -s 64M "$work/disk"
    append='ferry.net=1'
    if shell devices -smp 2 -m 256 -drive "file=$work/disk,format=raw,if=none,id=d" \
             -device virtio-blk-device,drive=d -netdev user,id=n -device virtio-net-device,netdev=n \
             -device virtio-rng-device; then
        says 'disk size' 131072 'cat /sys/block/vda/size'
        says 'disk written' '' 'dd if=/dev/zero bs=1M count=64 2>/dev/null | tr "\000" x | dd of=/dev/vda bs=64k conv=fsync 2>/dev/null'
        says 'disk read' "$(head -c 64M /dev/zero | tr '\0' x | md5sum | cut -c 1-32)" \
            'echo 3 >/proc/sys/vm/drop_caches; md5sum </dev/vda | cut -c 1-32'
        says 'file system' "$(seq 1 100000 | md5sum | cut -c 1-32)" \
            'mke2fs /dev/vda >/dev/null 2>&1 && mount -t ext4 /dev/vda /mnt && seq 1 100000 >/mnt/a && umount /mnt && mount -t ext4 /dev/vda /mnt && md5sum </mnt/a | cut -c 1-32; umount /mnt'
        says address 10.0.2.15 'ip -4 -o address show eth0 | sed "s/.*inet \([0-9.]*\).*/\1/"'
        says ping 0 'ping -c 2 -q 10.0.2.2 >/dev/null; echo $?'
        says random 64 'dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c'
        says clock "$(date -u +%Y-%m-%d)" 'date -u +%Y-%m-%d'
        vm_send 'reboot -f'
        if vm_expect 'init: user space' 120 && vm_expect '# ' 30; then pass reboot; else fail reboot "$(last_words)"; fi
        off 'power-off after a reset' exit
        [[ $(e2fsck -fn "$work/disk" 2>&1; echo "status $?") == *"status 0" ]] && pass fsck || fail fsck
    fi
fi
finish
