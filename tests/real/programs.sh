# What the scripts that run whole language runtimes, servers and terminal programs share: a bigger root
# per guest, made on demand, and how its programs are started.
#
# A script sets each_guest=1, sources this, calls `programs PACKAGE...` with all that its cases need,
# defines functions case_NAME, and ends with `cases`. A case's output must be DIRECTORY/NAME.out, or the
# one of the part of its name before an underscore. With --slice it runs the cases that its array `slice`
# names, for which the packages of `slice_packages` suffice, in the root that the other tests use.
#
# IN_CHROOT=1 runs the programs in the root, by chroot and binfmt_misc, instead of under -L: all in
# namespaces where ferry is registered. FERRY_GUESTS=riscv64 FERRY=qemu-riscv64 runs all under qemu-user, for
# comparing. TIMES=1 tells how long each case took.

. "$(dirname "$0")/../lib.sh"

if [[ ${IN_CHROOT-} && ! ${IN_NAMESPACE-} ]]; then
    need "$build/ferry-binfmt"
    script=$(realpath "$0")
    export IN_NAMESPACE=1
    exec "$build/ferry-binfmt" run --interpreter "$(realpath "$ferry")" --chroot / "$BASH" "$script" "$@"
fi

sliced=
[[ ${1-} != --slice ]] || { sliced=1; shift; }
only=("$@")
need "$ferry"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# programs PACKAGE...: a root with these and what they need, or no test.
programs() {
    if [[ $sliced ]]; then
        only=("${slice[@]}")
        set -- "${slice_packages[@]}"
    else
        root=$cache/root/$debian-big
    fi
    "$top/scripts/guest-root" -q -a "$debian" -s "$suite" -p small -d "$root" -r "$ferry" "$@" >/dev/null ||
        { echo "$script: cannot fetch the packages, skipped"; exit 77; }
    if [[ ${IN_CHROOT-} ]]; then
        # What -L finds outside; and the tests' files have the same names inside.
        [[ -e $root/etc/hosts ]] || cp /etc/hosts "$root/etc/hosts"
        for d in /proc /dev /sys "$here" "$work"; do
            mkdir -p "$root$d"
            /usr/bin/mount --rbind "$d" "$root$d" || exit 1
        done
        return
    fi
    emulator=("$ferry" -L "$root")
    [[ $(basename "$ferry") != qemu* ]] || emulator=("$here/with-qemu" "$ferry" "$root" "$ferry" -L "$root")
}

# guest PROGRAM ARGUMENTS...: a program of the root in a plain environment, by name or by path in the
# root; variables may come before it. As a server's user where `as_user` is set: not root, and the
# owner of everything, in a user namespace of its own.
guest() {
    local vars=() program
    local plain=(HOME="$work" TMPDIR="$work" LC_ALL=C.UTF-8 TZ=UTC USER=tester ELF_MACHINE="$elf_machine")
    while [[ $1 == *=* ]]; do vars+=("$1"); shift; done
    program=$root/usr/bin/$1
    [[ -e $program ]] || program=$root/usr/sbin/$1
    [[ $1 != /* ]] || program=$1
    shift
    if [[ ${IN_CHROOT-} ]]; then
        local enter=(/usr/sbin/chroot "$root")
        # (the kernel makes no user namespace in a chroot)
        [[ ! ${as_user-} ]] || { enter=(/usr/sbin/chroot --userspec=1000:1000 "$root"); chown -R 1000:1000 "$work"; }
        ${replace-} env -i PATH=/usr/bin:/usr/sbin "${plain[@]}" "${vars[@]//$root/}" \
            /usr/bin/timeout -k 10 "${limit:-600}" "${enter[@]}" /usr/bin/env -C "$PWD" "${program#"$root"}" "${@//$root/}"
        return
    fi
    [[ $(head -c 2 "$program") != '#!' ]] || { set -- "$program" "$@"; program=$root/usr/bin/env; }
    ${replace-} env -i PATH="$root/usr/bin:$root/usr/sbin" "${plain[@]}" "${vars[@]}" \
        ${as_user:+/usr/bin/unshare --user --map-user=1000 --map-group=1000} \
        /usr/bin/timeout -k 10 "${limit:-600}" "${emulator[@]}" "$program" "$@"
}

# cases: runs those that are wanted.
cases() {
    local name want TIMEFORMAT='%R s, %U s + %S s of processors'
    for name in $(compgen -A function | sed -n 's/^case_//p'); do
        wanted "$name" || continue
        want=$directory/$name.out
        [[ -e $want ]] || want=$directory/${name%%_*}.out
        mkdir -p "$work/$name"
        {
            time (cd "$work/$name" && "case_$name" >"$work/out" 2>"$work/err" </dev/null
                  echo "exit status $?" >>"$work/out")
        } 2>"$work/times"
        rm -rf "${work:?}/$name"
        [[ ! ${TIMES-} ]] || echo "$name: $(cat "$work/times")"
        if cmp -s "$work/out" "$want"; then
            pass "$name"
        else
            fail "$name" "$(diff "$want" "$work/out" | sed -n 2,3p | paste -sd' ') $(head -c 300 "$work/err")"
            [[ ! ${KEEP-} ]] || cp "$work/out" "$KEEP/$guest.$name.out"
            [[ ! ${KEEP-} ]] || cp "$work/err" "$KEEP/$guest.$name.err"
        fi
    done
    finish
}
