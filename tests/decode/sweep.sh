#!/bin/bash
# Our disassembly against objdump's (binutils 2.40 or newer), character for character, over all 16-bit
# encodings and a sweep of every 32-bit row. Differences that are meant stand in known-objdump.
#
#     tests/decode/sweep.sh        (environment: FERRY_BUILD, FERRY_SRC; OBJDUMP, AS)
: "${STRIP:=riscv64-linux-gnu-strip}" "${FERRY_BUILD:=.}" "${FERRY_SRC:=.}" "${AS:=riscv64-linux-gnu-as}" "${OBJDUMP:=riscv64-linux-gnu-objdump}"
command -v "$OBJDUMP" >/dev/null && command -v "$AS" >/dev/null ||
    { echo "no RISC-V binutils: nothing to compare with"; exit 77; }

dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
base=rv64gc_zicsr_zifencei_zba_zbb_zbc_zbs_zfh_zicbom_zicbop_zicboz_zihintpause_zawrs_svinval
full=${base}_zfa_zicond_zcb_zacas_zabha_zimop_zcmop_zihintntl
status=0
for width in 16 32; do
    "$FERRY_BUILD/tests/decode/sweep_riscv" $width "$dir/words" "$dir/ours" || exit 1
    printf '.text\n.incbin "%s"\n' "$dir/words" >"$dir/words.s"
    # Stripped, or objdump takes the bytes for data.
    { "$AS" -march=$full -o "$dir/words.o" "$dir/words.s" 2>/dev/null ||
      "$AS" -march=$base -o "$dir/words.o" "$dir/words.s"; } &&
        "$STRIP" "$dir/words.o" 2>/dev/null || exit 1
    "$OBJDUMP" -D -z -j .text -M no-aliases "$dir/words.o" |
        sed -n 's/^ *[0-9a-f]*:\t\([0-9a-f]*\) *\t/\1\t/p' |
        sed 's/ *#.*//; s/\([0-9a-f]*\) <.*>$/0x\1/; s/\.insn\t\([24]\), /.\1byte\t/; s/byte\t0x0*\([0-9a-f]\)/byte\t0x\1/; s/[ \t]*$//' >"$dir/theirs"
    sed 's/[ \t]*$//' "$dir/ours" | paste -d'|' - "$dir/theirs" |
        awk -F'|' -v width=$width '
            BEGIN { n = 0 }
            NR == FNR { if ($0 !~ /^(#|$)/) { gsub("@", "\t"); split($0, f, " +=> +"); ours[n] = f[1]; theirs[n++] = f[2] }
                        next }
            { lines++ }
            $1 == $2 { next }
            { for (i = 0; i < n; i++) if ($1 ~ ours[i] && $2 ~ theirs[i]) { known++; next }
              if (bad++ < 20) print "  " $1 "   objdump: " $2 }
            END { printf "%d-bit: %d words, %d differ, %d known differences\n", width, lines, bad, known
                  exit lines < 40000 || bad != 0 }' "$FERRY_SRC/tests/decode/known-objdump" - || status=1
done
exit $status
