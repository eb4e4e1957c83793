#!/bin/bash
# ferry-binfmt against the kernel: registers, and programs run. In a user and mount namespace of its
# own, so this machine's registrations stay as they are.
#
#     register.sh            all
#     register.sh doctor\*   some

. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/judge.sh"
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

flags() { grep -h '^flags' "$misc/$1"; }

# The instance is mounted by the first install.
judge status_before 1 "not mounted" env -C / $b status
judge doctor_not_mounted 1 "it is not mounted" $b doctor
judge test_before 1 "Exec format error" $b test
judge install 0 "$one: programs are run by $work/ferry" $b install
judge entries 0 "flags: POCF" flags "ferry-$one"
judge entries_of_tools 0 "interpreter $work/ferry" cat "$misc/qemu-$one"
judge again 0 "programs are run by" $b install
judge status 0 "programs are run by $work/ferry" $b status
judge status_json 0 '"works": true' $b status --json
judge doctor_well 0 "all is well" $b doctor
for g in "${names[@]}"; do
    judge "test_$g" 0 "chroot       ok" $b test "$g"
done
judge test_quiet 0 '' $b test -q

# What can be wrong, and what doctor says of it.
echo 0 >"$misc/ferry-$one"
judge doctor_disabled 1 "ferry-$one: it is disabled: echo 1 > $misc/ferry-$one" $b doctor "$one"
echo 1 >"$misc/ferry-$one"
echo 0 >"$misc/status"
judge doctor_off 1 "switched off as a whole" $b doctor
judge install_off 1 "switched off as a whole" $b install
echo 1 >"$misc/status"
mv "$work/ferry" "$work/ferry.old" && cp "$ferry" "$work/ferry" && rm "$work/ferry.old"
judge doctor_old_file 1 "still run under the old file of $work/ferry" $b doctor "$one"
judge install_new_file 0 "programs are run by $work/ferry" $b install
judge doctor_new_file 0 "all is well" $b doctor
judge flags 0 '' $b install -q --flags OC
judge doctor_no_P 1 "without flag P" $b doctor "$one"
judge doctor_no_F 1 "without flag F" $b doctor "$one"
judge test_no_P 1 "argv[0] is" $b test "$one"
judge test_no_F 1 "chroot       FAILED" $b test "$one"
judge flags_wrong 2 "flags are of" $b install --flags XYZ

# Another emulator: here a ferry by another name.
$b install -q
cp "$ferry" "$work/other-emulator"
line=$($b conf --interpreter "$work/other-emulator" "$one" | tail -1)
printf %s "${line/qemu-/other-}" >"$misc/register"
judge doctor_shadowed 1 "run by other-emulator, not by ferry" $b doctor "$one"
judge status_shadowed 0 "run by $work/other-emulator" $b status "$one"
judge in_front 0 "stays registered behind ferry" $b install "$one"
judge doctor_in_front 0 "all is well" $b doctor "$one"
judge remove_other_stays 0 "other-$one ($work/other-emulator) stays" $b remove "$one"
judge replace 0 '' $b install -q --replace "$one"
judge replaced 2 "No such file" ls "$misc/other-$one"

judge remove 0 "ferry-$one removed" $b remove
judge removed 0 $'register\nstatus' ls "$misc"
judge remove_again 0 "nothing of ferry's" $b remove
judge doctor_none 1 "no entry takes its programs: ferry-binfmt install $one" $b doctor

# Paths: with the usual separator in it; too long; not there; not of this machine.
cp "$ferry" "$work/fer:ry"
judge odd_path 0 "programs are run by $work/fer:ry" $b install --interpreter "$work/fer:ry" "$one"
$b remove -q
judge long_path 1 "is not there" $b install --interpreter "/$(printf '%0200d' 0)"
judge not_a_program 1 "is not executable" $b install --interpreter /etc/passwd
printf '#!/bin/sh\n' >"$work/script"
chmod +x "$work/script"
judge a_script 1 "is not a program of this machine" $b install --interpreter "$work/script"

# By an emulator's usual name, which takes programs of its guest and no others.
ln -s ferry "$work/qemu-$one-static"
judge by_link 0 "programs are run by $work/ferry" $b install --interpreter "$work/qemu-$one-static" "$one"
judge by_link_well 0 "all is well" $b doctor "$one"
judge by_link_test 0 "chroot       ok" $b test "$one"
other=${names[1]}
judge by_wrong_link 1 "a program for $other, not for $one" \
    $b install --interpreter "$work/qemu-$one-static" "$other"
$b remove -q

# By the names that scripts know.
judge tools_words 0 '' $b --install all -q
judge tools_words_removed 0 '' $b --uninstall "qemu-$one" -q
judge unknown_guest 2 "there is no guest" $b install vax
$b remove -q

# `run`: one namespace further in, with nothing registered out here.
judge run 0 "chroot       ok" $b run "$b" test "$one"
judge run_status 3 '' $b run sh -c 'exit 3'
judge run_leaves_nothing 0 $'register\nstatus' ls "$misc"
judge run_missing 127 "No such file" $b run "$work/nothing"
mkdir -p "$work/new root/proc"
cp "$ferry" "$work/new root/ferry"
cp "$binfmt" "$work/new root/"
cd "$work"
judge run_chroot 0 "program      ok" $b run --chroot "new root" /ferry-binfmt test "$one"
judge run_inside 0 "program      ok" $b run --chroot "new root" /ferry-binfmt run /ferry-binfmt test "$one"
rmdir "new root/proc"
judge run_chroot_bare 127 "No such file" $b run --chroot "new root" /nothing
judge run_chroot_missing 125 "no root: No such file" $b run --chroot "no root" /nothing
cd /
finish
