#!/bin/bash
# A whole foreign Debian, through binfmt_misc: mmdebstrap makes it, its maintainer scripts run; then
# packages are installed in it and what is delicate there is tried (system_inside.sh). In namespaces of its
# own: nothing is registered outside, and no privileges are needed but users from /etc/subuid.
#
#     system.sh                     all
#     FERRY_LONG=1 system.sh        more packages, ldconfig 1,000 times
#     SYSTEM_KEEP=DIR system.sh     leaves the root in DIR/GUEST, and starts from it where it is there
#     SYSTEM_EMULATOR=FILE ...      another static emulator, to compare with

each_guest=1
. "$(dirname "$0")/../lib.sh"
need "$ferry" mmdebstrap "$build/ferry-binfmt"
run=("$build/ferry-binfmt" run --interpreter "${SYSTEM_EMULATOR:-$ferry}")
[[ ! ${SYSTEM_EMULATOR-} ]] || run+=(--flags OCF)
if ! "${run[@]}" --chroot / true 2>/dev/null; then
    echo "$script: no own instance of binfmt_misc here (Linux 6.7), skipped"
    exit 77
fi
if [[ $("${run[@]}" --chroot / cat /proc/self/uid_map | wc -l) -lt 2 && $(id -u) -ne 0 ]]; then
    echo "$script: no users for a whole system here (uidmap, /etc/subuid), skipped"
    exit 77
fi
if [[ ${SYSTEM_KEEP-} ]]; then
    work=$SYSTEM_KEEP/$guest
    mkdir -p "$work"
else
    work=$(mktemp -d)
    chmod 755 "$work"
    # (its files are other users')
    trap '"${run[@]}" --chroot / rm -rf "$work/root"; rm -rf "$work"' EXIT
fi
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
         grep -m1 '^https\?:.*/debian/\?$')
mirror=${mirror:-http://deb.debian.org/debian}

packages=(sudo gpg gpg-agent bubblewrap)
[[ ! ${FERRY_LONG-} ]] || packages+=(build-essential python3-pip man-db postgresql dbus systemd cron texinfo)

# ---- mmdebstrap -------------------------------------------------------------------------------

if [[ ! -e $work/ready ]]; then
    start=$SECONDS
    if "${run[@]}" --chroot / mmdebstrap --mode=root --skip=chroot/mount/sys,cleanup/apt/lists --variant=minbase \
           --format=directory --architectures="$debian" "$suite" "$work/root" "deb $mirror $suite main" \
           >"$work/mmdebstrap.log" 2>&1 </dev/null; then
        pass "mmdebstrap ($((SECONDS - start)) s)"
        touch "$work/ready"
    else
        fail mmdebstrap "$(tail -5 "$work/mmdebstrap.log" | head -1)"
        finish
    fi
fi

# ---- inside -----------------------------------------------------------------------------------

cp "$here/real/system_inside.sh" "$work/inside.sh" || exit 1
chmod 755 "$work/inside.sh"
"${run[@]}" --chroot / bash -c 'cp "$1/inside.sh" "$1/root/inside.sh"; cp -L /etc/resolv.conf "$1/root/etc/"
    rm -rf "$1/root/tmp/"* "$1/root/inside.out"' - "$work"
"${run[@]}" --chroot "$work/root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 FERRY_LONG="${FERRY_LONG-}" GUEST="$guest" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
    timeout 3000 bash /inside.sh "${packages[@]}" >"$work/inside.log" 2>&1 </dev/null
echo "fail inside it ended with status $?" >"$work/end"
[[ ! -e $work/root/inside.out ]] || cp "$work/root/inside.out" "$work/out"
grep -qx 'pass end' "$work/out" || cat "$work/end" >>"$work/out"
while read -r verdict name cause; do
    case $verdict in
        pass) pass "$name${cause:+ ($cause)}" ;;
        fail) fail "$name" "$cause" ;;
    esac
done <"$work/out"
finish
