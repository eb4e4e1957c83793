#!/bin/bash
# The language itself: arrays, regular expressions, arithmetic, functions, globs, printf.
a=(one two "three four"); a+=(five); echo "${#a[@]} ${a[2]} ${a[@]:1:2}"
declare -A m=([x]=1 [y]=2); for k in x y; do echo "$k=${m[$k]}"; done
[[ "file-12.txt" =~ ^([a-z]+)-([0-9]+)\.(.*)$ ]] && echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[3]}"
echo $((2 ** 40 + 0x1f * 7 % 5)) $((-7 / 2)) $((1 << 62)) $((16#ff ^ 2#1010))
printf '%05d|%-8s|%x|%.3f|%q\n' 42 left 255 3.14159 'a b'
s="The quick brown fox"; echo "${s/quick/slow} ${s^^} ${s: -3} ${#s} ${s%% *} ${s#* }"
f() { local n=$1; ((n <= 1)) && { echo 1; return; }; echo $((n * $(f $((n - 1))))); }; f 6
case abc in a*) echo star ;;& *c) echo too ;; esac
for ((i = 0; i < 3; i++)); do printf '%s ' "$i"; done; echo
until ((i-- == 0)); do printf '%s ' "$i"; done; echo
select_none=$(IFS=,; echo "${a[*]}"); echo "$select_none"
shopt -s extglob; v=aaab; echo "${v##+(a)}"
echo {1..5}{a,b} | tr ' ' '\n' | tail -2
mapfile -t lines < <(printf 'x\ny\nz\n'); echo "${lines[1]}"
set -- a b c; shift; echo "$# $1"
eval 'echo eval $((1+1))'
printf -v out '%s' "$(printf '\u00e9' | od -An -tx1)"; echo "$out"
echo "$(( 1000000007 * 998244353 % 2147483647 ))"
unset nope; echo "${nope:-default} ${nope-} ${a[9]:-none}"
IFS=: read -r p q r <<<"x:y:z"; echo "$p$q$r"
