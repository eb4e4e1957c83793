#!/bin/bash
# Programs linked in every form that loaders meet: alignments, addresses, segments that share pages.
each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "${cross}gcc" "$ferry"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/program.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
char zero[300000];
int set = 5;
__thread int local = 7;
int main(void)
{
    size_t n = 1000000, bad = 0;
    for (size_t i = 0; i < sizeof zero; i++)
        bad += zero[i] != 0;
    char *p = malloc(n);
    memset(p, 1, n);
    printf("%d %d %zu %d\n", set, local, bad, p[n - 1]);
}
END

# form NAME FLAGS...: built so it prints what it must; a linker that cannot build it skips.
form() {
    local name=$1 out
    shift
    wanted "$name" || return
    "${cross}gcc" -O1 -o "$work/$name" "$work/program.c" "$@" 2>/dev/null ||
        { skip "$name" "the linker cannot"; return; }
    out=$(timeout 60 "$ferry" -L "/usr/$guest-linux-gnu" "$work/$name" 2>&1)
    [[ $out == "5 7 0 1" ]] && pass "$name" || fail "$name" "${out:0:200}"
    rm -f "$work/$name"
}

segment=-Wl,-Ttext-segment
form static -static
form static_pie -static-pie
form pages_64k -static -Wl,-z,max-page-size=0x10000
form pages_2m -static -Wl,-z,max-page-size=0x200000
form pie_pages_2m -static-pie -Wl,-z,max-page-size=0x200000
form shared_pages -static -Wl,-z,noseparate-code
form separate_code -static -Wl,-z,separate-code
form executable_stack -static -Wl,-z,execstack
[[ $(cat /proc/sys/vm/mmap_min_addr) -gt 4096 ]] || form at_4k -static $segment=0x1000
form at_2g -static $segment=0x70000000
form at_256g -static $segment=0x4000000000
form at_504g -static $segment=0x7e00000000
if [[ -e /usr/$guest-linux-gnu/lib/libc.so.6 ]]; then
    form dynamic -pie
    form dynamic_fixed -no-pie
    form dynamic_64k -pie -Wl,-z,max-page-size=0x10000
    form dynamic_2m -pie -Wl,-z,max-page-size=0x200000
    form dynamic_now -pie -Wl,-z,relro,-z,now
fi
finish
