#!/bin/bash
# Random A64 code under qemu-aarch64 and under us: the interpreter in process, then ferry with both
# accelerators, without and with faulting accesses. Debian 12's qemu (7.2) lacks the newer extensions,
# which are left out then.
#
#     tests/fuzz/aarch64.sh [seed]      (environment: FERRY, FERRY_BUILD, FERRY_LONG, QEMU)
: "${FERRY_BUILD:=.}" "${FERRY:=$FERRY_BUILD/ferry}" "${QEMU:=qemu-aarch64}"
command -v "$QEMU" >/dev/null || { echo "no $QEMU: nothing to compare with"; exit 77; }
seed=${1:-1}
count=30
[[ ${FERRY_LONG-} ]] && count=400

# What 7.2 does not know; 8.2 is the first with MOPS and HBC.
cpu=max
[[ $("$QEMU" --version) != *"version 7."* ]] || cpu=max,cssc=off,hbc=off,mops=off,lrcpc3=off,wfxt=off
fuzz=$FERRY_BUILD/tests/fuzz/fuzz_aarch64
status=0
run() { echo "$*"; "$fuzz" -s "$seed" -o "$QEMU -cpu max" -c $cpu "$@" || status=1; }
run -n $count
run -n $count -t "$FERRY"
run -n $count -f -t "$FERRY"
run -n $((count / 4)) -f -t "$FERRY -accel interp"
exit $status
