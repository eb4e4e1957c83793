#!/bin/bash
# ferry-binfmt on machines that do not exist: directories with the files it looks at (--root).

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/judge.sh"
only=("$@")
binfmt=${FERRY_BINFMT:-$build/ferry-binfmt}
need "$binfmt"
b=$(readlink -f "$binfmt")
ldd "$b" >/dev/null 2>&1 && { echo "$script: a build for sanitizers is dynamic, skipped"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
m=$work/machine
read -ra names <<<"$(echo $($b guests))"
one=${names[0]}

# machine: a fresh one with binfmt_misc mounted, ferry, and systemd.
machine() {
    rm -rf "$m"
    mkdir -p "$m"/proc/sys/fs/binfmt_misc "$m"/etc "$m"/usr/{bin,lib/{binfmt.d,systemd}}
    printf 'nodev\tbinfmt_misc\n' >"$m/proc/filesystems"
    : >"$m/proc/sys/fs/binfmt_misc/register"
    echo enabled >"$m/proc/sys/fs/binfmt_misc/status"
    cp "$b" "$m/usr/bin/ferry"
    : >"$m/usr/lib/systemd/systemd-binfmt"
}

# entry NAME INTERPRETER FLAGS [MAGIC MASK]: by default for the first guest.
entry() {
    local line magic mask
    line=$($b conf --interpreter /x "$one" | tail -1)
    magic=$(cut -d: -f5 <<<"$line" | sed 's/\\x//g')
    mask=$(cut -d: -f6 <<<"$line" | sed 's/\\x//g')
    printf 'enabled\ninterpreter %s\nflags: %s\noffset 0\nmagic %s\nmask %s\n' \
        "$2" "$3" "${4:-$magic}" "${5:-$mask}" >"$m/proc/sys/fs/binfmt_misc/$1"
}

# check NAME STATUS PATTERN ARGUMENTS...: of ferry-binfmt on the machine.
check() { judge "${@:1:3}" $b "${@:4}" --root "$m"; }
file() { [[ -e $m/$2 ]] && pass "$1" || fail "$1" "no $2"; }
no_file() { [[ ! -e $m/$2 ]] && pass "$1" || fail "$1" "$2 is there"; }

machine
entry "ferry-$one" /usr/bin/ferry POCF
check well 0 "all is well" doctor "$one"
check lost_at_boot 0 "ends with the next boot" doctor "$one"
check status 0 "ferry-$one" status "$one"

machine; rm -r "$m/proc/sys/fs/binfmt_misc"; : >"$m/proc/filesystems"
check no_kernel 1 "modprobe binfmt_misc" doctor
check install_no_kernel 1 "no binfmt_misc" install --interpreter /usr/bin/ferry
machine; rm -r "$m/proc/sys/fs/binfmt_misc"
check not_mounted 1 "it is not mounted" doctor
machine; echo disabled >"$m/proc/sys/fs/binfmt_misc/status"
check off 1 "switched off as a whole" doctor

machine
entry "ferry-$one" /usr/bin/ferry POC
check no_F 1 "without flag F" doctor "$one"
entry "ferry-$one" /usr/bin/ferry POF
check no_C 1 "without flag C" doctor "$one"
entry "ferry-$one" /usr/bin/ferry OCF
check no_P 1 "without flag P" doctor "$one"
entry "ferry-$one" /opt/ferry POCF
check gone_F 1 "still serves, until the next boot" doctor "$one"
entry "ferry-$one" /opt/ferry POC
check gone 1 "so $one programs do not start" doctor "$one"
: >"$m/usr/bin/ferry"; chmod 644 "$m/usr/bin/ferry"
entry "ferry-$one" /usr/bin/ferry POC
check not_executable 1 "is not executable" doctor "$one"
echo '#!/bin/sh' >"$m/usr/bin/ferry"; chmod 755 "$m/usr/bin/ferry"
check script 1 "is not a program of this machine" doctor "$one"
cp "$(command -v cat)" "$m/usr/bin/ferry"
entry "ferry-$one" /usr/bin/ferry POCF
check dynamic 1 "is linked dynamically" doctor "$one"
machine
entry "ferry-$one" /usr/bin/ferry POCF 7f454c4602 ffffffffff
check wide 1 "takes this machine's own programs" doctor "$one"
magic=$($b conf --interpreter /x "$one" | tail -1 | cut -d: -f5 | sed 's/\\x//g')
entry "ferry-$one" /usr/bin/ferry POCF "$magic" "${magic//?/f}"
check narrow 1 "does not take position-independent programs" doctor "$one"

# A link by an emulator's usual name is a ferry.
machine
ln -s ferry "$m/usr/bin/qemu-$one-static"
entry "qemu-$one" "/usr/bin/qemu-$one-static" POCF
check by_link 0 "all is well" doctor "$one"

# What happens at boot.
machine
check persistent 0 "registered at boot by" install --persistent --interpreter /usr/bin/ferry
file persistent_file "etc/binfmt.d/ferry-$one.conf"
check persistent_status 1 "at boot   ferry-$one by $m/etc/binfmt.d/ferry-$one.conf" status "$one"
entry "ferry-$one" /usr/bin/ferry POCF
check persistent_doctor 0 "all is well" doctor "$one"
printf ':qemu-%s:M::magic:mask:/usr/bin/qemu-%s:\n' "$one" "$one" >"$m/usr/lib/binfmt.d/qemu-$one.conf"
check other_at_boot 1 "puts another emulator in front" doctor "$one"
check replace_at_boot 0 "hides $m/usr/lib/binfmt.d/qemu-$one.conf" \
    install --persistent --replace --interpreter /usr/bin/ferry "$one"
entry "ferry-$one" /usr/bin/ferry POCF
check replaced_at_boot 0 "all is well" doctor "$one"
check remove 0 '' remove -q --persistent
no_file removed_file "etc/binfmt.d/ferry-$one.conf"
no_file removed_mask "etc/binfmt.d/qemu-$one.conf"
printf 'mine\n' >"$m/etc/binfmt.d/ferry-$one.conf"
check remove_not_mine 0 '' remove -q --persistent
file not_mine "etc/binfmt.d/ferry-$one.conf"

machine; rm -r "$m/usr/lib/systemd"
check no_systemd 0 "nothing here reads /etc/binfmt.d" install --persistent --interpreter /usr/bin/ferry
# An image under construction has no kernel.
machine; rm -r "$m/proc/sys"
check image 0 "registered at boot" install --persistent --interpreter /usr/bin/ferry

# What JSON readers get.
machine
entry 'odd"name' /usr/bin/ferry POCF
if command -v python3 >/dev/null; then
    $b doctor --json --root "$m" >"$work/json"
    python3 -m json.tool "$work/json" >/dev/null && pass json_doctor || fail json_doctor
    $b status --json --root "$m" >"$work/json"
    python3 -m json.tool "$work/json" >/dev/null && pass json_status || fail json_status
fi
finish
