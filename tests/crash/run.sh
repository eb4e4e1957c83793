#!/bin/bash
# What a guest leaves when it dies by a signal: its report, its core file, its wait status.
#
#     run.sh              all
#     run.sh core_null    some

each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "$ferry" "${cross}gcc" prlimit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
program=$work/crash
"${cross}gcc" -std=gnu17 -D_GNU_SOURCE -O1 -g -pthread -static -o "$program" "$here/crash/crash.c" || exit 1

# die LIMIT HOW [OPTION...]: runs the program in $work/dir; its end in $status, as a shell tells it.
die() {
    local limit=$1 how=$2
    shift 2
    rm -rf "$work/dir"
    mkdir "$work/dir"
    {
        (cd "$work/dir" && exec prlimit --core="$limit" timeout -k 5 --foreground 60 \
            "$ferry" "$@" "$program" "$how" >../stdout 2>../stderr)
        status=$?
    } 2>/dev/null    # where bash tells of the death
}

# ---- reports ----

# report NAME HOW STATUS PATTERN...: the report has all these in this order.
report() {
    wanted "report_$1" || return 0
    local name=report_$1 how=$2 want=$3 text pattern rest
    shift 3
    die 0 "$how" -report "$work/report"
    text=$(cat "$work/report" 2>/dev/null)
    rm -f "$work/report"
    if [[ $status -ne $want ]]; then
        fail "$name" "status $status instead of $want"
        return
    fi
    rest=$text
    for pattern; do
        if [[ $rest != *"$pattern"* ]]; then
            fail "$name" "no '$pattern' where it belongs"
            return
        fi
        rest=${rest#*"$pattern"}
    done
    pass "$name"
}

report null null 139 "signal 11 (SIGSEGV), code 1, address 0" "repeat with: " "'null'" registers: \
    backtrace: innermost outer main "system calls:" "mmap(" memory: crash
report handler handler 139 "signal 11" backtrace: innermost outer on_signal "signal's handler returns here" \
    main "system calls:" gettid
report abort abort 134 "signal 6 (SIGABRT)" backtrace: abort "tgkill("
report jump jump 139 "signal 11" "address 0x1000" registers:
report illegal illegal 132 "signal 4 (SIGILL)" backtrace: main

if wanted silent; then
    die 0 null
    if [[ -s $work/stderr || -s $work/stdout ]]; then
        fail silent "unasked: $(head -1 "$work/stderr")"
    else
        pass silent
    fi
fi
if wanted report_to_nowhere; then
    die 0 null -report /no/such/directory/report
    if [[ $status -eq 139 ]]; then pass report_to_nowhere; else fail report_to_nowhere "status $status"; fi
fi

# ---- core files ----

# What the host does with cores: only where it writes plain files can its pattern be followed.
pattern=$(cat /proc/sys/kernel/core_pattern 2>/dev/null)

# gdb COMMAND...: what it says of the core.
gdb_says() {
    local args=() c
    for c; do args+=(-ex "$c"); done
    timeout 60 gdb-multiarch -nx -q -batch -iex "set auto-load safe-path /" -iex "set debuginfod enabled off" \
        "${args[@]}" "$program" "$core" 2>&1
}

# core NAME HOW STATUS PATTERN [OPTION...]: gdb finds PATTERN in what the core tells.
core() {
    wanted "core_$1" || return 0
    local name=core_$1 how=$2 want=$3 expected=$4 text threads
    shift 4
    die unlimited "$how" "$@"
    core=$(ls "$work"/dir/core* 2>/dev/null | head -1)
    if [[ $status -ne $want || ! $core ]]; then
        fail "$name" "status $status instead of $want, core '$core'"
        return
    fi
    [[ $(type -P gdb-multiarch) ]] || { skip "$name" "no gdb-multiarch"; return; }
    text=$(gdb_says bt "info threads" "x/s marker+5000" "thread apply all bt 3")
    threads=$(grep -c '(LWP ' <<<"$text")
    if [[ $text != *$expected* || $text != *"what the core shall show"* || $threads -lt 3 ||
          $text != *compute* ]]; then
        fail "$name" "gdb: $(grep -v -e warning -e '^$' -e LWP <<<"$text" | paste -sd'|')"
    elif [[ $(stat -c '%b' "$core") -gt 8192 ]]; then
        fail "$name" "$(stat -c '%b' "$core") blocks"
    else
        pass "$name"
    fi
}

core own_pattern null 139 'innermost*outer*main' -core core.%e.%s
if [[ $pattern == core* ]]; then
    core null null 139 'innermost*outer*main'
    core handler handler 139 'innermost*outer*on_signal*signal handler called*main'
    core abort abort 134 'abort*main'
    core quit quit 131 'main'
fi

# no_core NAME LIMIT HOW STATUS: none is left, and nothing else either.
no_core() {
    wanted "$1" || return 0
    die "$2" "$3"
    if [[ $status -eq $4 && ! $(ls -A "$work/dir") ]]; then
        pass "$1"
    else
        fail "$1" "status $status, left: $(ls -A "$work/dir" | paste -sd' ')"
    fi
}
no_core no_core_limit 0 null 139
no_core no_core_term unlimited term 143

# A limit cuts the file off, as the kernel does.
if [[ $pattern == core* ]] && wanted core_limit; then
    die 65536 null
    size=$(stat -c %s "$work"/dir/core* 2>/dev/null)
    if [[ $status -eq 139 && ${size:-0} -gt 0 && $size -le 65536 ]]; then
        pass core_limit
    else
        fail core_limit "status $status, size $size"
    fi
fi

# Nothing of ours stays behind the dead: what clears up needs a moment.
left() { find /tmp -maxdepth 1 -name '.core-ferry-*' -newer "$program" 2>/dev/null; }
if wanted cleared; then
    for _ in $(seq 100); do
        [[ $(left) ]] || break
        sleep 0.1
    done
    if [[ $(left) ]]; then fail cleared "$(left | paste -sd' ')"; else pass cleared; fi
fi
finish
