# What the scripts here share beside tests/lib.sh: a machine with its serial console on a pair of pipes.
#
#     vm_start OPTION...            starts it; what it says goes to $vm_log
#     vm_expect PATTERN SECONDS     waits until a line since the last match has it (grep -E)
#     vm_send TEXT                  types it and Enter
#     vm_shell SECONDS              makes the shell that has prompted fit for vm_command
#     vm_command SECONDS COMMAND    types a command for it: output in $output, its status
#     vm_end SECONDS                waits for the program's end, its exit status; kills it after that
#
# FERRY_SYSTEM may be another program with the same options (qemu-system-riscv64), to compare with.

system=${FERRY_SYSTEM:-$build/ferry-system}
images=$cache/system/riscv64-trixie
LC_ALL=C    # lengths are bytes
vm_pid= vm_from=1
work=$(mktemp -d)
trap 'vm_kill; rm -rf "$work"' EXIT

# The kernel and its initramfs, made where they are missing.
need_kernel() {
    "$top/scripts/guest-image" -q kernel >/dev/null || { echo "$script: no kernel for the guest, skipped"; exit 77; }
}

vm_start() {
    vm_log=$work/log vm_from=1
    : >"$vm_log"
    rm -f "$work/in"
    mkfifo "$work/in"
    "$system" -M virt -display none -serial stdio -monitor none "$@" <>"$work/in" >"$vm_log" 2>&1 &
    vm_pid=$!
    exec 7>"$work/in"
}

vm_kill() {
    [[ ! $vm_pid ]] || { kill -9 "$vm_pid"; wait "$vm_pid"; } 2>/dev/null
    vm_pid=
}

vm_alive() { kill -0 "$vm_pid" 2>/dev/null; }

# vm_since: what has been said since the last match.
vm_since() { tail -c "+$vm_from" "$vm_log"; }

vm_expect() {
    local end=$((SECONDS + $2)) at
    while :; do
        at=$(vm_since | grep -abEom1 -e "$1" | head -1)
        if [[ $at ]]; then
            vm_from=$((vm_from + ${at%%:*}))
            at=${at#*:}
            vm_from=$((vm_from + ${#at}))
            return 0
        fi
        [[ $SECONDS -lt $end ]] && vm_alive || break
        sleep 0.1
    done
    # (the last words of a program that has just ended)
    vm_since | grep -aqE -e "$1"
}

vm_send() { printf '%s\n' "$1" >&7; }

# vm_shell SECONDS: once a shell is there: one without prompt, echo, line editing and the kernel's messages.
vm_shell() {
    vm_send "exec sh -c 'stty -echo; dmesg -n 1; echo quiet\"\"shell; while read -r l; do eval \"\$l\"; done'"
    vm_expect quietshell "$1"
}

vm_count=0
vm_command() {
    local from status
    vm_count=$((vm_count + 1))
    from=$vm_from
    vm_send "$2; echo =end$vm_count=\$?"
    vm_expect "=end$vm_count=[0-9]+" "$1" || { output=$(tail -c "+$from" "$vm_log" | tail -5); return 255; }
    output=$(tail -c "+$from" "$vm_log" | head -c $((vm_from - from)) | tr -d '\r')
    output=${output#$'\n'}
    status=${output##*=end$vm_count=}
    output=${output%"=end$vm_count="*}
    output=${output%$'\n'}
    return "$status"
}

vm_end() {
    local end=$((SECONDS + $1)) status
    while vm_alive && [[ $SECONDS -lt $end ]]; do sleep 0.1; done
    vm_alive && { vm_kill; return 255; }
    wait "$vm_pid"
    status=$?
    vm_pid=
    return $status
}

# last_words: for a failure's line.
last_words() { tail -c 2000 "$vm_log" | tr -d '\r' | grep -a . | tail -"${1:-1}"; }
