#!/bin/bash
# Python's own regression tests: ferry must do no worse than qemu-user. A test that fails under ferry
# must be among those that fail under qemu-user 7.2, which python.GUEST.known names.
#
#     python.sh                    math json re struct threading subprocess socket signal mmap pickle
#                                  zlib hashlib
#     python.sh json subprocess    some
#     python.sh --refresh [...]    writes python.GUEST.known anew, with qemu-user

each_guest=1
. "$(dirname "$0")/../lib.sh"

refresh=
[[ ${1-} != --refresh ]] || { refresh=1; shift; }
modules=(math json re struct threading subprocess socket signal mmap pickle zlib hashlib)
[[ $# -eq 0 ]] || modules=("$@")
known=$here/real/python.$guest.known
[[ $refresh ]] || need "$ferry"
need_root
work=$cache/python/$guest
mkdir -p "$work"
export PYTHONDONTWRITEBYTECODE=1

# failing LOG: the names of tests that failed or broke, and a line for a run that did not end well.
failing() {
    sed -nE 's/^(FAIL|ERROR): (.*)/\2/p' "$1" | sed 's/ (.*, .*)$//' | sort -u
    grep -qE '^(Result: |All [0-9]+ tests|OK|1 test )' "$1" || echo "(no end)"
}

# (What connects to a virtual machine's own vsock depends on the machine, not on who runs Python.)
# regress MODULE LOG COMMAND...: Python's tests of MODULE, with a limit on their time.
regress() {
    local module=$1 log=$2
    shift 2
    (
        cd "$work" || exit
        TMPDIR=$work timeout 1200 env -u FERRY PATH="$root/usr/bin:$PATH" LC_ALL=C.UTF-8 "$@" -L "$root" \
            "$root/usr/bin/python3" -E -m test -v -i '*VSOCKSocketStream*' "test_$module" >"$log" 2>&1 </dev/null
        echo "exit status $?" >>"$log"
    )
}

run=("$ferry")
if [[ $refresh ]]; then
    qemu=$(command -v "$qemu")
    run=("$here/with-qemu" "$qemu" "$root" "$qemu")
fi
for m in "${modules[@]}"; do
    regress "$m" "$work/$m.log" "${run[@]}"
    failing "$work/$m.log" | sed "s/^/$m: /" >"$work/$m.failing"
    if [[ $refresh ]]; then
        sed -i "/^$m: /d" "$known" && cat "$work/$m.failing" >>"$known" && sort -o "$known" "$known"
        continue
    fi
    worse=$(comm -13 <(sort "$known") <(sort "$work/$m.failing"))
    if [[ -z $worse ]]; then
        pass "python-$m"
        [[ -z ${VERBOSE-} ]] || echo "    $(sed -nE 's/^Ran ([0-9]+) tests? in.*/\1/p' "$work/$m.log" |
            paste -sd+) tests, $(wc -l <"$work/$m.failing") fail"
    else
        fail "python-$m" "$(wc -l <<<"$worse") tests fail that qemu-user passes (see $work/$m.log)"
        head -20 <<<"$worse" | sed 's/^/    /'
    fi
done
finish
