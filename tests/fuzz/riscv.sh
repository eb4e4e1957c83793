#!/bin/bash
# Random RISC-V code under qemu-riscv64 and under us: the interpreter in process, then ferry with both
# accelerators, without and with faulting accesses. Debian 12's qemu (7.2) lacks the newer extensions and
# counts in ctzw beyond the word; a newer one, where installed, is given everything but froundnx, whose
# flags 10.0 forgets where its result is not used.
#
#     tests/fuzz/riscv.sh [seed]      (environment: FERRY, FERRY_BUILD, FERRY_LONG, QEMU)
: "${FERRY_BUILD:=.}" "${FERRY:=$FERRY_BUILD/ferry}" "${QEMU:=qemu-riscv64}"
command -v "$QEMU" >/dev/null || { echo "no $QEMU: nothing to compare with"; exit 77; }
seed=${1:-1}
count=30
[[ ${FERRY_LONG-} ]] && count=400

if "$QEMU" -cpu help | grep -q '^ *max$'; then
    oracle=(-o "$QEMU -cpu max" -x froundnx) cpu=max
else
    oracle=(-o "$QEMU -cpu rv64,Zfh=on" -x ctzw) cpu=rv64gc,zba=on,zbb=on,zbc=on,zbs=on,zfh=on
fi
fuzz=$FERRY_BUILD/tests/fuzz/fuzz_riscv
status=0
run() { echo "$*"; "$fuzz" -s "$seed" "${oracle[@]}" -c $cpu "$@" || status=1; }
run -n $count
run -n $count -i f
run -n $count -t "$FERRY"
run -n $count -t "$FERRY" -i f
run -n $count -f -t "$FERRY"
run -n $((count / 4)) -f -t "$FERRY -accel interp"
exit $status
