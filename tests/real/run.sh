#!/bin/bash
# Real Debian programs of the guest at work: each file in cases/ is run by the guest's own interpreter
# (bash, dash, perl, python3) under ferry, and its output must be the recorded one, cases/NAME.out,
# or cases/NAME.GUEST.out where the guests differ.
#
#     run.sh                 all
#     run.sh tar perl        some
#     run.sh --refresh tar   records what qemu-user gives; read the difference before committing it
#
# FERRY_GUESTS=riscv64 FERRY=qemu-riscv64 runs all under qemu-user: what passes there must pass under ferry.

each_guest=1
. "$(dirname "$0")/../lib.sh"

refresh=
while [[ $# -gt 0 ]]; do
    case $1 in
        --refresh) refresh=1 ;;
        -*) echo "usage: run.sh [--refresh] [case...]" >&2; exit 2 ;;
        *) only+=("$1") ;;
    esac
    shift
done
cases=$here/real/cases
[[ ! $refresh ]] || ferry=$(command -v "$qemu")
need "$ferry"
need_root
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# guest COMMAND...: a program of the root, in a plain environment. Its own commands come from the root
# by PATH. qemu-user needs the kernel's help to start them.
guest() {
    local run=("$ferry" -L "$root")
    if [[ $(basename "$ferry") == qemu-* ]]; then
        # (it does not look for gcc's start files in the root)
        run=("$here/with-qemu" "$ferry" "$root" "$ferry" -E "LIBRARY_PATH=$libdir"
             -L "$root")
    fi
    env -i ELF_MACHINE="$elf_machine" PATH="$root/usr/bin" HOME="$work" TMPDIR="$work" LC_ALL=C.UTF-8 TZ=UTC \
        PYTHONDONTWRITEBYTECODE=1 /usr/bin/timeout 300 "${run[@]}" "$@"
}

for file in "$cases"/*.{sh,pl,py}; do
    name=$(basename "${file%.*}")
    wanted "$name" || continue
    read -r first <"$file"
    case $file in
        *.py) shell=(python3 -E) ;;
        *.pl) shell=(perl) ;;
        *) shell=("${first##*/}") ;;
    esac
    guest "$root/usr/bin/${shell[0]}" "${shell[@]:1}" "$file" >"$work/out" 2>"$work/err" </dev/null
    status=$?
    # Whoever ran it, temporary names look alike.
    sed -i "s,$work,TMP,g; s,tmp\.[A-Za-z0-9]\{10\},NAME,g; s,$root,ROOT,g" "$work/out"
    echo "exit status $status" >>"$work/out"
    want=$cases/$name.$guest.out
    [[ -e $want ]] || want=$cases/$name.out
    if [[ $refresh ]]; then
        cp "$work/out" "$want"
        cat "$work/err"
    elif cmp -s "$work/out" "$want"; then
        pass "$name"
    else
        fail "$name" "$(diff "$want" "$work/out" | sed -n 2p) $(head -1 "$work/err")"
        [[ -z ${VERBOSE-} ]] || { diff "$want" "$work/out"; cat "$work/err"; }
    fi
done

# What the guest believes to run on.
if wanted machine; then
    said=$(guest "$root/usr/bin/python3" -E -c \
           'import platform, struct; print(platform.machine(), struct.calcsize("P"))' 2>&1)
    [[ $said == "$guest 8" ]] && pass machine || fail machine "$said"
fi
finish
