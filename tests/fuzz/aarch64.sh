#!/bin/bash
# Random A64 code under qemu-aarch64 and under us: the interpreter in process, then ferry with both
# accelerators, without and with faulting accesses. Debian 12's qemu (7.2) lacks the newer extensions,
# which are left out then; and where an access with acquire or release semantics may be misaligned is
# the implementation's business, so that ldapur and stlur are.
#
#     tests/fuzz/aarch64.sh [seed]      (environment: FERRY, FERRY_BUILD, FERRY_LONG, QEMU)
#     tests/fuzz/aarch64.sh --rows      prints the rows of the decode table that are compared
: "${FERRY_BUILD:=.}" "${FERRY:=$FERRY_BUILD/ferry}" "${QEMU:=qemu-aarch64}"
command -v "$QEMU" >/dev/null || { echo "no $QEMU: nothing to compare with"; exit 77; }
seed=${1:-1}
count=30
[[ ${FERRY_LONG-} ]] && count=400

# What 7.2 does not know; 8.2 is the first with MOPS and HBC, 10.0 has no CSSC and no LRCPC3.
cpu=max except=ldapur,stlur
case $("$QEMU" --version) in
    # (7.2 extends the sign of a scalar half's fixed-point result too far, and fjcvtzs has Z set for a
    # denormal that is flushed)
    *"version 7."*) cpu=max,cssc=off,hbc=off,mops=off,lrcpc3=off,wfxt=off except+=,fcvtzs.f_h,fjcvtzs ;;
    *"version 10."*) cpu=max,cssc=off,lrcpc3=off ;;
esac
fuzz=$FERRY_BUILD/tests/fuzz/fuzz_aarch64
[[ ${1-} != --rows ]] || exec "$fuzz" -c $cpu -x "$except" -l
status=0
run() { echo "$*"; "$fuzz" -s "$seed" -o "$QEMU -cpu max" -c $cpu -x "$except" "$@" || status=1; }
run -n $count
run -n $count -t "$FERRY"
run -n $count -f -t "$FERRY"
run -n $((count / 4)) -f -t "$FERRY -accel interp"
exit $status
