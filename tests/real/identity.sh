#!/bin/bash
# Who a guest is: its arguments and name as everybody's ps sees them, and set-user-id programs, which
# binfmt_misc runs with their owner's rights and Ferry without it does not.
#
#     identity.sh              all
#     identity.sh setuid       some

each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "$ferry" "${cross}gcc" gcc unshare setpriv
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cp "$ferry" "$work/ferry"
gcc -O1 -o "$work/helper" "$here/real/identity.c" &&
    "${cross}gcc" -O1 -static -o "$work/plain" "$here/real/identity.c" || exit 1
cp "$work/plain" "$work/raised"
chmod 4755 "$work/raised"
cd "$work" || exit 1

# equal NAME WANT GOT
equal() { if [[ $2 == "$3" ]]; then pass "$1"; else fail "$1" "\"$3\" instead of \"$2\""; fi; }

# shown COMMAND...: arguments and name of the program once it runs, as the host's kernel has them.
shown() {
    local line
    coproc "$@"
    read -r line <&"${COPROC[0]}" || return
    tr '\0' '|' <"/proc/$COPROC_PID/cmdline"
    cat "/proc/$COPROC_PID/comm"
    echo >&"${COPROC[1]}"
    wait "$COPROC_PID" 2>/dev/null
}

if wanted arguments; then
    equal arguments "./plain|wait|two words|plain" "$(shown ./ferry -L / ./plain wait "two words")"
    equal argv0 "name|wait|plain" "$(shown ./ferry -0 name ./plain wait)"
fi
if wanted arguments_forbidden; then
    got=$(shown ./helper forbid ./ferry -L / -cpu max ./plain wait "two words")
    equal arguments_forbidden "./plain|wait|two words|plain" "$(sed 's/||*\(plain\)$/|\1/' <<<"$got")"
fi

# inside COMMAND: as nobody, where binfmt_misc of a namespace knows this guest with the flags $flags,
# or with an empty $flags does not. Maps all users as they are, which takes root.
inside() {
    local pid
    coproc unshare -U bash -c 'read; exec unshare -mp --fork --kill-child --propagation private bash "$@"' - \
        -c 'mount -t proc proc /proc && mount -t binfmt_misc none /proc/sys/fs/binfmt_misc || exit 77
            [[ ! $1 ]] || printf "%s" "$1" >/proc/sys/fs/binfmt_misc/register || exit 77
            exec setpriv --reuid 65534 --regid 65534 --clear-groups bash -c "$2"' - "$registration" "$1"
    pid=$COPROC_PID
    sleep 0.2
    { printf '0 0 65536\n' >/proc/$pid/uid_map && printf '0 0 65536\n' >/proc/$pid/gid_map; } 2>/dev/null
    echo >&"${COPROC[1]}"
    cat <&"${COPROC[0]}"
    wait "$pid" 2>/dev/null
}

magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x'$elf_machine'\x00'
mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
if wanted setuid; then
    registration=":test:M::$magic:$mask:$work/ferry:POCF"
    if [[ $(id -u) -ne 0 || $(inside 'echo there') != there ]]; then
        skip setuid "no binfmt_misc of its own here"
    else
        me=65534
        equal setuid "./raised: uid $me euid 0 secure 1 note hidden" "$(inside ./raised)"
        equal setuid_executed "./plain: uid $me euid $me secure 0 note hidden
./raised: uid $me euid 0 secure 1 note hidden
./plain: uid $me euid 0 secure 1 note hidden" "$(inside './plain ./raised ./plain')"
        equal setuid_options "./raised: uid $me euid 0 secure 1 note hidden" \
            "$(inside 'FERRY_STRACE=1 QEMU_STRACE=1 FERRY_EXEC=-1,-1,0,-1 ./raised 2>&1')"
        registration=
        equal setuid_unregistered "./plain: uid $me euid $me secure 0 note hidden
./raised: uid $me euid $me secure 0 note hidden" "$(inside './ferry ./plain ./raised')"
    fi
fi
finish
