#!/bin/bash
# A whole Debian on a virtio disk: boots with systemd to a login on the serial port, gets its address by
# DHCP, is reached by ssh through hostfwd, installs a package from the mirror, powers off cleanly.
#
#     debian.sh                   HARTS=N (2); FERRY_SYSTEM_KEEP=FILE leaves the disk there
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
need "$system" cpio xz mmdebstrap ssh-keygen mke2fs
need_kernel
"$top/scripts/guest-image" -q -b "$build" disk >/dev/null || { echo "$script: no disk for the guest, skipped"; exit 77; }
disk=${FERRY_SYSTEM_KEEP:-$work/disk}
cp --sparse=always "$images/debian.img" "$disk"

check() { local name=$1; shift; if "$@"; then pass "$name"; else fail "$name" "$(last_words 2)"; fi; }

port=$((20000 + RANDOM % 10000))
start=$SECONDS
vm_start -smp "${HARTS:-2}" -m 1G -kernel "$images/Image" -initrd "$images/initramfs.cpio" \
    -append 'console=ttyS0 root=/dev/vda systemd.default_device_timeout_sec=900 systemd.default_timeout_start_sec=900' \
    -drive "file=$disk,format=raw,if=none,id=d" -device virtio-blk-device,drive=d \
    -netdev "user,id=n,hostfwd=tcp:127.0.0.1:$port-:22" -device virtio-net-device,netdev=n \
    -device virtio-rng-device
check systemd vm_expect 'Welcome to .*Debian' 240
check login vm_expect 'login: ' 900
[[ $failed -eq 0 ]] || finish
echo "login after $((SECONDS - start)) s"
vm_send root
vm_expect 'Password: ' 60
vm_send ferry
check 'root logs in' vm_expect 'root@guest' 60
check shell vm_shell 60

in_guest() { # NAME EXPECTED COMMAND
    vm_command 120 "$3" || output="status $?: $output"
    if [[ $output == "$2" ]]; then pass "$1"; else fail "$1" "$output"; fi
}
in_guest uname riscv64 'uname -m'
in_guest 'file system' ext4 'findmnt -no FSTYPE /'
in_guest address 10.0.2.15 'for i in $(seq 1 60); do a=$(ip -4 -o address show dev eth0 scope global | sed "s/.*inet \([0-9.]*\).*/\1/"); [ "$a" ] && break; sleep 1; done; echo $a'
in_guest running running 'systemctl is-system-running --wait; systemctl --no-legend --failed'

secure() {
    timeout "$1" ssh -q -F none -i "$images/id_ed25519" -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o ConnectTimeout=60 -o BatchMode=yes -p "$port" root@127.0.0.1 "$2" </dev/null
}
by_ssh() { # NAME EXPECTED COMMAND
    local got
    got=$(secure 300 "$3" 2>&1) || got="status $?: $got"
    if [[ $got == "$2" ]]; then pass "$1"; else fail "$1" "$got"; fi
}
by_ssh ssh 'guest riscv64' 'echo $(hostname) $(uname -m)'
head -c 3000000 /dev/urandom >"$work/random"
sum=$(md5sum <"$work/random")
got=$(timeout 300 ssh -q -F none -i "$images/id_ed25519" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
      -p "$port" root@127.0.0.1 'cat >/var/tmp/random; md5sum </var/tmp/random' <"$work/random")
if [[ $got == "$sum" ]]; then pass 'ssh, 3 MB in'; else fail 'ssh, 3 MB in' "$got"; fi
got=$(secure 300 'cat /var/tmp/random' | md5sum)
if [[ $got == "$sum" ]]; then pass 'ssh, 3 MB out'; else fail 'ssh, 3 MB out' "$got"; fi

# The package's program greets; without network on the host that part is left out.
if getent hosts deb.debian.org >/dev/null; then
    vm_command 1200 '(apt-get -q update && apt-get -q -y install hello) >/var/tmp/apt.log 2>&1 </dev/null; r=$?; tail -3 /var/tmp/apt.log; [ $r = 0 ]'
    status=$?
    if [[ $status -eq 0 ]]; then pass 'apt-get install'; else fail 'apt-get install' "status $status: $output"; fi
    by_ssh 'the new package' 'Hello, world!' hello
else
    skip 'apt-get install' 'no network'
fi
in_guest 'no complaint' 0 'dmesg | grep -c "BUG:\|WARNING:\|Oops\|rcu.*stall\|soft lockup"; true'
vm_send 'exec systemctl poweroff'
vm_end 300
status=$?
if [[ $status -eq 0 ]]; then pass power-off; else fail power-off "status $status: $(last_words)"; fi
if got=$(e2fsck -fn "$disk" 2>&1); then pass fsck; else fail fsck "$got"; fi
finish
