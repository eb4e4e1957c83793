#!/bin/dash
# A configure-like script in the smaller shell.
set -eu
dir=$(mktemp -d); cd "$dir"
trap 'rm -rf "$dir"' 0
cat >conf.in <<END
prefix=@prefix@
version=@version@
END
sed -e "s,@prefix@,/usr/local,g" -e "s/@version@/1.2.3/" conf.in >conf
. ./conf
echo "$prefix $version"
as_echo() { printf '%s\n' "$*"; }
for h in stdio.h stdlib.h no_such.h; do
    as_echo "checking for $h"
    if echo "$h" | grep '^std' >/dev/null 2>&1; then as_echo yes; else as_echo no; fi
done
n=0; while [ $n -lt 5 ]; do n=$((n + 1)); done; echo "$n"
expr "x$version" : 'x\([0-9]*\)'
test -d "$dir" && test ! -f "$dir/none" && echo tests
(umask 077; : >secret); ls -l secret | cut -c1-10
i=0; while read -r line; do i=$((i + 1)); echo "$i:$line"; done <conf
case $(uname -s) in Linux) echo Linux ;; *) echo other ;; esac
echo "$(basename "$(dirname /a/b/c)")"
printf '%s\n' "$(cat conf | tr a-z A-Z)"
