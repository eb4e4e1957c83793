#!/bin/bash
# What the decoder generator refuses, each with file and line; and that it takes a table that is right.
: "${FERRY_BUILD:=.}"
decgen=$FERRY_BUILD/frontend/decgen
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
status=0

# refuse NAME LINE MESSAGE, table on standard input after a common head of four lines
refuse() {
    { printf 'prefix t\ntable a 16\nfield rd d 11:7\nfield imm i 12 6:2 signed\n'; cat; } >"$dir/$1.dec"
    local out; out=$("$decgen" -n "$dir/$1.dec" 2>&1)
    local code=$?
    if [[ $code -ne 1 || $out != "$dir/$1.dec:$2: "*"$3"* ]]; then
        echo "FAIL $1: exit $code: $out (want line $2: $3)"; status=1
    fi
}

refuse unknown-letter 5 'letter z stands for no field' <<<'x 000 0 zzzzz 0000000 g - ""'
refuse letter-elsewhere 5 'letter d is not where' <<<'x 000 0 00000 ddddd 00 g - ""'
refuse letter-short 5 'letter d is not where' <<<'x 000 0 0dddd 0000000 g - ""'
refuse unclaimed-bit 5 'bit 7 is neither fixed' <<<'x 000 0 0000. 0000000 g - ""'
refuse too-long 5 'longer than 16' <<<'x 000 0 ddddd 00000000 g - ""'
refuse too-short 5 "in the bit string" <<<'x 000 0 ddddd g - ""'
refuse bad-bit 5 "'2' in the bit string" <<<'x 000 2 ddddd 0000000 g - ""'
refuse no-text 5 'assembler text is missing' <<<'x 000 0 ddddd 0000000 g -'
refuse text-field 5 'names rs1' <<<'x 000 0 ddddd 0000000 g - "{rs1:x}"'
refuse text-form 5 'wants {field:kind}' <<<'x 000 0 ddddd 0000000 g - "{rd}"'
refuse overlap 6 'y overlaps x' <<'END'
x 000 0 ddddd 0000000 g - ""
y 000 0 00001 0000000 h - ""
END
refuse never-matches 7 'y can never match: x' <<'END'
{
x 000 0 ddddd 0000000 g - ""
y 000 0 00001 0000000 h - ""
}
END
refuse overlap-of-groups 9 'y overlaps x' <<'END'
{
x 000 0 00001 0000000 h - ""
}
{
y 000 0 ddddd 0000000 g - ""
}
END
refuse same-name 6 'x is already' <<'END'
x 000 0 ddddd 0000000 g - ""
x 001 0 ddddd 0000000 g - ""
END
refuse other-members 6 'g gets other members' <<'END'
x 000 0 ddddd 0000000 g - ""
y 001 i 00000 iiiii 00 g - ""
END
refuse member-twice 5 'member rd is given twice' <<<'x 000 0 ddddd 0000000 g rd=3 - ""'
refuse bad-value 5 'neither a field of this row' <<<'x 000 0 ddddd 0000000 g rs1=rs7 - ""'
refuse nothing-to-drop 5 'no member imm' <<<'x 000 0 ddddd 0000000 g ~imm - ""'
refuse open-group 6 'group is not closed' <<<'{'
refuse lone-brace 5 "'}' without '{'" <<<'}'
refuse nested 6 'do not nest' <<<$'{\n{'
refuse reserved-with-meaning 5 'nothing but bits' <<<'- 000 0 ..... 0000000 g'
refuse field-twice 5 'already stands for these bits' <<<'field rt d 11:7'
refuse field-bit 5 'bit twice' <<<'field rt e 11:7 8'
refuse field-range 5 'not a number up to 15' <<<'field rt e 16:7'
refuse field-order 5 'wrong way round' <<<'field rt e 3:7'
refuse width 5 'has another width' <<<'table a 32'
refuse features 5 'more than two' <<<'x 000 0 ddddd 0000000 g A+B+C ""'
refuse string 5 'does not end' <<<'x 000 0 ddddd 0000000 g - "abc'

cat >"$dir/right.dec" <<'END'
prefix t
table a 16
field rd d 11:7
field imm i 12 6:2 signed x4
args u rd imm
{                                # overlap is meant
  -   000 0 00000 ..... 00
  nop 000 0 00001 00000 00       nop            -   ""
  x   000 i ddddd iiiii 00       g(A | B, 2)    F   "{rd:x},{imm:d}"
}
y     001 0 ddddd 00000 00       g(C, 1) imm=-1 F+G "other\t{rd:x}"
END
"$decgen" "$dir/t.h" "$dir/t.c" "$dir/right.dec" && grep -q 'struct t_args_u' "$dir/t.h" &&
    grep -q 'bool t_g(struct translation \*t, const struct t_args_u \*a, int, int);' "$dir/t.h" &&
    grep -q 'imm = -1}, C, 1)' "$dir/t.c" || { echo "FAIL right"; status=1; }
exit $status
