#!/bin/bash
# Every row of syscall.def that is not raw is executed by a guest test: the tests run under -strace,
# and the names in the logs are compared with the table. Without FERRY_GUESTS on one guest only, as
# the rows are the same.
#
#     tests/syscall/covered.sh [-v]    -v: also names the raw rows without a test

FERRY_GUESTS=${FERRY_GUESTS:-riscv64}
each_guest=1
. "$(dirname "$0")/../lib.sh"
need gcc "${cross}gcc" "$ferry"
[[ ${1-} == -v ]] && list_raw=1 || list_raw=

# What the guest at hand does not have.
declare -A spared=()
case $guest in
    riscv64) spared[renameat]=1 ;;
    aarch64) spared[riscv_flush_icache]=1 spared[riscv_hwprobe]=1 ;;
esac

tmp=$(mktemp -d)
trap 'chmod -R u+rwX "$tmp"; rm -rf "$tmp"' EXIT
work=$build/tests/guest
"$top/tests/run-guest" --build >/dev/null

# One test in a directory of its own: the names of its calls, children's too. By a pipe, as some of
# them make millions; and not for ever, as an orphan of a test may keep it open.
one() {
    local name=${1##*/} dir
    name=${name%."$guest"}
    dir=$tmp/$name.d
    mkdir "$dir"
    (
        cd "$dir" || exit
        exec env -i PATH=/usr/bin:/bin LC_ALL=C HOME="$dir" GUEST_TEST=1 \
            timeout -k 5 20 "$ferry" -strace "$1" </dev/null 2>&1 >/dev/null
    ) | timeout 30 sed -unE 's/^[0-9]+ ([a-z][a-z_0-9]*)\(.*/\1/p' | awk '!seen[$0]++' \
        >"$tmp/$name.names"
    return 0
}
export -f one
export tmp ferry guest
printf '%s\0' "$work"/{sys,signal,thread,bugs}.*."$guest" |
    xargs -0 -P "$jobs" -I{} bash -c 'one {}' 2>/dev/null
cat "$tmp"/*.names | sort -u >"$tmp/seen"

{
    echo '#define A(x)'
    echo '#define SYS(name, generic, arm32, ret, how, args, note) ROW name how'
    echo '#include "syscall/syscall.def"'
} | gcc -E -P -I"$top" - | sed 's/ROW /\n/g' | grep . >"$tmp/rows"
while read -r name how; do
    case $how in
        none) continue ;;
        raw) [[ $list_raw ]] || continue ;;
    esac
    [[ ! ${spared[$name]-} ]] || continue
    if grep -qx "$name" "$tmp/seen"; then
        pass "$name"
    elif [[ $how == raw ]]; then
        echo "raw row without a test: $name"
    else
        fail "$name" "no test executes this row ($how)"
    fi
done <"$tmp/rows"
finish
