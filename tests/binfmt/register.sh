#!/bin/bash
# ferry-binfmt against the kernel: registers, and programs run. In a user and mount namespace of its
# own, so this machine's registrations stay as they are.
#
#     register.sh            all
#     register.sh doctor\*   some

. "$(dirname "$0")/../lib.sh"
binfmt=${FERRY_BINFMT:-$build/ferry-binfmt}
binfmt=$(readlink -f "$binfmt")
if [[ ! ${OWN_NAMESPACE-} ]]; then
    need "$binfmt" "$ferry" unshare
    ldd "$ferry" >/dev/null 2>&1 && { echo "$script: a build for sanitizers is dynamic, skipped"; exit 77; }
    unshare -Urm mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>/dev/null ||
        { echo "$script: no own instance of binfmt_misc here (Linux 6.7), skipped"; exit 77; }
    OWN_NAMESPACE=1 exec unshare -Urm bash "$0" "$@"
fi
only=("$@")
misc=/proc/sys/fs/binfmt_misc
# A copy whose path fits into a registration, and that can be replaced.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$ferry" "$work/ferry"
cp "$binfmt" "$work/ferry-binfmt"
b=$work/ferry-binfmt
read -ra names <<<"$(echo $($b guests))"
one=${names[0]}

# check NAME STATUS PATTERN COMMAND...: it ends so, and prints this somewhere (or nothing, for '').
check() {
    local name=$1 status=$2 pattern=$3 got
    shift 3
    wanted "$name" || { "$@" >/dev/null 2>&1; return 0; }
    "$@" >"$work/out" 2>&1
    got=$?
    if [[ $got -ne $status ]]; then
        fail "$name" "exit status $got: $(head -3 "$work/out")"
    elif [[ $pattern && $(<"$work/out") != *"$pattern"* ]] || [[ ! $pattern && -s $work/out ]]; then
        fail "$name" "it says: $(head -3 "$work/out")"
    else
        pass "$name"
    fi
}
flags() { grep -h '^flags' "$misc/$1"; }

# The instance is mounted by the first install.
check status_before 1 "not mounted" env -C / $b status
check doctor_not_mounted 1 "it is not mounted" $b doctor
check test_before 1 "Exec format error" $b test
check install 0 "$one: programs are run by $work/ferry" $b install
check entries 0 "flags: POCF" flags "ferry-$one"
check entries_of_tools 0 "interpreter $work/ferry" cat "$misc/qemu-$one"
check again 0 "programs are run by" $b install
check status 0 "programs are run by $work/ferry" $b status
check status_json 0 '"works": true' $b status --json
check doctor_well 0 "all is well" $b doctor
for g in "${names[@]}"; do
    check "test_$g" 0 "chroot       ok" $b test "$g"
done
check test_quiet 0 '' $b test -q

# What can be wrong, and what doctor says of it.
echo 0 >"$misc/ferry-$one"
check doctor_disabled 1 "ferry-$one: it is disabled: echo 1 > $misc/ferry-$one" $b doctor "$one"
echo 1 >"$misc/ferry-$one"
echo 0 >"$misc/status"
check doctor_off 1 "switched off as a whole" $b doctor
check install_off 1 "switched off as a whole" $b install
echo 1 >"$misc/status"
mv "$work/ferry" "$work/ferry.old" && cp "$ferry" "$work/ferry" && rm "$work/ferry.old"
check doctor_old_file 1 "still run under the old file of $work/ferry" $b doctor "$one"
check install_new_file 0 "programs are run by $work/ferry" $b install
check doctor_new_file 0 "all is well" $b doctor
check flags 0 '' $b install -q --flags OC
check doctor_no_P 1 "without flag P" $b doctor "$one"
check doctor_no_F 1 "without flag F" $b doctor "$one"
check test_no_P 1 "argv[0] is" $b test "$one"
check test_no_F 1 "chroot       FAILED" $b test "$one"
check flags_wrong 2 "flags are of" $b install --flags XYZ

# Another emulator: here a ferry by another name.
$b install -q
cp "$ferry" "$work/other-emulator"
line=$($b conf --interpreter "$work/other-emulator" "$one" | tail -1)
printf %s "${line/qemu-/other-}" >"$misc/register"
check doctor_shadowed 1 "run by other-emulator, not by ferry" $b doctor "$one"
check status_shadowed 0 "run by $work/other-emulator" $b status "$one"
check in_front 0 "stays registered behind ferry" $b install "$one"
check doctor_in_front 0 "all is well" $b doctor "$one"
check remove_other_stays 0 "other-$one ($work/other-emulator) stays" $b remove "$one"
check replace 0 '' $b install -q --replace "$one"
check replaced 2 "No such file" ls "$misc/other-$one"

check remove 0 "ferry-$one removed" $b remove
check removed 0 $'register\nstatus' ls "$misc"
check remove_again 0 "nothing of ferry's" $b remove
check doctor_none 1 "no entry takes its programs: ferry-binfmt install $one" $b doctor

# Paths: with the usual separator in it; too long; not there; not of this machine.
cp "$ferry" "$work/fer:ry"
check odd_path 0 "programs are run by $work/fer:ry" $b install --interpreter "$work/fer:ry" "$one"
$b remove -q
check long_path 1 "is not there" $b install --interpreter "/$(printf '%0200d' 0)"
check not_a_program 1 "is not executable" $b install --interpreter /etc/passwd
printf '#!/bin/sh\n' >"$work/script"
chmod +x "$work/script"
check a_script 1 "is not a program of this machine" $b install --interpreter "$work/script"

# By an emulator's usual name, which takes programs of its guest and no others.
ln -s ferry "$work/qemu-$one-static"
check by_link 0 "programs are run by $work/ferry" $b install --interpreter "$work/qemu-$one-static" "$one"
check by_link_well 0 "all is well" $b doctor "$one"
check by_link_test 0 "chroot       ok" $b test "$one"
other=${names[1]}
check by_wrong_link 1 "a program for $other, not for $one" \
    $b install --interpreter "$work/qemu-$one-static" "$other"
$b remove -q

# By the names that scripts know.
check tools_words 0 '' $b --install all -q
check tools_words_removed 0 '' $b --uninstall "qemu-$one" -q
check unknown_guest 2 "there is no guest" $b install vax
$b remove -q

# `run`: one namespace further in, with nothing registered out here.
check run 0 "chroot       ok" $b run "$b" test "$one"
check run_status 3 '' $b run sh -c 'exit 3'
check run_leaves_nothing 0 $'register\nstatus' ls "$misc"
check run_missing 127 "No such file" $b run "$work/nothing"
mkdir -p "$work/new root/proc"
cp "$ferry" "$work/new root/ferry"
cp "$binfmt" "$work/new root/"
cd "$work"
check run_chroot 0 "program      ok" $b run --chroot "new root" /ferry-binfmt test "$one"
check run_inside 0 "program      ok" $b run --chroot "new root" /ferry-binfmt run /ferry-binfmt test "$one"
rmdir "new root/proc"
check run_chroot_bare 127 "No such file" $b run --chroot "new root" /nothing
check run_chroot_missing 125 "no root: No such file" $b run --chroot "no root" /nothing
cd /
finish
