# What the test scripts share: where things are, how a case is counted, how a script ends.
#
# A script sources this, counts each case by pass or fail, and ends with `finish`. Cases can be chosen
# by name: arguments that are no options go to `only`, and `wanted NAME` asks.
#
# A script that says each_guest=1 first runs once for every guest, or for those that FERRY_GUESTS
# names: $guest is the one at hand, $cross the prefix of its compiler, $qemu, $root and $libdir what
# belongs to it.

set -uo pipefail

guests=${FERRY_GUESTS:-riscv64 aarch64}
if [[ ${each_guest-} && ! ${FERRY_GUEST-} ]]; then
    worst=77    # automake's word for a test that could not run
    for FERRY_GUEST in $guests; do
        export FERRY_GUEST
        bash "$0" "$@"
        case $? in
            0) [[ $worst -ne 77 ]] || worst=0 ;;
            77) ;;
            *) worst=1 ;;
        esac
    done
    exit $worst
fi
guest=${FERRY_GUEST:-riscv64}
case $guest in
    riscv64) debian=riscv64 suite=trixie elf_machine=f3 ;;
    aarch64) debian=arm64 suite=bookworm elf_machine=b7 ;;
    *) echo "no guest $guest" >&2; exit 2 ;;
esac
cross=$guest-linux-gnu-
export ELF_MACHINE=$elf_machine    # for with-qemu

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ferry
build=${FERRY_BUILD:-$top/build}
ferry=${FERRY:-$build/ferry}
qemu=${QEMU:-qemu-$guest}
root=$cache/root/$debian-$suite
[[ ! ${FERRY_ROOT_DIR-} || $guests != "$guest" ]] || root=$FERRY_ROOT_DIR    # where there is one guest only
libdir=$root/usr/lib/$guest-linux-gnu
jobs=${JOBS:-$(nproc)}
script=$(basename "$(dirname "$(readlink -f "$0")")")
[[ ! ${each_guest-} ]] || script=$guest/$script

passed=0 failed=0 skipped=0
only=()

pass() { passed=$((passed + 1)); [[ ${VERBOSE-} ]] && echo "PASS $script/$1"; return 0; }
fail() { failed=$((failed + 1)); echo "FAIL $script/$1${2:+: $2}"; }
skip() { skipped=$((skipped + 1)); [[ ${VERBOSE-} ]] && echo "SKIP $script/$1${2:+: $2}"; return 0; }

# wanted NAME: true where the command line names no case, or this one (patterns work).
wanted() {
    local o
    [[ ${#only[@]} -gt 0 ]] || return 0
    for o in "${only[@]}"; do [[ $1 == $o ]] && return 0; done
    return 1
}

# finish: the summary line, a line for whoever adds up, and the exit status make expects.
finish() {
    echo "$script: $passed passed, $failed failed$([[ $skipped -eq 0 ]] || echo ", $skipped skipped")"
    [[ -z ${FERRY_TALLY-} ]] || echo "$passed $failed" >>"$FERRY_TALLY"
    [[ $failed -eq 0 ]] || exit 1
    [[ $passed -gt 0 ]] || exit 77
    exit 0
}

# need TOOL...: without these tools or files the script is skipped.
need() {
    local t
    for t; do
        command -v "$t" >/dev/null || [[ -e $t ]] || { echo "$script: no $t here, skipped"; exit 77; }
    done
}

# The guest root, made where it is missing.
need_root() {
    [[ -e $root/.ready ]] || "$top/scripts/guest-root" -q -a "$debian" -d "$root" >/dev/null ||
        { echo "$script: no guest root, skipped"; exit 77; }
}

command -v "$ferry" >/dev/null && ferry=$(command -v "$ferry")
