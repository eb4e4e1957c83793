#!/bin/bash
# Python's own regression tests: ferry must do no worse than qemu-user. A test that fails under ferry
# must be among those that fail under qemu-user, whose verdicts are kept in the cache.
#
#     python.sh                    math json re struct threading subprocess socket signal mmap pickle
#                                  zlib hashlib
#     python.sh json subprocess    some

. "$(dirname "$0")/../lib.sh"

modules=(math json re struct threading subprocess socket signal mmap pickle zlib hashlib)
[[ $# -eq 0 ]] || modules=("$@")
need "$ferry" "$qemu"
need_root
qemu=$(command -v "$qemu")
work=$cache/python
mkdir -p "$work"
export PYTHONDONTWRITEBYTECODE=1

# failing LOG: the names of tests that failed or broke, and a line for a run that did not end well.
failing() {
    sed -nE 's/^(FAIL|ERROR): (.*)/\2/p' "$1" | sed 's/ (.*, .*)$//' | sort -u
    grep -qE '^(Result: |All [0-9]+ tests|OK|1 test )' "$1" || echo "(no end)"
}

# regress MODULE LOG COMMAND...: Python's tests of MODULE, with a limit on their time.
regress() {
    local module=$1 log=$2
    shift 2
    (
        cd "$work" || exit
        TMPDIR=$work timeout 1200 env -u FERRY PATH="$root/usr/bin:$PATH" LC_ALL=C.UTF-8 "$@" -L "$root" \
            "$root/usr/bin/python3" -E -m test -v "test_$module" >"$log" 2>&1 </dev/null
        echo "exit status $?" >>"$log"
    )
}

for m in "${modules[@]}"; do
    if [[ ! -e $work/$m.qemu ]]; then
        regress "$m" "$work/$m.qemu.log" "$here/with-qemu" "$qemu" "$root" "$qemu"
        failing "$work/$m.qemu.log" >"$work/$m.qemu"
    fi
    regress "$m" "$work/$m.log" "$ferry"
    failing "$work/$m.log" >"$work/$m.ferry"
    worse=$(comm -13 "$work/$m.qemu" "$work/$m.ferry")
    ran=$(sed -nE 's/^Ran ([0-9]+) tests? in .*/\1/p' "$work/$m.log" | paste -sd+ | bc 2>/dev/null)
    if [[ -z $worse ]]; then
        pass "python-$m"
        [[ ${VERBOSE-} ]] && echo "    $ran tests, $(wc -l <"$work/$m.ferry") fail," \
            "under qemu-user $(wc -l <"$work/$m.qemu")"
    else
        fail "python-$m" "$(wc -l <<<"$worse") tests fail that qemu-user passes (see $work/$m.log)"
        head -20 <<<"$worse" | sed 's/^/    /'
    fi
done
finish
