/*
 * getdents64 raw: aligned records that fill what fits, EINVAL for too small a buffer, 0 at the end.
 */
#include "guest.h"
#include <dirent.h>

int main(void)
{
    char name[40];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "name-%d", i);
        guest_file(name, "");
    }
    int fd = (int)MUST(open(".", O_RDONLY | O_DIRECTORY));
    _Alignas(8) char buffer[512];
    TRY(syscall(SYS_getdents64, fd, buffer, 8));
    TRY(syscall(SYS_getdents64, fd, BAD, 512));
    long n, total = 0, unaligned = 0, overrun = 0;
    while ((n = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        long at = 0;
        while (at < n) {
            struct dirent64 *e = (struct dirent64 *)(buffer + at);
            unaligned += e->d_reclen % 8 != 0;
            overrun += strlen(e->d_name) + offsetof(struct dirent64, d_name) >= e->d_reclen;
            at += e->d_reclen;
            total++;
        }
        overrun += at != n;
    }
    SHOW(n);
    SHOW(total);
    SHOW(unaligned);
    SHOW(overrun);
    SHOW(syscall(SYS_getdents64, fd, buffer, sizeof buffer));
    guest_file("plain", "");
    int plain = (int)MUST(open("plain", O_RDONLY));
    TRY(syscall(SYS_getdents64, plain, buffer, sizeof buffer));
    TRY(syscall(SYS_getdents64, -1, buffer, sizeof buffer));
    MUST(mkdir("gone", 0755));
    int gone = (int)MUST(open("gone", O_RDONLY));
    MUST(rmdir("gone"));
    TRY(syscall(SYS_getdents64, gone, buffer, sizeof buffer));
    return 0;
}
