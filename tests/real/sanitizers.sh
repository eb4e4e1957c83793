#!/bin/bash
# Programs built with gcc's sanitizers: they start, find their room in the address space, and report.
each_guest=1
. "$(dirname "$0")/../lib.sh"
only=("$@")
need "${cross}gcc" "$ferry"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=detect_leaks=0    # looking for leaks needs ptrace

cat >"$work/heap.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    char *volatile p = malloc(100);
    (void)argv;
    printf("fine\n");
    fflush(stdout);
    free(p);
    return argc > 1 ? p[3] : 0;
}
END
cat >"$work/race.c" <<'END'
#include <pthread.h>
#include <stdio.h>
static int shared;
static void *count(void *arg)
{
    shared++;
    return arg;
}
int main(int argc, char **argv)
{
    pthread_t t;
    (void)argv;
    pthread_create(&t, NULL, count, NULL);
    if (argc > 1)
        count(NULL);
    pthread_join(t, NULL);
    printf("fine\n");
    return 0;
}
END
cat >"$work/overflow.c" <<'END'
#include <stdio.h>
int main(int argc, char **argv)
{
    volatile int n = 2147483647 - (argc == 1);
    (void)argv;
    printf("fine\n");
    n = n + 1;
    return 0;
}
END

# sanitizer NAME SOURCE REPORT: says "fine" alone, and REPORT when asked for trouble.
sanitizer() {
    local name=$1 program=$work/$1 quiet loud
    wanted "$name" || return
    "${cross}gcc" -g -O1 -fsanitize="$name" -o "$program" "$work/$2" -pthread 2>/dev/null ||
        { skip "$name" "not in this compiler"; return; }
    quiet=$(timeout 120 "$ferry" -L "/usr/$guest-linux-gnu" "$program" 2>&1)
    case $quiet in
        fine) ;;
        # gcc 12's wants 128 GiB in one piece, which Sv39 does not have beside its shadow.
        *AddrIsInMem*) skip "$name" "this library does not run on Sv39 either"; return ;;
        *) fail "$name" "${quiet:0:200}"; return ;;
    esac
    loud=$(timeout 120 "$ferry" -L "/usr/$guest-linux-gnu" "$program" trouble 2>&1)
    [[ $loud == *"$3"* ]] && pass "$name" || fail "$name" "no $3 in: ${loud:0:200}"
}

sanitizer address heap.c heap-use-after-free
sanitizer hwaddress heap.c tag-mismatch
sanitizer thread race.c "data race"
sanitizer undefined overflow.c "signed integer overflow"
finish
