#!/bin/bash
# gcc's C torture tests (gcc.c-torture/execute of Debian's gcc-12-source), cross compiled, static:
# every program that succeeds under qemu-user must succeed under ferry.
#
#     run.sh                     all, at -O0 -O2 -O3
#     run.sh --sample 10         every tenth
#     run.sh -O2 20000112-1      one test (patterns work), one level
#
# The tests are fetched and built when first needed and never become part of this tree. Programs and
# qemu's verdicts are kept in the cache, so a second run only runs ferry.

each_guest=1
. "$(dirname "$0")/../lib.sh"

sample=1 levels=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --sample) sample=$2; shift ;;
        -O?) levels+=("${1#-}") ;;
        -*) echo "usage: run.sh [--sample N] [-O0|-O2|-O3]... [test...]" >&2; exit 2 ;;
        *) only+=("$1") ;;
    esac
    shift
done
[[ ${#levels[@]} -gt 0 ]] || levels=(O0 O2 O3)
need "${cross}gcc" "$qemu" "$ferry" xz

work=$cache/torture
tests=$work/execute
if [[ ! -e $work/.ready ]]; then
    echo "torture: fetching gcc's tests"
    mkdir -p "$work"
    (
        cd "$work" && rm -rf execute &&
        { ls gcc-12-source_*.deb >/dev/null 2>&1 || apt-get -q download gcc-12-source >/dev/null 2>&1; } &&
        dpkg-deb --fsys-tarfile gcc-12-source_*.deb |
            tar -xO --wildcards './usr/src/gcc-12/gcc-12*.tar.xz' |
            tar -xJ --strip-components=4 --wildcards 'gcc-12*/gcc/testsuite/gcc.c-torture/execute' &&
        [[ -e execute/20000112-1.c ]] && rm -f gcc-12-source_*.deb && touch .ready
    ) || { echo "torture: cannot fetch gcc-12-source, skipped"; exit 77; }
fi

# The options a test asks for, as far as they are options and not conditions on the target.
options() {
    sed -n 's/.*dg-\(additional-\)\?options "\([^"]*\)".*/\2/p' "$1" | tr '\n' ' '
}

# one NAME LEVEL: builds the program and asks qemu, unless both are kept; then ferry. Prints a verdict.
one() {
    local source=$tests/$1.c level=$2 dir=$work/$guest/$2/${1%/*} status want
    [[ $1 == */* ]] || dir=$work/$guest/$level
    local exe=$work/$guest/$level/$1
    if [[ ! -e $exe.qemu ]]; then
        mkdir -p "$dir"
        if ! timeout 60 "${cross}gcc" "-$level" -w -fpermissive $(options "$source") -static -s \
               -o "$exe" "$source" -lm >/dev/null 2>&1; then
            echo none >"$exe.qemu"
        else
            (cd "$dir" && timeout 60 "$qemu" "$exe" >/dev/null 2>&1 </dev/null)
            echo $? >"$exe.qemu.new" && mv "$exe.qemu.new" "$exe.qemu"
        fi
    fi
    read -r want <"$exe.qemu"
    if [[ $want != 0 ]]; then
        rm -f "$exe"
        echo "skip $1 $level"
        return
    fi
    (cd "$dir" && timeout 60 "$ferry" "$exe" >/dev/null 2>"$exe.err" </dev/null)
    status=$?
    if [[ $status -eq 0 ]]; then
        rm -f "$exe.err"
        echo "pass $1 $level"
    else
        echo "fail $1 $level exit status $status $(head -1 "$exe.err" 2>/dev/null)"
    fi
}
export -f one options
export work tests qemu ferry guest cross

list() {
    local n=0 t
    while read -r t; do
        wanted "$t" || continue
        n=$((n + 1))
        [[ $((n % sample)) -eq 0 || $sample -eq 1 ]] || continue
        printf "$t %s\n" "${levels[@]}"
    done < <(cd "$tests" && find . -name '*.c' ! -path './builtins/*' | sed 's,^\./,,; s,\.c$,,' | sort)
}

while read -r verdict name level cause; do
    case $verdict in
        pass) pass "$name -$level" ;;
        skip) skip "$name -$level" ;;
        *) fail "$name -$level" "$cause" ;;
    esac
done < <(list | xargs -P "$jobs" -L 1 bash -c 'one $0 $1' 2>/dev/null)
finish
