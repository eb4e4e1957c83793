#!/bin/bash
# Every row of the A64 decode table is executed by a test, in the interpreter and in emitted code:
# by the fuzzer, which compares with qemu, or by a test_a64_* of this folder. Names those that are
# not.
#
#     tests/insn/a64_rows.sh      (environment: FERRY_BUILD, FERRY_SRC, QEMU)
: "${FERRY_BUILD:=.}" "${FERRY_SRC:=$(dirname "$0")/../..}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export FERRY_ROWS=$work/noted LC_ALL=C

for test in "$FERRY_SRC"/tests/insn/test_a64_*.c; do
    name=$(basename "$test" .c)
    "$FERRY_BUILD/tests/insn/$name" >"$work/output" 2>&1 || { echo "$name fails"; exit 1; }
done
"$FERRY_BUILD/tests/decode/sweep_aarch64" '*' 0 /dev/null "$work/sweep" || exit 1
sed 's,.*\t,,' "$work/sweep" | sort -u >"$work/rows"
bash "$FERRY_SRC/tests/fuzz/aarch64.sh" --rows >"$work/fuzzed"
status=$?
[[ $status -eq 0 ]] || { cat "$work/fuzzed"; exit $status; }

status=0
for way in "i interpreter" "b backend"; do
    { cat "$work/fuzzed"; sed -n "s/^${way%% *} //p" "$work/noted"; } | sort -u >"$work/executed"
    missing=$(comm -23 "$work/rows" "$work/executed")
    [[ -z $missing ]] || { echo "no test has the ${way#* } execute" $missing; status=1; }
done
echo "$(wc -l <"$work/rows") rows, $(wc -l <"$work/fuzzed") of them fuzzed," \
    "$(sed 's/^. //' "$work/noted" | sort -u | wc -l) in single tests"
exit $status
