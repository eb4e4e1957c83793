#!/bin/bash
# What -strace, -d strace and -d unimp say of a real guest, and that nothing is said unasked.
. "$(dirname "$0")/../lib.sh"
need riscv64-linux-gnu-gcc "$ferry"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cat >"$tmp/guest.c" <<'C'
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int p[2];

static void *reader(void *unused)
{
    char c;
    if (read(p[0], &c, 1) != 1)
        _exit(9);
    return unused;
}

int main(int argc, char **argv)
{
    struct stat s;
    pthread_t thread;
    if (argc > 1)
        return 5;
    if (write(1, "out\n", 4) != 4 || pipe(p) != 0)
        return 9;
    open("/nowhere", O_RDWR | O_CLOEXEC);
    stat("/", &s);
    syscall(1000, 1, 2, 3);
    syscall(SYS_rseq, 0, 0, 0, 0);
    pthread_create(&thread, 0, reader, 0);
    usleep(100000);
    if (write(p[1], "x", 1) != 1)
        return 9;
    pthread_join(thread, 0);
    if (fork() == 0)
        execl(argv[0], argv[0], "child", NULL);
    wait(0);
    for (int fd = 3; fd < 2000; fd++)
        close(fd);
    return 3;
}
C
riscv64-linux-gnu-gcc -static -O1 -o "$tmp/guest" "$tmp/guest.c" || exit 1

# has NAME PATTERN: a whole line of the log, without its number, matches.
has() {
    if sed 's/^[0-9]* //' "$tmp/log" | grep -xE -- "$2" >/dev/null; then
        pass "$1"
    else
        fail "$1" "no line like $2"
    fi
}

"$ferry" -strace -D "$tmp/log" "$tmp/guest" >"$tmp/out" 2>"$tmp/err"
status=$?
[[ $status -eq 3 && $(<"$tmp/out") == out ]] && pass result || fail result "status $status"
[[ ! -s $tmp/err ]] && pass quiet || fail quiet "$(head -1 "$tmp/err")"
has write 'write\(1,"out\\n",4\) = 4'
has error 'openat\(AT_FDCWD,"/nowhere",O_RDWR\|O_CLOEXEC,.*\) = -1 errno=2 \(No such file or directory\)'
has structure '.*st_mode=040755,.*\) = 0'
has unknown 'syscall_1000\(0x1,0x2,0x3,.*\) = -1 errno=38 \(Function not implemented\)'
has sleeping 'read\([0-9]+,0x[0-9a-f]+,1\) <unfinished \.\.\.>'
has awake 'read\([0-9]+,"x",1\) = 1'
has execve "execve\\(\"$tmp/guest\",\\{\"$tmp/guest\",\"child\"\\},.*\\) = \\?"
has child 'exit_group\(5\) = \?'
has end 'exit_group\(3\) = \?'
[[ $(cut -d' ' -f1 "$tmp/log" | sort -u | wc -l) -eq 3 ]] && pass threads || fail threads
! grep -qvE '^[0-9]+ [a-z_0-9]+\(.*\)( = .*| <unfinished \.\.\.>)$' "$tmp/log" && pass whole ||
    fail whole "$(grep -vE '^[0-9]+ [a-z_0-9]+\(.*\)( = .*| <unfinished \.\.\.>)$' "$tmp/log" | head -1)"

"$ferry" -d unimp -D "$tmp/log" "$tmp/guest" >"$tmp/out" 2>"$tmp/err"
has unimp_unknown 'system call 1000: unknown'
has unimp_named 'system call rseq: not implemented: .*'
"$ferry" "$tmp/guest" >"$tmp/out" 2>"$tmp/err"
[[ ! -s $tmp/err ]] && pass unasked || fail unasked "$(head -1 "$tmp/err")"
finish
