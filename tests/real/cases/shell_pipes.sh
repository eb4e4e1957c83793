#!/bin/bash
# Pipelines, subshells, command and process substitution, statuses of each member.
seq 1 1000 | grep 7 | sed 's/7/seven /g' | sort -r | head -3
echo "a b c" | { read -r x y; echo "$y-$x"; }
(cd /; pwd; exit 3); echo "subshell $?"
false | true | (exit 5); echo "pipe ${PIPESTATUS[*]}"
set -o pipefail; false | true; echo "pipefail $?"; set +o pipefail
diff <(printf '1\n2\n3\n') <(printf '1\n3\n') ; echo "diff $?"
tee >(wc -c) <<<"process substitution" >/dev/null | cat
x=$(echo $(echo $(echo deep))); echo "$x"
yes | head -5000 | wc -l
for i in 1 2 3; do echo "$i"; done | while read -r n; do echo "got $n"; done
head -c 300000 /dev/zero | tr '\0' x | fold -w 100 | wc -lc
{ echo out; echo err >&2; } 2>&1 | sort
exec 5< <(printf 'one\ntwo\n'); read -r a <&5; read -r b <&5; exec 5<&-; echo "$a,$b"
cat <<A - <<'B' 2>/dev/null; echo done
not seen
A
here $(echo not expanded)
B
