/* madvise: MADV_DONTNEED zeroes private memory and keeps shared; MADV_DONTFORK; errors. */
#include "guest.h"

int main(void)
{
    size_t page = 4096;
    int rw = PROT_READ | PROT_WRITE;
    char *p = mmap(NULL, 4 * page, rw, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *s = mmap(NULL, 4 * page, rw, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    guest_file("file", "contents");
    int fd = (int)MUST(open("file", O_RDWR));
    char *f = mmap(NULL, page, rw, MAP_PRIVATE, fd, 0);
    p[0] = p[page] = s[0] = 'x';
    f[0] = 'X';
    TRY(madvise(p, page, MADV_DONTNEED));
    TRY(madvise(s, page, MADV_DONTNEED));
    TRY(madvise(f, page, MADV_DONTNEED));
    printf("%d %c %c %c\n", p[0], p[page], s[0], f[0]);
    TRY(madvise(p, 4 * page, MADV_WILLNEED));
    TRY(madvise(p, 4 * page, MADV_SEQUENTIAL));
    TRY(madvise(p, 4 * page, MADV_FREE));
    TRY(madvise(f, page, MADV_FREE));
    TRY(madvise(p + 1, page, MADV_DONTNEED));
    TRY(madvise(p, page, 9999));
    TRY(madvise(p, 0, MADV_DONTNEED));
    TRY(madvise(s, page, MADV_REMOVE));
    printf("%d\n", s[0]);
    MUST(munmap(p + 2 * page, page));
    TRY(madvise(p, 4 * page, MADV_DONTNEED));
    p[3 * page] = 'y';
    TRY(madvise(p + 3 * page, page, MADV_WIPEONFORK));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(p[3 * page]);
    guest_reap("child", pid);
    TRY(madvise(p + 3 * page, page, MADV_DONTFORK));
    pid = (pid_t)MUST(fork());
    if (pid == 0)
        _exit(((volatile char *)p)[3 * page]);
    guest_reap("child", pid);
    printf("%c\n", p[3 * page]);
    TRY(posix_madvise(p, page, POSIX_MADV_NORMAL));
    return 0;
}
