#!/bin/bash
# Our disassembly of A64 against objdump's (binutils 2.40 or newer), character for character, over a
# sweep of every row. Differences that are meant stand in known-objdump-aarch64.
#
#     tests/decode/sweep_aarch64.sh [PATTERN [COUNT]]     rows, random words of each; e.g. 'ld1*' 100
#                                   (environment: FERRY_BUILD, FERRY_SRC; OBJDUMP)
: "${FERRY_BUILD:=.}" "${FERRY_SRC:=.}" "${OBJDUMP:=aarch64-linux-gnu-objdump}"
command -v "$OBJDUMP" >/dev/null || { echo "no AArch64 binutils: nothing to compare with"; exit 77; }

dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
"$FERRY_BUILD/tests/decode/sweep_aarch64" "${1:-*}" "${2:-20}" "$dir/words" "$dir/ours" || exit 1
"$OBJDUMP" -D -z -b binary -m aarch64 -M no-aliases "$dir/words" |
    sed -n 's/^ *[0-9a-f]*:\t\([0-9a-f]*\) *\t/\1\t/p' |
    sed 's, *//.*,,; s/ <.*>$//; s/[ \t]*$//' >"$dir/theirs"
sed 's/[ \t]*\t\([^\t]*\)$/|\1/' "$dir/ours" | paste -d'|' - "$dir/theirs" |
    awk -F'|' -v least="$([[ $1 ]] && echo 1 || echo 40000)" '
        NR == FNR { if ($0 !~ /^(#|$)/) { gsub("@", "\t"); split($0, f, " +=> +")
                        row[n] = f[1]; ours[n] = f[2]; theirs[n++] = f[3] }
                    next }
        { lines++ }
        $1 == $3 { next }
        { for (i = 0; i < n; i++)
              if ($2 ~ "^(" row[i] ")$" && $1 ~ ours[i] && $3 ~ theirs[i]) { known++; next }
          if (shown[$2]++ < 3) print "  " $2 ": " $1 "   objdump: " $3
          bad++ }
        END { printf "%d words, %d differ, %d known differences\n", lines, bad, known
              exit lines < least || bad != 0 }' n=0 "$FERRY_SRC/tests/decode/known-objdump-aarch64" -
