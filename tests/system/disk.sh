#!/bin/bash
# Disks and serial ports of virtio as Linux drives them: several queues, read-only, -snapshot, discard, a full
# disk of the host, O_DIRECT; a console and a named port.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
only=("$@")
need "$system" cpio xz
need_kernel

# says NAME EXPECTED COMMAND: the output of a command, or its status where it fails.
says() {
    vm_command 60 "$3" || output="status $?: $output"
    if [[ $output == "$2" ]]; then pass "$1"; else fail "$1" "$output"; fi
}
# is NAME GOT EXPECTED
is() { if [[ $2 == "$3" ]]; then pass "$1"; else fail "$1" "$2 instead of $3"; fi; }

yes 'a line of the disk' | head -c 16M >"$work/image"
for d in a b c d; do cp "$work/image" "$work/$d"; done
truncate -s $((40 * 1024 * 1024 + 100)) "$work/a"
before=$(md5sum <"$work/image")

vm_start -kernel "$images/Image" -initrd "$images/initramfs.cpio" -append console=ttyS0 -smp 2 -m 256 \
    -drive "file=$work/a,format=raw,if=none,id=a,discard=unmap" \
    -device virtio-blk-device,drive=a,serial=disk-a,num-queues=2 \
    -drive "file=$work/b,format=raw,if=none,id=b,readonly=on" -device virtio-blk-device,drive=b \
    -drive "file=$work/c,format=raw,if=none,id=c,snapshot=on" -device virtio-blk-device,drive=c \
    -drive "file=$work/d,format=raw,if=none,id=d,cache=none" \
    -device virtio-blk-device,drive=d,logical_block_size=4096,physical_block_size=4096 \
    -chardev "file,id=console,path=$work/console" -chardev "file,id=port,path=$work/port" \
    -device virtio-serial-device -device virtconsole,chardev=console \
    -device virtserialport,chardev=port,name=org.example.port
if vm_expect 'init: user space' 120 && vm_expect '# ' 30 && vm_shell 30; then
    says sizes '81921 32768 32768 32768' 'echo $(cat /sys/block/vd[abcd]/size)'
    says serial disk-a 'cat /sys/block/vda/serial'
    says queues 2 'ls /sys/block/vda/mq | wc -l'
    says 'block size' 4096 'cat /sys/block/vdd/queue/logical_block_size'
    says 'read-only' '0 1 0 0' 'echo $(cat /sys/block/vd[abcd]/ro)'
    for d in b c d; do says "disk $d" "${before%% *}" "md5sum </dev/vd$d | cut -c 1-32"; done
    says 'read-only stays' 1 'dd if=/dev/zero of=/dev/vdb count=1 conv=fsync 2>/dev/null; echo $?'

    # Writes in odd places, twice, so that -snapshot has runs of its own and of the image's.
    changes='for i in 1 3 9 100 4000; do seq $i 20000 | dd of=/dev/vdX bs=4096 seek=$i count=5 conv=notrunc,fsync 2>/dev/null; done'
    changes+='; echo 3 >/proc/sys/vm/drop_caches; md5sum </dev/vdX | cut -c 1-32'
    cp "$work/image" "$work/expected"
    for i in 1 3 9 100 4000; do
        seq $i 20000 | head -c 20480 | dd of="$work/expected" bs=4096 seek=$i conv=notrunc 2>/dev/null
    done
    after=$(md5sum <"$work/expected")
    for d in c d; do says "disk $d changed" "${after%% *}" "${changes//vdX/vd$d}"; done

    # What a file system gives back is given back to the host.
    says files 0 'mke2fs /dev/vda >/dev/null 2>&1 && mount -t ext4 -o discard /dev/vda /mnt; echo $?'
    says written 0 'tr "\000" x </dev/zero | head -c 20000000 >/mnt/x; sync; echo $?'
    full=$(stat -c %b "$work/a")
    says 'files removed' 0 'rm /mnt/x && umount /mnt; echo $?'
    empty=$(stat -c %b "$work/a")
    if [[ $((full - empty)) -gt 30000 ]]; then pass discard; else fail discard "$full blocks, then $empty"; fi

    says 'console' 0 'echo hello >/dev/hvc0; echo $?'
    says 'named port' 0 'cat /sys/class/virtio-ports/*/name | grep -qx org.example.port && echo there >$(ls /dev/vport*p1); echo $?'
    vm_send exit
    vm_end 30
    is power-off $? 0
    is 'console output' "$(tr -d '\r' <"$work/console" | tail -1)" hello
    is 'port output' "$(cat "$work/port")" there
    is 'read-only image' "$(md5sum <"$work/b")" "$before"
    is 'snapshot image' "$(md5sum <"$work/c")" "$before"
    is 'direct image' "$(md5sum <"$work/d")" "$after"
    [[ $(e2fsck -fn "$work/a" 2>&1; echo "status $?") == *"status 0" ]] && pass fsck || fail fsck
else
    fail boots "$(last_words)"
fi

# A host whose disk is full (here: a file at its limit): the guest sees an error, and both go on.
truncate -s 32M "$work/e"
limited() { ulimit -S -f $((16 * 1024)); vm_start "$@"; ulimit -S -f unlimited; }
limited -kernel "$images/Image" -initrd "$images/initramfs.cpio" -append console=ttyS0 -m 256 \
    -drive "file=$work/e,format=raw"
if vm_expect 'init: user space' 120 && vm_expect '# ' 30 && vm_shell 30; then
    says 'full' 1 'dd if=/dev/zero of=/dev/vda bs=1M seek=15 count=2 conv=fsync 2>/dev/null; echo $?'
    says 'full is said' 1 'dmesg | grep -c "I/O error, dev vda, sector .*(WRITE)" | sed "s/[1-9][0-9]*/1/"'
    says 'not full' 0 'dd if=/dev/zero of=/dev/vda bs=1M count=2 conv=fsync 2>/dev/null; echo $?'
    vm_send exit
    vm_end 30
    is 'power-off of the full one' $? 0
else
    fail 'boots full' "$(last_words)"
fi
finish
