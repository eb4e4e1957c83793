#!/bin/bash
# The Linux Test Project's tests of system calls: natively and for the guests, results compared. The
# sources are not part of this tree:
#
#     tests/conformance/ltp.sh build SOURCE          configures, builds and installs what is run, for this
#                                                    machine and each guest, below $LTP
#     tests/conformance/ltp.sh run MODE [PATTERN...] MODE: native, ferry or qemu; results in $LTP/MODE[-GUEST]
#     tests/conformance/ltp.sh compare MODE          ferry or qemu against native, without what ltp.known explains
#
# LTP is where all that lies (default: $XDG_CACHE_HOME/ferry/ltp), FERRY_GUESTS chooses guests, JOBS how many
# at once, LTP_FOLDERS what of the sources is built. Tests run in `box`, and those that ltp.skip names do not.

. "$(dirname "$0")/../lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
ltp=${LTP:-$cache/ltp}
suites=${LTP_SUITES:-syscalls syscalls-ipc sched mm pty containers fcntl-locktests capability fs}
# What is built; each by itself, because a folder that fails (libraries are missing) ends its parent's.
folders="include lib libs testcases/lib testcases/kernel/lib ${LTP_FOLDERS:-testcases/kernel/syscalls/*
    testcases/kernel/sched testcases/kernel/mem/* testcases/kernel/pty testcases/kernel/io
    testcases/kernel/fs/* testcases/kernel/ipc/* testcases/kernel/containers testcases/kernel/security/*}"

# build_one NAME [HOST-TRIPLET]. The suite has no table of riscv64's calls and takes those that the C library's
# headers know; but from 424 on the numbers are the same for all processors.
build_one() {
    local tree=$ltp/build-$1 d numbers
    [[ -d $tree ]] || cp -r "$source" "$tree"
    numbers=$(awk '$2 >= 424 { printf " -D__NR_%s=%s", $1, $2 }' "$tree/include/lapi/syscalls/arm64.in")
    (
        cd "$tree" || exit
        [[ -x configure ]] || make autotools
        ./configure --prefix="$ltp/$1" ${2:+--host="$2"} CC="${2:+$2-}gcc" CFLAGS="-O1 -g0${2:+$numbers}" \
            LDFLAGS="${2:+-static} -s" --without-numa --without-tirpc --without-bash
        for d in $folders; do
            [[ -e $d/Makefile ]] || continue
            make -k -j"$jobs" -C "$d"
            [[ $d != testcases/* ]] || make -k -C "$d" install
        done
        mkdir -p "$ltp/$1/runtest"
        cp runtest/* "$ltp/$1/runtest"
    ) >"$ltp/build-$1.log" 2>&1
    echo "$1: $(find "$ltp/$1/testcases/bin" -type f | wc -l) programs; see $ltp/build-$1.log"
}

# skipped_test NAME
skipped_test() {
    local p
    for p in "${skips[@]}"; do [[ $1 == $p ]] && return 0; done
    return 1
}

# The tests: name and command line. Only commands that are a program with arguments.
list() {
    local suite name rest program start
    mapfile -t skips < <(grep -v '^#' "$here/ltp.skip")
    for suite in $suites; do
        while read -r name rest; do
            [[ $name && $name != \#* ]] || continue
            wanted "$name" || continue
            program=$ltp/native/testcases/bin/${rest%% *} start=
            [[ -x $program ]] || continue
            LC_ALL=C IFS= read -rn 2 -d '' start <"$program"
            [[ $start != '#!' ]] || continue
            skipped_test "$name" || skipped_test "${rest%% *}" || echo "$name $rest"
        done <"$ltp/native/runtest/$suite"
    done | sort -u -k1,1
}

# one NAME COMMAND...: runs a test; its output and its end go to $out/NAME.
one() {
    local name=$1 program=$2 start=$EPOCHREALTIME status seconds
    shift 2
    export LTPROOT=$install PATH=$install/testcases/bin:$PATH LTP_TIMEOUT_MUL=4 LTP_RUNTIME_MUL=0.1 \
        LTP_COLORIZE_OUTPUT=0 KCONFIG_SKIP_CHECK=1 LC_ALL=C
    BOX_DEVICE=1 "$here/box" ${LTP_SECONDS:-120} "$ltp/tmp/$name.$$" $run "$install/testcases/bin/$program" "$@" \
        </dev/null >"$out/$name" 2>&1
    status=$?
    seconds=$(echo "$EPOCHREALTIME - $start" | bc)
    printf '(end: %d)\n' $status >>"$out/$name"
    printf '%s %d %.1f\n' "$name" $status "$seconds" >>"$out.tally"
}

run_all() {
    mkdir -p "$out" "$ltp/tmp"
    export -f one
    export here ltp install out run
    list | nice xargs -r -P "$jobs" -L 1 bash -c 'one "$@"' one
}

# verdicts FILE: what a test said, as lines "PLACE RESULT", without how often.
verdicts() {
    sed -nE -e 's/^([a-z0-9_A-Z-]+\.[ch]:[0-9]+): T(PASS|FAIL|BROK|CONF|WARN)\b.*/\1 \2/p' \
        -e 's/^([a-zA-Z0-9_-]+ +[0-9]+) +T(PASS|FAIL|BROK|CONF|WARN)\b.*/\1 \2/p' -e '/^\(end:/p' "$1" | sort -u
}

# explained NAME: ltp.known has a reason.
explained() {
    local pattern reason
    while read -r pattern reason; do
        [[ $pattern != \#* && $1 == $pattern ]] && return 0
    done <"$here/ltp.known"
    return 1
}

# What a test says that is not for its processor: a call of x86, or of the old tables only.
not_here="TCONF.*(not supported on your arch|This arch '.*' is not supported|x86)"

compare() {
    local f name known=0 same=0 other=0 different=0 d
    for f in "$out"/*; do
        name=${f##*/}
        wanted "$name" || continue
        [[ -e $ltp/native.out/$name ]] || continue
        if d=$(diff <(verdicts "$ltp/native.out/$name") <(verdicts "$f")); then
            same=$((same + 1))
        elif grep -qE "$not_here" "$f"; then
            other=$((other + 1))
        elif explained "$name"; then
            known=$((known + 1))
        else
            different=$((different + 1))
            echo "== $guest $name"
            grep '^[<>]' <<<"$d"
            [[ ! ${VERBOSE-} ]] || grep -E 'T(FAIL|BROK|WARN)' "$f" | sort -u | sed 's/^/    /' | head -20
        fi
    done
    echo "$guest: $same as natively, $other not for this processor," \
        "$known different and explained, $different different"
}

verb=${1-} mode=${2-}
case $verb in
    build)
        source=$2
        mkdir -p "$ltp"
        build_one native
        for guest in $guests; do build_one "$guest" "$guest-linux-gnu"; done
        ;;
    run | compare)
        [[ $mode ]] || { echo "ltp.sh $verb native, ferry or qemu?" >&2; exit 2; }
        only=("${@:3}")
        if [[ $mode == native ]]; then
            install=$ltp/native out=$ltp/native.out run=
            run_all
            exit
        fi
        for guest in $guests; do
            install=$ltp/$guest out=$ltp/$mode-$guest.out
            case $mode in ferry) run=$ferry ;; qemu) run=qemu-$guest ;; esac
            "${verb/run/run_all}"
        done
        ;;
    *) sed -n '2,14s/^# \?//p' "$0" ;;
esac
