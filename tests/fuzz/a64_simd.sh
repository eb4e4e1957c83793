#!/bin/bash
# Vector and floating-point instructions of A64, each on many operands: interpreter and backend in process, then ferry,
# against qemu-aarch64.
#
#     tests/fuzz/a64_simd.sh [seed]      (environment: FERRY, FERRY_BUILD, FERRY_LONG, QEMU)
: "${FERRY_BUILD:=.}" "${FERRY:=$FERRY_BUILD/ferry}" "${QEMU:=qemu-aarch64}"
command -v "$QEMU" >/dev/null || { echo "no $QEMU: nothing to compare with"; exit 77; }
fuzz=("$FERRY_BUILD/tests/fuzz/fuzz_a64_simd" -s "${1:-1}" -o "$QEMU" -n 10)
[[ ${FERRY_LONG-} ]] && fuzz+=(-n 100)

status=0
"${fuzz[@]}" || status=1
"${fuzz[@]}" -t "$FERRY" || status=1
"${fuzz[@]}" -f || status=1
"${fuzz[@]}" -f -t "$FERRY" || status=1
"${fuzz[@]}" -f -t "$FERRY -accel interp" || status=1
exit $status
