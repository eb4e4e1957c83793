#!/bin/bash
# grep, sed and both awks.
set -e
dir=$(mktemp -d); cd "$dir"; trap 'cd /; rm -rf "$dir"' EXIT
for i in $(seq 200); do echo "user$i:x:$((1000 + i)):$((i % 7)):Name $i:/home/u$i:/bin/sh"; done >passwd
grep -c '^user1' passwd; grep -E '(9|8)9:' passwd | head -2; grep -v user passwd || echo none
grep -o 'u[0-9]*9$' passwd || grep -oP '(?<=home/)u\d+(?=:)' passwd | tail -1
grep -n -A1 -B1 'user100:' passwd; echo 'Straße' | grep -ci 'straße'; printf 'a\0b\n' | grep -z -c a
grep -rl user42 . ; grep -E '^(.+):x:.*\1' passwd | wc -l; echo aXbXc | grep -Eo '[^X]+' | tr '\n' ' '; echo
sed -n '5,7p;$p' passwd; sed 's/:.*//;s/user\(.*\)/\1-user/' passwd | tail -1
sed -E ':a;s/^([0-9]+)([0-9]{3})/\1,\2/;ta' <<<1234567890
sed '1!G;h;$!d' <<<$'1\n2\n3'; sed -i.bak 's/sh$/bash/' passwd; diff passwd passwd.bak | wc -l
sed 'y/abc/xyz/;/y/{s//[&]/g;p;d}' <<<$'abc\nqq'; sed '/user3:/,/user5:/!d;=' passwd | head -3
sed -s -n '$=' passwd passwd.bak; echo one two | sed -E 's/(\w+) (\w+)/\u\2 \U\1/'
for awk in mawk gawk; do
    $awk -F: '{ n[$4]++; s += $3 } END { for (i = 0; i < 7; i++) printf "%d=%d ", i, n[i]; print s }' passwd
    $awk 'BEGIN { for (i = 0; i < 5; i++) printf "%.6f %d %s\n", sin(i) * exp(i), i ^ 3, substr("abcdef", i, 2) }'
    $awk -F: 'NR % 50 == 0 { gsub(/[aeiou]/, "#"); print toupper($5), length($0), index($0, ":") }' passwd
    echo '3 4' | $awk '{ print ($1 ^ 2 + $2 ^ 2) ^ .5, $1 / 7, int(-3.7), 1e300 * 1e300, -2 % 3 }'
    $awk 'function f(n) { return n < 2 ? n : f(n - 1) + f(n - 2) } BEGIN { print f(18) }'
    $awk 'BEGIN { while (("seq 3" | getline x) > 0) t = t x; close("seq 3"); print t; print "b\na" | "sort" }'
    $awk 'BEGIN { "date -u -d @0 +%Y" | getline y; print y; n = split("a:b:c", p, ":"); print n, p[3] }'
    $awk -v OFMT=%.3g 'BEGIN { x = 0.1 + 0.2; print x, x == 0.3, 2 ^ 53 + 1, "10" < "9", 10 < 9 }'
done
gawk 'BEGIN { n = asort(a); print strftime("%Y-%m-%d", 86400, 1), and(12, 10), xor(12, 10), strtonum("0x1F"), gensub(/(a)(b)/, "\\2\\1", "g", "abab") }'
