#!/bin/bash
# The monitor and the console's places on a running machine: a program that echoes what the serial port gets, and
# counts in t0 meanwhile. Where qemu-system-riscv64 is installed, memory is shown as it does.
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/lib.sh"
only=("$@")
oracle=qemu-system-riscv64
need riscv64-linux-gnu-gcc "$system"

cat >"$work/echo.S" <<'END'
    .globl _start
_start: lui a0, 0x10000
1:  addi t0, t0, 1
    lbu t1, 5(a0)
    andi t1, t1, 1
    beqz t1, 1b
    lbu t1, 0(a0)
    sb t1, 0(a0)
    j 1b
    .balign 16
    .ascii "text\n\0\377\""
    .balign 16
    .dword 0x8000000000000001, -2, 0x123456789abcdef0
END
riscv64-linux-gnu-gcc -march=rv64i -mabi=lp64 -nostdlib -static -Wl,-n,-Ttext=0x80000000,--build-id=none \
    -Wl,--no-warn-rwx-segments -o "$work/echo" "$work/echo.S" || exit 1
machine=(-M virt -m 64M -bios none -kernel "$work/echo" -display none)

# monitor OPTION...: what a monitor answers to the commands of standard input, without line ends of terminals.
monitor() { timeout 60 "$system" "${machine[@]}" -serial null -monitor stdio "$@" 2>&1 | tr -d '\r'; }

# has NAME PATTERN: the output has it (grep -Pzo over lines).
has() {
    if grep -aPzq -- "$2" <<<"$output"; then pass "$1"; else fail "$1" "$output"; fi
}

if wanted commands; then
    output=$(monitor -smp 2 <<<$'info status\nstop\ninfo status\np $t0-$t0\ninfo cpus\ncpu 1
info cpus\nc\ninfo status\ninfo registers\ninfo mtree\ninfo chardev\nbad\nquit')
    has running '\(qemu\) info status\nVM status: running\n'
    has stopped 'stop\n\(qemu\) info status\nVM status: paused\n'
    has register 'p \$t0-\$t0\n0\n'
    has harts 'info cpus\n\* CPU #0.*\n  CPU #1.*\n(.*\n)*.*info cpus\n  CPU #0.*\n\* CPU #1'
    has continued '\(qemu\) c\n\(qemu\) info status\nVM status: running\n'
    has registers 'info registers\n\nCPU#1\n pc +[0-9a-f]{16}\n'
    has mtree '0000000080000000-0000000083ffffff .*ram'
    has chardev 'serial0: filename=null'
    has unknown "bad\nunknown command: 'bad'\n\(qemu\) quit"
fi

if wanted stands; then
    output=$(monitor <<<$'stop\np $t0\np $t0\nc\nquit')
    has stands 'p \$t0\n([0-9]+)\n\(qemu\) p \$t0\n\1\n'
fi

# start OPTION...: the machine with its terminal on the pipes of lib.sh.
start() {
    vm_log=$work/log vm_from=1
    : >"$vm_log"
    rm -f "$work/in"
    mkfifo "$work/in"
    "$system" "${machine[@]}" "$@" <>"$work/in" >"$vm_log" 2>&1 &
    vm_pid=$!
    exec 7>"$work/in"
}

# types NAME BYTES PATTERN: what they lead to.
types() {
    printf "$2" >&7
    vm_expect "$3" 60 && pass "$1" || fail "$1" "$(last_words 3)"
}

if wanted counts; then
    start -serial null -monitor stdio
    printf 'p $t0\n' >&7
    vm_expect '^[0-9]+' 60
    first=$(grep -aE '^[0-9]+' "$vm_log" | head -1)
    for ((i = 0; i < 1000; i++)); do
        printf 'p $t0\n' >&7
        vm_expect '^[0-9]+' 60
        [[ $(grep -aE '^[0-9]+' "$vm_log" | tail -1) == "$first" ]] || break
    done
    [[ $i -lt 1000 ]] && pass counts || fail counts "$(last_words)"
    vm_kill
fi

# A reset starts again where the machine starts, stopped or not as it was.
if wanted reset; then
    output=$(monitor <<<$'stop\nsystem_reset\ninfo status\nquit')
    has 'reset while stopped' 'info status\nVM status: paused'
    output=$(monitor <<<$'system_reset\ninfo status\nquit')
    has 'reset while running' 'info status\nVM status: running'
fi

if wanted memory; then
    commands=$'stop\nxp/20xb 0x80000000\nxp/6xh 0x80000000\nx/7xw 0x80000000\nxp/3xg 0x80000030
xp/3dg 0x80000030\nxp/3ug 0x80000030\nxp/3og 0x80000030\nxp/4uh 0x80000030\nxp/9cb 0x80000020
xp/2xw 0x100000\nquit'
    shown() { grep -aE '^[0-9a-f]{16}: '; }
    seen=$(monitor <<<"$commands" | shown)
    [[ $(wc -l <<<"$seen") -ge 15 ]] && pass memory || fail memory "$seen"
    if command -v $oracle >/dev/null; then
        expected=$(system=$oracle; monitor <<<"$commands" | shown)
        difference=$(diff <(echo "$expected") <(echo "$seen")) && pass 'as qemu' || fail 'as qemu' "$difference"
    fi
    output=$(monitor <<<$'xp/2i 0x80000000\nxp/s 0x80000020\nquit')
    has instructions '0x0000000080000000:  10000537  lui +a0,0x10000\n0x0000000080000004:  00128293  addi +t0,t0,1\n'
    has string '0000000080000020: "text\\x0a"'
fi

# The console and the monitor on one line.
both() {
    types "$1 console" abc abc
    types "$1 monitor" '\001cinfo status\n' 'VM status: running'
    types "$1 prompt" '' '\(qemu\) '
    types "$1 back" '\001cdef\001\001' $'def\001'
    types "$1 end" '\001x' terminated
    vm_end 60
    status=$?
    [[ $status -eq 0 ]] && pass "$1 status" || fail "$1 status" "$status"
}

if wanted mux; then
    start -nographic
    both mux
fi
if wanted mon; then
    start -chardev stdio,id=c,mux=on,signal=off -serial chardev:c -mon chardev=c,mode=readline
    both mon
fi

if wanted places; then
    output=$(monitor -serial "file:$work/out" <<<$'info chardev\nquit')
    has file "serial1: filename=file:$work/out"
    [[ -f $work/out ]] && pass 'file made' || fail 'file made'
    output=$(monitor -serial "unix:$work/socket,server=on,wait=off" <<<$'info chardev\nquit')
    has unix "serial1: filename=disconnected:unix:$work/socket,server=on"
    [[ ! -e $work/socket ]] && pass 'unix removed' || fail 'unix removed'
fi

# The program's echo through a connection. (Somebody else may have the port, or be as fast as we are.)
if wanted tcp; then
    port=$((20000 + $$ % 10000))
    start -monitor none -serial "tcp::$port,server,nowait"
    for ((i = 0; i < 600; i++)); do
        output=$(timeout 60 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port && printf hello >&3 && head -c 5 <&3" 2>/dev/null)
        [[ $output ]] || ! vm_alive && break
        sleep 0.1
    done
    [[ $output == hello ]] && pass tcp || fail tcp "$output $(last_words)"
    kill "$vm_pid"
    vm_end 60
    status=$?
    [[ $status -eq 0 ]] && pass 'ended by a signal' || fail 'ended by a signal' "$status"
fi
finish
