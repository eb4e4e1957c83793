#!/bin/bash
# A killed process has lost no acknowledged write: the guest writes numbers to a disk, each followed by fsync,
# and tells of it; ferry-system is killed in the midst of it, and what it told of is in the image. The image
# is free for the next start. With -snapshot the image stays as it was.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need "$system" cpio xz
need_kernel

boot() {
    vm_start -m 256 -kernel "$images/Image" -initrd "$images/initramfs.cpio" -append 'console=ttyS0' \
        -drive "file=$work/disk,format=raw,if=none,id=d" -device virtio-blk-device,drive=d "$@"
    vm_expect 'init: user space' 120 && vm_expect '# ' 30 && vm_shell 30
}

# Number i in sector i, as text of fixed width.
writes='i=1; while :; do printf "%-512d" $i | dd of=/dev/vda bs=512 seek=$i conv=notrunc,fsync 2>/dev/null && echo "acknowledged $i"; i=$((i + 1)); done'

truncate -s 16M "$work/disk"
for round in 1 2 3; do
    boot || { fail "round $round" "$(last_words)"; finish; }
    vm_send "$writes"
    vm_expect "acknowledged $((round * 15))" 120 || fail "round $round" "$(last_words)"
    vm_kill
    last=$(grep -ao 'acknowledged [0-9]*' "$vm_log" | tail -1)
    last=${last#* }
    lost=
    for ((i = 1; i <= last; i++)); do
        [[ $(dd if="$work/disk" bs=512 skip=$i count=1 2>/dev/null) == "$i "* ]] || lost+=" $i"
    done
    if [[ ! $lost ]]; then pass "round $round ($last writes)"; else fail "round $round" "lost:$lost"; fi
    truncate -s 0 "$work/disk"
    truncate -s 16M "$work/disk"
done

before=$(md5sum <"$work/disk")
boot -snapshot || fail snapshot "$(last_words)"
vm_command 60 'echo changed | dd of=/dev/vda conv=notrunc,fsync 2>/dev/null; echo 3 >/proc/sys/vm/drop_caches; head -c 7 /dev/vda' ||
    fail 'snapshot, written' "$output"
if [[ $output == changed ]]; then pass 'snapshot, the guest sees it'; else fail 'snapshot, the guest sees it' "$output"; fi
vm_kill
if [[ $(md5sum <"$work/disk") == "$before" ]]; then pass 'snapshot, image unchanged'; else fail 'snapshot, image unchanged'; fi
finish
