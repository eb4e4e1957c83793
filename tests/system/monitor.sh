#!/bin/bash
# The monitor and the console's places on a running machine: a program that echoes what the serial port gets, and
# counts in t0 meanwhile. Where qemu-system-riscv64 is installed, memory is shown as it does.
source "$(dirname "$0")/../lib.sh"
only=("$@")
system=${FERRY_SYSTEM:-$build/ferry-system}
oracle=qemu-system-riscv64
need riscv64-linux-gnu-gcc "$system"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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
    output=$(monitor -smp 2 <<<$'info status\nstop\ninfo status\np $t0-$t0\ninfo cpus\ncpu 1\ninfo cpus\nc\ninfo status\ninfo registers\ninfo mtree\ninfo chardev\nbad\nquit')
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

if wanted counts; then
    output=$( (echo 'p $t0'; sleep 0.5; echo 'p $t0'; echo quit) | monitor )
    has counts 'p \$t0\n([0-9]+)\n\(qemu\) p \$t0\n(?!\1\n)'
fi

# A reset starts again where the machine starts, stopped or not as it was.
if wanted reset; then
    output=$( (echo stop; sleep 0.3; echo system_reset; sleep 0.5; printf 'info status\nquit\n') | monitor )
    has 'reset while stopped' 'info status\nVM status: paused'
    output=$( (sleep 0.3; echo system_reset; sleep 0.5; printf 'info status\np $t0 / ($t0 + 1)\nquit\n') | monitor )
    has 'reset while running' 'info status\nVM status: running'
fi

if wanted memory; then
    commands=$'stop\nxp/20xb 0x80000000\nxp/6xh 0x80000000\nx/7xw 0x80000000\nxp/3xg 0x80000030\nxp/3dg 0x80000030\nxp/3ug 0x80000030\nxp/3og 0x80000030\nxp/4uh 0x80000030\nxp/9cb 0x80000020\nxp/2xw 0x100000\nquit'
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
if wanted mux; then
    output=$( (sleep 0.3; printf 'abc'; sleep 0.5; printf '\001cinfo status\n\001cdef\001\001'; sleep 0.5; printf '\001x') |
        timeout 60 "$system" "${machine[@]}" -nographic 2>&1 | tr -d '\r'; echo "status ${PIPESTATUS[1]}")
    has mux 'abc(.*\n)*.*\(qemu\) info status\nVM status: running\n\(qemu\) def\x01\n.*terminated\nstatus 0\n'
fi

if wanted mon; then
    output=$( (sleep 0.3; printf 'ab'; sleep 0.5; printf '\001cinfo chardev\n'; sleep 0.3; printf '\001x') |
        timeout 60 "$system" "${machine[@]}" -chardev stdio,id=c,mux=on,signal=off -serial chardev:c \
            -mon chardev=c,mode=readline 2>&1 | tr -d '\r')
    has mon 'ab(.*\n)*.*\(qemu\) info chardev\nc: filename=mux:stdio'
fi

if wanted file; then
    (sleep 0.3; printf 'quit\n') | monitor -serial "file:$work/out" >/dev/null
    [[ -f $work/out ]] && pass file || fail file
fi

# echoed NAME OPTION... -- COMMAND...: the program echoes what COMMAND, a two-way connection, is given.
echoed() {
    local name=$1 options=() pid seen
    shift
    while [[ $1 != -- ]]; do options+=("$1"); shift; done
    shift
    timeout 60 "$system" "${machine[@]}" -monitor none "${options[@]}" </dev/null >"$work/log" 2>&1 &
    pid=$!
    for _ in {1..100}; do
        seen=$( (printf 'hello'; sleep 0.3) | timeout 10 "$@" 2>/dev/null)
        [[ ! $seen ]] || break
        sleep 0.1
    done
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    local status=$?
    if [[ $seen == *hello* && $status -eq 0 ]]; then pass "$name"; else fail "$name" "status $status: $seen $(<"$work/log")"; fi
}

if wanted unix && command -v socat >/dev/null; then
    echoed unix -serial "unix:$work/socket,server=on,wait=off" -- socat - "UNIX-CONNECT:$work/socket"
    [[ ! -e $work/socket ]] && pass 'unix removed' || fail 'unix removed'
fi
if wanted tcp; then
    port=$((20000 + $$ % 10000))
    echoed tcp -serial "tcp::$port,server,nowait" -- \
        bash -c "exec 3<>/dev/tcp/127.0.0.1/$port && cat >&3 && timeout 1 cat <&3"
fi
finish
