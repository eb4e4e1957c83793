#!/bin/bash
# Transfers through the network card: over the user network by forwarded ports, both ways, and over a tap
# interface in a namespace of its own.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"
only=("$@")
need "$system" cpio xz
need_kernel
port=$((20000 + $$ % 10000))
sum=$(seq 1 500000 | md5sum | cut -c 1-32)
append='console=ttyS0 quiet'

# boot NAME OPTION...: to a shell.
boot() {
    local name=$1
    shift
    vm_start -m 256 -kernel "$images/Image" -initrd "$images/initramfs.cpio" -append "$append" "$@"
    if vm_expect 'init: user space' 120 && vm_expect '# ' 30 && vm_shell 30; then return 0; fi
    fail "$name" "$(last_words)"
    vm_kill
    return 1
}

# listens COMMAND PORT: runs a command in the guest that does so, and waits until it does.
listens() {
    local hexadecimal
    printf -v hexadecimal %04X "$2"
    vm_command 60 "$1 & until cat /proc/net/tcp /proc/net/tcp6 | grep -q ':$hexadecimal .* 0A '; do usleep 10000; done"
}

# both_ways NAME ADDRESS PORT_OUT PORT_IN: what the guest's ports 80 and 81 are here.
both_ways() {
    listens 'seq 1 500000 | nc -l -p 80' 80
    output=$(timeout 120 bash -c "exec 3<>/dev/tcp/$2/$3; md5sum <&3")
    [[ $output == "$sum"* ]] && pass "$1 out" || fail "$1 out" "$output"
    listens 'nc -l -p 81 | md5sum >/tmp/sum' 81
    timeout 120 bash -c "seq 1 500000 >/dev/tcp/$2/$4"
    vm_command 120 'wait; cat /tmp/sum'
    [[ $output == "$sum"* ]] && pass "$1 in" || fail "$1 in" "$output"
}

if [[ ${FERRY_TAP_INSIDE-} ]]; then
    boot tap -netdev tap,id=n,ifname=ferry0,script=no,downscript=no -device virtio-net-device,netdev=n || finish
    ip address add 10.9.0.1/24 dev ferry0 && ip link set ferry0 up
    vm_command 30 'ifconfig eth0 10.9.0.2 up; ping -c 2 -q 10.9.0.1 >/dev/null'
    [[ $? -eq 0 ]] && pass 'tap ping' || fail 'tap ping' "$output"
    both_ways tap 10.9.0.2 80 81
    vm_kill
    finish
fi

if wanted user && append+=' ferry.net=1' boot user -smp 2 \
    -nic "user,hostfwd=tcp::$port-:80,hostfwd=tcp:127.0.0.1:$((port + 1))-10.0.2.15:81,hostname=host9"; then
    both_ways user 127.0.0.1 $port $((port + 1))
    vm_command 30 'ip -4 -o address show eth0 | grep -c "inet 10.0.2.15/24"'
    [[ $output == 1 ]] && pass 'user address' || fail 'user address' "$output"
    vm_kill
fi

if wanted tap; then
    if ! unshare -Urn test -w /dev/net/tun 2>/dev/null || ! command -v ip >/dev/null; then
        skip tap 'no namespaces, or no tap devices'
    elif output=$(FERRY_TAP_INSIDE=1 unshare -Urn bash "$0"); then
        pass tap
    else
        fail tap "$output"
    fi
fi
finish
