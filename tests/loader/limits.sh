#!/bin/bash
# Ferry starts and the program runs under whatever limits and layouts there are.
each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "${cross}gcc" "$ferry"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/program.c" <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static void *run(void *arg)
{
    char *p = malloc(1 << 20);
    return p ? memset(p, 1, 1 << 20) : arg;
}
int main(void)
{
    pthread_t t;
    pthread_attr_t a;
    void *p = NULL;
    pthread_attr_init(&a);
    pthread_attr_setstacksize(&a, 65536);
    if (pthread_create(&t, &a, run, NULL) == 0)
        pthread_join(t, &p);
    printf("%d\n", p ? *(char *)p : -1);
}
END
"${cross}gcc" -O1 -static -pthread -o "$work/program" "$work/program.c" || exit 1

# under NAME COMMAND: the command, then the program, in a shell of their own.
under() {
    local out
    wanted "$1" || return
    (eval "$2") 2>/dev/null || { skip "$1" "not allowed here"; return; }
    out=$(eval "$2"; timeout 60 "$ferry" "$work/program" 2>&1)
    [[ $out == 1 ]] && pass "$1" || fail "$1" "${out:0:200}"
}

under address_space "ulimit -v 200000"
under address_space_small "ulimit -v 80000"
under address_space_soft "ulimit -Sv 100000"
under data "ulimit -d 50000"
under stack_small "ulimit -s 64"
under stack_small_soft "ulimit -Ss 64"
under stack_large "ulimit -s 1000000"
under stack_unlimited "ulimit -s unlimited"
under no_locking "ulimit -l 0"
under few_descriptors "ulimit -n 10"
under small_files "ulimit -f 0"
if wanted no_randomization && command -v setarch >/dev/null; then
    out=$(setarch -R "$ferry" "$work/program" 2>&1)
    [[ $out == 1 ]] && pass no_randomization || fail no_randomization "${out:0:200}"
fi
finish
