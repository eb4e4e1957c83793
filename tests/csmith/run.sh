#!/bin/bash
# Random C programs by csmith: the native build and the guest's build under ferry must print the same
# checksums.
#
#     run.sh                  300 programs, seeds 1 to 300, at -O0 -O1 -O2 -O3 in turn
#     run.sh --count 30 --from 1000
#     run.sh --seed 17 [-O2]  one program; it stays in the cache to look at
#
# A program that natively takes longer than five seconds, which csmith cannot know, is skipped.

each_guest=1
. "$(dirname "$0")/../lib.sh"

count=300 from=1 level=
while [[ $# -gt 0 ]]; do
    case $1 in
        --count) count=$2; shift ;;
        --from) from=$2; shift ;;
        --seed) from=$2 count=1; shift ;;
        -O?) level=${1#-} ;;
        *) echo "usage: run.sh [--count N] [--from SEED] [--seed SEED] [-O0..-O3]" >&2; exit 2 ;;
    esac
    shift
done
need csmith /usr/include/csmith gcc "${cross}gcc" "$ferry"

work=$cache/csmith/$guest
mkdir -p "$work"
include=/usr/include/csmith

one() {
    local seed=$1 o=${level:-O$(($1 % 4))} p=$work/$1 want got status
    want=$p.$o.want
    if [[ ! -e $want ]]; then
        # csmith writes platform.info where it stands.
        (cd "$work" && csmith --seed "$seed" --output "$p.c") >/dev/null 2>&1 &&
            gcc -O1 -w -I"$include" -o "$p.native" "$p.c" 2>/dev/null &&
            "${cross}gcc" "-$o" -w -static -s -I"$include" -o "$p.$o" "$p.c" 2>/dev/null || {
            echo "skip $seed-$o does not compile"
            return
        }
        if timeout 5 "$p.native" >"$want.new" 2>/dev/null; then
            mv "$want.new" "$want"
        else
            echo too long >"$want"
        fi
        rm -f "$p.native" "$want.new"
    fi
    [[ $(<"$want") != "too long" ]] || { rm -f "$p.c" "$p.$o"; echo "skip $seed-$o"; return; }
    got=$(timeout 120 "$ferry" "$p.$o" 2>&1)
    status=$?
    if [[ $status -eq 0 && $got == "$(<"$want")" ]]; then
        echo "pass $seed-$o"
    else
        echo "fail $seed-$o exit status $status, $(head -1 <<<"$got") instead of $(<"$want")"
    fi
}
export -f one
export work level include ferry cross

while read -r verdict name cause; do
    case $verdict in
        pass) pass "$name" ;;
        skip) skip "$name" "$cause" ;;
        *) fail "$name" "$cause" ;;
    esac
done < <(seq "$from" $((from + count - 1)) | xargs -P "$jobs" -L 1 bash -c 'one $0' 2>/dev/null)
finish
